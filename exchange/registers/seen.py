"""Which rows of one file speak of the same person, without keeping the file, or anything readable of it, in memory."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from hashlib import blake2b


class Seen:
    """What was seen so far: keyed hashes in a private temporary database, which is gone when it is closed."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE seen (hash BLOB PRIMARY KEY, row INTEGER) WITHOUT ROWID")

    def earlier(self, identities: Iterable[str], row: int) -> int | None:
        """The row that shares an identity with this one; None where there is none, and then this one is kept."""
        hashes = {blake2b(each.encode(), key=self._key, digest_size=16).digest() for each in identities}
        for each in hashes:
            if found := self._rows.execute("SELECT row FROM seen WHERE hash = ?", (each,)).fetchone():
                return int(found[0])
        self._rows.executemany("INSERT INTO seen VALUES (?, ?)", [(each, row) for each in hashes])
        return None

    def close(self) -> None:
        self._rows.close()
