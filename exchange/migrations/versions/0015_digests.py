"""Digests: of the buckets of the ledger, so that two sides compare a million entries without reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
WHEN = "before"


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("depth", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("bucket", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("side", sa.String(4), nullable=False),
        sa.Column("teller", sa.String(2), nullable=False),
        sa.Column("recipient", sa.String(2), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("depth", "bucket", "side", "teller", "recipient", name="pk_digests"),
    )
    op.create_table(
        "digested",
        sa.Column("office", sa.String(12), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("office", name="pk_digested"),
    )
