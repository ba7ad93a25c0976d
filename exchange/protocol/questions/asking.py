"""The sentence in which a case says what is asked of whoever reads it: the key of its text. Pure.

One kind of question is put because of many facts; a sentence that fits one of them says what is not so of another.
"""

from __future__ import annotations

from collections.abc import Mapping

from events.envelope import Ref
from exchange.protocol.record import ASKED, CaseState, ContradictionKind, Record

REQUEST = "request.opened"
_REQUESTS: Mapping[str, str] = {
    "amendment": "to_amend",
    "change": "to_change",
    "registration": "to_move",
    "stay": "stay",
}
_BY_TYPE: Mapping[tuple[str, str], str] = {
    ("update", "person.deceased"): "death",
    ("moved-on", "movement.main_changed"): "main_changed",
    ("moved-on", "movement.departed"): "departed",
    # Of what is contested, where the contradiction stands no more.
    ("contested", "person.registered"): "two_registrations",
    ("contested", "person.deceased"): "moved_after_death",
    ("contested", "tie.began"): "two_spouses",
}
# The first that stands between the fact and the office asked says what is asked.
_CONTRADICTIONS: Mapping[ContradictionKind, str] = {
    "two_registrations": "two_registrations",
    "one_document": "one_document",
    "moved_after_death": "moved_after_death",
    "two_spouses": "two_spouses",
    "left_without_arrival": "left_without_arrival",
    "contested_stays": "contested",
}
_DECIDING: Mapping[str, str] = {"deviations": "decide_deviations", "disputed": "decide_dispute"}


def sentence(record: Record, state: CaseState) -> str:
    """What the case asks: of who has to decide, that; else what the office asked is asked (see `quoting`)."""
    if record.office == state.asker and state.status in _DECIDING:
        return f"question.{_DECIDING[state.status]}"
    if state.reopened and state.status in ASKED:
        return "question.open_again"
    opening = record.facts.get(state.ref.opening)
    if state.ref.kind == "contested" and (found := _contradicted(record, state)) is not None:
        return f"question.{found}"
    fact = opening.payload if opening is not None else None
    return question(state.ref.kind, fact.type if fact is not None else None, getattr(fact, "asks", None))


def quoting(record: Record, state: CaseState) -> str | None:
    """The key of what stands around the sentence where the reader is not the office that it speaks to."""
    deciding = record.office == state.asker and state.status in _DECIDING
    if deciding or record.office == state.ref.asked:
        return None
    return "question.of_yours" if record.office == state.asker else "question.of_others"


def question(kind: str, type_: str | None, asks: object = None) -> str:
    """What a question of this kind asks because of a fact of this type. `asks`: what a request wants done."""
    found = _REQUESTS.get(str(asks)) if type_ == REQUEST else _BY_TYPE.get((kind, type_ or ""))
    return f"question.{found or kind}"


def _contradicted(record: Record, state: CaseState) -> str | None:
    """What contradicts the fact in question, of that which the office asked recorded. That another person has the same
    document the office asked may not see: it knows only the one.
    """
    between = {
        each.kind
        for each in record.contradictions
        if state.ref.opening in each.events and any(_author(record, ref) == state.ref.asked for ref in each.events)
    }
    if not between and state.rivalled:
        return _CONTRADICTIONS["one_document"]
    return next((asks for kind, asks in _CONTRADICTIONS.items() if kind in between), None)


def _author(record: Record, ref: Ref) -> str:
    """What states the document of somebody else stands in another dossier."""
    return record.facts[ref].author if ref in record.facts else ref.author
