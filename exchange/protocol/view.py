"""The view: the record as a pure function of the book (DESIGN.md K1). Total; reads no clock, setting or table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from events.catalogue.person import Protected, Unprotected
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Stand, Standing, stand
from exchange.protocol.book import Book
from exchange.protocol.cases import cases
from exchange.protocol.chain import chain, is_opening, keeper, openers, registration
from exchange.protocol.contradictions import contradictions
from exchange.protocol.dossier import Dossier, allotted, dossiers
from exchange.protocol.inheriting import inherited
from exchange.protocol.particulars import particulars, stated_by
from exchange.protocol.record import Announcement, CaseState, Record
from exchange.protocol.stays import Movements

VIEW_VERSION = 1


def view(book: Book) -> tuple[Record, ...]:
    """The records of the book, one a person, by surviving id. Usually one; more where ids were never joined."""
    standing = inherited(stand(book.events(), book.offices.author), book.offices)
    found = dossiers(standing.facts)
    if len(found) == 1:
        return (_record(book, standing, standing.facts, found[0]),)
    given = allotted(standing.facts.values())
    groups: list[Record] = []
    for dossier in found:
        facts = {r: s for r, s in standing.facts.items() if given.get(r, s.event.person) in dossier.persons}
        groups.append(_record(book, standing, facts, dossier))
    return tuple(groups)


def _record(book: Book, standing: Stand, facts: Mapping[Ref, Standing], dossier: Dossier) -> Record:
    links = chain(facts, dossier)
    opened = openers(facts.values(), dossier)
    kept_by = keeper(links, opened, dossier, book.offices)
    movements = Movements(facts)
    movements.fold(facts.values())
    known = cases(book, facts, movements.announced, kept_by)
    held = particulars(facts.values(), dossier, book.office, kept_by)
    insisted, objected = _differences(known, facts, book.office)
    waiting = {ref for ref in standing.waiting if ref in facts} | movements.missing
    own_opening = any(is_opening(s) for s in facts.values())
    return Record(
        office=book.office,
        person=dossier.survivor,
        persons=dossier.persons,
        merged=dossier.given_up,
        keeper=kept_by,
        openers=opened,
        chain=links,
        registration=registration(links, kept_by),
        particulars=held,
        insisted=insisted,
        objected=objected,
        stays=tuple(sorted(movements.stays.values(), key=lambda s: (s.began, s.stamp, s.id))),
        announcements=_announcements(book, movements.announced, known),
        died_on=movements.died.day if movements.died is not None else None,
        protected=_protection(facts),
        cases=known,
        contradictions=contradictions(movements, links, facts, standing.idle),
        incomplete=tuple(sorted(waiting)),
        withdrawn=own_opening and not opened,
        version=len(facts) + len(book.received) + len(book.told),
        facts=facts,
    )


def _announcements(
    book: Book, announced: Iterable[Announcement], known: Mapping[CaseRef, CaseState]
) -> tuple[Announcement, ...]:
    """A town whose question was withdrawn expects nobody any more; where the person is, it never learns."""

    def seen(announcement: Announcement) -> Announcement:
        case = known.get(CaseRef(announcement.ref, book.office, "outflow"))
        over = announcement.to == book.office and case is not None and case.status == "withdrawn"
        return msgspec.structs.replace(announcement, waits=announcement.waits and not over)

    return tuple(seen(announcement) for announcement in announced)


def _differences(
    known: Mapping[Any, CaseState], facts: Mapping[Ref, Standing], office: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Fields insisted on with what the asker holds, and the fields of open cases."""
    insisted: dict[str, Any] = {}
    objected: set[str] = set()
    stated = stated_by((s for s in facts.values() if not s.void), office)
    for state in known.values():
        opening = facts.get(state.ref.opening)
        if opening is None or opening.void:
            continue
        for deviation in state.deviations:
            if state.open:
                objected.add(deviation.field)
            elif state.status == "settled" and deviation.field in state.insisted:
                insisted[deviation.field] = stated.get(deviation.field, deviation.yours)
        if state.open:
            objected.update(state.reopened)
    return insisted, tuple(sorted(objected))


def _protection(facts: Mapping[Ref, Standing]) -> Ref | None:
    """In force for all as soon as one office says so, until the same or another lifts it later."""
    latest = max(
        (s for s in facts.values() if not s.void and isinstance(s.payload, Protected | Unprotected)),
        key=lambda s: (s.stamp, s.ref),
        default=None,
    )
    return latest.ref if latest is not None and isinstance(latest.payload, Protected) else None
