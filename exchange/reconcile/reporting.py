"""The report: the four checks over everybody, step by step, and what they found, for whoever looks at it later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec
import structlog

from events.errors import Tampered
from events.store.moment import to_moment, to_number
from exchange.everybody import next_persons
from exchange.progress import Tell, nobody
from exchange.reconcile.checks import BATCH, checks, offices_checked, places_checked
from exchange.reconcile.digesting import bring_up, bring_up_until
from exchange.reconcile.finding import Checked, Gathered, in_one
from exchange.reconcile.ledgers import Ledgers, ledgers
from exchange.reconcile.places import Places
from exchange.reconcile.processes import FEW, in_processes
from exchange.tables import reports

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

Place = tuple[int | None, str]  # the moment at which a report was begun, and behind what it goes on
BEGINNING: Place = (None, "")

_log = structlog.get_logger(__name__)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found so far. `after`: behind what it goes on: a person, or a look at log and feeds; None: at its end.

    `left_out`: how many faults were found beyond those listed. `events`: how many the log had when it was begun.
    `ledger`: of the whole tree, down the digests, as it stood then; None in a report of an earlier version.
    `places`: where everybody was checked and log and feeds are looked through, how far that is.
    """

    checked: Checked
    after: str | None = None
    events: int = 0
    places: Places | None = None
    ledger: Ledgers | None = None

    @property
    def equal(self) -> bool:
        """Whether neither the ledger nor the checks differ."""
        return self.checked.equal and (self.ledger is None or self.ledger.alike)

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
    whole.add(places_checked(node, whole.checked(node.clock()), Places()))
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
    """Check on from there until it is enough. Where to go on; None where all was checked.

    First the digests of the ledger are brought up to date, so that a comparison of areas in the morning is quick, and
    the ledger of the whole tree is compared; then everybody is checked, and at last the order of log and feeds.
    What is found is kept with how far it is: of two who check on from one place, the second keeps nothing and ends.
    """
    begun, start = place
    if begun is None and not bring_up_until(node, enough):
        return BEGINNING
    moment = node.clock() if begun is None else to_moment(begun)
    with node.uow.look() as session:
        before = _kept(session, moment, place)
    if begun is not None and before is None:
        return None
    found = _further(node, moment, start, before or _new(node, moment), enough)
    with node.uow.begin() as session:
        if begun is not None and _kept(session, moment, place) is None:
            return None
        reports.keep(session.sql, moment, msgspec.json.encode(found))
    if found.after is not None:
        return to_number(moment), found.after
    _say(found)
    return None


def keep(node: Node, begun: datetime, events: int, checked: Checked, ledger: Ledgers) -> None:
    """What somebody found who checked everybody at once, as what the checks find each night.

    Not that all is well where many were left out: the report before says more.
    """
    if checked.equal and checked.partial:
        return
    found = Report(checked=msgspec.structs.replace(checked, at=begun), events=events, ledger=ledger)
    with node.uow.begin() as session:
        reports.keep(session.sql, begun, msgspec.json.encode(found))


def left_over(node: Node, since: datetime) -> Place | None:
    """Where the checks that were to begin then are taken up: where they were left, or at their beginning, where nobody
    began any. None where some have ended. Of two who go on from one place the second ends by itself.
    """
    last = _newest(node)
    if last is None or last.checked.at < since:
        return BEGINNING
    return None if last.after is None else (to_number(last.checked.at), last.after)


def size_of_log(node: Node) -> int:
    """How many events the log has."""
    with node.uow.look() as session:
        try:
            return session.frontier().size
        except Tampered:  # which is named where the log is looked through
            return 0


def _kept(session: SqlSession, moment: datetime, place: Place) -> Report | None:
    """The report as it was left at this place; None where it was not, or somebody else went on."""
    begun, start = place
    body = None if begun is None else reports.begun(session.sql, moment)
    found = None if body is None else msgspec.json.decode(body, type=Report)
    return found if found is not None and found.after == start else None


def _new(node: Node, moment: datetime) -> Report:
    size = size_of_log(node)
    return Report(checked=in_one(moment, [offices_checked(node)]), events=size, ledger=ledgers(node))


def _further(node: Node, moment: datetime, after: str, report: Report, enough: Callable[[], bool]) -> Report:
    """What is known of it after some more work."""
    parts, places = [report.checked], report.places
    while places is None:
        persons = _next(node, after)
        if persons:
            parts.append(checks(node, persons, keep=True))
            after = persons[-1]
        else:
            places = Places()
        if enough():
            break
    while places is not None and not places.done:
        places.look(node.uow.look)
        if enough():
            break
    left: str | None = after if places is None else f"look {places.looks}"
    if places is not None and places.done:
        parts.append(places_checked(node, in_one(moment, parts), places))
        left = places = None
    return msgspec.structs.replace(report, checked=in_one(moment, parts), after=left, places=places)


def latest(node: Node) -> Report | None:
    """The last report over everybody."""
    with node.uow.look() as session:
        kept = (msgspec.json.decode(body, type=Report) for body in reports.newest_first(session.sql))
        return next((each for each in kept if each.after is None), None)


def under_way(node: Node) -> datetime | None:
    """When the report was begun that is not at its end; None where the last one is."""
    last = _newest(node)
    return last.checked.at if last is not None and last.after is not None else None


def _newest(node: Node) -> Report | None:
    with node.uow.look() as session:
        body = next(reports.newest_first(session.sql), None)
    return None if body is None else msgspec.json.decode(body, type=Report)


def _say(report: Report) -> None:
    found, say = report.checked, _log.info if report.equal else _log.error
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
