"""What stories reach of the protocol: events, rows of routing, kinds, reasons and refusals; and what none does.

Read from the outside, as all of a story is: each office's feed says what it was told, by whom and on which ground, and
the answers say what was refused. So it is what happened that counts, not what a file expects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from events.catalogue import TYPES
from events.catalogue.case import DisputeReason
from events.catalogue.values import NoteKind
from events.errors import Conflict, ExchangeError, Malformed
from exchange.access.caller import Forbidden
from exchange.access.rate import TooManyLookups
from exchange.commands.acknowledge import NoSuchNotice
from exchange.commands.allotment import MovedOn
from exchange.commands.jurisdiction import JurisdictionRefused
from exchange.protocol.refusals import REFUSALS
from exchange.protocol.routing_table import ROUTING, WITHDRAWN, Role
from exchange.scenarios.playing import Play

Reached = Mapping[str, Counter[str]]  # what is counted -> its name -> how often

# The grounds on which an office is told in a role, where the kind alone does not show it.
_GROUNDS: Mapping[Role, frozenset[str]] = {
    "keeper": frozenset({"keeper", "named", "chain"}),
    "open_stays": frozenset({"open_stay", "other_stay", "statement", "chain", "stay_thread", "ended"}),
    "place_left": frozenset({"named", "ended", "protection"}),
    "announced": frozenset({"announced", "announcer", "named"}),
    "family": frozenset({"family", "named"}),
}

# What the API refuses for another cause than the office's book. A story speaks no worse HTTP than others: neither
# without a key, nor with a version or a form of its own.
_REFUSES: tuple[type[ExchangeError], ...] = (Forbidden, JurisdictionRefused, MovedOn, NoSuchNotice, TooManyLookups)


def whole() -> dict[str, list[str]]:
    """Everything that a story should reach, by what it is."""
    return {
        "events": sorted(TYPES),
        "rows": sorted(f"{type_} to {role}" for type_, row in ROUTING.items() for role in row),
        "kinds": sorted(get_args(NoteKind)),
        "disputes": sorted(get_args(DisputeReason)),
        "refusals": sorted({Malformed.code, Conflict.code, *(each.code for each in (*REFUSALS, *_REFUSES))}),
    }


def covered(play: Play) -> dict[str, Counter[str]]:
    """What one played story reached."""
    found: dict[str, Counter[str]] = {name: Counter() for name in whole()}
    for office in play.letters:
        for entry in play.offices.feed(play.binding.offices[office]):
            for name, what in _of_entry(entry):
                found[name][what] += 1
    found["rows"].update(_withdrawals(play))
    found["events"].update(each.type for each in play.ledger.all)
    found["events"].update(play.ordered)
    found["refusals"].update(play.refused)
    return found


def together(runs: Iterable[Reached]) -> dict[str, Counter[str]]:
    """What several stories reached."""
    found: dict[str, Counter[str]] = {name: Counter() for name in whole()}
    for run in runs:
        for name, counts in run.items():
            found[name].update(counts)
    return found


def listed(reached: Reached) -> dict[str, dict[str, int]]:
    """How often each was reached; 0 for what none of the stories reached."""
    return {name: {each: reached[name][each] for each in all_} for name, all_ in whole().items()}


def _of_entry(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    type_, told, content = entry["type"], entry["data"], entry["data"]["with"]
    yield "events", type_
    if told["kind"] is not None:
        yield "kinds", told["kind"]
    for role, cell in ROUTING.get(type_, {}).items():
        if told["kind"] == cell.kind and told["ground"] in _GROUNDS[role]:
            yield "rows", f"{type_} to {role}"
    if type_ == "case.disputed":
        yield "disputes", content["reason"]


def _withdrawals(play: Play) -> Iterator[str]:
    """A withdrawal is a fact of its own, of the act that caused it: the step shows which that was."""
    for played in play.played:
        if any(each.kind == WITHDRAWN.kind for each in played.heard):
            for item in played.step.items:
                row = ROUTING.get(item.event, {})
                yield from (f"{item.event} to {role}" for role, cell in row.items() if cell == WITHDRAWN)
