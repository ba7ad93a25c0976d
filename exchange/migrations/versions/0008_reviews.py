"""Reviews: the day on which a keeper asks whether a stay goes on. A rebuild fills it for what was recorded before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
WHEN = "before"


def upgrade() -> None:
    op.add_column("records", sa.Column("review_on", sa.String(10)))
    op.create_index("ix_records_review_on", "records", ["review_on"])
