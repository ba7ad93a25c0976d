"""Everything about some dossiers at once: what all other questions say, in every store, and of one moment."""

import psycopg
import pytest

from events.envelope import Ref
from events.store.contract import Store
from events.store.gathering import one_by_one
from events.store.postgres_gathering import _GATHER
from events.store.sql.rows import Pairs
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, event, told
from tests.contract.test_connections import cut_off

ZHAO, NOBODY = "00000000-0000-4000-8000-00000000000c", "00000000-0000-4000-8000-00000000000d"


@pytest.fixture
def filled(store):
    return fill(store)


def fill(store: Store) -> list[Ref]:
    """Two who are one, one whose key is gone, an office; some is in the log, some waits for it. The names of events."""
    sequenced, other, waiting = event(1), event(1, person=WANG, author=OTHER_TOWN), event(2)
    office = event(1, kind="jurisdiction", person=TOWN)
    with store.write() as session:
        session.append([sequenced, other, office])
        session.sequence(9, NOON)
        session.append([waiting, event(1, person=ZHAO)])
        session.deliver([told(sequenced), told(sequenced, revision=2, act="an act", trigger=other.frame.ref)], NOON)
        session.deliver([told(other, to=TOWN, asked=(("inflow", "2026-12-01"),), kind="inflow")], NOON)
        session.link(LIN, WANG)
        for person in (LIN, ZHAO):
            session.put_key(person, b"wrapped")
        session.destroy_key(ZHAO)
    return [waiting.frame.ref, sequenced.frame.ref, Ref(TOWN, "no such event")]


@pytest.mark.parametrize("persons", [[LIN], [WANG, LIN], [ZHAO, LIN, NOBODY], [NOBODY], []])
@pytest.mark.parametrize("named", [True, False])
def test_what_is_gathered_is_what_each_question_says(store, filled, persons, named):
    with store.read() as session:
        assert session.gathered(persons, filled if named else ()) == one_by_one(
            session, persons, filled if named else ()
        )


def test_what_is_gathered_holds_all_of_it(store, filled):
    with store.read() as session:
        found = session.gathered([LIN, ZHAO], filled)
    assert found.dossiers == {LIN: (LIN, WANG), ZHAO: (ZHAO,)}
    assert [(e.frame.subject.id, e.index) for e in found.events[:2]] == [(LIN, 0), (WANG, 1)]
    assert {(e.frame.subject.id, e.index) for e in found.events[2:]} == {(LIN, None), (ZHAO, None)}
    assert [(d.to, d.position) for d in found.deliveries] == [(TOWN, 1), (OTHER_TOWN, 1), (OTHER_TOWN, 2)]
    assert found.keys == {LIN: b"wrapped"}
    assert set(found.named) == set(filled[:2])
    assert len(found.offices) == 1


def test_a_glance_sees_what_was_committed_and_leaves_no_transaction(postgres):
    with postgres.write() as session:
        session.append([event(1)])
    assert len(postgres.glance(lambda session: session.gathered([LIN])).events) == 1
    assert all(one.driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE for one in postgres._open)


def test_a_glance_tells_what_a_transaction_tells(postgres):
    named = fill(postgres)
    with postgres.write() as session:
        for position in (1, 2):
            session.acknowledge(OTHER_TOWN, position, NOON, "clerk")
        gathered = session.gathered([LIN, ZHAO], named)
    places = Pairs("position, actor", "acknowledgements", ("office", "position"))
    for _ in range(2):
        assert postgres.glance(lambda glimpse: glimpse.gathered([LIN, ZHAO], named)) == gathered
        found = postgres.glance(lambda glimpse: glimpse.ask_rows(places, [(OTHER_TOWN, 2), (TOWN, 2)]))
        assert found == [(2, "clerk")]
        with postgres.read() as session:
            session.driver.execute("DEALLOCATE ALL")  # as the driver does once a transaction was taken back


def test_a_glance_over_a_lost_connection_is_taken_again(url, postgres):
    with postgres.write() as session:
        session.append([event(1)])
    cut_off(url)
    assert len(postgres.glance(lambda session: session.gathered([LIN])).events) == 1


def test_what_is_gathered_is_found_by_index_also_where_nothing_is_known_of_the_tables(postgres):
    with postgres.read() as session:
        plan = psycopg.RawCursor(session.driver).execute(f"EXPLAIN {_GATHER}", [[LIN], [TOWN], ["x"]]).fetchall()
    assert not [line for (line,) in plan if "Seq Scan" in line]


def test_what_is_gathered_is_planned_once(postgres):
    with postgres.read() as session:
        for _ in range(50):
            session.gathered([LIN])
        statement = "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements WHERE statement = %s"
        assert session.driver.execute(statement, [_GATHER]).fetchone() == (45, 5)
