"""The result of the four checks, as people read it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from exchange.console.result import Result
from exchange.console.words import Words
from exchange.protocol.comparing.agreement import PairState
from exchange.queries.status import Status
from exchange.reconcile import Checked
from exchange.reconcile.finding import Check
from exchange.reconcile.ledgers import Ledgers

WIDTH = 1000  # of the bar
NAMED = 3  # offices beside a check that found something


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: what it asks, and what it found. `where`: the offices at which, as far as a page names them."""

    name: str
    asks: str
    result: str
    passed: bool
    where: str = ""


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
    """`records`: how many were compared. `spoken`: what the bar shows, in words. `beside`: what else is to be known."""

    rows: tuple[CheckRow, ...]
    pairs: tuple[PairPart, ...]
    spoken: str
    at: str
    beside: tuple[str, ...]
    records: int
    differences: int


def checks_of(
    words: Words, last: Result | None, now: Status, records: int, *, fresh: bool, begun: datetime | None
) -> Checks | None:
    """None where no check has ended yet. `begun`: when the one was that is under way."""
    if last is None:
        return None
    checked = last.checked
    compared: dict[Check, int] = {
        "ledger": now.deliveries,
        "view": records,
        "entitlement": now.deliveries,
        "agreement": sum(checked.pairs.values()),
    }
    rows = [_row(words, checked, check, compared[check]) for check in get_args(Check)]
    if last.ledger is not None:
        rows.append(_tree(words, last.ledger))
    pairs = _pairs(words, checked)
    at = words.say("check.nightly" if last.nightly else "check.at", moment=words.moment(checked.at))
    return Checks(
        rows=tuple(rows),
        pairs=pairs,
        spoken=words.listed(f"{part.name} {part.count}" for part in pairs),
        at=at if fresh else ("" if words.chinese else " ").join((at, words.say("check.stale"))),
        beside=tuple(_beside(words, last, begun)),
        records=records,
        differences=sum(checked.checks.values()) or (_lacking(last.ledger) if last.ledger is not None else 0),
    )


def _row(words: Words, checked: Checked, check: Check, compared: int) -> CheckRow:
    found, followed = checked.checks[check], checked.consequences[check]
    many = words.number(compared)
    if found:
        result = words.counted("check.found", found, compared=many)
    elif followed:
        result = words.counted("check.followed", followed, compared=many)
    else:
        result = words.say("check.compared", count=many)
    offices = dict.fromkeys(each.office for each in checked.differences if each.check == check and each.office)
    where = words.listed(words.office(office) for office in list(offices)[:NAMED])
    name, asks = words.say(f"check.{check}.name"), words.say(f"check.{check}.asks")
    return CheckRow(name, asks, result, passed=not found and not followed, where=where)


def _tree(words: Words, ledger: Ledgers) -> CheckRow:
    """The ledger of everybody with everybody, compared down its digests."""
    lacking, shared = _lacking(ledger), words.number(ledger.shared)
    result = (
        words.counted("check.tree.found", lacking, shared=shared)
        if lacking
        else words.say("check.tree.alike", shared=shared)
    )
    return CheckRow(words.say("check.tree.name"), words.say("check.tree.asks"), result, passed=ledger.alike)


def _lacking(ledger: Ledgers) -> int:
    return ledger.differing_in_all + ledger.forged


def _beside(words: Words, last: Result, begun: datetime | None) -> Iterator[str]:
    checked = last.checked
    if not last.young:
        yield words.say("check.old")
    if checked.waiting:
        yield words.counted("check.waiting", checked.waiting)
    if begun is not None:
        yield words.say("check.under_way", moment=words.moment(begun))
    if not checked.equal:
        yield words.say("check.more")


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
