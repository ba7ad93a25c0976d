"""Each office's feed: append-only, gap-free, nothing fed twice."""

from datetime import datetime

import pytest

from events.envelope import Ref
from events.errors import Conflict
from events.store.contract import NewDelivery, Store, StoredDelivery
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, event, later, told


def deliver(store: Store, *deliveries: NewDelivery, at: datetime = NOON) -> tuple[StoredDelivery, ...]:
    with store.write() as session:
        return session.deliver(deliveries, at)


def test_positions_are_gap_free_for_each_office(store):
    one, two, three = event(1), event(2), event(1, person=WANG)
    deliver(store, told(one), told(two), told(one, to=TOWN))
    deliver(store, told(three))
    with store.read() as session:
        assert [(d.position, d.ref) for d in session.feed(OTHER_TOWN, 0, 10)] == [
            (1, one.frame.ref),
            (2, two.frame.ref),
            (3, three.frame.ref),
        ]
        assert [d.position for d in session.feed(TOWN, 0, 10)] == [1]
        assert [d.position for d in session.feed(OTHER_TOWN, 1, 1)] == [2]
        assert session.feed(OTHER_TOWN, 3, 10) == ()


def test_a_delivery_comes_back_as_it_was_made(store):
    full = told(
        event(), kind="inflow", asked=(("inflow", "2026-12-01"), ("update", None)), act="act", trigger=Ref(TOWN, "x")
    )
    (fed,) = deliver(store, full, at=later(3))
    with store.read() as session:
        (found,) = session.deliveries_of([LIN])
    assert found == fed
    assert {name: getattr(found, name) for name in full.__struct_fields__} == {
        name: getattr(full, name) for name in full.__struct_fields__
    }
    assert (found.position, found.at) == (1, later(3))


def test_what_was_told_of_some_persons_is_found_without_what_was_told_of_others(store):
    one, two = event(1), event(1, person=WANG)
    of_lin, of_wang = deliver(store, told(one), told(two))
    with store.read() as session:
        assert session.deliveries_of([WANG, WANG]) == (of_wang,)
        assert session.deliveries_of([WANG, LIN]) == (of_lin, of_wang)
        assert session.deliveries_of([]) == ()


def test_acknowledgements_are_found_by_their_places_in_many_feeds(store):
    one, two = event(1), event(2)
    deliver(store, told(one), told(two), told(one, to=TOWN))
    with store.write() as session:
        kept = session.acknowledge(OTHER_TOWN, 2, NOON, "clerk")
        other = session.acknowledge(TOWN, 1, later(1), "clerk")
        asked = [(OTHER_TOWN, 1), (OTHER_TOWN, 2), (TOWN, 1), (TOWN, 2)]
        assert session.acknowledged_at([*asked, *asked]) == {(OTHER_TOWN, 2): kept, (TOWN, 1): other}
        assert session.acknowledged_at([]) == {}


def test_what_was_told_of_many_events_is_known_by_the_event_and_its_author(store):
    """An id is unique to its author: the same one of another is another event."""
    one = event(1)
    other = event(1, author=OTHER_TOWN, id_=one.frame.id)
    deliver(store, told(one))
    (fed,) = deliver(store, told(one), told(other, to=TOWN))
    assert (fed.ref, fed.to) == (other.frame.ref, TOWN)


def test_delivering_twice_changes_nothing(store):
    one, two = event(1), event(2)
    deliver(store, told(one), told(one))
    assert [d.position for d in deliver(store, told(one), told(two))] == [2]
    with store.read() as session:
        assert len(session.deliveries_of([LIN])) == 2


def test_a_revision_is_one_more_delivery(store):
    one = event(1)
    deliver(store, told(one))
    deliver(store, told(one, revision=2, parts=frozenset()))
    with store.read() as session:
        assert [(d.revision, d.parts) for d in session.feed(OTHER_TOWN, 0, 9)] == [(1, {"address"}), (2, frozenset())]


def test_the_same_delivery_with_other_content_is_a_conflict(store):
    one = event(1)
    deliver(store, told(one))
    with pytest.raises(Conflict):
        deliver(store, told(event(2)), told(one, parts=frozenset()))
    with store.read() as session:
        assert len(session.deliveries_of([LIN])) == 1


def test_time_never_runs_back(store):
    deliver(store, told(event(1)), at=later(10))
    assert [d.at for d in deliver(store, told(event(2)), at=later(3))] == [later(10)]


def test_nothing_to_deliver(store):
    assert deliver(store) == ()


def test_the_first_acknowledgement_counts(store):
    deliver(store, told(event(1)))
    with store.write() as session:
        first = session.acknowledge(OTHER_TOWN, 1, later(1), "clerk")
        assert session.acknowledge(OTHER_TOWN, 1, later(2), "colleague") == first
        assert session.acknowledged(OTHER_TOWN, [1, 2]) == {1: first}


@pytest.mark.parametrize("position", [0, 2])
def test_what_was_not_fed_cannot_be_acknowledged(store, position):
    deliver(store, told(event(1)))
    with pytest.raises(KeyError), store.write() as session:
        session.acknowledge(OTHER_TOWN, position, NOON, "clerk")
