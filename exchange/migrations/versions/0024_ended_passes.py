"""Ended passes: those that somebody signed out of, until they would have ended by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
WHEN = "before"


def upgrade() -> None:
    op.create_table(
        "ended_passes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ended_passes"),
    )
