"""What the sequencer has set aside. Part of E1: an event that does not open, or is gone, before it had a place."""

from __future__ import annotations

from collections.abc import Iterable

from events.store.contract import Aside
from events.store.rules import GONE, WAITS
from exchange.reconcile.finding import Difference
from exchange.unit_of_work import SqlSession

_OF_ROW = frozenset({"author", "id"})  # where these differ, the finding bears the names that the bytes have


def set_aside(session: SqlSession, known: Iterable[Difference]) -> list[Difference]:
    """Each event that does not open and is not known from its row; with it what waits behind it in its stream."""
    rows = [fault for fault in known if fault.check == "ledger" and not fault.other]
    named = {fault.event for fault in rows}
    unnamed = {(fault.office, fault.person) for fault in rows if _OF_ROW.intersection(fault.lacking)}
    aside = session.aside()
    behind = [one for one in aside if one.why == WAITS]
    return [
        _fault(one, "event" if one.why == GONE else "body", [each for each in behind if _stream(each) == _stream(one)])
        for one in aside
        if one.why != WAITS and one.ref not in named and (one.ref.author, one.subject) not in unnamed
    ]


def _fault(one: Aside, lacking: str, behind: Iterable[Aside] = ()) -> Difference:
    following = tuple(_fault(each, "index") for each in behind)
    return Difference("ledger", one.ref.author, one.subject, "", one.ref, (lacking,), following)


def _stream(one: Aside) -> tuple[str, str]:
    return one.ref.author, one.subject
