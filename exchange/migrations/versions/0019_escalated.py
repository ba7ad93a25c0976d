"""Escalated: who was asked to see to what a case waits for now. Records, and these rows, are made anew with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
WHEN = "before"


def upgrade() -> None:
    op.add_column("cases", sa.Column("escalated", sa.Text, nullable=False, server_default=""))
