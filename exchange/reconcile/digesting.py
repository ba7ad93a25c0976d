"""Bringing the kept digests of the ledger up to date: only units in which anything was told since are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, cast, get_args

import structlog
from sqlalchemy import Connection

from events.store.errors import Unavailable
from exchange.protocol.comparing.ledger import FAN_OUT, UNIT, Area, Digest, by_area
from exchange.reconcile.sides import Rows, above, held, told
from exchange.tables import digests
from exchange.tables.digests import Kept, SideName

if TYPE_CHECKING:
    from exchange.node import Node

_log = structlog.get_logger(__name__)

SIDES = cast("tuple[SideName, ...]", get_args(SideName))


def bring_up(node: Node) -> tuple[int, bool]:
    """Look at every unit that has to be looked at, some a transaction. How many rows were read, and whether the digests
    are up to date: on a full disk they stay what they were, and a comparison has to read the rows themselves.
    """
    read = 0
    try:
        for step in _steps(node):
            read += step
    except Unavailable as error:
        if error.rule != "store.full":
            raise
        _log.warning("digests_not_kept", rule=error.rule)
        return read, False
    return read, True


def bring_up_until(node: Node, enough: Callable[[], bool]) -> bool:
    """The same until it is enough. Whether nothing is left to be looked at: whoever asks again goes on from there."""
    return not any(enough() for _ in _steps(node))


def _steps(node: Node) -> Iterator[int]:
    with node.uow.begin() as session:
        digests.begin(session.sql)
        digests.take_news(session.sql)
        units = digests.not_looked_at(session.sql)
    for parent, some in groupby(units, lambda unit: unit // FAN_OUT):
        with node.uow.begin() as session:
            digests.begin(session.sql)
            read = _look(session.sql, parent, list(some))
        yield read


def forged(sql: Connection) -> int:
    """How many of the kept digests are not what all the rows, read one by one, say. What was not looked at
    since something was told of it says nothing: nobody altered that.
    """
    wrong, since = 0, {*digests.not_looked_at(sql), *digests.news(sql)}
    for depth in range(UNIT, 0, -1):
        kept = digests.below(sql, depth - 1, range(FAN_OUT ** (depth - 1)))
        made = {(side, *key): digest for side in SIDES for key, digest in _rows(sql, side).digests(depth).items()}
        keys = (key for key in kept.keys() | made.keys() if key[2] not in since)
        wrong += sum(kept.get(key) != made.get(key) for key in keys)
        since = {unit // FAN_OUT for unit in since}
    return wrong


def _look(sql: Connection, parent: int, units: list[int]) -> int:
    read = 0
    found: dict[tuple[SideName, Area, int], Digest] = {}
    for side in SIDES:
        rows = _rows(sql, side)
        for unit, entries in rows.units(units[0], units[-1]).items():
            if unit in units:
                found.update({(side, area, unit): digest for area, digest in by_area(entries).items()})
        read += rows.read
    digests.keep(sql, UNIT, units, found)
    below = digests.below(sql, UNIT - 1, [parent])
    upper: Kept = {
        (side, area, at): digest
        for side in SIDES
        for (area, at), digest in above({(a, u): d for (s, a, u), d in below.items() if s == side}).items()
    }
    digests.keep(sql, UNIT - 1, [parent], upper)
    return read


def _rows(sql: Connection, side: SideName) -> Rows:
    return told(sql) if side == "told" else held(sql)
