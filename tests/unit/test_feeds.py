"""Where a delivery stands for the office that reads it, in its own feed or in one that it took over."""

from datetime import UTC, datetime

from events.envelope import Ref
from events.store.contract import StoredDelivery
from exchange.feeds import feed_at, position_for, received
from exchange.protocol.offices import Offices, Succession

OLD, FIRST, SECOND = "420115001000", "110108001000", "110108002000"


def told(to: str, position: int, person: str = "P") -> StoredDelivery:
    return StoredDelivery(
        ref=Ref("110101001000", f"{to} {position}"),
        person=person,
        teller="110101001000",
        to=to,
        parts=frozenset(),
        ground="named",
        position=position,
        at=datetime(2026, 3, 2, 1, position, tzinfo=UTC),
    )


def test_an_own_position_is_what_it_was():
    assert position_for(FIRST, told(FIRST, 7)) == 7
    assert feed_at(FIRST, 7) == (FIRST, 7)


def test_a_position_that_was_taken_over_is_below_zero_and_leads_back():
    for position in (1, 7, 999_999):
        taken = position_for(FIRST, told(OLD, position % 59 + 1))
        assert taken < 0
        assert feed_at(FIRST, taken) == (OLD, position % 59 + 1)


def test_no_two_feeds_share_a_position():
    positions = {position_for(FIRST, told(to, n)) for to in (OLD, FIRST, SECOND) for n in range(1, 50)}
    assert len(positions) == 3 * 49


def test_an_office_received_what_its_predecessors_did_of_its_own_persons():
    offices = Offices(successions={OLD: Succession((FIRST, SECOND), {"Q": SECOND})})
    rows = [told(OLD, 1), told(OLD, 2, "Q"), told(OLD, 3), told(FIRST, 1), told(SECOND, 1)]
    assert [(d.to, d.position) for d in received(rows, FIRST, offices)] == [(OLD, 1), (OLD, 3), (FIRST, 1)]
    assert [(d.to, d.position) for d in received(rows, SECOND, offices)] == [(OLD, 2), (SECOND, 1)]
