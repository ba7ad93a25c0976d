"""The root page's content: what the node does, whether both sides agree, and one made-up person from two sides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from exchange.console.checking import Beside
from exchange.console.checks import Checks, checks_of
from exchange.console.person import PersonView, person_view
from exchange.console.result import Result, by_workers, reported
from exchange.console.words import Words
from exchange.demo import keepsake
from exchange.demo.keepsake import DemoKey, Keepsake
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.queries.status import Status, status
from exchange.reconcile import under_way
from exchange.tables import cases, records

if TYPE_CHECKING:
    from exchange.node import Node


_ALL = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it counts above and what it means below."""

    name: str
    value: str
    below: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key of the demo. `first`: shown at once, the others behind a summary. `opens`: an inbox."""

    holder: str
    role: str
    token: str
    side: str
    first: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A request that can be tried as it stands."""

    says: str
    command: str


@dataclass(frozen=True, slots=True)
class Front:
    """Everything that the root page says. `unchecked`: what it says while there is no result of the checks."""

    demo: bool
    finding: str
    figures: tuple[Figure, ...]
    checks: Checks | None
    unchecked: str
    person: PersonView | None
    calls: tuple[Call, ...]
    keys: tuple[ShownKey, ...]
    provinces: tuple[tuple[str, tuple[str, ...]], ...]
    offices: tuple[str, ...]


def front(node: Node, words: Words, checker: Beside[Result], address: str) -> Front:
    """The page as of now. `address`: where callers reach the node."""
    now = status(node)
    demo = keepsake.load(node.settings.data) if node.settings.demo else None
    nightly = by_workers(node)
    # A look leaves out whom work under way is about: once that is done there is another, also where it told nobody.
    looked_at = (now.events, now.deliveries, now.lag_events > 0)
    last, fresh = (reported(node), True) if nightly else checker.latest(looked_at)
    shown = demo.shown if demo is not None else None
    with node.uow.look() as session:
        compared = records.how_many(session.sql, records.Which(), most=_ALL)
    recent = fresh and last is not None and last.whole
    found = checks_of(words, last, now, compared, fresh=recent, begun=under_way(node))
    return Front(
        demo=demo is not None,
        finding=_finding(words, now, found, last, nightly=nightly),
        figures=_figures(node, words, now, demo),
        checks=found,
        unchecked=words.say("check.none" if nightly else "check.running"),
        person=person_view(node, words, shown) if shown is not None else None,
        calls=_calls(words, demo, address),
        keys=_keys(words, demo),
        provinces=_provinces(words, now.offices),
        offices=now.offices,
    )


def _finding(words: Words, now: Status, found: Checks | None, last: Result | None, *, nightly: bool) -> str:
    if now.persons == 0:
        return words.say("finding.empty")
    if found is None or last is None:
        return words.say("finding.unchecked" if nightly else "finding.checking")
    if found.differences:
        return words.counted("finding.different", found.differences)
    if last.checked.partial:
        return words.counted("finding.partial", last.checked.waiting)
    if not last.young:
        return words.say("finding.old", moment=words.moment(last.checked.at))
    return words.say("finding.equal", count=words.number(found.records))


def _figures(node: Node, words: Words, now: Status, demo: Keepsake | None) -> tuple[Figure, ...]:
    say, number = words.say, words.number
    with node.uow.look() as session:
        overdue = cases.how_many(session.sql, cases.Which(side="asked", status="overdue"))
    seconds = f"{now.lag_seconds:.0f}"
    provinces = len({code[: Level.PROVINCE] for code in now.offices})
    figures = [
        Figure(say("figure.offices"), number(len(now.offices)), say("figure.provinces", count=provinces)),
        Figure(say("figure.events"), number(now.events), say("figure.persons", count=number(now.persons))),
        Figure(say("figure.notices"), number(now.notices), say("figure.told", count=number(now.deliveries))),
        Figure(
            say("figure.cases"),
            number(now.open_cases),
            say("figure.overdue", count=number(overdue)) if overdue else say("figure.no_overdue"),
        ),
    ]
    if demo is not None:
        share = f"{100 * demo.in_time / demo.fell_due:.1f}%" if demo.fell_due else "–"
        of = say("figure.of", count=number(demo.fell_due)) if demo.fell_due else say("figure.no_share")
        figures.append(Figure(say("figure.in_time"), share, of))
    lag = say("figure.lag_some", seconds=seconds) if now.lag_events else say("figure.lag_none")
    wrong = now.stuck + now.set_aside > 0
    if wrong:
        lag = say("figure.lag_wrong", stuck=number(now.stuck), aside=number(now.set_aside))
    figures.append(Figure(say("figure.lag"), number(now.lag_events), lag, bad=wrong))
    return tuple(figures)


def _calls(words: Words, demo: Keepsake | None, address: str) -> tuple[Call, ...]:
    if demo is None:
        return ()
    key = next((key for key in demo.keys if demo.shown is None or key.office == demo.shown.left), demo.keys[0])
    curl = 'curl -H "Authorization: Bearer {}"'
    calls = [Call(words.say("api.example"), f'{curl.format(key.token)} "{address}/v1/inbox?purpose=case&limit=5"')]
    county = next((key for key in demo.keys if demo.overseen and key.office == demo.overseen.county), None)
    if demo.overseen is not None and county is not None:
        told = {"county": words.office(county.office), "town": words.office(demo.overseen.town)}
        asked = json.dumps(demo.overseen.request)
        calls.append(
            Call(words.say("api.county", **told), f"{curl.format(county.token)} {address}/v1/events --json '{asked}'")
        )
    return tuple(calls)


def _keys(words: Words, demo: Keepsake | None) -> tuple[ShownKey, ...]:
    if demo is None:
        return ()
    sides: Mapping[str, str] = {demo.shown.left: "reg", demo.shown.right: "res"} if demo.shown is not None else {}
    county = demo.overseen.county if demo.overseen is not None else ""
    return tuple(_key(words, key, sides, county) for key in sorted(demo.keys, key=lambda key: key.office not in sides))


def _key(words: Words, key: DemoKey, sides: Mapping[str, str], county: str) -> ShownKey:
    side = sides.get(key.office, "") if key.role == "office" else ""
    near = any(codes.is_within(office, key.office) for office in sides)
    first = bool(side) or key.office == county or (key.role != "office" and near) or key.role == "operator"
    opens = key.role in {"office", "supervisor"}
    return ShownKey(words.office(key.office), words.say(f"keys.{key.role}"), key.token, side, first, opens)


def _provinces(words: Words, offices: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    by_province = groupby(sorted(offices), key=lambda code: codes.at(code, Level.PROVINCE))
    return tuple((words.area(code), tuple(map(words.office, inside))) for code, inside in by_province)
