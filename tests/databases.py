"""A real PostgreSQL for the tests of one process, begun when first asked for, and a fresh database for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from exchange.demo.servers.postgres import Postgres
from exchange.migrations import upgrade

PLAIN, PARTITIONED = "plain", "partitioned"
_DISTRIBUTED = {"events": "author", "deliveries": "recipient"}
_SHARDS = 4
_numbers = count(1)
_MEMORY = Path("/dev/shm")  # noqa: S108 (a private folder in it)
_ROOM = 4 << 30  # bytes: what a server writes, for each of some test processes


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server with a migrated template, and one whose hot tables are partitioned by their distribution key."""
    with tempfile.TemporaryDirectory(prefix="exchange-", dir=_in_memory()) as folder:
        Path(folder).chmod(0o711)
        server = Postgres(Path(folder) / "postgres", durable=False)
        try:
            upgrade(server.create(PLAIN))
            server.create(PARTITIONED, PLAIN)
            with server.owner(PARTITIONED) as connection:
                connection.execute(";".join(_partitioned()))
            yield server
        finally:
            server.end()


@contextmanager
def database(server: Postgres, template: str = PLAIN) -> Iterator[str]:
    """The address of a fresh database."""
    name = f"test_{next(_numbers)}"
    yield server.create(name, template)
    server.drop(name)


def _in_memory() -> Path | None:
    """Where a new database, three hundred files, takes a tenth of the time; None where the machine has no such room."""
    return _MEMORY if _MEMORY.is_mount() and shutil.disk_usage(_MEMORY).free > _ROOM else None


def _partitioned() -> Iterator[str]:
    """Every unique key must hold the distribution key, or the database refuses this."""
    for table, key in _DISTRIBUTED.items():
        yield f"ALTER TABLE {table} RENAME TO {table}_whole"
        yield f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING ALL) PARTITION BY HASH ({key})"
        yield f"DROP TABLE {table}_whole"
        for shard in range(_SHARDS):
            yield (
                f"CREATE TABLE {table}_{shard} PARTITION OF {table}"
                f" FOR VALUES WITH (MODULUS {_SHARDS}, REMAINDER {shard})"
            )
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        yield f"REVOKE UPDATE, DELETE ON {table} FROM exchange_app"
