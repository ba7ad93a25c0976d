"""What committed gets its place in the log: gap-free, in order, submissions whole, and provable."""

from datetime import datetime

import pytest

from events.codec import SealedEvent
from events.errors import Tampered
from events.log.leaf import leaf_of
from events.log.tree import Frontier, inclusion_proof, verify_inclusion
from events.store.contract import Session, Store, StoredEvent
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, PowerCut, event, fresh_id, later


def append(store: Store, *events: SealedEvent) -> None:
    with store.write() as session:
        session.append(events)


def sequence(store: Store, limit: int = 1000, at: datetime = NOON) -> tuple[StoredEvent, ...]:
    """What was, as it is stored now."""
    with store.write() as session:
        refs = [frame.ref for frame in session.sequence(limit, at)]
        stored = session.events(refs)
    return tuple(stored[ref] for ref in refs)


def test_indexes_are_gap_free_in_order_of_insertion(store):
    events = [event(version) for version in range(1, 8)]
    for one in events:
        append(store, one)
    while sequence(store, limit=3):
        pass
    with store.read() as session:
        logged = session.log(0, 100)
        assert [e.index for e in logged] == list(range(7))
        assert [e.body for e in logged] == [e.body for e in events]
        assert session.log(5, 100) == logged[5:]
        assert session.log(2, 2) == logged[2:4]
        assert session.pending() == 0
        assert session.events_of([LIN]) == logged


def half_done(session: Session) -> None:
    session.append([event(2)])
    session.sequence(10, NOON)
    raise PowerCut


def test_what_is_taken_back_leaves_no_gap(store):
    append(store, event(1))
    with pytest.raises(PowerCut), store.write() as session:
        half_done(session)
    append(store, event(2))
    assert [e.index for e in sequence(store)] == [0, 1]


def test_a_submission_stays_together_whatever_comes_between(store):
    act, other = fresh_id(), fresh_id()
    with store.write() as session:
        session.append([event(1, submission=act)])
        session.append([event(1, person=WANG, submission=other)])
        session.append([event(2, submission=act)])
    append(store, event(2, person=WANG))
    first = sequence(store, limit=1)
    assert [e.frame.submission for e in first] == [act, act]
    second = sequence(store, limit=10)
    assert [e.frame.submission for e in second[:1]] == [other]
    assert [e.index for e in (*first, *second)] == [0, 1, 2, 3]


@pytest.mark.parametrize("repeated", [False, True], ids=["at once", "one by one"])
def test_a_submission_that_bears_the_name_of_its_first_event_stays_together(store, repeated):
    act, other = fresh_id(), fresh_id()
    by_itself = event(1, person=WANG, id_=other, submission=other)
    if repeated:
        append(store, by_itself)
    append(store, by_itself, event(1, id_=act, submission=act), event(2, submission=act))
    assert [[e.frame.submission for e in sequence(store, limit=1)] for _ in range(3)] == [[other], [act, act], []]


def test_a_submission_too_large_for_memory_comes_bit_by_bit_and_tears_no_other(store):
    small, large, last = fresh_id(), fresh_id(), fresh_id()
    with store.write() as session:
        session.append([event(version, submission=small) for version in (1, 2)])
        session.append([event(version, submission=large, person=WANG) for version in range(1, 6)])
        session.append([event(version, submission=last) for version in (3, 4)])
        session.append([event(version, submission=large, person=WANG) for version in range(6, 9)])
    rounds: list[list[str]] = []
    while not rounds or rounds[-1]:
        with store.write() as session:
            rounds.append([frame.submission for frame in session.sequence(1000, NOON, most=3)])
    assert max(map(len, rounds)) == 3
    assert [len([r for r in rounds if act in r]) for act in (small, last)] == [1, 1]
    assert sum(r.count(large) for r in rounds) == 8
    with store.read() as session:
        assert [e.index for e in session.log(0, 100)] == list(range(12))
        assert session.pending() == 0


def test_a_submission_of_another_office_is_another_one(store):
    act = fresh_id()
    append(store, event(1, submission=act), event(1, author=OTHER_TOWN, submission=act))
    assert [e.frame.author for e in sequence(store, limit=1)] == [TOWN]


def test_nothing_waits_nothing_happens(store):
    assert sequence(store) == ()


def test_its_persons_become_dirty(store):
    append(store, event(1, touches=(WANG,)))
    sequence(store, at=later(5))
    with store.write() as session:
        assert session.oldest_dirty() == later(5)
        assert [one.person for one in session.claim(10)] == [LIN, WANG]


def test_time_never_runs_back(store):
    append(store, event(1))
    sequence(store, at=later(10))
    append(store, event(2))
    assert [e.sequenced_at for e in sequence(store, at=later(3))] == [later(10)]


def test_each_event_is_proved_in_the_tree(store):
    for batch in range(6):
        append(store, *[event(1, person=fresh_id()) for _ in range(100)])
        sequence(store, limit=70 + batch)
    while sequence(store):
        pass
    with store.read() as session:
        logged = session.log(0, 1000)
        tree = session.frontier()
        assert tree == Frontier().append(leaf_of(e.body) for e in logged)
        for index in (0, 1, 255, 256, 511, 599):
            proof = inclusion_proof(index, tree.size, session.node)
            assert verify_inclusion(leaf_of(logged[index].body), index, tree.size, proof, tree.root())
        with pytest.raises(Tampered):
            session.node(0, 600)


def test_whoever_appended_them_places_these_and_no_others_and_nobody_becomes_dirty(store):
    append(store, event(1, person=WANG))
    first, second = event(1), event(2)
    with store.write() as session:
        session.append([first, second])
        placed = session.place([second.frame.ref, first.frame.ref], later(2))
        assert [(e.index, e.body, e.sequenced_at) for e in placed] == [
            (0, first.body, later(2)),
            (1, second.body, later(2)),
        ]
        assert placed == session.log(0, 10)
        assert (session.pending(), session.marked()) == (1, 0)
    assert [(e.index, e.frame.subject.id) for e in sequence(store)] == [(2, WANG)]
