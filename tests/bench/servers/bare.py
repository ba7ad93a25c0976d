"""The reference in PostgreSQL: a table with the same columns and unique keys, as durable as ours, and nothing else."""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

import psycopg

Row = Sequence[Any]

_TABLES: LiteralString = """
CREATE TABLE bare (author text NOT NULL, id text NOT NULL, kind text NOT NULL, subject text NOT NULL,
    version int NOT NULL, submission text NOT NULL, body bytea NOT NULL, sealed bytea NOT NULL,
    PRIMARY KEY (author, id), UNIQUE (subject, author, version));
CREATE TABLE bare_keys (person text PRIMARY KEY, wrapped bytea);
CREATE TABLE bare_tokens (kind text, token bytea, person text, PRIMARY KEY (kind, token, person));
CREATE INDEX ON bare_tokens (person);
"""
_INSERT: LiteralString = "INSERT INTO bare VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
_KEY: LiteralString = "INSERT INTO bare_keys VALUES ($1, $2)"
_TOKEN: LiteralString = "INSERT INTO bare_tokens VALUES ($1, $2, $3)"
_COPY: LiteralString = "COPY bare FROM STDIN"


class BareTable:
    """A connection that writes rows, prepared and in binary as ours does."""

    def __init__(self, dsn: str) -> None:
        self._driver = psycopg.connect(dsn, autocommit=True)
        self._cursor = psycopg.RawCursor(self._driver)

    def create(self) -> None:
        """The tables; with a connection that ends here."""
        self._driver.execute(_TABLES)
        self._driver.close()

    def one_by_one(self, rows: Iterable[Row]) -> None:
        """A commit for each row."""
        for row in rows:
            self._write(_INSERT, row)

    def firsts(self, rows: Iterable[tuple[Row, Row, Row]]) -> None:
        """A transaction for each event, with the rows of its person's key and of a token."""
        for event, key, token in rows:
            self._driver.execute("BEGIN")
            self._write(_KEY, key)
            self._write(_INSERT, event)
            self._write(_TOKEN, token)
            self._driver.execute("COMMIT")

    def copied(self, rows: Iterable[Row]) -> None:
        """All of them by one COPY, in text."""
        with self._cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)

    def _write(self, statement: LiteralString, row: Row) -> None:
        self._cursor.execute(statement, row, prepare=True, binary=True)
