"""PostgreSQL: who may change what, who is cut off, and what waits for whom. Plain, and partitioned."""

import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import psycopg
import pytest
from sqlalchemy import text

from events.errors import StaleVersion
from events.store import postgres_append, postgres_session
from events.store.errors import Unavailable
from events.store.postgres import PostgresStore
from events.store.postgres_session import HeadLimits, PostgresSession
from exchange.stores import APP_ROLE, store_at
from exchange.translations.texts import known
from tests.contract.story import LIN, NOON, TOWN, WANG, event, fresh_id, told
from tests.contract.test_processes import ROOT

APPEND_ONLY = ["events", "deliveries", "log", "accesses"]
CHANGES = ["UPDATE {} SET at = 0", "DELETE FROM {}", "TRUNCATE {}"]
# Sequences and delivers, stands still before its commit, and goes on when it is woken. 7: it was told of the cut.
# It begins anew, and is granted more, where a busy machine let it stand still before.
STOPPED = """
import os, signal, sys
from events.store.errors import Unavailable
from events.store.postgres import PostgresStore
from events.store.postgres_session import HeadLimits
from tests.contract.story import NOON, told

for idle in ("500ms", "2s", "5s"):
    holds = False
    try:
        with PostgresStore(sys.argv[1], head=HeadLimits(idle=idle)).write() as session:
            placed = session.sequence(1000, NOON)
            session.deliver([told(one) for one in placed], NOON)
            holds = True
            print("holds", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)
            session.mark_dirty(["late"], NOON)
    except Unavailable:
        if holds:
            sys.exit(7)
"""


def filled(store: PostgresStore) -> None:
    first = event(1)
    with store.write() as session:
        session.append([first])
        session.sequence(1, NOON)
        session.deliver([told(first)], NOON)
        session.driver.execute(
            "INSERT INTO accesses (office, actor, purpose, person, fields, at) VALUES ('o', 'a', 'p', 'x', '[]', 0)"
        )


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("role", "refusal"), [(APP_ROLE, psycopg.errors.InsufficientPrivilege), (None, psycopg.errors.RaiseException)]
)
def test_neither_the_application_nor_the_owner_changes_what_was_appended(url, table, change, role, refusal):
    store = PostgresStore(url, role=role)
    filled(store)
    statement = change.format(table).replace("SET at", "SET version" if table == "events" else "SET at")
    with pytest.raises(refusal), store.write() as session:
        session.driver.execute(statement)
    with store.read() as session:
        assert session.sql.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1
    store.close()


def test_the_application_is_the_role_that_only_adds(url):
    store = store_at(url)
    with store.read() as session:
        assert session.sql.execute(text("SELECT current_user")).scalar() == APP_ROLE
    store.close()


def test_an_event_alone_needs_no_transaction_of_its_caller(postgres):
    first = event(1)
    assert postgres.append_alone(first).body == postgres.append_alone(first).body == first.body
    with postgres.read() as session:
        assert (session.head(TOWN, LIN), session.pending()) == (1, 1)


def test_an_event_that_came_alone_takes_no_place_in_the_index_of_acts(postgres):
    act, *ids = [fresh_id() for _ in range(6)]
    alone = [event(1, person=fresh_id(), id_=id_, submission=id_) for id_ in ids]
    postgres.append_alone(alone[0])
    with postgres.write() as session:
        session.append([alone[1]])
        session.append_first(alone[2], {LIN: b"key"}, "resident", [(b"t", LIN)])
        session.append([*alone[3:], event(1, id_=act, submission=act), event(2, submission=act)])
        marks = session.driver.execute("SELECT submission FROM pending ORDER BY position").fetchall()
        assert marks == [("",)] * 5 + [(act,)] * 2
        assert [frame.submission for frame in session.sequence(9, NOON)] == [*ids, act, act]


