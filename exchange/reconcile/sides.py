"""The two sides of the ledger of two areas, as the database has them: what was told, and what the books hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, true

from events.envelope import Part
from events.store.sql.form import Form
from events.store.sql.schema import deliveries, log
from exchange.protocol.comparing.ledger import (
    EDGES,
    FAN_OUT,
    UNIT,
    UNITS,
    Area,
    Bucket,
    Digest,
    Entry,
    by_area,
    digest_of,
    joined,
    unit_of,
)
from exchange.tables import digests
from exchange.tables.books import books
from exchange.tables.digests import SideName
from exchange.tables.paging import within

_FETCHED = 1_000
_FORM = Form(books.c[name] for name in ("leaf", "author", "id", "teller", "office", "parts", "person"))
_parts = msgspec.json.Decoder(list[Part]).decode
FEW = 10_000  # rows that are read in any case before the areas' own are read instead
_PROVINCE = 2  # digits of the areas by which digests are kept

ByArea = Mapping[tuple[Area, int], Digest]  # by provinces and number of the bucket


class TooMany(Exception):
    """More rows were read than were to be."""


class Rows:
    """The rows of one side, by whom they are about. `read`: how many were read. `most`: how many may be.

    Of some units all rows are read and those of other areas left out here, so that no database reads an area instead.
    """

    def __init__(self, sql: Connection, query: Select[Any], areas: Area) -> None:
        self.read = 0
        self.most: int | None = None
        self._sql, self._query, self._areas = sql, query, areas
        *_, self._teller, self._to, _, self._person = query.selected_columns

    def units(self, first: int, last: int) -> dict[int, list[Entry]]:
        """The entries of these units and those between them."""
        found: dict[int, list[Entry]] = {}
        for entry in self._entries(self._query.where(_between(self._person, first, last))):
            if all(each.startswith(area) for each, area in zip((entry.teller, entry.to), self._areas, strict=True)):
                found.setdefault(unit_of(entry.person), []).append(entry)
        return found

    def digests(self, depth: int) -> ByArea:
        """Made from all rows: the digests of all buckets of the first step, or of the second."""
        found: dict[tuple[Area, int], Digest] = {}
        seen: set[int] = set()
        query = self._query.where(*self._within()).order_by(self._person)
        for unit, some in groupby(self._entries(query), lambda entry: unit_of(entry.person)):
            entries: Iterable[Entry] = some
            if unit in seen:  # where the database sorts text otherwise than we do
                entries = self.units(unit, unit)[unit]
            seen.add(unit)
            found.update({(area, unit): digest for area, digest in by_area(entries).items()})
        return found if depth == UNIT else above(found)

    def count(self) -> int:
        """How many there are. An index says it, and no row is read."""
        query = self._query.where(*self._within()).with_only_columns(func.count(), maintain_column_froms=True)
        found: int = self._sql.execute(query).scalar_one()
        return found

    def _within(self) -> list[ColumnElement[bool]]:
        sides = zip((self._teller, self._to), self._areas, strict=True)
        return [within(column, area) for column, area in sides if area]

    def _entries(self, query: Select[Any]) -> Iterator[Entry]:
        with self._sql.execute(query, execution_options={"yield_per": _FETCHED}) as rows:
            for row in rows:
                self.read += 1
                if self.most is not None and self.read > self.most:
                    raise TooMany
                yield _entry(row)


class Side:
    """One side of two areas. `kept`: its name where kept digests are trusted; else all is made from the rows.

    Digests are kept by provinces. Two areas inside of them walk down these: where the provinces are equal, so are they,
    and of a unit where these are not, the rows of the two areas are compared. So much may differ between the provinces
    that the rows of the two areas are fewer: raises TooMany, as soon as it shows.
    """

    def __init__(self, sql: Connection, rows: Rows, areas: Area, kept: SideName | None) -> None:
        self.rows = rows
        self._sql, self._areas, self._kept = sql, areas, kept
        self._made: dict[int, ByArea] = {}
        # Whether kept digests are walked down that cover more than the two areas.
        self.inside = kept is not None and any(len(area) > _PROVINCE for area in areas)
        self._count: int | None = None

    def count(self) -> int:
        if self._count is None:
            made = None if self.inside else self.digests([()]).values()
            self._count = self.rows.count() if made is None else sum(each.count for each in made)
        return self._count

    def digests(self, within: Collection[Bucket]) -> Mapping[Bucket, Digest]:
        depth = max(map(len, within)) + 1
        if depth > UNIT:
            return {
                bucket: digest_of(some)
                for bucket, some in groupby(
                    sorted(self.entries(within), key=_at(depth)), lambda each: each.bucket(depth)
                )
            }
        areas: dict[int, list[tuple[Area, Digest]]] = {}
        for (area, bucket), digest in self._digests(depth, {_number(bucket) for bucket in within}).items():
            areas.setdefault(bucket, []).append((area, digest))
        return {_path(bucket, depth): joined(some) for bucket, some in areas.items()}

    def entries(self, within: Collection[Bucket]) -> Iterator[Entry]:
        wanted = set(within)
        depths = {len(bucket) for bucket in within}
        for unit in sorted({unit for bucket in within for unit in _units(bucket)}):
            for entry in self.rows.units(unit, unit).get(unit, ()):
                if any(entry.bucket(depth) in wanted for depth in depths):
                    yield entry

    def _digests(self, depth: int, parents: Collection[int]) -> ByArea:
        if self._kept is not None:
            kept = digests.below(self._sql, depth - 1, parents)
            return {(area, at): d for (side, area, at), d in kept.items() if side == self._kept and self._covers(area)}
        if depth not in self._made:
            self._made[depth] = self.rows.digests(depth)
        return {(area, at): digest for (area, at), digest in self._made[depth].items() if at // FAN_OUT in parents}

    def _covers(self, area: Area) -> bool:
        return all(each.startswith(wanted[:_PROVINCE]) for each, wanted in zip(area, self._areas, strict=True))


def above(below: ByArea) -> dict[tuple[Area, int], Digest]:
    """The digests of the buckets one step above."""
    found: dict[tuple[Area, int], list[tuple[tuple[int], Digest]]] = {}
    for (area, bucket), digest in below.items():
        found.setdefault((area, bucket // FAN_OUT), []).append(((bucket,), digest))
    return {key: joined(some) for key, some in found.items()}


def told(sql: Connection, one: str = "", other: str = "") -> Rows:
    """What offices of the one area told those of the other."""
    later = deliveries.alias()
    key = ("author", "id", "teller", "recipient")
    replaced = (
        select(later.c.revision)
        .where(*(later.c[name] == deliveries.c[name] for name in key))
        .where(later.c.revision > deliveries.c.revision)
        .exists()
    )
    query = (
        select(log.c.leaf, deliveries.c.author, deliveries.c.id, deliveries.c.teller)
        .add_columns(deliveries.c.recipient.label("to"), deliveries.c.parts, deliveries.c.person)
        .join(log, and_(log.c.author == deliveries.c.author, log.c.id == deliveries.c.id))
        .where(~replaced)
    )
    return Rows(sql, query, (one, other))


def held(sql: Connection, one: str = "", other: str = "") -> Rows:
    """What the books of the other area hold of what offices of the one told them."""
    query = select(books.c.leaf, books.c.author, books.c.id, books.c.teller).add_columns(
        books.c.office.label("to"), books.c.parts, books.c.person
    )
    return Rows(sql, query, (one, other))


def _between(person: ColumnElement[str], first: int, last: int) -> ColumnElement[bool]:
    edges = [person >= EDGES[first]] if first else []
    edges += [person < EDGES[last + 1]] if last + 1 < UNITS else []
    return and_(true(), *edges)


def _number(bucket: Bucket) -> int:
    number = 0
    for step in bucket:
        number = number * FAN_OUT + step
    return number


def _path(number: int, depth: int) -> Bucket:
    return tuple(number // FAN_OUT ** (depth - step - 1) % FAN_OUT for step in range(depth))


def _units(bucket: Bucket) -> range:
    """The units that a bucket is in, or that are in it."""
    width: int = FAN_OUT ** max(UNIT - len(bucket), 0)
    first = _number(bucket[:UNIT]) * width
    return range(first, first + width)


def _at(depth: int) -> Any:
    return lambda entry: (entry.bucket(depth), entry)


def _entry(row: Row[Any]) -> Entry:
    leaf, author, id_, teller, to, held_parts, person = _FORM.mended(row)
    try:
        parts = tuple(sorted(_parts(held_parts)))
    except msgspec.DecodeError:
        parts = (held_parts,)  # altered: as it stands, which no other side has
    return Entry(leaf.hex(), author, id_, teller, to, parts, person)
