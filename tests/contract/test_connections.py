"""What becomes of connections to PostgreSQL: lent, lost, cut, taken over by a fork; and who waits for a standby."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from events.store.errors import Unavailable
from events.store.postgres import PostgresStore
from events.store.postgres_session import PostgresSession
from events.store.prepared import answered
from exchange.demo.servers.postgres import Postgres
from exchange.stores import APP_ROLE
from tests.contract.story import LIN, TOWN, WANG, event


def test_who_finds_every_connection_taken_is_told_so(url):
    narrow = PostgresStore(url, role=APP_ROLE, most=1, wait=0.1)
    with narrow.write(), pytest.raises(Unavailable) as refused, narrow.read():
        pass
    assert refused.value.rule == "store.busy"
    narrow.close()


@pytest.mark.parametrize("guard", [[b"a token of a test"], [b"another token", b"a token of a test"]])
def test_who_is_inside_with_a_token_is_waited_for_and_who_waits_in_vain_keeps_no_connection(url, postgres, guard):
    narrow = PostgresStore(url, role=APP_ROLE, most=1, wait=0.1)
    with postgres.write(guard=[b"a token of a test"]):
        for _ in range(2):  # by a new connection, and by the one that it left
            with pytest.raises(Unavailable) as refused, narrow.write(guard=guard):
                pass
            assert refused.value.rule == "store.busy"
        with narrow.write(guard=[b"a third"]) as session:
            session.append([event(1)])
    with narrow.write(guard=guard) as session:
        session.append([event(2)])
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
