"""Begins what the figures of the server setting are measured on, and measures them one after the other."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from exchange.demo.servers.postgres import Postgres
from exchange.migrations import upgrade
from exchange.node import Node
from exchange.settings import settings
from tests.bench.figures import Figure, Size
from tests.bench.servers import appending, serving
from tests.bench.servers.peers import EventSourcing, MessageDb, message_db_package

BENCH, HTTP = "bench", "http"
SERVES = ("11", "42")


def figures(size: Size) -> Iterator[Figure]:
    # PostgreSQL runs as another user, and its socket needs a short path.
    folder = Path(tempfile.mkdtemp(prefix="xb-"))
    folder.chmod(0o711)
    server = Postgres(folder / "pg")
    try:
        yield from _appending(server, folder, size)
        yield from _serving(server, folder, size)
    finally:
        server.end()
        shutil.rmtree(folder)


def _appending(server: Postgres, folder: Path, size: Size) -> Iterator[Figure]:
    url = server.create(BENCH)
    upgrade(url)
    dsn = f"host={server.folder} user=exchange dbname={BENCH}"
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


def _serving(server: Postgres, folder: Path, size: Size) -> Iterator[Figure]:
    url = server.create(HTTP)
    data = folder / "data"
    node = Node.open(settings(data=data, serves=SERVES, database_url=url))
    environment = {
        "EXCHANGE_DATA": str(data),
        "EXCHANGE_SERVES": ",".join(SERVES),
        "EXCHANGE_DATABASE_URL": url,
    }
    try:
        yield from serving.figures(node, environment, size)
    finally:
        node.close()
