"""Digests of the ledger's buckets, by pairs of provinces, and up to where in each feed they hold.

Made from deliveries and books, and at any time again. A unit that has no row of its own was not looked at since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from sqlalchemy import Connection, delete, func, select

from events.store.sql.rows import add, batches
from events.store.sql.schema import deliveries, feed_heads
from exchange.protocol.comparing.ledger import FAN_OUT, UNIT, UNITS, Area, Digest, unit_of
from exchange.tables.schema import digested, digests

SideName = Literal["told", "held"]
Kept = Mapping[tuple[SideName, Area, int], Digest]  # by side, provinces and number of the bucket at its depth

_LOOKED_AT = ""  # the side of the row that says that a unit was looked at
_FEEDS = feed_heads.outerjoin(digested, digested.c.office == feed_heads.c.office)
_SINCE = func.coalesce(digested.c.position, 0)
_LEDGER = 7_031_985  # names the lock of whoever brings digests up to date


def begin(sql: Connection) -> None:
    """Only one at a time brings digests up to date; a file has one writer anyway."""
    if sql.dialect.name == "postgresql":
        sql.execute(select(func.pg_advisory_xact_lock(_LEDGER)))


def forget(sql: Connection, persons: Iterable[str]) -> None:
    """What is kept of the units of these persons says nothing any more."""
    _forget(sql, {unit_of(person) for person in persons})


def forget_all(sql: Connection) -> None:
    """Nothing that is kept says anything any more."""
    sql.execute(delete(digests))


def take_news(sql: Connection) -> None:
    """Forget the units in which anything was told since the last time, and note how far the feeds are."""
    heads = sql.execute(
        select(feed_heads.c.office, feed_heads.c.position).select_from(_FEEDS).where(feed_heads.c.position > _SINCE)
    ).all()
    _forget(sql, news(sql))
    add(sql, digested, [{"office": office, "position": position} for office, position in heads], ("office",))


def news(sql: Connection) -> set[int]:
    """The units in which anything was told since the last time."""
    told = _FEEDS.join(deliveries, (deliveries.c.recipient == feed_heads.c.office) & (deliveries.c.position > _SINCE))
    unit = func.substr(deliveries.c.person, 1, 3)
    query = select(unit).select_from(told).where(feed_heads.c.position > _SINCE).distinct()
    return {unit_of(edge) for edge in sql.execute(query).scalars()}


def not_looked_at(sql: Connection) -> list[int]:
    """The units that have to be looked at."""
    known = select(digests.c.bucket).where(digests.c.depth == UNIT, digests.c.side == _LOOKED_AT)
    return sorted(set(range(UNITS)).difference(sql.execute(known).scalars().all()))


def keep(sql: Connection, depth: int, buckets: Collection[int], found: Kept) -> None:
    """These digests, and no others, are those of the buckets."""
    _remove(sql, depth, buckets)
    rows = [(side, area, bucket, digest) for (side, area, bucket), digest in found.items()]
    marks = [(_LOOKED_AT, ("", ""), bucket, Digest(b"", 0)) for bucket in buckets]
    add(
        sql,
        digests,
        [
            {
                "depth": depth,
                "bucket": bucket,
                "side": side,
                "teller": area[0],
                "recipient": area[1],
                "count": digest.count,
                "sha256": digest.sha256,
            }
            for side, area, bucket, digest in [*rows, *marks]
        ],
    )


def below(sql: Connection, depth: int, parents: Collection[int]) -> Kept:
    """The digests of the buckets one step below these, which lie at `depth`."""
    columns = (
        digests.c.side,
        digests.c.teller,
        digests.c.recipient,
        digests.c.bucket,
        digests.c.count,
        digests.c.sha256,
    )
    found: dict[tuple[SideName, Area, int], Digest] = {}
    for parent in parents:
        within = digests.c.bucket.between(parent * FAN_OUT, parent * FAN_OUT + FAN_OUT - 1)
        query = select(*columns).where(digests.c.depth == depth + 1, within, digests.c.side != _LOOKED_AT)
        for side, teller, recipient, bucket, count, sha256 in sql.execute(query):
            found[side, (teller, recipient), bucket] = Digest(sha256, count)
    return found


def _forget(sql: Connection, units: Collection[int]) -> None:
    _remove(sql, UNIT, units)
    _remove(sql, UNIT - 1, {unit // FAN_OUT for unit in units})


def _remove(sql: Connection, depth: int, buckets: Collection[int]) -> None:
    for some in batches(sorted(buckets)):
        sql.execute(delete(digests).where(digests.c.depth == depth, digests.c.bucket.in_(some)))
