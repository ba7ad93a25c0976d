"""Whom a question should rather be put to, as far as an office's own book tells it. Pure.

The exchange proposes, and a person redirects; only a succession is redirected by itself.
"""

from __future__ import annotations

from exchange.protocol.record import ASKED, CaseState, Record

_OF_THE_REGISTRATION = frozenset({"inflow", "registration", "enquiry"})


def proposed(record: Record, state: CaseState, office: str) -> str | None:
    """For the office asked, who kept the registration on the day in question; for the asker of a question that was
    disputed, also the town to which the person is said to have moved. None where nothing else is known.
    """
    found = None
    if office == state.ref.asked and state.status in ASKED:
        found = _keeping(record, state)
    elif office == state.asker and state.status == "disputed":
        found = (
            state.place.code if state.place is not None and state.place.code is not None else _keeping(record, state)
        )
    return None if found in {state.ref.asked, state.asker} else found


def _keeping(record: Record, state: CaseState) -> str | None:
    """The town of the last link of the chain that holds on the day of the question."""
    opening = record.facts.get(state.ref.opening)
    if opening is None or state.ref.kind not in _OF_THE_REGISTRATION:
        return None
    links = [
        each for each in record.chain if each.day <= opening.day and each.ref != opening.ref and not each.from_arrival
    ]
    last = links[-1] if links else None
    code = last.place.code if last is not None and last.place is not None else None
    return None if last is None or code in last.disclaimed else code
