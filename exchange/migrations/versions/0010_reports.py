"""Reports: what the checks found each time that they ran by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
WHEN = "before"


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("at", name="pk_reports"),
    )
