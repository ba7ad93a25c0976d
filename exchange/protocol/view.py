"""The view: the record as a pure function of the book (DESIGN.md K1). Total; reads no clock, setting or table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import RequestOpened
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.person import Protected, Stated, Unprotected
from events.catalogue.values import CaseRef, Place
from events.envelope import Ref
from events.standing import Facts, Stand, Standing, stand
from exchange.protocol.book import Book, Delivery
from exchange.protocol.cases import UNSEEN, cases
from exchange.protocol.chain import chain, is_opening, keeper, openers, registration
from exchange.protocol.contradictions import contradictions
from exchange.protocol.dossier import Dossier, concerned, dossiers
from exchange.protocol.false_statements import without_false_statements
from exchange.protocol.inheriting import inherited
from exchange.protocol.kinship import GROUND
from exchange.protocol.naming import named_no_more
from exchange.protocol.offices import Offices
from exchange.protocol.one_document import one_document, rivals
from exchange.protocol.particulars import latest_statement, particulars, stated_by
from exchange.protocol.record import Announcement, CaseState, Contradiction, Link, Record, Stay, Tie
from exchange.protocol.rejections import rejections
from exchange.protocol.stays import Movements
from exchange.protocol.ties import ties, two_spouses

VIEW_VERSION = 24


class Basis(msgspec.Struct, dict=True):
    """What follows from the facts of one dossier alone, whatever was told."""

    office: str
    facts: Facts
    dossier: Dossier
    links: tuple[Link, ...]
    openers: tuple[str, ...]
    keeper: str | None
    registration: Place | None
    movements: Movements
    stays: tuple[Stay, ...]
    protected: Ref | None
    ties: tuple[Tie, ...]
    contradictions: tuple[Contradiction, ...]
    incomplete: tuple[Ref, ...]
    withdrawn: bool

    @cached_property
    def particulars(self) -> Mapping[str, Any]:
        """As this office holds them; whoever replays the clear facts never asks."""
        return particulars(self.facts, self.dossier.survivor, self.office, self.keeper)

    @property
    def died_on(self) -> str | None:
        return self.movements.died.day if self.movements.died is not None else None


class _Found(msgspec.Struct):
    """The basis of every record of a book, the list of offices that it was read by, and the records, with what the
    office had asked by then.
    """

    offices: Offices
    bases: tuple[Basis, ...]
    asking: list[Delivery] = []
    records: tuple[Record, ...] = ()


def view(book: Book) -> tuple[Record, ...]:
    """The records of the book, one a person, by surviving id. Usually one; more where ids were never joined."""
    found = book.basis
    if not isinstance(found, _Found) or found.offices is not book.offices:
        found = book.basis = _Found(book.offices, tuple(bases(book)))
    asking = [delivery for delivery in book.told.values() if delivery.asked]
    if found.records and found.asking == asking and not any(record.rejections for record in found.records):
        # Where it only told more, and asked nothing by that, the records know of more, and say the same.
        replace = msgspec.structs.replace
        found.records = tuple([replace(each, version=_version(book, each.facts)) for each in found.records])
    else:
        found.records = tuple([_record(book, basis) for basis in found.bases])
        found.asking = asking
    return found.records


def bases(book: Book) -> Iterator[Basis]:
    """What the facts of each dossier in the book say, whatever was told."""
    standing = inherited(stand(book.events(), book.offices.author), book.offices)
    found = dossiers(standing.facts)
    if len(found) == 1:
        yield _basis(book, standing, standing.facts, found[0])
        return
    given = concerned(standing.facts)
    groups = [
        Facts((r, s) for r, s in standing.facts.items() if given.get(r, s.event.person) in dossier.persons)
        for dossier in found
    ]
    for facts, dossier, rivalled in zip(groups, found, rivals(groups, book.office), strict=True):
        yield _basis(book, standing, facts, dossier, rivalled)


def _basis(
    book: Book,
    standing: Stand,
    facts: Facts,
    dossier: Dossier,
    rivalled: frozenset[Contradiction] = frozenset(),
) -> Basis:
    links = chain(facts, dossier)
    opened = openers(facts, dossier)
    facts = without_false_statements(facts, opened)
    kept_by = keeper(links, opened, dossier, book.offices)
    movements = Movements(facts)
    movements.fold(facts.in_force(*Movements.STEPS))
    statement = None if book.office == kept_by else latest_statement(facts.in_force(Stated), kept_by)
    bonds = ties(facts.of(TieBegan, TieEnded), statement)
    rivalled |= two_spouses(bonds.in_force, facts)
    return Basis(
        office=book.office,
        facts=facts,
        dossier=dossier,
        links=links,
        openers=opened,
        keeper=kept_by,
        registration=registration(links, kept_by),
        movements=movements,
        stays=tuple(sorted(movements.stays.values(), key=lambda s: (s.began, s.stamp, s.id))),
        protected=_protection(facts),
        ties=bonds.all,
        contradictions=contradictions(movements, links, facts, standing.idle, rivalled),
        incomplete=tuple(sorted({ref for ref in standing.waiting if ref in facts} | movements.missing)),
        withdrawn=not opened and any(is_opening(s) for s in facts.values()),
    )


def _record(book: Book, basis: Basis) -> Record:
    rivalled = len(basis.dossier.persons) > 1 or bool(one_document(basis.contradictions))
    known = cases(book, basis.facts, basis.movements.announced, basis.keeper, rivalled=rivalled)
    insisted, objected = _differences(known, basis.facts, book.office)
    return Record(
        office=book.office,
        person=basis.dossier.survivor,
        persons=basis.dossier.persons,
        merged=basis.dossier.given_up,
        keeper=basis.keeper,
        openers=basis.openers,
        chain=basis.links,
        registration=basis.registration,
        particulars=basis.particulars,
        insisted=insisted,
        objected=objected,
        stays=basis.stays,
        announcements=_announcements(book, basis.movements.announced, known),
        died_on=basis.died_on,
        protected=basis.protected,
        ties=basis.ties,
        family=_family(book, basis.facts),
        cases=known,
        contradictions=basis.contradictions,
        rejections=rejections(book, basis.facts),
        incomplete=basis.incomplete,
        withdrawn=basis.withdrawn,
        version=_version(book, basis.facts),
        facts=basis.facts,
    )


def _version(book: Book, facts: Mapping[Ref, Standing]) -> int:
    """How many facts there are, and how many deliveries of them the office may know of."""
    told = [ref for (ref, _), delivery in book.told.items() if ref in facts and delivery.ground not in UNSEEN]
    received = [ref for ref, _ in book.received if ref in facts]
    return len(facts) + len(told) + len(received)


def _family(book: Book, facts: Facts) -> bool:
    """Whether a notice of the family's column told the office of this person, of no tie that names another by now, and
    nothing of it was withdrawn since.
    """
    family = [d for d in book.received.values() if GROUND in (d.kind, d.ground) and d.ref in facts]
    if not family or (any(d.revision > 1 for d in family) and not any(d.parts for d in family)):
        return False
    began = facts.in_force(TieBegan) if facts.of(Corrected) else ()
    return not began or not all(named_no_more(standing, facts, book.office) for standing in began)


def _announcements(
    book: Book, announced: Iterable[Announcement], known: Mapping[CaseRef, CaseState]
) -> tuple[Announcement, ...]:
    """A town whose question was withdrawn expects nobody any more; where the person is, it never learns."""

    def seen(announcement: Announcement) -> Announcement:
        case = known.get(CaseRef(announcement.ref, book.office, "outflow"))
        over = announcement.to == book.office and case is not None and case.status == "withdrawn"
        return msgspec.structs.replace(announcement, waits=announcement.waits and not over)

    return tuple(seen(announcement) for announcement in announced)


def _differences(known: Mapping[Any, CaseState], facts: Facts, office: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Fields insisted on with what the asker holds, and the fields of open cases."""
    insisted: dict[str, Any] = {}
    objected: set[str] = set()
    for state in known.values():
        opening = facts.get(state.ref.opening)
        if opening is None or opening.void or state.ref.kind == "enquiry":
            continue  # an enquiry objects to nothing
        for deviation in state.deviations:
            if state.open:
                objected.add(deviation.field)
            elif state.status == "settled" and deviation.field in state.insisted:
                insisted[deviation.field] = stated_by(facts, office).get(deviation.field, deviation.yours)
        if state.open:
            objected.update(state.reopened)
            if isinstance(opening.payload, RequestOpened):
                objected.update(opening.payload.wanted)
    return insisted, tuple(sorted(objected))


def _protection(facts: Facts) -> Ref | None:
    """In force for all as soon as one office says so, until the same or another lifts it later.

    That its last day went by ends one protection alone, and only while that is its last day.
    """
    said = sorted(facts.in_force(Protected, Unprotected), key=lambda s: (s.stamp, s.ref))
    over = {lift.event.frame.because for lift in said if lift.event.frame.automatic and _lapsed(lift, facts)}
    found: Ref | None = None
    for standing in said:
        if isinstance(standing.payload, Protected):
            found = standing.ref if standing.ref not in over else found
        elif not standing.event.frame.automatic:
            found = None
    return found


def _lapsed(lift: Standing, facts: Facts) -> bool:
    """Whether the last day of what it ended, as it is by now, was over then."""
    ended = facts.get(lift.event.frame.because) if lift.event.frame.because is not None else None
    until = ended.payload.until if ended is not None and isinstance(ended.payload, Protected) else None
    return until is not None and until < lift.day
