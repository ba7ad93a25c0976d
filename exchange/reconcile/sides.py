"""The two sides of the ledger of two areas, as the database has them: what was told, and what the books hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from events.envelope import Part
from events.store.sql.schema import deliveries, log
from exchange.protocol.ledger import Bucket, Digest, Entry, digests_of
from exchange.tables.books import books
from exchange.tables.paging import within

_FETCHED = 1_000
_FEW = 256  # ranges in one statement; where there are more, everything is read and the rest left out


class _Rows:
    """The rows of one side by leaf hash, read as often as asked; no more than a bucket of them is ever held."""

    def __init__(self, sql: Connection, query: Select[Any]) -> None:
        self._sql = sql
        self._query = query

    def digests(self, within: Collection[Bucket]) -> Mapping[Bucket, Digest]:
        depth = max(map(len, within)) + 1
        wanted = set(within)
        return {b: digest for b, digest in digests_of(self._sorted(within), depth) if b[:-1] in wanted}

    def entries(self, within: Collection[Bucket]) -> Iterator[Entry]:
        wanted = set(within)
        depths = {len(bucket) for bucket in within}
        for entry in self._sorted(within):
            if any(entry.bucket(depth) in wanted for depth in depths):
                yield entry

    def _sorted(self, within: Collection[Bucket]) -> Iterator[Entry]:
        leaf = self._query.selected_columns[0]
        query = self._query.order_by(*self._query.selected_columns)
        if () not in within and len(within) <= _FEW:
            query = query.where(or_(*(_range(leaf, bucket) for bucket in within)))
        for row in self._sql.execute(query, execution_options={"yield_per": _FETCHED}):
            yield _entry(row)


def told(sql: Connection, one: str, other: str, at: int) -> _Rows:
    """What offices of the one area told those of the other until that moment, in microseconds."""
    later = deliveries.alias()
    key = ("author", "id", "teller", "recipient")
    replaced = (
        select(later.c.revision)
        .where(*(later.c[name] == deliveries.c[name] for name in key))
        .where(later.c.revision > deliveries.c.revision, later.c.at <= at)
        .exists()
    )
    query = (
        select(log.c.leaf, deliveries.c.author, deliveries.c.id, deliveries.c.teller)
        .add_columns(deliveries.c.recipient.label("to"), deliveries.c.parts)
        .join(log, and_(log.c.author == deliveries.c.author, log.c.id == deliveries.c.id))
        .where(within(deliveries.c.teller, one), within(deliveries.c.recipient, other), deliveries.c.at <= at)
        .where(~replaced)
    )
    return _Rows(sql, query)


def held(sql: Connection, one: str, other: str) -> _Rows:
    """What the books of the other area hold of what offices of the one told them."""
    query = (
        select(books.c.leaf, books.c.author, books.c.id, books.c.teller)
        .add_columns(books.c.office.label("to"), books.c.parts)
        .where(within(books.c.teller, one), within(books.c.office, other))
    )
    return _Rows(sql, query)


def _range(leaf: ColumnElement[bytes], bucket: Bucket) -> ColumnElement[bool]:
    """The leaf hashes of a bucket: from its path followed by noughts, to before that of the next one."""
    bits = 6 * len(bucket)
    first = 0
    for step in bucket:
        first = first << 6 | step
    low = (first << (64 - bits)).to_bytes(8, "big")
    after = first + 1
    if after >> bits:
        return leaf >= low
    return and_(leaf >= low, leaf < (after << (64 - bits)).to_bytes(8, "big"))


def _entry(row: Row[Any]) -> Entry:
    parts = tuple(sorted(cast("list[Part]", msgspec.json.decode(row.parts))))
    return Entry(row.leaf.hex(), row.author, row.id, row.teller, row.to, parts)
