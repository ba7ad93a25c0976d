"""The result of the four checks, as people read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from exchange.console.words import Words
from exchange.protocol.agreement import PairState
from exchange.queries.status import Status
from exchange.reconcile import Checked
from exchange.reconcile.finding import Check

WIDTH = 1000  # of the bar


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: what it asks, and what it found."""

    name: str
    asks: str
    result: str
    passed: bool


@dataclass(frozen=True, slots=True)
class PairPart:
    """The pairs of offices in one state, and their part of the bar."""

    state: str
    name: str
    count: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Checks:
    """`records`: how many were compared. `spoken`: what the bar shows, in words."""

    rows: tuple[CheckRow, ...]
    pairs: tuple[PairPart, ...]
    spoken: str
    at: str
    records: int
    differences: int


def checks_of(words: Words, checked: Checked | None, now: Status, records: int, *, fresh: bool) -> Checks | None:
    """None where no check has ended yet."""
    if checked is None:
        return None
    found, followed = checked.checks, checked.consequences
    compared: dict[Check, int] = {
        "ledger": now.deliveries,
        "view": records,
        "entitlement": now.deliveries,
        "agreement": sum(checked.pairs.values()),
    }
    pairs = _pairs(words, checked)
    at = words.say("check.at", moment=words.moment(checked.at))
    return Checks(
        rows=tuple(_row(words, check, compared[check], found[check], followed[check]) for check in get_args(Check)),
        pairs=pairs,
        spoken=("，" if words.chinese else ", ").join(f"{part.name} {part.count}" for part in pairs),
        at=at if fresh else f"{at} {words.say('check.stale')}",
        records=records,
        differences=sum(found.values()),
    )


def _row(words: Words, check: Check, compared: int, found: int, followed: int) -> CheckRow:
    many = words.number(compared)
    if found:
        result = words.counted("check.found", found, compared=many)
    elif followed:
        result = words.counted("check.followed", followed, compared=many)
    else:
        result = words.say("check.compared", count=many)
    return CheckRow(
        words.say(f"check.{check}.name"), words.say(f"check.{check}.asks"), result, not found and not followed
    )


def _pairs(words: Words, checked: Checked) -> tuple[PairPart, ...]:
    total = sum(checked.pairs.values())
    parts, x = [], 0.0
    for state in get_args(PairState):
        count = checked.pairs.get(state, 0)
        if count:
            width = round(WIDTH * count / total, 2)
            parts.append(PairPart(state, words.say(f"pairs.{state}"), words.number(count), round(x, 2), width))
            x += width
    return tuple(parts)
