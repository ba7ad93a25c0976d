"""Answers to enquiries whose address is withheld since somebody of whom they tell is protected. Pure.

Invariant: while an office's own book shows a person to be protected, it leaves with nobody an address that it told of
them in an answer, whatever dossier the enquiry stands in; the protection over, it tells it again. Nor does the heir of
whoever answered leave it with anybody where another heir has the person, and only that one knows of a protection.

An enquiry about somebody whom the asker does not hold stands in a dossier of its own. So an answer that tells an
address names in its frame (`touches`) who may be meant: nobody is shown that, and the author's own book says what
became of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryAnswered
from events.envelope import Ref
from events.standing import Standing
from exchange.protocol.offices import Offices
from exchange.protocol.record import Record

NOTHING: frozenset[Ref] = frozenset()


def told_of(record: Record) -> frozenset[str]:
    """The persons in other dossiers whose address the office of this record told in answers, or in corrections."""
    answers = _answers(record)
    return frozenset(person for standing in answers for person in standing.event.frame.touches)


def sheltered(record: Record, records: Iterable[Record], offices: Offices) -> frozenset[Ref]:
    """The answers that tell nobody an address any more, with what amends them. `records`: of the office, of others."""
    if not (answers := _answers(record)):
        return NOTHING
    protected = {person for other in records if other.protected is not None for person in other.persons}
    root = record.facts.root
    withheld = {
        root(answer).ref
        for answer in answers
        if not protected.isdisjoint(answer.event.frame.touches) or _of_another_heir(answer, record.office, offices)
    }
    return frozenset(answer.ref for answer in answers if root(answer).ref in withheld)


def _of_another_heir(answer: Standing, office: str, offices: Offices) -> bool:
    """Whether somebody of whom it may tell is another office's since whoever answered was split."""
    frame = answer.event.frame
    return any(offices.successor(frame.author, person) != office for person in frame.touches)


def _answers(record: Record) -> list[Standing]:
    """The office's own answers to enquiries, and its amendments of these, in force or not."""
    if not record.facts.of(EnquiryAnswered):
        return []
    own = (s for s in record.facts.of(EnquiryAnswered, Corrected, Retracted) if s.author == record.office)
    return [standing for standing in own if isinstance(record.facts.root(standing).payload, EnquiryAnswered)]
