"""The event stores that a team would otherwise build on, writing the very bytes of our events, one a commit.

`eventsourcing`: its application recorder, which keeps the order of the log. message-db: its SQL, as its package has it.
"""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from events.codec import SealedEvent

MESSAGE_DB = "@eventide/message-db"
_VERSION = "1.3.1"
_FOLDERS = ("schema", "types", "tables", "functions", "indexes")
_FIRST = ("message-store-version", "hash-64", "category", "id", "cardinal-id")  # what the other functions call
_WRITE = "SELECT message_store.write_message(%s, %s, %s, %s::jsonb, %s::jsonb, %s)"


class EventSourcing:
    """The recorder of an application of `eventsourcing`."""

    def __init__(self, dsn: str) -> None:
        held = conninfo_to_dict(dsn)
        self._datastore = PostgresDatastore(
            dbname=str(held["dbname"]),
            host=str(held["host"]),
            port=str(held.get("port", "")),
            user=str(held["user"]),
            password=str(held.get("password", "")),
        )
        self._recorder = PostgresApplicationRecorder(self._datastore)

    def create(self) -> None:
        self._recorder.create_table()

    def rows(self, events: Iterable[SealedEvent]) -> list[StoredEvent]:
        return [
            StoredEvent(
                originator_id=UUID(event.frame.subject.id),
                originator_version=event.frame.version,
                topic=event.frame.type,
                state=event.body + event.sealed,
            )
            for event in events
        ]

    def write(self, rows: Iterable[StoredEvent]) -> None:
        """A commit for each."""
        for row in rows:
            self._recorder.insert_events([row])

    def close(self) -> None:
        self._datastore.close()


class MessageDb:
    """The `write_message` of message-db, with the expected version; each town is a category of its own."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True, options="-c search_path=message_store,public")
        self._cursor = self._connection.cursor(binary=False)

    def create(self, package: Path) -> None:
        for folder in _FOLDERS:
            files = sorted((package / "database" / folder).glob("*.sql"), key=_order)
            for file in files:
                self._connection.execute(file.read_bytes())

    def rows(self, events: Iterable[SealedEvent]) -> list[tuple[str, str, str, str, str, int]]:
        return [
            (
                event.frame.id,
                f"town{event.frame.author}-{event.frame.subject.id}",
                event.frame.type,
                event.body.decode(),
                f'{{"sealed":"{event.sealed.hex()}"}}',
                event.frame.version - 2,  # its streams begin at 0, and an empty one stands at -1
            )
            for event in events
        ]

    def write(self, rows: Iterable[tuple[str, str, str, str, str, int]]) -> None:
        """A commit for each."""
        for row in rows:
            self._cursor.execute(_WRITE, row, prepare=True)

    def close(self) -> None:
        self._connection.close()


def message_db_package(folder: Path) -> Path | None:
    """The unpacked package; None where npm is not installed, and so cannot bring it."""
    if shutil.which("npm") is None:
        return None
    subprocess.run(["npm", "pack", "--silent", f"{MESSAGE_DB}@{_VERSION}"], cwd=folder, check=True, capture_output=True)
    [archive] = folder.glob("*message-db*.tgz")
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", folder], check=True)
    return folder / "package"


def _order(file: Path) -> tuple[int, str]:
    return (_FIRST.index(file.stem) if file.stem in _FIRST else len(_FIRST), file.name)
