"""Rows that take the place of earlier ones, also where both come in one call."""

import msgspec

from events.store.postgres import PostgresStore
from events.store.sqlite import SqliteStore
from exchange.tables import books
from tests.contract.story import LIN, OTHER_TOWN, TOWN, event, told


def test_of_two_revisions_told_at_once_the_later_stands_in_a_file(sqlite: SqliteStore):
    both_at_once(sqlite)


def test_of_two_revisions_told_at_once_the_later_stands_in_postgres(postgres: PostgresStore):
    both_at_once(postgres)


def both_at_once(store: SqliteStore | PostgresStore) -> None:
    first = told(event())
    rows = [
        books.BookRow(
            office=OTHER_TOWN,
            person=LIN,
            ref=first.ref,
            teller=TOWN,
            leaf=b"leaf",
            parts=frozenset(),
            told=msgspec.structs.replace(first, revision=revision),
        )
        for revision in (1, 2)
    ]
    with store.write() as session:
        books.hold(session.sql, rows)
    with store.read() as session:
        assert [row.told.revision for row in books.of_persons(session.sql, [LIN])] == [2]