def test_what_waits_is_found_by_index_however_much_there_is(postgres):
    with postgres.read() as session:
        plan = session.driver.pgconn.exec_(f"EXPLAIN (GENERIC_PLAN) {postgres_session._WAITING}".encode())
        lines = [(plan.get_value(row, 0) or b"").decode() for row in range(plan.ntuples)]
    assert len([line for line in lines if "ix_pending_author_submission" in line]) == 1
    assert not [line for line in lines if "Seq Scan" in line]


def test_a_statement_that_the_database_forgot_is_prepared_anew(postgres):
    postgres.append_alone(event(1))
    with postgres.write() as session:
        session.driver.execute("DEALLOCATE ALL")
    assert postgres.append_alone(event(2)).frame.version == 2
    with pytest.raises(StaleVersion), postgres.write() as session:
        session.append([event(4)])  # rolled back, after which the driver lets all statements be forgotten
    assert postgres.append_alone(event(3)).frame.version == 3


def test_an_append_looks_for_the_head_of_the_stream_by_the_index_of_streams(postgres):
    """One author's events are few when the statement is prepared, and may be many when it runs."""
    with postgres.write() as session:
        session.append([event(1, person=fresh_id()) for _ in range(50)])
    with postgres.read() as session:
        plan = session.driver.pgconn.exec_(f"EXPLAIN (GENERIC_PLAN) {postgres_append.ALONE}".encode())
        lines = [(plan.get_value(row, 0) or b"").decode() for row in range(plan.ntuples)]
    found = [line for line in lines if "Index Cond" in line]
    assert found
    assert all("subject" in line for line in found)


def test_a_sequencer_that_stands_still_is_cut_off_and_writes_nothing_when_it_wakes(url, postgres):
    with postgres.write() as session:
        many = [event(version) for version in range(1, 21)]
        session.append(many)
    with subprocess.Popen([sys.executable, "-c", STOPPED, url], cwd=ROOT, stdout=subprocess.PIPE, text=True) as stopped:
        try:
            assert stopped.stdout is not None
            assert stopped.stdout.readline() == "holds\n"
            with postgres.write() as session:  # waits for the head until the database has cut the other off
                placed = session.sequence(1000, NOON)
                session.deliver([told(one) for one in placed], NOON)
            stopped.send_signal(signal.SIGCONT)
            assert stopped.wait(30) == 7
        finally:
            stopped.kill()  # nobody waits for one that stands still
    with postgres.write() as session:
        assert session.sequence(1000, NOON) == ()
        assert [e.body for e in session.log(0, 100)] == [e.body for e in many]
        assert [d.position for d in session.feed(told(many[0]).to, 0, 100)] == list(range(1, 21))
        assert [one.person for one in session.claim(9)] == [LIN]


def test_nothing_follows_what_was_sent_without_waiting(postgres, tmp_path):
    """A flush behind the last sync would stop the clock by which the database cuts off who stands still."""
    with postgres.write() as session, (tmp_path / "trace").open("wb") as trace:
        session.append([event(version) for version in range(1, 21)])
        session.driver.pgconn.trace(trace.fileno())
        session.driver.pgconn.set_trace_flags(1)  # no moments
        placed = session.sequence(1000, NOON)
        session.deliver([told(one) for one in placed], NOON)
        session.driver.pgconn.untrace()
    sent = re.findall(r"^F\t\d+\t(\w+)", (tmp_path / "trace").read_text(errors="replace"), re.MULTILINE)
    assert sent.count("Sync") > 2
    assert sent[-1] == "Sync"
    assert ("Sync", "Flush") not in set(pairwise(sent))


def test_more_may_be_sent_without_waiting_than_the_line_holds(postgres):
    with postgres.write() as session:
        session.driver.execute("SET LOCAL transaction_timeout = '10s'")  # cuts off who would wait for ever
        with session.without_waiting():
            found = session.driver.execute("SELECT length(%s)", ["x" * 5_000_000])
        assert found.fetchone() == (5_000_000,)


