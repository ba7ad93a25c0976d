"""Two questions that share one case: whether a document is another person's, or which of two first entries is right;
and which of two stays is. Pure.

Both are *contested*, about the same arrival or entry, and may be put to the same office: the one by its author, who
holds two persons with one document, or made the second entry; the other by the keeper. Neither knows of the other's,
though the keeper is told the replies to it; the office asked knows both. What the one withdraws or reopens says nothing
of the other's question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from events.catalogue.case import Reopened, Withdrawn
from events.catalogue.values import CaseRef
from events.standing import Standing
from exchange.protocol.book import Delivery
from exchange.protocol.record import CaseState

Fold = Callable[[str, Sequence[Standing]], CaseState]  # by who asks, and what was said


def of_two_askers(
    fold: Fold,
    ref: CaseRef,
    author: str,
    keeper: str | None,
    thread: Sequence[Standing],
    tellers: Iterable[Delivery],
) -> CaseState:
    """The author's question while it is open; else the keeper's where that was put, too, and is open or the other was
    withdrawn.
    """
    state = fold(author, _about(author, ref, thread))
    if state.open or keeper in {None, author} or all(told.teller != keeper for told in tellers):
        return state
    other = fold(str(keeper), _about(str(keeper), ref, thread))
    return other if other.open or state.status == "withdrawn" else state


def _about(asker: str, ref: CaseRef, thread: Sequence[Standing]) -> list[Standing]:
    """Without what somebody else withdrew or reopened."""
    sides = {asker, ref.asked}
    return [said for said in thread if said.author in sides or not isinstance(said.payload, Withdrawn | Reopened)]
