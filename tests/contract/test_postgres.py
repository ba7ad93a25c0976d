"""PostgreSQL: who may change what, who is cut off, and what becomes of connections. Plain, and partitioned."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from events.errors import StaleVersion
from events.store import postgres_append
from events.store.bulk import _delete, _select
from events.store.errors import Unavailable
from events.store.postgres import PostgresStore
from events.store.postgres_session import HeadLimits, PostgresSession
from events.store.prepared import answered
from events.store.sql.events import _OF_SUBJECTS
from events.store.sql.feed import _AT_PLACES, _TO_PERSONS
from events.store.sql.persons import _KEYS_OF
from events.store.sql.rows import Pairs, about, remove
from events.store.sql.schema import tokens
from events.store.sql.work import _JOINED
from exchange.demo.servers.postgres import Postgres
from exchange.stores import APP_ROLE, store_at
from exchange.translations.texts import known
from tests.contract.story import LIN, NOON, TOWN, WANG, event, fresh_id, told
from tests.contract.test_processes import ROOT

APPEND_ONLY = ["events", "deliveries", "log", "accesses"]
CHANGES = ["UPDATE {} SET at = 0", "DELETE FROM {}", "TRUNCATE {}"]
# Sequences and delivers, stands still before its commit, and goes on when it is woken. 7: it was told of the cut.
STOPPED = """
import os, signal, sys
from events.store.errors import Unavailable
from events.store.postgres import PostgresStore
from events.store.postgres_session import HeadLimits
from tests.contract.story import NOON, told

