"""Flat: what a page, a sweep or a start reads no longer grows with the log.

Indexes over just the cases that are open, the notices that still expect something and the records with a day on which
something falls due, now also the last one of a protection; and how far everybody was marked when an office joined.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
WHEN = "before"

OFFICE = sa.String(12)
ID = sa.String(36)
DAY = sa.String(10)
_NEVER = "9999-12-31"
_OPEN = sa.text("status IN ('deferred', 'deviations', 'disputed', 'open', 'overdue')")
_WITH_AN_END = b'"until":"'  # as it stands in the canonical bytes of a frame


def upgrade() -> None:
    _cases()
    _inbox()
    _days()
    op.create_table(
        "backlogs",
        sa.Column("joined", OFFICE, nullable=False),
        sa.Column("after", ID, nullable=False),
        sa.PrimaryKeyConstraint("joined", name="pk_backlogs"),
    )


def _cases() -> None:
    op.add_column("cases", sa.Column("due_order", DAY, nullable=False, server_default=_NEVER))
    op.execute("UPDATE cases SET due_order = due_on WHERE due_on IS NOT NULL")
    op.drop_index("ix_cases_office_due_on", "cases")
    op.create_index("ix_cases_office_due_order_id", "cases", ["office", "due_order", "id"])
    _over_some("ix_cases_open_of_office", "cases", ["office", "due_order", "id"], _OPEN)
    _over_some("ix_cases_open", "cases", ["due_order", "office", "id"], _OPEN)


def _inbox() -> None:
    op.create_index("ix_inbox_office_position", "inbox", ["office", "position"])
    for name, column in (("ix_inbox_unsettled", "outcome"), ("ix_inbox_unseen", "acknowledged")):
        _over_some(name, "inbox", ["office", "at", "position"], sa.text(f"{column} IS NULL"))


def _days() -> None:
    """Whoever has or had a day on which something ends is settled anew, which writes it; no event is changed for it."""
    op.add_column("records", sa.Column("protected_until", DAY))
    op.drop_index("ix_records_review_on", "records")
    for day in ("review_on", "protected_until"):
        _over_some(f"ix_records_{day}", "records", [day, "person", "office"], sa.text(f"{day} IS NOT NULL"))
    place = "position(:part in body)" if op.get_bind().dialect.name == "postgresql" else "instr(body, :part)"
    ending = f"SELECT DISTINCT subject, (SELECT at FROM log_head) FROM events WHERE kind = 'person' AND {place} > 0"  # noqa: S608 (our own words)
    op.get_bind().execute(sa.text(f"INSERT INTO dirty (person, since) {ending}"), {"part": _WITH_AN_END})


def _over_some(name: str, table: str, columns: list[str], which: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=which, postgresql_where=which)
