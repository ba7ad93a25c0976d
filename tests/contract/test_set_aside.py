"""An event that waits for its place and does not open holds up what follows it in its stream, and nobody else."""

from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import pytest

from events.codec import SealedEvent
from events.envelope import Ref
from events.errors import Tampered
from events.store.contract import Store
from events.store.memory import MemoryStore
from events.store.postgres import PostgresStore
from events.store.rules import GONE, UNFIT, WAITS
from events.store.sqlite import SqliteStore
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, event, fresh_id, later
from tests.contract.test_log import append, sequence

Write = Callable[[SealedEvent, bytes | None], None]

NO_FRAME = b"{}"


@pytest.fixture
def write(store) -> Write:
    """Puts these bytes into the row of an event, or takes the row away and back, as only who holds the database can."""
    gone: dict[str, Any] = {}

    def changes(execute: Callable[..., Any], mark: str, id_: str, body: bytes | None) -> None:
        if body is None:
            gone[id_] = execute(f"SELECT * FROM events WHERE id = {mark}", [id_]).fetchone()
            execute(f"DELETE FROM events WHERE id = {mark}", [id_])
        elif (row := gone.pop(id_, None)) is not None:
            execute(f"INSERT INTO events VALUES ({', '.join(mark for _ in row)})", list(row))
        else:
            execute(f"UPDATE events SET body = {mark} WHERE id = {mark}", [body, id_])

    def written(of: SealedEvent, body: bytes | None) -> None:
        if isinstance(store, MemoryStore):
            _in_memory(store, gone, of.frame.ref, body)
        elif isinstance(store, SqliteStore):
            with store.write() as session:
                triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'events_no_%'"
                found = session.driver.execute(triggers).fetchall()
                for name, _ in found:
                    session.driver.execute(f"DROP TRIGGER {name}")
                changes(session.driver.execute, "?", of.frame.id, body)
                for _, made in found:
                    session.driver.execute(made)
        elif isinstance(store, PostgresStore):
            with psycopg.connect(store.url.set(drivername="postgresql").render_as_string(hide_password=False)) as owner:
                owner.execute("SET session_replication_role = replica")
                changes(owner.execute, "%s", of.frame.id, body)

    return written


def _in_memory(store: MemoryStore, gone: dict[str, Any], ref: Ref, body: bytes | None) -> None:
    with store.write() as session:
        if body is None:
            gone[ref.id] = session._events.pop(ref)
        elif ref.id in gone:
            session._events[ref] = gone.pop(ref.id)
        else:
            session._events[ref] = msgspec.structs.replace(session._events[ref], body=body)


def set_aside(store: Store, limit: int = 1000) -> list[tuple[Ref, str, str]]:
    with store.write() as session:
        found = session.set_aside(limit, later(5))
    return [(one.ref, one.subject, one.why) for one in found]


def resume(store: Store) -> int:
    with store.write() as session:
        return session.resume(0, 100)


@pytest.mark.parametrize(("broken", "why"), [(NO_FRAME, UNFIT), ("another's", UNFIT), (None, GONE)])
def test_what_does_not_open_has_no_place_and_everybody_else_has_the_next(store, write, broken, why):
    act = fresh_id()
    bad, beside, others = event(1, submission=act), event(1, person=WANG, submission=act), event(2, person=WANG)
    append(store, bad, beside, others)
    write(bad, others.body if broken == "another's" else broken)
    with pytest.raises(Tampered), store.write() as session:
        session.sequence(1000, NOON)
    assert set_aside(store) == [(bad.frame.ref, "" if why == GONE else LIN, why)]
    assert [(e.index, e.frame.ref) for e in sequence(store)] == [(0, beside.frame.ref), (1, others.frame.ref)]
    with store.read() as session:
        assert session.pending() == 0
        assert [(one.ref, one.why, one.since) for one in session.aside()] == [(bad.frame.ref, why, later(5))]
    assert set_aside(store) == []


