"""Begins what the figures of the server setting are measured on, and measures them one after the other."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.demo.servers.postgres import Postgres
from exchange.migrations import upgrade
from exchange.node import Node
from exchange.settings import settings
from tests.bench.figures import Figure, Size
from tests.bench.servers import appending, forwarding, latency, serving
from tests.bench.servers.peers import EventSourcing, MessageDb, message_db_package

SERVES = ("11", "42")


def figures(size: Size) -> Iterator[Figure]:
    # PostgreSQL runs as another user, and its socket needs a short path.
    folder = Path(tempfile.mkdtemp(prefix="xb-"))
    folder.chmod(0o711)
    server = Postgres(folder / "pg")
    try:
        yield from _appending(server, folder, size)
        with _node(server, folder, "forwarding") as node:
            yield from forwarding.figures(node, size)
        with _node(server, folder, "latency") as node:
            yield from latency.figures(node, size)
        with _node(server, folder, "http") as node:
            yield from serving.figures(node, size)
    finally:
        server.end()
        shutil.rmtree(folder)


def _appending(server: Postgres, folder: Path, size: Size) -> Iterator[Figure]:
    url = server.create("bench")
    upgrade(url)
    dsn = f"host={server.folder} user=exchange dbname=bench"
    eventsourcing = EventSourcing(dsn)
    eventsourcing.create()
    eventsourcing.close()
    (folder / "message-db").mkdir()
    package = message_db_package(folder / "message-db") if size.message_db else None
    if package is not None:
        message_db = MessageDb(dsn)
        message_db.create(package)
        message_db.close()
    yield from appending.figures(url, dsn, package, size)


@contextmanager
def _node(server: Postgres, folder: Path, name: str) -> Iterator[Node]:
    """A node with nobody in it, in a database of its own."""
    node = Node.open(settings(data=folder / name, serves=SERVES, database_url=server.create(name)))
    try:
        yield node
    finally:
        node.close()
