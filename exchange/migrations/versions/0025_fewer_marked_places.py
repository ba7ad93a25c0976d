"""Fewer marked places: marks are found by their number and their person alone, and take two places in indexes."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
WHEN = "before"


def upgrade() -> None:
    op.drop_index("ix_dirty_since_person", "dirty")
    op.drop_index("ix_dirty_person_number", "dirty")
    op.create_index("ix_dirty_person", "dirty", ["person"])
