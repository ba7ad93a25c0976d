"""The sheet: a record as plain data that can be shown, sent and compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from events.catalogue.person import Protected
from events.catalogue.values import Place, town
from events.standing import Standing
from exchange.protocol.life.contradictions import case_id, contradiction_id
from exchange.protocol.questions.one_document import one_document
from exchange.protocol.record import CaseState, Contradiction, Record, Stay, Tie

SHEET_VERSION = 2

State = Literal["open", "closed", "none", "withdrawn", "merged"]
HOLDING = frozenset({"registration", "main", "further", "expected", "family"})


def sheet(record: Record, person: str | None = None) -> dict[str, Any]:
    """What the office sees. `person`: the id that was asked for; one that gave its entry up shows as merged."""
    own = own_stay(record)
    held = roles(record)
    gone = record.withdrawn
    home = None if gone else lives_at(record)
    return {
        "office": record.office,
        "person": record.person,
        "persons": list(record.persons),
        "state": "merged" if person in record.merged else _state(record, held),
        "roles": [] if gone else list(held),
        "keeper": record.keeper,
        "registration": _plain(record.registration),
        "lives_at": _plain(home),
        "came_from": _plain(own.origin) if own else None,
        "went_to": _plain(own.destination) if own and not own.open else None,
        "since": own.began if own else None,
        "until": (own.ended or own.until) if own else None,
        "further_at": [] if gone else [s.office for s in record.open_stays if s.kind == "further"],
        "particulars": {} if gone else _plain(dict(record.particulars)),
        "address": None if gone else address(record),
        "insisted": _plain(dict(record.insisted)),
        "objected": list(record.objected),
        "ties": [] if gone else [_tie(tie) for tie in record.ties_in_force],
        "protection": _protection(record),
        "died_on": record.died_on,
        "stays": [_stay(record, stay) for stay in record.stays],
        "announcements": [_plain(a) for a in record.announcements if a.waits],
        "cases": [_case(c) for c in sorted(shown(record), key=lambda c: c.ref)],
        "matters": matters(record),
        "rejections": [_plain(each) for each in record.rejections],
        "contradictions": [_contradiction(c) for c in record.contradictions],
        "incomplete": [_plain(ref) for ref in record.incomplete],
        "version": record.version,
    }


def state(record: Record) -> State:
    """Open while the office has a part in the person's life today; closed where only the past is left.

    Withdrawn where nothing holds any more: the opening fact was retracted, or the office was told in error.
    """
    return _state(record, roles(record))


def _state(record: Record, held: tuple[str, ...]) -> State:
    if record.withdrawn:
        return "withdrawn"
    if record.died_on is not None and held:
        return "closed"
    if HOLDING.intersection(held) or (record.keeper == record.office and not held):
        return "open"
    # Of a stranger with the document of a person of its own, an office holds a question.
    if held or (record.family and record.ties):
        return "closed"
    return "open" if one_document(record.contradictions) else "withdrawn"


def roles(record: Record) -> tuple[str, ...]:
    """The office's roles towards the person; `former`, `expected` and `family` only where it has none of the others."""
    found = []
    if record.registration == town(record.office):
        found.append("registration")
    own = _own(record)
    lives_here = {stay.kind for stay in own if stay.open}
    found += [kind for kind in ("main", "further") if kind in lives_here]
    holds = bool(found)
    if not found and any(a.waits and a.to == record.office for a in record.announcements):
        found.append("expected")
    if not found and (own or _kept(record)):
        found.append("former")
    if not holds and record.family and record.ties_in_force:
        found.append("family")
    return tuple(found)


def lives_at(record: Record) -> Place | None:
    """Where the person mainly lives, as far as the book tells it."""
    if record.died_on is not None:
        return None
    if record.main_stays:
        return town(max(record.main_stays, key=lambda s: (s.main_since, s.stamp)).office)
    ended = [s for s in record.stays if s.ended is not None and s.kind == "main"]
    if not ended:
        return None
    went_to = max(ended, key=lambda s: (s.ended or "", s.stamp)).destination
    # A town that was only announced does not say where the person is until it has recorded the arrival.
    return went_to if went_to is not None and went_to.kind != "town" else Place("unknown")


def own_stay(record: Record) -> Stay | None:
    """The stay at this office that the sheet speaks of: one that goes on, the main one first, else the latest."""
    return max(_own(record), key=lambda s: (s.open, s.kind == "main", s.began, s.stamp), default=None)


def address(record: Record) -> str | None:
    """Where exactly the person lives: at the office's own stay, else at the main one, as far as it was told."""
    own = own_stay(record)
    if own is not None and own.open:
        return own.address
    return next((s.address for s in reversed(record.main_stays) if s.address is not None), None)


def matters(record: Record) -> int:
    """Open cases of this office, and its messages that could not be taken as messages."""
    cases = sum(c.open for c in shown(record) if record.office in {c.asker, c.ref.asked})
    return cases + sum(each.ended is None and each.teller == record.office for each in record.rejections)


def shown(record: Record) -> list[CaseState]:
    """The cases that the office may see: a match stays unseen until it was answered."""
    return [c for c in record.cases.values() if not c.hidden]


def protecting(record: Record) -> tuple[Standing, Protected] | None:
    """The protection in force, if there is one."""
    standing = record.facts.get(record.protected) if record.protected is not None else None
    if standing is None or not isinstance(standing.payload, Protected):
        return None
    return standing, standing.payload


def protected_until(record: Record) -> str | None:
    """The last day of the protection in force, where it has one and the office itself has to end it."""
    found = protecting(record)
    return found[1].until if found is not None and found[0].author == record.office else None


def _own(record: Record) -> list[Stay]:
    return [s for s in record.stays if s.office == record.office]


def _kept(record: Record) -> bool:
    """Whether the office once kept the registration: named by a link, and not as the wrong one."""
    links = [link for link in record.chain if record.office in link.named]
    return any(record.office not in link.disclaimed for link in links)


def _protection(record: Record) -> dict[str, Any]:
    found = protecting(record)
    if found is None:
        return {"state": "none"}
    return {"state": "in_force", "since": found[0].day, "until": found[1].until}


def _tie(tie: Tie) -> dict[str, Any]:
    return {"tie": tie.tie, "other": _plain(tie.other), "since": tie.since}


def _stay(record: Record, stay: Stay) -> dict[str, Any]:
    return {**_plain(stay), "open": stay.open, "recognised": record.recognised(stay)}


def _case(case: CaseState) -> dict[str, Any]:
    plain = _plain(case)
    ref = plain.pop("ref")
    del plain["hidden"], plain["by_document"], plain["rivalled"]
    return {"id": case_id(case.ref), **ref, **plain, "open": case.open}


def _contradiction(found: Contradiction) -> dict[str, Any]:
    return {"id": contradiction_id(found), **_plain(found)}


def _plain(value: object) -> Any:
    return None if value is None else msgspec.to_builtins(value)


def nothing(office: str, person: str) -> Mapping[str, Any]:
    """What an office sees of a person of whom it holds nothing."""
    return {"office": office, "person": person, "persons": [], "state": "none", "roles": [], "version": 0}
