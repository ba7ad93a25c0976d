"""Proofs of persons with ties, which hold for as long as those tied to them stand as they stood; and gaps in feeds.

A position of a feed whose delivery was lost stays empty: what is told again gets a new one. A repair takes note of it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
WHEN = "before"


def upgrade() -> None:
    op.add_column("proofs", sa.Column("relatives", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "gaps",
        sa.Column("office", sa.String(12), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("office", "position", name="pk_gaps"),
    )
