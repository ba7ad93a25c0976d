"""Failed marks: which of them somebody claimed and could not work off, for whoever asks how the node is doing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
WHEN = "before"


def upgrade() -> None:
    op.add_column("dirty", sa.Column("failed", sa.Boolean, nullable=False, server_default=sa.false()))
    which = sa.text("failed")
    op.create_index("ix_dirty_failed", "dirty", ["person"], sqlite_where=which, postgresql_where=which)