store = PostgresStore(sys.argv[1], head=HeadLimits(idle="500ms"))
try:
    with store.write() as session:
        placed = session.sequence(1000, NOON)
        session.deliver([told(one) for one in placed], NOON)
        print("holds", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
        session.mark_dirty(["late"], NOON)
except Unavailable:
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


def test_who_waits_too_long_for_the_head_is_told_so(url, postgres):
    hasty = PostgresStore(url, role=APP_ROLE, head=HeadLimits(wait="100ms"))
    with postgres.write() as session:
        session.append([event(1)])
        session.sequence(10, NOON)
        with pytest.raises(Unavailable) as refused, hasty.write() as late:
            late.sequence(10, NOON)
    assert (refused.value.rule, refused.value.status) == ("store.busy", 503)
    hasty.close()


def test_who_finds_every_connection_taken_is_told_so(url):
    narrow = PostgresStore(url, role=APP_ROLE, most=1, wait=0.1)
    with narrow.write(), pytest.raises(Unavailable) as refused, narrow.read():
        pass
    assert refused.value.rule == "store.busy"
    narrow.close()


def cut_off(url: str) -> None:
    """End every other connection to the database."""
    other = PostgresStore(url)
    with other.read() as session:
        session.driver.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    other.close()


def interrupted(session: PostgresSession, url: str) -> None:
    session.append([event(1)])
    cut_off(url)
    session.append([event(2)])


def test_a_connection_lost_in_the_middle_loses_the_transaction_and_no_more(url, postgres):
    with pytest.raises(Unavailable) as refused, postgres.write() as session:
        interrupted(session, url)
    assert refused.value.rule == "store.lost"
    with postgres.read() as session:
        assert session.head(TOWN, LIN) == 0


def test_a_connection_lost_between_transactions_is_not_noticed(url, postgres):
    with postgres.write() as session:
        session.append([event(1)])
    cut_off(url)
    with postgres.write() as session:
        session.append([event(2)])
    cut_off(url)
    assert postgres.append_alone(event(1, person=WANG)).frame.version == 1


def cut_without_a_word(session: PostgresSession) -> None:
    with socket.socket(fileno=os.dup(session.driver.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def lost_before_its_commit(session: PostgresSession) -> None:
    session.append([event(3)])
    cut_without_a_word(session)


def test_a_connection_cut_without_a_word_is_a_lost_one(postgres):
    with postgres.write() as session:
        session.append([event(1)])
    cut_without_a_word(session)
    with postgres.write() as session:  # another one
        session.append([event(2)])
    with pytest.raises(Unavailable) as refused, postgres.write() as session:
        lost_before_its_commit(session)
    assert refused.value.rule == "store.lost"
    with postgres.read() as session:
        assert session.head(TOWN, LIN) == 2
    cut_without_a_word(session)
    assert postgres.append_alone(event(3)).frame.version == 3


def test_what_no_server_has_answered_ends_the_connection_that_still_believes_itself_open(postgres):
    """A server that ends at once may leave its client with neither the code of an error nor a closed connection."""
    with postgres.read() as session:
        silence = session.driver.pgconn.make_empty_result(psycopg.pq.ExecStatus.FATAL_ERROR)
    with pytest.raises(psycopg.OperationalError):
        answered(session.driver, silence)
    assert session.driver.closed


def test_a_database_out_of_reach_is_lost():
    store = PostgresStore("postgresql://nobody@/nowhere?host=/nowhere")
    with pytest.raises(Unavailable) as refused, store.read():
        pass
    assert refused.value.rule == "store.lost"
    store.close()


@pytest.mark.parametrize(
    ("query", "second"),
    [
        (Pairs("author, id, parts", "deliveries", ("author", "id")), [f"id-{n}" for n in range(500)]),
        (Pairs("office, position, actor", "acknowledgements", ("office", "position")), list(range(500))),
    ],
)
def test_pairs_are_looked_up_by_index_also_where_nothing_is_known_of_the_table(postgres, query, second):
    with postgres.read() as session:
        asked = query.columns((TOWN, each) for each in second)
        plan = psycopg.RawCursor(session.driver).execute(f"EXPLAIN {query.in_postgres}", asked).fetchall()
    assert not [line for (line,) in plan if "Seq Scan" in line]
    assert any("Index" in line for (line,) in plan)


PLANS = "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements WHERE statement = %s"


def test_what_is_asked_again_and_again_is_planned_once(postgres):
    with postgres.write() as session:
        session.append([event(1)])
        times = 50
        for _ in range(times):
            session.dossiers([LIN])
            session.events_of([LIN])
            session.deliveries_of([LIN])
            session.wrapped_keys([LIN])
            session.acknowledged(TOWN, [1])
            remove(session.sql, tokens, [LIN])
            about(session.sql, tokens, [LIN])
        asked = [each.in_postgres for each in (_JOINED, _OF_SUBJECTS, _TO_PERSONS, _KEYS_OF, _AT_PLACES)]
        for statement in (*asked, _delete(tokens, "person"), _select(tokens, "person")):
            planned = session.driver.execute(PLANS, [statement]).fetchone()
            assert planned == (times - 5, 5), statement  # PostgreSQL tries that often before it believes it


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


def test_a_fork_takes_connections_of_its_own(postgres):
    with postgres.write() as session:
        session.append([event(1)])
    child = os.fork()
    if child == 0:
        with postgres.write() as session:
            session.append([event(2)])
        postgres.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with postgres.read() as session:
        assert session.head(TOWN, LIN) == 2


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


@contextmanager
def standby_required(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """Every commit waits for a standby that is not there, until somebody cancels it."""
    with server.owner() as owner, server.owner() as probe:
        heard: list[str | None] = []
        probe.add_notice_handler(lambda said: heard.append(said.severity_nonlocalized))
        owner.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        owner.execute("SELECT pg_reload_conf()")
        try:
            while not heard:  # not every process has read its settings anew
                cut_short(owner, lambda: probe.execute("SELECT pg_logical_emit_message(true, '', '')"))
            yield owner
        finally:
            owner.execute("ALTER SYSTEM RESET synchronous_standby_names")
            owner.execute("SELECT pg_reload_conf()")


def cut_short(owner: psycopg.Connection[Any], attempt: Callable[[], object]) -> BaseException | None:
    """Cancel whatever the attempt waits for when it commits. How it ended."""
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(attempt)
        while not waits.done():
            owner.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            time.sleep(0.01)
    return waits.exception()


def test_a_commit_that_no_standby_has_is_not_acknowledged(postgres, server):
    first, second = event(1), event(1, person=WANG)

    def together() -> None:
        with postgres.write() as session:
            session.append([first])

    with standby_required(server) as owner:
        for attempt in (together, lambda: postgres.append_alone(second), together, postgres.confirm):
            refused = cut_short(owner, attempt)
            assert isinstance(refused, Unavailable)
            assert (refused.rule, refused.status) == ("store.unconfirmed", 503)
    postgres.confirm()
    with postgres.write() as session:  # they stand, and sent again under their ids they are the same
        assert [e.body for e in session.append([first, second])] == [first.body, second.body]
        assert session.appended == 0
