"""Proofs: of which dossiers nothing was wrong, byte for byte as they stood when they were last checked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
WHEN = "before"


def upgrade() -> None:
    op.create_table(
        "proofs",
        sa.Column("person", sa.String(36), nullable=False),
        sa.Column("proof", sa.LargeBinary, nullable=False),
        sa.Column("pairs", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_proofs"),
    )
