"""Events are appended in their streams, once, all or none, and never change."""

import sqlite3

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from events.codec import SealedEvent, require_repeat, sealed_event
from events.errors import Conflict, Erased, StaleVersion
from events.store.contract import Same, Session, Store, StoredEvent, identical
from tests.contract.story import (
    KEY,
    LIN,
    NOON,
    OTHER_TOWN,
    TOWN,
    WANG,
    PowerCut,
    event,
    frame,
    told,
)


def append(store: Store, *events: SealedEvent, same: Same = identical) -> tuple[StoredEvent, ...]:
    with store.write() as session:
        return session.append(events, same)


def test_an_event_comes_back_as_it_was_appended(store):
    first = event()
    append(store, first)
    with store.read() as session:
        found = session.event(first.frame.ref)
        assert (found.frame, found.body, found.sealed) == (first.frame, first.body, first.sealed)
        assert found.index is None
        assert session.events([first.frame.ref]) == {first.frame.ref: found}
        assert session.events_of([LIN, WANG]) == (found,)
        assert session.head(TOWN, LIN) == 1


def test_what_is_not_there_is_not_found(store):
    with store.read() as session:
        assert session.event(event().frame.ref) is None
        assert session.events([]) == {}
        assert session.events_of([LIN]) == ()
        assert session.head(TOWN, LIN) == 0


@pytest.mark.parametrize("version", [0, 1, 3, 9])
def test_a_version_that_does_not_follow_is_stale(store, version):
    append(store, event(1))
    with pytest.raises(StaleVersion) as refused:
        append(store, event(version))
    assert (refused.value.rule, refused.value.details["found"]) == ("stream.version", 1)
    with store.read() as session:
        assert session.head(TOWN, LIN) == 1


@pytest.mark.parametrize("version", [-1, 0, 1, 3])
def test_a_version_that_does_not_follow_refuses_all_that_came_with_it(store, version):
    append(store, event(1))
    with pytest.raises(StaleVersion) as refused:
        append(store, event(1, person=WANG), event(version), event(2, person=WANG))
    assert refused.value.details == {"offered": version, "found": 1}
    with store.read() as session:
        assert (session.head(TOWN, LIN), session.head(TOWN, WANG), session.pending()) == (1, 0, 1)


def test_a_stream_begins_with_one(store):
    with pytest.raises(StaleVersion):
        append(store, event(2))


def test_offices_that_know_nothing_of_each_other_never_collide(store):
    same_id = event(1).frame.id
    append(store, event(1, id_=same_id), event(1, author=OTHER_TOWN, id_=same_id), event(1, person=WANG))
    with store.read() as session:
        assert session.head(TOWN, LIN) == session.head(OTHER_TOWN, LIN) == session.head(TOWN, WANG) == 1


def test_events_about_offices_are_kept_apart(store):
    about_office = sealed_event(frame(person=TOWN, kind="jurisdiction"), {}, None)
    append(store, event(), about_office)
    with store.read() as session:
        assert [e.frame.ref for e in session.jurisdictions()] == [about_office.frame.ref]


def test_many_events_of_many_persons_are_taken_together(store):
    many = [event(1), event(2), event(1, person=WANG), event(3)]
    assert [e.frame.ref for e in append(store, *many)] == [e.frame.ref for e in many]


def test_of_many_all_or_none_are_taken_even_if_the_caller_goes_on(store):
    with store.write() as session:
        with pytest.raises(StaleVersion):
            session.append([event(1), event(1, person=WANG), event(3)])
        session.append([event(1, author=OTHER_TOWN)])
    with store.read() as session:
        assert session.events_of([WANG]) == ()
        assert [e.frame.author for e in session.events_of([LIN])] == [OTHER_TOWN]
        assert session.pending() == 1


def test_a_long_chain_is_taken_whole_and_in_order(store):
    many = [event(version, person=person) for version in range(1, 131) for person in (LIN, WANG)]
    append(store, *many)
    with store.write() as session:
        assert [frame.ref for frame in session.sequence(1000, NOON)] == [e.frame.ref for e in many]


