"""What an office outside the exchange answered on paper: the office that asked records it in its stead. Pure.

It counts while the office asked is outside. Whoever joins is asked itself, and what was recorded of it stays beside.
"""

from __future__ import annotations

import msgspec

from events.catalogue.case import Answer
from events.catalogue.fact import Fact
from events.standing import Standing
from exchange.protocol.record import ASKED, CaseState


def came_on_paper(fact: Fact) -> bool:
    """Whether it is the answer of another, which came on paper to whoever recorded it."""
    return isinstance(fact, Answer) and fact.received_on is not None


def speaks_for_asked(state: CaseState, reply: Standing, *, outside: bool) -> bool:
    """Whether it is the word of the office asked, said by itself or, where it is outside, recorded by the asker."""
    if came_on_paper(reply.payload):
        return outside and reply.author == state.asker
    return reply.author == state.ref.asked


def out_of_reach_again(state: CaseState) -> CaseState:
    """Asked anew, after an answer on paper or a withdrawal, an office outside has to be written to again."""
    if state.status in ASKED:
        return msgspec.structs.replace(state, status="not_reachable")
    return state
