"""Acts of one: in PostgreSQL an event that came alone takes no place in the index by which an act is found whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
WHEN = "before"

_INDEX = "ix_pending_author_submission"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_index(_INDEX, "pending")
    op.create_index(_INDEX, "pending", ["author", "submission"], postgresql_where=sa.text("submission <> ''"))
