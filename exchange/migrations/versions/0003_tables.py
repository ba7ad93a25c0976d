"""The projections that queries read: records, cases, inbox. They start empty; a rebuild fills them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
WHEN = "before"

OFFICE = sa.String(12)
ID = sa.String(36)
MOMENT = sa.BigInteger()
DAY = sa.String(10)


def upgrade() -> None:
    _records()
    _cases()
    _inbox()


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("survivor", ID, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("keeper", OFFICE),
        sa.Column("lives_at", OFFICE),
        sa.Column("since", DAY),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("office", "person", name="pk_records"),
    )
    op.create_index("ix_records_person", "records", ["person"])


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("opening_author", OFFICE, nullable=False),
        sa.Column("opening_id", ID, nullable=False),
        sa.Column("asked", OFFICE, nullable=False),
        sa.Column("asker", OFFICE, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("due_on", DAY),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("office", "id", name="pk_cases"),
    )
    op.create_index("ix_cases_id", "cases", ["id"])
    op.create_index("ix_cases_person", "cases", ["person"])
    op.create_index("ix_cases_office_due_on", "cases", ["office", "due_on"])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("expects_reply", sa.Boolean, nullable=False),
        sa.Column("case", ID),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("acknowledged", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.PrimaryKeyConstraint("office", "person", "act", name="pk_inbox"),
    )
    op.create_index("ix_inbox_person", "inbox", ["person"])
    op.create_index("ix_inbox_office_at_position", "inbox", ["office", "at", "position"])
