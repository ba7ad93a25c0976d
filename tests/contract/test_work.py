"""Marks, links, keys, tokens and accesses."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from events.errors import Erased, StaleVersion
from events.store.contract import Access
from events.store.sqlite import SqliteStore
from exchange.stores import sqlite_store
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, event, fresh_id, later

ZHAO = "00000000-0000-4000-8000-00000000000c"


def test_who_was_marked_first_is_claimed_first_whatever_the_clock_said(store):
    with store.write() as session:
        session.mark_dirty([ZHAO, WANG], later(1))
        session.mark_dirty([LIN], later(0))
        session.mark_dirty([ZHAO], later(2))
        assert session.oldest_dirty() == later(1)
        claimed = session.claim(2)
        assert [one.person for one in claimed] == [WANG, ZHAO], "of one moment by their ids"
        session.done(claimed)
        assert [one.person for one in session.claim(9)] == [LIN]
        assert session.oldest_dirty() == later(0)


def test_how_many_wait_is_counted_no_further_than_it_was_asked(store):
    people = [f"p{number}" for number in range(9)]
    with store.write() as session:
        for _ in range(2):
            session.mark_dirty(people, NOON)
        session.append([event(subject) for subject in range(1, 5)])
        assert (session.marked(), session.marked(most=5)) == (9, 6)
        assert (session.pending(), session.pending(most=2)) == (4, 3)


def test_a_second_mark_keeps_the_age(store):
    with store.write() as session:
        session.mark_dirty([LIN, LIN], NOON)
        session.mark_dirty([LIN], later(9))
        assert session.oldest_dirty() == NOON


def test_a_mark_that_came_during_the_work_stays(store):
    with store.write() as session:
        session.mark_dirty([LIN, WANG], NOON)
        claimed = session.claim(9)
    with store.write() as session:
        session.mark_dirty([LIN], later(1))
        session.done(claimed)
        assert [one.person for one in session.claim(9)] == [LIN]


def test_what_could_not_be_worked_off_is_counted_by_dossiers_until_it_is(store):
    with store.write() as session:
        session.link(WANG, ZHAO)
        session.mark_dirty([LIN, WANG, ZHAO], NOON)
        assert session.failed() == 0
        session.fail([one for one in session.claim(9) if one.person != LIN])
        assert session.failed() == 1, "two ids of one human"
    with store.write() as session:
        claimed = session.claim(9)
        assert len(claimed) == 3, "their marks stay"
        session.fail(claimed)
        assert session.failed() == 2
        session.mark_dirty([LIN], later(1))
        session.done(session.claim(9))
        assert session.failed() == 0
        session.mark_dirty([LIN], later(2))
        assert session.failed() == 0, "what came later was not tried yet"


def test_nobody_waits(store):
    with store.write() as session:
        session.mark_dirty([], NOON)
        assert session.claim(9) == ()
        session.done(())
        assert session.oldest_dirty() is None


def test_ids_that_merges_joined_are_one_dossier_for_ever(store):
    with store.write() as session:
        assert session.linked(LIN) == (LIN,)
        session.link(WANG, ZHAO)
        session.link(ZHAO, LIN)
        session.link(LIN, WANG)
        assert session.linked(WANG) == (LIN, WANG, ZHAO)
        assert session.dossiers([LIN, ZHAO, "x"]) == {LIN: (LIN, WANG, ZHAO), ZHAO: (LIN, WANG, ZHAO), "x": ("x",)}


def test_two_dossiers_become_one(store):
    with store.write() as session:
        session.link("d", "c")
        session.link("b", "a")
        session.link("d", "b")
        assert session.linked("c") == ("a", "b", "c", "d")


def test_the_first_key_stands(store):
    with store.write() as session:
        assert session.wrapped_key(LIN) is None
        assert session.put_key(LIN, b"one") == b"one"
        assert session.put_key(LIN, b"two") == b"one"
        assert session.wrapped_key(LIN) == b"one"
        assert session.wrapped_keys([LIN, WANG]) == {LIN: b"one"}


@pytest.mark.parametrize("before", [True, False])
def test_a_destroyed_key_never_comes_back(store, before):
    with store.write() as session:
        if before:
            session.put_key(LIN, b"one")
        session.destroy_key(LIN)
        session.destroy_key(LIN)
    with store.write() as session:
        with pytest.raises(Erased):
            session.wrapped_key(LIN)
        with pytest.raises(Erased):
            session.put_key(LIN, b"two")
        assert session.wrapped_keys([LIN]) == {}


def test_of_the_keys_that_there_are_some_are_shown_and_no_destroyed_one(store):
    with store.write() as session:
        assert session.some_keys(2) == ()
        session.put_key(LIN, b"one")
        session.destroy_key(LIN)
        for number in range(3):
            session.put_key(fresh_id(), b"%d" % number)
        assert set(session.some_keys(9)) == {b"0", b"1", b"2"}
        assert len(session.some_keys(2)) == 2


def test_a_destroyed_key_is_not_in_the_file_any_more(sqlite, tmp_path):
    with sqlite.write() as session:
        session.put_key(LIN, b"the wrapped key of Lin")
    with sqlite.write() as session:
        session.destroy_key(LIN)
    assert [file.name for file in tmp_path.iterdir() if b"the wrapped key of Lin" in file.read_bytes()] == []


def test_a_destroyed_key_that_a_reader_kept_in_the_file_goes_with_the_next_event_alone(tmp_path):
    with closing(sqlite_store(f"{tmp_path}/exchange.db", wait=0.1)) as store:
        with store.write() as session:
            session.put_key(LIN, b"the wrapped key of Lin")
        with store.read() as reader, ThreadPoolExecutor(1) as thread:
            assert reader.head(TOWN, LIN) == 0
            thread.submit(destroyed, store, LIN).result()
        store.append_alone(event(1, person=WANG))
        assert [file.name for file in tmp_path.iterdir() if b"the wrapped key of Lin" in file.read_bytes()] == []


def destroyed(store: SqliteStore, person: str) -> None:
    with store.write() as session:
        session.destroy_key(person)


def test_keys_and_tokens_kept_together_are_those_kept_one_by_one(store):
    with store.write() as session:
        session.put_key(LIN, b"one")
        session.keep({LIN: b"two", WANG: b"three"}, "resident", [(b"t", WANG), (b"t", LIN), (b"t", WANG), (b"u", LIN)])
        session.keep({}, "resident", [])
        assert session.wrapped_keys([LIN, WANG]) == {LIN: b"one", WANG: b"three"}
        assert session.persons_with("resident", b"t") == (LIN, WANG)
        assert session.persons_with("resident", b"u") == (LIN,)
        session.destroy_key(LIN)
    with pytest.raises(Erased), store.write() as session:
        session.keep({ZHAO: b"four", LIN: b"two"}, "resident", [(b"v", LIN)])
    with store.read() as session:
        assert session.wrapped_keys([LIN, WANG, ZHAO]) == {WANG: b"three"}
        assert session.persons_with("resident", b"v") == ()


@pytest.mark.parametrize("tokens", [[], [b"t"], [b"t", b"u"]])
def test_a_first_event_comes_with_its_key_and_tokens_or_not_at_all(store, tokens):
    first, held = event(1), [(token, LIN) for token in tokens]
    with store.write() as session:
        stored = session.append_first(first, {LIN: b"one"}, "resident", held)
        assert (stored.body, session.pending(), session.wrapped_key(LIN)) == (first.body, 1, b"one")
        assert [session.persons_with("resident", token) for token in tokens] == [(LIN,)] * len(tokens)
    with store.write() as session:  # once more, as ever: the first key stands
        again = session.append_first(first, {LIN: b"two"}, "resident", held)
        assert (again.body, session.appended, session.wrapped_key(LIN)) == (first.body, 0, b"one")
    with pytest.raises(StaleVersion), store.write() as session:
        session.append_first(event(2, person=WANG), {WANG: b"three"}, "resident", [(b"v", WANG)])
    with store.write() as session:
        session.destroy_key(LIN)
    with pytest.raises(Erased), store.write() as session:
        session.append_first(event(2), {LIN: b"four"}, "resident", [(b"v", LIN)])
    with store.read() as session:
        assert (session.head(TOWN, LIN), session.pending()) == (1, 1)
        assert session.wrapped_keys([LIN, WANG]) == {}
        assert session.persons_with("resident", b"v") == ()


def test_tokens_lead_to_those_who_hold_them_until_erased(store):
    with store.write() as session:
        session.put_token("resident", b"t", WANG)
        session.put_token("resident", b"t", LIN)
        session.put_token("resident", b"t", LIN)
        session.put_token("passport", b"t", ZHAO)
        assert session.persons_with("resident", b"t") == (LIN, WANG)
        session.remove_tokens([LIN])
        assert session.persons_with("resident", b"t") == (WANG,)
        assert session.persons_with("passport", b"u") == ()


def test_accesses_are_read_by_person_in_order(store):
    def access(office: str, person: str, fields: tuple[str, ...] = ()) -> Access:
        return Access(office=office, actor="clerk", purpose="case", person=person, fields=fields, at=NOON)

    with store.write() as session:
        session.record_access([access(TOWN, LIN, ("name", "sex")), access(TOWN, WANG)])
        session.record_access([access(OTHER_TOWN, LIN)])
        session.record_access([])
        first, second = session.accesses(LIN, 0, 10)
        assert (first.office, first.fields, second.office) == (TOWN, ("name", "sex"), OTHER_TOWN)
        assert session.accesses(LIN, first.number, 10) == (second,)
