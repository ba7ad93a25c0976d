"""The schema of a database, made and moved forward by numbered steps; there is no way back but a backup.

Each step in `versions` says in `WHEN` whether it runs before the new code is put in place or after it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

NEWEST = "head"


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
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def current(connection: Connection) -> str | None:
    """The step that the database stands at; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


@lru_cache
def steps() -> tuple[str, ...]:
    """All steps, oldest first."""
    return tuple(script.revision for script in reversed(list(ScriptDirectory.from_config(_config()).walk_revisions())))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
