"""Set aside: events that wait for no place in the log any more, since one of their stream does not open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
WHEN = "before"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        sa.Column("author", sa.String(12), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("submission", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_set_aside"),
    )
    op.create_index("ix_set_aside_author_subject", "set_aside", ["author", "subject", "version"])
