"""The store: events, the log, deliveries, work, and what is kept of persons beside their events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
WHEN = "before"

OFFICE = sa.String(12)
ID = sa.String(36)
ACT = sa.String(64)
MOMENT = sa.BigInteger()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("events", "deliveries", "log", "accesses")


def upgrade() -> None:
    _events()
    _log()
    _deliveries()
    _work()
    _persons()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()
    head = sa.table("log_head", sa.column("id"), sa.column("frontier", sa.LargeBinary), sa.column("at"))
    op.bulk_insert(head, [{"id": 1, "frontier": bytes(8), "at": 0}])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("author", OFFICE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("submission", ACT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("author", "id", name="pk_events"),
        sa.UniqueConstraint("subject", "author", "version", name="uq_events_subject_author_version"),
    )
    about_offices = sa.text("kind = 'jurisdiction'")
    op.create_index(
        "ix_events_jurisdictions", "events", ["kind"], sqlite_where=about_offices, postgresql_where=about_offices
    )
    op.create_table(
        "pending",
        sa.Column("position", NUMBER, nullable=False, autoincrement=True),
        sa.Column("author", OFFICE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("submission", ACT, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_pending"),
    )
    op.create_index("ix_pending_author_submission", "pending", ["author", "submission"])


def _log() -> None:
    op.create_table(
        "log",
        sa.Column("index", NUMBER, nullable=False, autoincrement=False),
        sa.Column("author", OFFICE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_log"),
        sa.UniqueConstraint("author", "id", name="uq_log_author_id"),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_head"),
    )
    op.create_table(
        "tiles",
        sa.Column("level", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("index", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_tiles"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("author", OFFICE, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("teller", OFFICE, nullable=False),
        sa.Column("recipient", OFFICE, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20)),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("act", ACT),
        sa.Column("trigger_author", OFFICE),
        sa.Column("trigger_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("author", "id", "teller", "recipient", "revision", name="pk_deliveries"),
        sa.UniqueConstraint("recipient", "position", name="uq_deliveries_recipient_position"),
    )
    op.create_index("ix_deliveries_person", "deliveries", ["person"])
    op.create_table(
        "feed_heads",
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("office", name="pk_feed_heads"),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("office", "position", name="pk_acknowledgements"),
    )


def _work() -> None:
    op.create_table(
        "dirty",
        sa.Column("person", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("marks", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_dirty"),
    )
    op.create_index("ix_dirty_since_person", "dirty", ["since", "person"])
    op.create_table(
        "dossiers",
        sa.Column("person", ID, nullable=False),
        sa.Column("dossier", ID, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_dossiers"),
    )
    op.create_index("ix_dossiers_dossier", "dossiers", ["dossier"])


def _persons() -> None:
    op.create_table(
        "keys",
        sa.Column("person", ID, nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.PrimaryKeyConstraint("person", name="pk_keys"),
    )
    op.create_table(
        "tokens",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.PrimaryKeyConstraint("kind", "token", "person", name="pk_tokens"),
    )
    op.create_index("ix_tokens_person", "tokens", ["person"])
    op.create_table(
        "accesses",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_accesses"),
    )
    op.create_index("ix_accesses_person_number", "accesses", ["person", "number"])


def _sqlite_triggers() -> None:
    op.execute("""
        CREATE TRIGGER events_pending AFTER INSERT ON events BEGIN
            INSERT INTO pending (author, id, submission) VALUES (NEW.author, NEW.id, NEW.submission);
        END""")
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"""
                CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN
                    SELECT RAISE(ABORT, '{table} is append-only');
                END""")


def _postgresql_triggers() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END $$""")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
