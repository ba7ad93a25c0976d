"""The view: the record as a pure function of the book (DESIGN.md K1). Total; reads no clock, setting or table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import RequestOpened
from events.catalogue.family import TieBegan
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.once import once
from events.standing import Facts, Standing
from exchange.protocol.basis import Basis, bases
from exchange.protocol.book import Book, News
from exchange.protocol.life.kinship import GROUND
from exchange.protocol.life.particulars import stated_by
from exchange.protocol.naming import named_no_more
from exchange.protocol.offices import Offices
from exchange.protocol.questions.cases import UNSEEN, cases
from exchange.protocol.questions.one_document import one_document
from exchange.protocol.questions.rejections import rejections
from exchange.protocol.record import Announcement, CaseState, Contradiction, Record

VIEW_VERSION = 59


class Found(msgspec.Struct):
    """What was found in a book, and by which list of offices. Most stays when something of one person comes."""

    offices: Offices
    readings: tuple[Reading, ...]


class Reading:
    """What a book says of one person, as it was when it was read: the record is found only where it is asked for, which
    is before anything more comes into the book.
    """

    def __init__(self, book: Book, basis: Basis, known: Record | None = None) -> None:
        self.basis = basis
        self.office = basis.office
        self.persons = basis.dossier.persons
        self.keeper = basis.keeper
        self.chain = basis.links
        self.facts = basis.facts
        if known is None:
            self._book = book
        else:
            self.__dict__["record"] = known

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """What cannot all be true."""
        return self.basis.course.contradictions

    @property
    def cases(self) -> Mapping[CaseRef, CaseState]:
        """Every case that the book knows."""
        return self.record.cases

    @once
    def record(self) -> Record:
        """All that the office sees of the person."""
        record = _record(self._book, self.basis)
        del self._book  # which holds this reading: nobody has to look for a cycle
        return record

    @property
    def known(self) -> Record | None:
        """The record where it was found already."""
        return self.__dict__.get("record")


def view(book: Book) -> tuple[Record, ...]:
    """The records of the book, one a person, by surviving id. Usually one; more where ids were never joined."""
    return tuple([reading.record for reading in readings(book)])


def readings(book: Book) -> tuple[Reading, ...]:
    """The same for whoever may not need all of them; the same ones while the book stays as it is."""
    found, news = book.found, book.news
    if not isinstance(found, Found) or found.offices is not book.offices:
        read = tuple([Reading(book, basis) for basis in bases(book)])
    elif not news:
        return found.readings
    else:
        bases_now = [reading.basis for reading in found.readings]
        if News.EVENT in news.values():
            bases_now = list(bases(book, bases_now))
        before = {id(reading.basis): reading.known for reading in found.readings}
        known = (_renewed(book, basis, before.get(id(basis)), news) for basis in bases_now)
        read = tuple([Reading(book, basis, record) for basis, record in zip(bases_now, known, strict=True)])
    book.found, book.news = Found(book.offices, read), {}
    return read


def _renewed(book: Book, basis: Basis, before: Record | None, news: Mapping[Ref, News]) -> Record | None:
    """The record of a basis, by that of the same one before; it stays while there is no news of its facts. None where
    it must be found anew.
    """
    if before is None or before.rejections:  # which end by what was told of another event
        return None
    most = max((news[ref] for ref in news.keys() & basis.facts.keys()), default=None)
    if most is News.TOLD:  # it knows of more, and says the same
        return msgspec.structs.replace(before, version=_version(book, basis.facts))
    return before if most is None else None


def _record(book: Book, basis: Basis) -> Record:
    course = basis.course
    rivalled = len(basis.dossier.persons) > 1 or bool(one_document(course.contradictions))
    known = cases(book, basis.facts, course.movements, basis.keeper, rivalled=rivalled)
    insisted, objected = _differences(known, basis.facts, book.office)
    return Record(
        office=book.office,
        person=basis.dossier.survivor,
        persons=basis.dossier.persons,
        merged=basis.dossier.given_up,
        keeper=basis.keeper,
        openers=basis.openers,
        chain=basis.links,
        registration=course.registration,
        particulars=basis.particulars,
        insisted=insisted,
        objected=objected,
        stays=course.stays,
        announcements=_announcements(book, course.movements.announced, known),
        died_on=course.died_on,
        protected=course.protected,
        ties=course.ties,
        family=_family(book, basis.facts),
        cases=known,
        contradictions=course.contradictions,
        rejections=rejections(book, basis.facts),
        incomplete=course.incomplete,
        withdrawn=course.withdrawn,
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
