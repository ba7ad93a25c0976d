"""Decisions: when the answer came that waits for one, and whether a case is late. Records are made anew with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
WHEN = "before"


def upgrade() -> None:
    op.add_column("cases", sa.Column("answered_at", sa.BigInteger))
    op.add_column("cases", sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()))