@pytest.mark.parametrize("missing", [1, 50, 101, 130])
def test_a_gap_anywhere_in_a_long_chain_refuses_all(store, missing):
    chain = [event(version) for version in range(1, 132) if version != missing]
    with pytest.raises(StaleVersion) as refused:
        append(store, *chain)
    assert refused.value.details == {"offered": missing + 1, "found": missing - 1}
    with store.read() as session:
        assert session.pending() == 0


def test_a_repeat_inside_a_long_chain_is_passed_over(store):
    chain = [event(version) for version in range(1, 131)]
    append(store, *chain[:60])
    with store.write() as session:
        assert [e.body for e in session.append(chain)] == [e.body for e in chain]
        assert session.appended == 70


def half_done(session: Session) -> None:
    session.append([event(1)])
    session.sequence(10, NOON)
    session.put_key(LIN, b"key")
    raise PowerCut


def test_what_the_block_raises_takes_everything_back(store):
    with pytest.raises(PowerCut), store.write() as session:
        half_done(session)
    with store.read() as session:
        assert session.events_of([LIN]) == ()
        assert session.frontier().size == 0
        assert session.wrapped_key(LIN) is None


def test_the_same_again_gives_the_first_result(store):
    first = event(1)
    append(store, first, event(2))
    with store.write() as session:
        (again,) = session.append([first])
        assert again == session.event(first.frame.ref)
        assert session.appended == 0
        assert session.pending() == 2


def test_a_repeat_among_new_ones_is_passed_over(store):
    first, second = event(1), event(2)
    append(store, first)
    with store.write() as session:
        assert [e.body for e in session.append([first, second])] == [first.body, second.body]
        assert session.appended == 1


def test_another_content_under_the_same_id_is_a_conflict(store):
    first = event(1)
    append(store, first)
    with pytest.raises(Conflict):
        append(store, event(2, id_=first.frame.id))


def by_content(cipher: AESGCM | None, address: str) -> Same:
    def same(stored: StoredEvent, offered: SealedEvent) -> None:
        require_repeat(stored, offered.frame, {"address": {"address": address}}, cipher)

    return same


def test_a_repeat_is_judged_by_content_whatever_its_salt_and_version(store):
    first = event(1, address="一号")
    append(store, first)
    again = event(2, address="一号", id_=first.frame.id)
    assert again.body != first.body
    assert append(store, again, same=by_content(KEY, "一号"))[0].body == first.body
    with pytest.raises(Conflict):
        append(store, again, same=by_content(KEY, "二号"))
    with pytest.raises(Erased):
        append(store, again, same=by_content(None, "一号"))


@pytest.mark.parametrize("table", ["events", "deliveries", "log", "accesses"])
@pytest.mark.parametrize("change", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}"])
def test_a_database_refuses_to_change_what_was_appended(sqlite, table, change):
    first = event(1)
    with sqlite.write() as session:
        session.append([first])
        session.sequence(1, NOON)
        session.deliver([told(first)], NOON)
        session.driver.execute("INSERT INTO accesses VALUES (1, 'o', 'a', 'p', 'x', '[]', 0)")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), sqlite.write() as session:
        session.driver.execute(change.format(table))
    with sqlite.read() as session:
        assert session.sql.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1


def test_replacing_is_no_way_around_it(sqlite):
    first = event(1)
    append(sqlite, first)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), sqlite.write() as session:
        session.driver.execute("INSERT OR REPLACE INTO events SELECT * FROM events")


def test_a_session_has_no_way_to_change_or_delete_events(store):
    with store.read() as session:
        assert not [name for name in dir(session) if name.startswith(("update", "delete", "edit"))]


def test_an_event_that_nothing_goes_with_is_appended_alone(store):
    first, second = event(1), event(2)
    stored = [store.append_alone(first), store.append_alone(second), store.append_alone(second)]
    assert [s.frame.ref for s in stored] == [first.frame.ref, second.frame.ref, second.frame.ref]
    with store.read() as session:
        assert (session.head(TOWN, LIN), session.pending()) == (2, 2)
    with pytest.raises(StaleVersion):
        store.append_alone(event(2))
    with pytest.raises(Conflict):
        store.append_alone(event(2, id_=second.frame.id, submission=second.frame.id))
