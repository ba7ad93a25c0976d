"""What never reaches the application is refused in the same form as everything else, by either server."""

import json
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize, InvalidHeader, LimitRequestHeaders, LimitRequestLine

from exchange.http.alone import server
from exchange.http.app import LARGEST_BODY
from exchange.http.processes import PlainWorker
from tests.integration.api import Api, api

served = pytest.fixture(api)
CHUNKED = "Transfer-Encoding: chunked\r\nContent-Type: application/json"


@pytest.fixture
def address(served: Api) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        alone = server(served.app, listener, 2)
        over = threading.Event()
        thread = threading.Thread(target=serve, args=(alone, over))
        thread.start()
        yield listener.getsockname()
        over.set()
        thread.join()


def serve(alone: Any, over: threading.Event) -> None:
    """As `run` does, until it is over: what is closed by another thread than the one that reads is closed badly."""
    while not over.is_set():
        alone.asyncore.loop(timeout=0.05, map=alone._map, count=1)
    alone.task_dispatcher.shutdown()
    alone.asyncore.close_all(alone._map)


def told(connection: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Status, headers and problem of the answer."""
    with connection, connection.makefile("rb") as answer:
        status = int(answer.readline().split()[1])
        headers = dict(line.decode().rstrip().split(": ", 1) for line in iter(answer.readline, b"\r\n"))
        return status, headers, json.loads(answer.read(int(headers["Content-Length"])))


def said(address: tuple[str, int], *lines: str, body: bytes = b"") -> tuple[int, Any]:
    connection = socket.create_connection(address, timeout=10)
    head = "\r\n".join(["POST /v1/events HTTP/1.1", "Host: x", "Accept-Language: zh-CN", *lines, "", ""])
    connection.sendall(head.encode("latin-1") + body)
    status, headers, problem = told(connection)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Request-Id"] == problem["instance"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert problem["status"] == status
    return status, problem


@pytest.mark.parametrize(
    ("lines", "body", "status", "code"),
    [
        (["Content-Length: some"], b"", 400, "bad_request"),
        (["Content-Length: -1"], b"", 400, "bad_request"),
        ([f"Content-Length: {LARGEST_BODY + 1}"], b"", 413, "too_large"),
        (["Content-Length: 99999999999"], b"", 413, "too_large"),
        ([CHUNKED], b"ZZ\r\nhello\r\n0\r\n\r\n", 400, "bad_request"),
        (["Transfer-Encoding: gzip"], b"", 400, "bad_request"),
        (["Name"], b"", 400, "bad_request"),
        (["Name: a\0b"], b"", 400, "bad_request"),
        (["Name: " + "a" * 300_000], b"", 431, "too_large"),
    ],
)
def test_a_request_that_cannot_be_read_is_a_problem_like_any_other(address, lines, body, status, code):
    found, problem = said(address, *lines, body=body)
    assert (found, problem["code"]) == (status, code)


def test_as_far_as_it_was_read_in_the_callers_language(address):
    _, problem = said(address, "Content-Length: some")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem["title"])
    connection = socket.create_connection(address, timeout=10)
    connection.sendall(b"NOTHING THAT IS HTTP\r\n\r\n")
    status, headers, problem = told(connection)
    assert (status, headers["Content-Language"]) == (400, "zh-CN, en")
    for told_to_people in (problem["title"], problem["detail"]):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in told_to_people)
        assert "request" in told_to_people.lower()


def test_a_body_that_no_operation_takes_is_not_read_to_its_end(address, served: Api):
    piece = b"x" * 65_536
    connection = socket.create_connection(address, timeout=10)
    connection.sendall(f"POST /v1/events HTTP/1.1\r\nHost: x\r\n{CHUNKED}\r\n\r\n".encode())
    for _ in range(LARGEST_BODY // len(piece) + 1):
        connection.sendall(b"10000\r\n" + piece + b"\r\n")
    status, _, problem = told(connection)  # although it has not ended
    assert (status, problem["code"]) == (413, "too_large")
    assert served.cases.asked == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidHeader("Name"), 400, "bad_request"),
        (LimitRequestLine(5000, 4094), 414, "too_large"),
        (LimitRequestHeaders("too many"), 431, "too_large"),
    ],
)
def test_so_it_is_where_several_processes_serve(served: Api, error, status, code):
    worker: Any = SimpleNamespace(wsgi=served.app)
    ours, theirs = socket.socketpair()
    with ours:
        PlainWorker.handle_error(worker, None, ours, None, error)
    found, headers, problem = told(theirs)
    assert (found, problem["code"], headers["Connection"]) == (status, code, "close")
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Content-Language"] == "zh-CN, en"  # whose caller's header was not come to


class BrokenOff:
    """A body as the server hands it on that reads it while the application does."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, _most: int = -1) -> bytes:
        raise self.error

    readline = read


@pytest.mark.parametrize("error", [InvalidChunkSize(b"ZZ"), OSError("reset"), ValueError("no number")])
def test_a_body_that_breaks_off_is_the_callers_fault(served: Api, error):
    answer = served.client().post(
        "/v1/events",
        headers={**served.bearer(), "Content-Type": "application/json"},
        environ_overrides={"wsgi.input": BrokenOff(error), "wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert served.cases.asked == []
