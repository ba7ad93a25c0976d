"""The projections: written by the forwarder, read by queries, rebuilt from events and deliveries at any time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)

from events.store.sql.schema import ID, MOMENT, OFFICE
from events.store.sql.schema import metadata as store_metadata

metadata = MetaData(naming_convention=store_metadata.naming_convention)

DAY = String(10)
NEVER = "9999-12-31"  # a day behind all days
IS_OPEN = "status IN ('deferred', 'deviations', 'disputed', 'open', 'overdue')"


def _index_over_some(name: str, table: Table, columns: Sequence[str], which: str) -> None:
    """An index that only grows with the rows that are still of interest, and not with those that ever were."""
    Index(name, *(table.c[column] for column in columns), sqlite_where=text(which), postgresql_where=text(which))


records = Table(
    "records",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("person", ID, nullable=False),
    Column("survivor", ID, nullable=False),
    Column("state", String(10), nullable=False),
    Column("roles", Text, nullable=False),
    Column("keeper", OFFICE),
    Column("lives_at", OFFICE),
    Column("since", DAY),
    Column("review_on", DAY),
    Column("protected_until", DAY),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "person"),
    Index("ix_records_person", "person"),
)
for _day in ("review_on", "protected_until"):
    _index_over_some(f"ix_records_{_day}", records, (_day, "person", "office"), f"{_day} IS NOT NULL")

cases = Table(
    "cases",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("opening_author", OFFICE, nullable=False),
    Column("opening_id", ID, nullable=False),
    Column("asked", OFFICE, nullable=False),
    Column("asker", OFFICE, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("person", ID, nullable=False),
    Column("due_on", DAY),
    Column("due_order", DAY, nullable=False, server_default=NEVER),  # by which cases are sorted
    Column("opened_at", MOMENT, nullable=False),
    Column("answered_at", MOMENT),
    Column("closed_at", MOMENT),
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("escalated", Text, nullable=False, server_default=""),
    Column("reason", Text),
    PrimaryKeyConstraint("office", "id"),
    Index("ix_cases_id", "id"),
    Index("ix_cases_person", "person"),
    Index("ix_cases_office_due_order_id", "office", "due_order", "id"),
)
_index_over_some("ix_cases_open_of_office", cases, ("office", "due_order", "id"), IS_OPEN)
_index_over_some("ix_cases_open", cases, ("due_order", "office", "id"), IS_OPEN)

inbox = Table(
    "inbox",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("person", ID, nullable=False),
    Column("act", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("expects_reply", Boolean, nullable=False),
    Column("case", ID),
    Column("position", BigInteger, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("acknowledged", MOMENT),
    Column("outcome", Text),
    Column("teller", OFFICE, nullable=False, server_default=""),
    PrimaryKeyConstraint("office", "person", "act"),
    Index("ix_inbox_person", "person"),
    Index("ix_inbox_office_position", "office", "position"),
    Index("ix_inbox_office_at_position", "office", "at", "position"),
    Index("ix_inbox_line", "office", "act", "teller", "at", "position"),
)
_index_over_some("ix_inbox_unsettled", inbox, ("office", "at", "position"), "outcome IS NULL")
_index_over_some("ix_inbox_unseen", inbox, ("office", "at", "position"), "acknowledged IS NULL")

# What the checks found each time that they ran by themselves.
reports = Table(
    "reports",
    metadata,
    Column("at", MOMENT, nullable=False, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("at"),
)

# Of which dossiers nothing was wrong, byte for byte as they stood then; by the first of their ids.
proofs = Table(
    "proofs",
    metadata,
    Column("person", ID, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    Column("pairs", Text, nullable=False),
    Column("relatives", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("person"),
)

# Digests of the buckets of the ledger (`exchange.tables.digests`), and up to where in each feed they were made.
digests = Table(
    "digests",
    metadata,
    Column("depth", Integer, nullable=False, autoincrement=False),
    Column("bucket", Integer, nullable=False, autoincrement=False),
    Column("side", String(4), nullable=False),
    Column("teller", String(2), nullable=False),
    Column("recipient", String(2), nullable=False),
    Column("count", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    PrimaryKeyConstraint("depth", "bucket", "side", "teller", "recipient"),
)

digested = Table(
    "digested",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("office"),
)

# Positions in feeds whose delivery was lost, and told again elsewhere: nothing is missing there any more.
gaps = Table(
    "gaps",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("position", BigInteger, nullable=False, autoincrement=False),
    PrimaryKeyConstraint("office", "position"),
)

# Who may be one human. None of the three holds a name: tokens are keyed, and the others hold ids alone.
likenesses = Table(
    "likenesses",
    metadata,
    Column("holder", OFFICE, nullable=False),
    Column("person", ID, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("strong", Boolean, nullable=False),
    Column("weighed", BigInteger, nullable=False, server_default="0"),  # a keyed hash of what is compared of the entry
    PrimaryKeyConstraint("token", "holder", "person"),
    Index("ix_likenesses_person", "person"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("one", ID, nullable=False),
    Column("one_holder", OFFICE, nullable=False),
    Column("other", ID, nullable=False),
    Column("other_holder", OFFICE, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("score", Integer, nullable=False),
    PrimaryKeyConstraint("one", "one_holder", "other", "other_holder"),
    Index("ix_proposals_other", "other"),
    Index("ix_proposals_holders", "one_holder", "other_holder"),
)

apart = Table(
    "apart",
    metadata,
    Column("holder", OFFICE, nullable=False),
    Column("person", ID, nullable=False),
    Column("other", ID, nullable=False),
    PrimaryKeyConstraint("person", "other", "holder"),
    Index("ix_apart_other", "other"),
)
