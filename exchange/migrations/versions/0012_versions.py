"""Versions: by which view the stored records were made, so that a node whose view is another makes them anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
WHEN = "before"


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("name", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_versions"),
    )
