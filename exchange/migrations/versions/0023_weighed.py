"""Weighed: whether an entry says something else of what is compared with others. Everybody is looked at once more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
WHEN = "before"


def upgrade() -> None:
    op.add_column("likenesses", sa.Column("weighed", sa.BigInteger, nullable=False, server_default="0"))