def test_what_follows_it_in_its_stream_waits_with_it_and_comes_before_all_others_once_it_opens(store, write):
    stream = [event(version) for version in range(1, 6)]
    append(store, *stream[:3])
    write(stream[1], NO_FRAME)
    assert [why for *_, why in set_aside(store)] == [UNFIT, WAITS]
    of_another = event(1, author=OTHER_TOWN)
    append(store, stream[3], of_another)
    with pytest.raises(Tampered, match=WAITS):
        sequence(store)
    assert set_aside(store) == [(stream[3].frame.ref, LIN, WAITS)]
    assert [e.frame.ref for e in sequence(store)] == [stream[0].frame.ref, of_another.frame.ref]
    assert resume(store) == 0
    assert sequence(store) == (), "nothing was put right"
    append(store, event(1, person=WANG), stream[4])
    write(stream[1], stream[1].body)
    assert resume(store) == 0
    logged = [(e.index, e.frame.version, e.frame.author) for e in sequence(store)]
    assert logged == [(2, 2, TOWN), (3, 3, TOWN), (4, 4, TOWN), (5, 1, TOWN), (6, 5, TOWN)]
    with store.read() as session:
        assert session.aside() == ()


def test_of_a_stream_that_is_broken_twice_what_comes_before_the_second_time_goes_on(store, write):
    stream = [event(version) for version in range(1, 5)]
    append(store, *stream)
    for bad in (stream[0], stream[2]):
        write(bad, NO_FRAME)
    assert [why for *_, why in set_aside(store)] == [UNFIT, WAITS, UNFIT, WAITS]
    write(stream[0], stream[0].body)
    assert resume(store) == 0
    assert [e.frame.version for e in sequence(store)] == [1, 2]
    write(stream[2], stream[2].body)
    assert resume(store) == 0
    assert [e.frame.version for e in sequence(store)] == [3, 4]


def test_a_stream_that_is_broken_twice_and_put_right_at_once_goes_on_whole(store, write):
    stream = [event(version) for version in range(1, 5)]
    append(store, *stream)
    for bad in (stream[0], stream[2]):
        write(bad, NO_FRAME)
    set_aside(store)
    for bad in (stream[0], stream[2]):
        write(bad, bad.body)
    assert resume(store) == 0
    assert [e.frame.version for e in sequence(store)] == [1, 2, 3, 4]


@pytest.mark.parametrize("sequenced_first", [False, True])
def test_of_two_that_were_gone_the_one_that_is_there_again_goes_on_and_the_other_stays(store, write, sequenced_first):
    """Whose they were nobody knows, so they are no stream. In a file the row that is put back waits by that alone."""
    lost, found = event(1), event(1, person=WANG)
    append(store, lost, found)
    for one in (lost, found):
        write(one, None)
    assert [why for *_, why in set_aside(store)] == [GONE, GONE]
    write(found, found.body)
    placed = [*sequence(store)] if sequenced_first else []
    assert resume(store) == 0
    placed += sequence(store)
    assert [e.frame.ref for e in placed] == [found.frame.ref]
    with store.read() as session:
        assert [one.ref for one in session.aside()] == [lost.frame.ref]
        assert session.pending() == 0


def test_what_goes_on_comes_before_all_others_also_before_what_went_on_earlier(store, write):
    first, second = event(1), event(1, person=WANG)
    append(store, first, second)
    for one in (first, second):
        write(one, NO_FRAME)
    set_aside(store)
    append(store, event(1, person=fresh_id()))
    for one in (second, first):
        write(one, one.body)
        resume(store)
    assert [e.frame.ref for e in sequence(store)][:2] == [first.frame.ref, second.frame.ref]


def test_what_is_not_to_have_a_place_yet_is_not_set_aside_yet(store, write):
    bad = [event(1, person=fresh_id()) for _ in range(5)]
    append(store, *bad)
    for one in bad:
        write(one, NO_FRAME)
    assert set_aside(store, limit=2) == [(one.frame.ref, one.frame.subject.id, UNFIT) for one in bad[:2]]
    set_aside(store)
    with store.read() as session:
        assert [one.ref for one in session.aside(2)] == [one.frame.ref for one in bad[:3]], "one more than was asked"
        assert [one.ref for one in session.aside()] == [one.frame.ref for one in bad]


def test_however_many_there_are_some_are_looked_at_in_each_round_and_in_the_end_all(store, write):
    bad = [event(1, person=fresh_id()) for _ in range(5)]
    append(store, *bad)
    for one in bad:
        write(one, NO_FRAME)
    set_aside(store)
    write(bad[4], bad[4].body)
    places = [0]
    while len(places) == 1 or places[-1]:
        with store.write() as session:
            places.append(session.resume(places[-1], 2))
    assert len(places) == 4
    assert [e.frame.ref for e in sequence(store)] == [bad[4].frame.ref]