def test_who_waits_too_long_for_the_head_is_told_so(url, postgres):
    hasty = PostgresStore(url, role=APP_ROLE, head=HeadLimits(wait="100ms"))
    with postgres.write() as session:
        session.append([event(1)])
        session.sequence(10, NOON)
        with pytest.raises(Unavailable) as refused, hasty.write() as late:
            late.sequence(10, NOON)
    assert (refused.value.rule, refused.value.status) == ("store.busy", 503)
    hasty.close()


LOCKS = "SELECT pg_advisory_xact_lock(n) FROM generate_series(1, 1000000) AS n"  # more than its table has room for
SAID = "DO $$ BEGIN RAISE 'said in whichever language' USING ERRCODE = '{}'; END $$"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [(LOCKS, "store.locks"), (SAID.format("53200"), "store.memory"), (SAID.format("53100"), "store.full")],
)
def test_a_full_disk_a_full_memory_and_too_many_locks_are_told_apart(postgres, statement, rule):
    with pytest.raises(Unavailable) as refused, postgres.write() as session:
        session.driver.execute(statement)
    assert (refused.value.rule, refused.value.status) == (rule, 503)
    assert known(rule)


def test_a_transaction_inside_another_is_a_mistake(postgres):
    with postgres.write(), pytest.raises(RuntimeError), postgres.write():
        pass


def carried_on(session: PostgresSession) -> None:
    session.append([event(1)])
    with pytest.raises(psycopg.errors.UndefinedTable):
        session.driver.execute("SELECT 1 FROM nowhere")


def test_a_statement_that_failed_unsaid_commits_nothing(postgres):
    with pytest.raises(RuntimeError, match="nothing was changed"), postgres.write() as session:
        carried_on(session)
    with postgres.read() as session:
        assert session.head(TOWN, LIN) == 0


def test_a_reader_cannot_write(postgres):
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), postgres.read() as session:
        session.append([event(1)])


def test_who_marks_waits_for_nobody_who_works(postgres):
    with postgres.write() as session:
        session.mark_dirty([LIN, WANG], NOON)
    with postgres.write() as session:
        (one, other) = session.claim(9)
        marker = PostgresStore(postgres.url, role=APP_ROLE, wait=0.5)
        with marker.write() as meanwhile:
            meanwhile.append([event(1)])
            meanwhile.sequence(9, NOON)
            assert meanwhile.claim(9) == ()  # both are worked on
        marker.close()
        session.done([one, other])
    with postgres.write() as session:
        assert [one.person for one in session.claim(9)] == [LIN]


def test_two_ids_of_one_dossier_are_not_worked_on_at_once(postgres):
    with postgres.write() as session:
        session.link(LIN, WANG)
        session.mark_dirty([LIN], NOON)
    with postgres.write() as session:
        assert [one.person for one in session.claim(9)] == [LIN]
        other = PostgresStore(postgres.url, role=APP_ROLE, wait=0.5)
        with other.write() as meanwhile:
            meanwhile.mark_dirty([WANG, "z"], NOON)
            assert [one.person for one in meanwhile.claim(9)] == ["z"]
        other.close()


def test_links_made_at_once_through_one_person_join_all_of_them(postgres):
    """Each of two reads the dossiers before the other has committed: neither may leave the other's out."""
    with ThreadPoolExecutor(1) as threads:
        with postgres.write() as session:
            session.link("a", "b")
            other = threads.submit(linked_elsewhere, postgres, "b", "c")
            wait_for_lock(session)
        other.result()
    with postgres.read() as session:
        assert session.linked("c") == ("a", "b", "c")


def linked_elsewhere(store: PostgresStore, person: str, other: str) -> None:
    with store.write() as session:
        session.link(person, other)


def wait_for_lock(session: PostgresSession) -> None:
    """Until some other transaction waits for this one."""
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    while session.driver.execute(waits).fetchone() == (0,):
        time.sleep(0.01)
