"""The schema of a database, made and moved forward by numbered steps; there is no way back but a backup.

Each step in `versions` says in `WHEN` whether it runs before the new code is put in place or after it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text

NEWEST = "head"
_HERE = Path(__file__).parent


def upgrade(url: str, to: str = NEWEST) -> None:
    """Bring the database at this SQLAlchemy address to a step; what is done already is left alone."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            upgrade_on(connection, to)
    finally:
        engine.dispose()


def upgrade_on(connection: Connection, to: str = NEWEST) -> None:
    """The same on a connection, in the transaction that its owner commits."""
    # Hardly any process moves a schema, and what does takes a fifth of a second to load.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def current(connection: Connection) -> str | None:
    """The step that the database stands at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


@lru_cache
def steps() -> tuple[str, ...]:
    """All steps, oldest first: the numbers with which their files begin."""
    return tuple(sorted(path.name.split("_")[0] for path in (_HERE / "versions").glob("[0-9]*.py")))
