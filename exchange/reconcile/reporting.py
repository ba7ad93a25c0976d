"""The report: the four checks over everybody, step by step, and what they found, for whoever looks at it later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec
import structlog

from events.store.moment import to_moment, to_number
from exchange.everybody import next_persons
from exchange.progress import Tell, nobody
from exchange.reconcile.checks import BATCH, checks, offices_checked, places_checked
from exchange.reconcile.digesting import bring_up, bring_up_until
from exchange.reconcile.finding import Checked, Gathered, in_one
from exchange.reconcile.processes import FEW, in_processes
from exchange.tables import reports

if TYPE_CHECKING:
    from exchange.node import Node

Place = tuple[int | None, str]  # the moment at which a report was begun, and the person behind whom it goes on
BEGINNING: Place = (None, "")

_log = structlog.get_logger(__name__)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found so far. `after`: the person behind whom it goes on; None where everybody was checked.

    `left_out`: how many faults were found beyond those listed. `events`: how many the log had when it was begun.
    """

    checked: Checked
    after: str | None = None
    events: int = 0

    @property
    def left_out(self) -> int:
        return self.checked.more


def stepwise(node: Node, tell: Tell = nobody, *, trusted: bool = True, processes: int = 1) -> Checked:
    """The four checks over everybody, each batch at a moment of its own, so that none holds up the database for long.

    `tell`: how many persons were checked so far; `trusted`: as of `checks`; `processes`: that work on it, where there
    are so many persons that it is worth it.
    """
    whole = Gathered()
    for part in _parts(node, tell, trusted=trusted, processes=processes):
        whole.add(part)
    whole.add(places_checked(node, whole.checked(node.clock())))
    return whole.checked(node.clock())


def report(node: Node) -> Checked:
    """Check everybody, keep what was found, and say in the log whether both sides are equal."""
    place: Place | None = BEGINNING
    while place is not None:
        place = report_from(node, place, lambda: False)
    found = latest(node)
    if found is None:
        raise RuntimeError  # it was kept just now
    return found.checked


def report_from(node: Node, place: Place, enough: Callable[[], bool]) -> Place | None:
    """Check on from there until it is enough. Where to go on; None where everybody was checked.

    First the digests of the ledger are brought up to date, so that a comparison of areas in the morning is quick.
    What is found is kept with how far it is: of two who check on from one place, the second keeps nothing and ends.
    """
    begun, start = place
    if begun is None and not bring_up_until(node, enough):
        return BEGINNING
    with node.uow.look() as session:
        size = session.frontier().size
    after, parts = start, [offices_checked(node)] if begun is None else []
    while persons := _next(node, after):
        parts.append(checks(node, persons, keep=True))
        after = persons[-1]
        if enough():
            break
    else:
        after = ""
    moment = node.clock() if begun is None else to_moment(begun)
    if not after:
        parts.append(places_checked(node, in_one(moment, [*_so_far(node, begun), *parts])))
    with node.uow.begin() as session:
        before = None if begun is None else reports.begun(session.sql, moment)
        if before is not None:
            known = msgspec.json.decode(before, type=Report)
            if known.after != start:
                return None
            parts.insert(0, known.checked)
            size = known.events
        found = Report(checked=in_one(moment, parts), after=after or None, events=size)
        reports.keep(session.sql, moment, msgspec.json.encode(found))
    if found.after is not None:
        return to_number(moment), found.after
    _say(found.checked)
    return None


def _so_far(node: Node, begun: int | None) -> list[Checked]:
    with node.uow.look() as session:
        before = None if begun is None else reports.begun(session.sql, to_moment(begun))
    return [] if before is None else [msgspec.json.decode(before, type=Report).checked]


def latest(node: Node) -> Report | None:
    """The last report over everybody."""
    with node.uow.look() as session:
        kept = (msgspec.json.decode(body, type=Report) for body in reports.newest_first(session.sql))
        return next((each for each in kept if each.after is None), None)


def _say(found: Checked) -> None:
    say = _log.info if found.equal else _log.error
    say("checked", persons=found.persons, waiting=found.waiting, differences=sum(found.checks.values()))


def _parts(node: Node, tell: Tell, *, trusted: bool, processes: int) -> Iterator[Checked]:
    done = 0
    bring_up(node)
    yield offices_checked(node)
    for persons, found in _checked(node, trusted=trusted, processes=processes):
        yield found
        done += persons
        tell(done)


def _checked(node: Node, *, trusted: bool, processes: int) -> Iterator[tuple[int, Checked]]:
    batches = _batches(node)
    few = list(islice(batches, FEW)) if processes > 1 else []
    if len(few) == FEW:
        yield from in_processes(node.settings, chain(few, batches), processes, trusted=trusted)
        return
    for persons in chain(few, batches):
        yield len(persons), checks(node, persons, trusted=trusted, keep=True)


def _batches(node: Node) -> Iterator[list[str]]:
    after = ""
    while found := _next(node, after):
        yield found
        after = found[-1]


def _next(node: Node, after: str) -> list[str]:
    with node.uow.look() as session:
        return next_persons(session, after, BATCH)
