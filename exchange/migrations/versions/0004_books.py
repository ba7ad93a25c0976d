"""Books: what each office's own side holds of what it was told. A rebuild fills them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
WHEN = "before"

OFFICE = sa.String(12)
ID = sa.String(36)


def upgrade() -> None:
    op.create_table(
        "books",
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("author", OFFICE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("teller", OFFICE, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("told", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("office", "author", "id", "teller", name="pk_books"),
    )
    op.create_index("ix_books_person", "books", ["person"])
