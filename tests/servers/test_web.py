"""`exchange serve --workers`: several processes behind one address, and no worker inside them."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from exchange.access.keys import Keys
from exchange.demo.servers.child import answers, free_port
from exchange.demo.servers.ours import command, web
from exchange.queries.status import status
from tests.integration.towns import ZHIFANG
from tests.servers.platform import PATIENCE, get, submissions, submit


@pytest.fixture
def served_at(served):
    port = free_port()
    child = web(served.folder, served.given, port)
    yield child, f"http://127.0.0.1:{port}"
    child.kill()


def test_it_answers_and_ends_well_when_told_to(served_at):
    child, address = served_at
    assert get(f"{address}/readyz").json() == {"status": "ok"}
    assert get(f"{address}/").status_code == 200
    assert len(child.children()) == 2
    assert child.end() == 0
    assert "Traceback" not in child.log.read_text(encoding="utf-8")


def test_a_process_that_is_killed_is_begun_anew_while_the_other_answers(served_at):
    child, address = served_at
    killed = child.children()[0]
    os.kill(killed, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while killed in child.children() or len(child.children()) < 2:
        assert get(f"{address}/healthz").status_code == 200
        assert time.monotonic() < end
        time.sleep(0.05)


def test_without_its_broker_it_says_degraded_and_accepts(served, served_at):
    _, address = served_at
    served.redis.child.kill()
    answer = get(f"{address}/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "lacking": ["broker"]})


WHOLE = b"GET /healthz HTTP/1.1\r\nHost: here\r\n"
SLOW = {
    "say nothing": b"",
    "begin to ask": WHOLE,
    "ask, and begin to ask again": WHOLE + b"\r\n" + WHOLE,
    "keep back a body that nobody reads": b"POST /v1/events HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n",
    "never close": WHOLE + b"Connection: close\r\n\r\n",
}


@contextmanager
def connected(address: str, many: int, said: bytes) -> Iterator[list[socket.socket]]:
    url = httpx.URL(address)
    with ExitStack() as opened:
        found = [opened.enter_context(socket.create_connection((url.host, url.port))) for _ in range(many)]
        for each in found:
            each.sendall(said)
        yield found


def test_who_is_slow_keeps_nobody_waiting(served_at):
    _, address = served_at
    for said in SLOW.values():
        with connected(address, 80, said):  # five for each thread, which would wait five seconds for each of them
            assert [get(f"{address}/healthz", timeout=15).status_code for _ in range(4)] == [200] * 4, said


def test_who_goes_on_after_a_pause_is_answered(served_at):
    _, address = served_at
    with connected(address, 1, WHOLE[:-4]) as (slow,):
        for piece in (WHOLE[-4:], b"X-Much: " + b"a" * 5000, b"\r\n", b"\r\n", WHOLE, b"\r\n"):
            time.sleep(0.1)
            slow.sendall(piece)
        told = b""
        while told.count(b'{"status":"ok"}') < 2:
            more = slow.recv(9999)
            assert more, told
            told += more


def test_a_body_that_does_not_go_on_is_waited_for_some_seconds_and_its_rest_begins_no_other_request(served, served_at):
    _, address = served_at
    _, key = Keys(served.node.uow, served.node.clock).issue("a key of a test", [ZHIFANG], ("clerk",))
    asked = (
        f"POST /v1/events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    )
    began = time.monotonic()
    with connected(address, 1, asked.encode() + b"Content-Length: 99\r\n\r\n{") as (slow,):
        told = slow.recv(9999)
        assert b" 400 " in told.splitlines()[0]
        assert 4 < time.monotonic() - began < 20
        slow.sendall(WHOLE + b"\r\n")
        while more := slow.recv(9999):
            told += more
    assert b'{"status":"ok"}' not in told


def test_whoever_comes_while_it_ends_is_refused_at_once(served_at):
    child, address = served_at
    with connected(address, 4, WHOLE):  # for these it waits some seconds
        get(f"{address}/healthz")
        time.sleep(0.2)  # until they are let in
        os.kill(child.pid, signal.SIGTERM)
        while answers(httpx.URL(address).port or 0):
            assert child.children()
            time.sleep(0.05)
        assert child.children(), "which wait for these"


def test_it_forwards_nothing_itself(served, served_at):
    ((office, item),) = next(submissions(1))
    submit(served.node, office, item)
    time.sleep(2 * int(served.given["poll_seconds"]))
    assert status(served.node).lag_events


def test_several_processes_without_a_broker_are_refused(served):
    given = {name: text for name, text in served.given.items() if name != "broker_url"}
    child = command("refused", ["serve", "--workers", "2", "--json"], served.folder, given)
    assert child.wait() == 2
    assert json.loads(child.log.read_text(encoding="utf-8"))["error"]["field"] == "broker_url"


def test_an_operator_sees_requests_of_all_processes_and_how_far_each_stage_lies_behind(served, served_at):
    _, address = served_at
    _, key = Keys(served.node.uow, served.node.clock).issue("a watcher", ["420000000000"], ["operator"])
    assert get(f"{address}/metrics").status_code == 401
    ((office, item),) = next(submissions(1))
    submit(served.node, office, item)
    for _ in range(12):
        get(f"{address}/healthz")  # a connection each, so that both processes answer some
    told = get(f"{address}/metrics", headers={"Authorization": f"Bearer {key}"}).text
    assert 'exchange_requests_total{method="GET",route="/healthz",status="200"} 12.0' in told
    assert float(re.findall(r'exchange_waiting\{stage="sequencing"\} (\S+)', told)[0]) >= 1
    assert float(re.findall(r'exchange_lag_seconds\{stage="sequencing"\} (\S+)', told)[0]) > 0
    assert 'exchange_waiting{stage="forwarding"} 0.0' in told
    assert "exchange_broker_up 1.0" in told


def test_the_log_has_a_line_for_each_request_with_its_reference(served_at):
    child, address = served_at
    get(f"{address}/healthz", headers={"X-Request-Id": "request-of-a-test"})
    lines = [json.loads(line) for line in child.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    (told,) = [line for line in lines if line.get("reference") == "request-of-a-test"]
    assert (told["event"], told["route"], told["status"]) == ("request", "/healthz", 200)
