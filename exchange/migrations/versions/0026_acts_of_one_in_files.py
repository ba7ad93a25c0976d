"""Acts of one in files, too: an event that came alone takes no place in the index by which an act is found whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
WHEN = "before"

_INDEX = "ix_pending_author_submission"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index(_INDEX, "pending")
    op.create_index(_INDEX, "pending", ["author", "submission"], sqlite_where=sa.text("submission <> ''"))
    op.execute("DROP TRIGGER events_pending")
    op.execute("""
        CREATE TRIGGER events_pending AFTER INSERT ON events BEGIN
            INSERT INTO pending (author, id, submission)
            VALUES (NEW.author, NEW.id, CASE NEW.submission WHEN NEW.id THEN '' ELSE NEW.submission END);
        END""")
