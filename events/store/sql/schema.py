"""The tables of the store. Every unique key of events holds the author, which is also the distribution key.

No foreign keys and no sequences across offices on the hot tables; moments are microseconds since 1970 in UTC.
"""

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
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OFFICE = String(12)
ID = String(36)
ACT = String(64)  # as clients name it
MOMENT = BigInteger()
NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # only an INTEGER key counts by itself in SQLite

events = Table(
    "events",
    metadata,
    Column("author", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("subject", ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("submission", ACT, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("author", "id"),
    UniqueConstraint("subject", "author", "version"),
)
Index(
    "ix_events_jurisdictions",
    events.c.kind,
    sqlite_where=text("kind = 'jurisdiction'"),
    postgresql_where=text("kind = 'jurisdiction'"),
)

# Written with the event, in SQLite by a trigger, and deleted by the sequencer: so the event itself is never touched.
# `submission` is empty where the event came alone and its act bears its own name: nothing goes with it.
pending = Table(
    "pending",
    metadata,
    Column("position", NUMBER, nullable=False, autoincrement=True),
    Column("author", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("submission", ACT, nullable=False),
    PrimaryKeyConstraint("position"),
    Index(
        "ix_pending_author_submission",
        "author",
        "submission",
        sqlite_where=text("submission <> ''"),
        postgresql_where=text("submission <> ''"),
    ),
)

# Of what does not open, or follows such an event in its stream: it waits for no place until its row is put right.
set_aside = Table(
    "set_aside",
    metadata,
    Column("number", NUMBER, nullable=False, autoincrement=True),
    Column("author", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("submission", ACT, nullable=False),
    Column("subject", ID, nullable=False),
    Column("version", Integer, nullable=False, autoincrement=False),
    Column("why", String(20), nullable=False),
    Column("since", MOMENT, nullable=False),
    PrimaryKeyConstraint("number"),
    Index("ix_set_aside_author_subject", "author", "subject", "version"),
)

log = Table(
    "log",
    metadata,
    Column("index", NUMBER, nullable=False, autoincrement=False),
    Column("author", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("at", MOMENT, nullable=False),
    PrimaryKeyConstraint("index"),
    UniqueConstraint("author", "id"),
)

# One row: whoever holds it is the sequencer. `at`: the latest moment given to the log or a feed; time never runs back.
log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id"),
)

tiles = Table(
    "tiles",
    metadata,
    Column("level", Integer, nullable=False, autoincrement=False),
    Column("index", BigInteger, nullable=False, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "index"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("author", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("teller", OFFICE, nullable=False),
    Column("recipient", OFFICE, nullable=False),
    Column("revision", Integer, nullable=False, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("person", ID, nullable=False),
    Column("parts", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("kind", String(20)),
    Column("asked", Text, nullable=False),
    Column("act", ACT),
    Column("trigger_author", OFFICE),
    Column("trigger_id", ID),
    Column("at", MOMENT, nullable=False),
    PrimaryKeyConstraint("author", "id", "teller", "recipient", "revision"),
    UniqueConstraint("recipient", "position"),
    Index("ix_deliveries_person", "person"),
)

feed_heads = Table(
    "feed_heads",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("office"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("at", MOMENT, nullable=False),
    Column("actor", Text, nullable=False),
    PrimaryKeyConstraint("office", "position"),
)

# A row for each mark, so that whoever marks waits for nobody who works on the person.
dirty = Table(
    "dirty",
    metadata,
    Column("number", NUMBER, nullable=False, autoincrement=True),
    Column("person", ID, nullable=False),
    Column("since", MOMENT, nullable=False),
    Column("failed", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("number"),
    Index("ix_dirty_person", "person"),
    Index("ix_dirty_failed", "person", sqlite_where=text("failed"), postgresql_where=text("failed")),
)

# An office that joined later, and up to whom everybody was marked for its sake; gone when everybody was.
backlogs = Table(
    "backlogs",
    metadata,
    Column("joined", OFFICE, nullable=False),
    Column("after", ID, nullable=False),
    PrimaryKeyConstraint("joined"),
)

# Of what is made from the events, by which version it was made.
versions = Table(
    "versions",
    metadata,
    Column("name", String(12), nullable=False),
    Column("number", Integer, nullable=False, autoincrement=False),
    PrimaryKeyConstraint("name"),
)

# The ids of one dossier share the smallest of them.
dossiers = Table(
    "dossiers",
    metadata,
    Column("person", ID, nullable=False),
    Column("dossier", ID, nullable=False),
    PrimaryKeyConstraint("person"),
    Index("ix_dossiers_dossier", "dossier"),
)

# `wrapped` is NULL once the key was destroyed: the row outlives it, so that nobody makes a new one.
keys = Table(
    "keys",
    metadata,
    Column("person", ID, nullable=False),
    Column("wrapped", LargeBinary),
    PrimaryKeyConstraint("person"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("kind", String(40), nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("person", ID, nullable=False),
    PrimaryKeyConstraint("kind", "token", "person"),
    Index("ix_tokens_person", "person"),
)

accesses = Table(
    "accesses",
    metadata,
    Column("number", NUMBER, nullable=False, autoincrement=True),
    Column("office", OFFICE, nullable=False),
    Column("actor", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("person", ID, nullable=False),
    Column("fields", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    PrimaryKeyConstraint("number"),
    Index("ix_accesses_person_number", "person", "number"),
)

APPEND_ONLY = ("events", "deliveries", "log", "accesses")
