"""Walls: in PostgreSQL what is read for one office is read as a role that sees no rows of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
WHEN = "before"

APP, CALLER = "exchange_app", "exchange_caller"
# The codes of offices, or how they begin, that the transaction reads for. Asked once a statement, and not for each row.
_SEEN = "(SELECT string_to_array(current_setting('exchange.offices', true), ','))::text[]"
# Whose rows they are; an event is seen by whoever was told of it, and what is said of offices by all.
_TOLD = "EXISTS (SELECT 1 FROM deliveries d WHERE d.author = events.author AND d.id = events.id)"
WALLS = {
    "events": f"author LIKE ANY ({_SEEN}) OR kind = 'jurisdiction' OR {_TOLD}",
    "deliveries": f"recipient LIKE ANY ({_SEEN}) OR teller LIKE ANY ({_SEEN})",
    **dict.fromkeys(
        ("records", "cases", "inbox", "books", "acknowledgements", "accesses", "feed_heads"),
        f"office LIKE ANY ({_SEEN})",
    ),
}
_OPEN = ("log", "dossiers", "keys", "tokens")  # say of ids alone what they say


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    found = connection.execute(sa.text("SELECT rolname, rolbypassrls FROM pg_roles"))
    roles = {row.rolname: row.rolbypassrls for row in found}
    if CALLER not in roles:
        op.execute(f"CREATE ROLE {CALLER} NOLOGIN")
    if not roles[APP]:
        op.execute(f"ALTER ROLE {APP} BYPASSRLS")  # it works for all offices, and copies rows in
    op.execute(f"GRANT {CALLER} TO {APP}")
    schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {CALLER}")
    op.execute(f"GRANT SELECT ON {', '.join([*WALLS, *_OPEN])} TO {CALLER}")
    for table, seen in WALLS.items():
        op.execute(f"CREATE POLICY own_office ON {table} FOR SELECT TO {CALLER} USING ({seen})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
