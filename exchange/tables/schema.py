"""The projections: written by the forwarder, read by queries, rebuilt from events and deliveries at any time."""

from __future__ import annotations

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
)

from events.store.sql.schema import ID, MOMENT, OFFICE
from events.store.sql.schema import metadata as store_metadata

metadata = MetaData(naming_convention=store_metadata.naming_convention)

DAY = String(10)

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
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "person"),
    Index("ix_records_person", "person"),
    Index("ix_records_review_on", "review_on"),
)

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
    Column("opened_at", MOMENT, nullable=False),
    Column("closed_at", MOMENT),
    Column("reason", Text),
    PrimaryKeyConstraint("office", "id"),
    Index("ix_cases_id", "id"),
    Index("ix_cases_person", "person"),
    Index("ix_cases_office_due_on", "office", "due_on"),
)

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
    PrimaryKeyConstraint("office", "person", "act"),
    Index("ix_inbox_person", "person"),
    Index("ix_inbox_office_at_position", "office", "at", "position"),
)
