"""Marks: a row for each, so that the sequencer never waits for a forwarder that works on the same person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
WHEN = "before"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.rename_table("dirty", "dirty_before")
    op.drop_index("ix_dirty_since_person", "dirty_before")
    op.create_table(
        "dirty",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        sa.Column("person", sa.String(36), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_dirty_marks"),
    )
    op.execute("INSERT INTO dirty (person, since) SELECT person, since FROM dirty_before ORDER BY since, person")
    op.drop_table("dirty_before")
    op.create_index("ix_dirty_person_number", "dirty", ["person", "number"])
    op.create_index("ix_dirty_since_person", "dirty", ["since", "person"])
