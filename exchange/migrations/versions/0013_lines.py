"""Lines: who told each notice, so that what one office told by one act is one line of an inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
WHEN = "before"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("teller", sa.String(12), nullable=False, server_default=""))
    told = "SELECT d.teller FROM deliveries d WHERE d.recipient = inbox.office AND d.position = inbox.position"
    op.execute(f"UPDATE inbox SET teller = COALESCE(({told}), '')")  # noqa: S608 (our own words)
    op.create_index("ix_inbox_line", "inbox", ["office", "act", "teller", "at", "position"])
