"""Whom a question should rather be put to, as far as an office's own book tells it. Pure.

The exchange proposes, and a person redirects; only a succession is redirected by itself.
"""

from __future__ import annotations

from events.catalogue.case import RequestOpened
from exchange.protocol.questions.redirecting import asked_already
from exchange.protocol.record import ASKED, CaseState, Link, Record

_OF_THE_REGISTRATION = frozenset({"inflow", "registration", "enquiry"})
_GOING_WITH_IT = _OF_THE_REGISTRATION - {"enquiry"}  # others than the keeper may know what an enquiry asks


def proposed(record: Record, state: CaseState, office: str) -> str | None:
    """For the office asked, who kept the registration on the day in question, or may do what is requested; for the
    asker of a question that was disputed, also the town to which the person is said to have moved. None where nothing
    else is known, and of a stay, of which only its office can say whether it goes on: no other would even know of whom.
    """
    found = None
    if office == state.ref.asked and state.status in ASKED:
        found = _known(record, state)
    elif office == state.asker and state.status == "disputed":
        said = state.place.code if state.place is not None and not _of_a_stay(record, state) else None
        found = said or _known(record, state)
    return None if found in asked_already(record, state) else found


def _known(record: Record, state: CaseState) -> str | None:
    return _may_do(record, state) if state.ref.kind == "request" else _keeping(record, state)


def _of_a_stay(record: Record, state: CaseState) -> bool:
    opening = record.facts.get(state.ref.opening)
    return opening is not None and isinstance(opening.payload, RequestOpened) and opening.payload.asks == "stay"


def _may_do(record: Record, state: CaseState) -> str | None:
    """Who may do what a request asks: the author of the event to amend; else whoever keeps the registration by now."""
    opening = record.facts.get(state.ref.opening)
    asked = opening.payload if opening is not None else None
    if not isinstance(asked, RequestOpened) or asked.asks == "stay":
        return None
    if asked.asks != "amendment":
        return record.keeper
    amended = record.facts.get(asked.about) if asked.about is not None else None
    return amended.author if amended is not None else None


def still_keeps(record: Record, state: CaseState, office: str) -> bool:
    """Whether the office asked about a registration keeps it on the day in question, by what it recorded or confirmed.

    What others alone say of that (an arrival, a register of theirs) it passes on by redirecting.
    """
    if office != state.ref.asked or state.ref.kind not in _GOING_WITH_IT:
        return False
    link = _last_link(record, state)
    if link is None or record.keeper != office or _kept_by(link) != office:
        return False
    confirmed = any(case.recognised for case in record.questions_about(link.ref))
    return confirmed or record.facts[link.ref].author == office


def _keeping(record: Record, state: CaseState) -> str | None:
    """Who kept the registration on the day of the question."""
    link = _last_link(record, state)
    return None if link is None else _kept_by(link)


def _kept_by(link: Link) -> str | None:
    """The town of the link, unless it disclaimed that."""
    code = link.place.code if link.place is not None else None
    return None if code in link.disclaimed else code


def _last_link(record: Record, state: CaseState) -> Link | None:
    """The last link of the chain that holds on the day of the question."""
    opening = record.facts.get(state.ref.opening)
    if opening is None or state.ref.kind not in _OF_THE_REGISTRATION:
        return None
    links = [
        each for each in record.chain if each.day <= opening.day and each.ref != opening.ref and not each.from_arrival
    ]
    return links[-1] if links else None
