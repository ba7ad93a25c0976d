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
from exchange.protocol.record import Announcement, CaseState, Record

VIEW_VERSION = 51


class Found(msgspec.Struct):
    """What a view found in a book, and by which list of offices. Most stays when something of one person comes."""

    offices: Offices
    bases: tuple[Basis, ...]
    records: tuple[Record, ...]


def view(book: Book) -> tuple[Record, ...]:
    """The records of the book, one a person, by surviving id. Usually one; more where ids were never joined."""
    found, news = book.found, book.news
    if not isinstance(found, Found) or found.offices is not book.offices:
        read = tuple(bases(book))
        records = tuple([_record(book, basis) for basis in read])
    elif not news:
        return found.records
    else:
        read = tuple(bases(book, found.bases)) if News.EVENT in news.values() else found.bases
        before = {id(basis): record for basis, record in zip(found.bases, found.records, strict=True)}
        records = tuple([_renewed(book, basis, before.get(id(basis)), news) for basis in read])
    book.found, book.news = Found(book.offices, read, records), {}
    return records


def _renewed(book: Book, basis: Basis, before: Record | None, news: Mapping[Ref, News]) -> Record:
    """The record of a basis. `before`: of the same basis; it stays the same one while there is no news of its facts."""
    if before is None or before.rejections:  # which end by what was told of another event
        return _record(book, basis)
    most = max((news[ref] for ref in news.keys() & basis.facts.keys()), default=None)
    if most is News.TOLD:  # it knows of more, and says the same
        return msgspec.structs.replace(before, version=_version(book, basis.facts))
    return before if most is None else _record(book, basis)


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
