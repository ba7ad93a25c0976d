"""However large bodies are, and however many come at once: the process that serves stays under 300 MB."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.http.app import LARGEST_BODY
from exchange.http.v1 import examples
from tests.integration.cli.test_serve import PATIENCE, command, free_port, serving

MOST = 300  # megabytes
AT_ONCE = 4
EVENTS = 1000
EACH = LARGEST_BODY // EVENTS - 300


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[int, httpx.Client]]:
    """A server of the embedded setting, by its process, and a client with a key."""
    data, port = tmp_path_factory.mktemp("served") / "data", free_port()
    told = command(
        "key", "create", "a town", "--office", examples.HOME, "--role", "supervisor", "--data", data, "--json"
    )
    bearer = {"Authorization": f"Bearer {json.loads(told.stdout)['key']}"}
    with serving(data, port) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
        client.headers = httpx.Headers({**bearer, "Content-Type": "application/json"})
        yield process.pid, client


def megabytes(pid: int) -> int:
    """The most that the process ever held."""
    [line] = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def batch(event: dict[str, Any], *, whole: bool) -> bytes:
    return json.dumps({"all_or_nothing": whole, "events": [event] * EVENTS}, ensure_ascii=False).encode()


LEFT = {name: value for name, value in examples.LEFT.items() if name != "id"}
UNKNOWN = {f"u{number}": 1 for number in range(200)}
LONG = {**LEFT, "with": {**LEFT["with"], "note": "a" * EACH}}
BODIES = {
    "small objects without end": b'{"events":[' + b",".join([b"{}"] * (LARGEST_BODY // 3 - 10)) + b"]}",
    "one text, wide for one of its signs": b'{"events":[],"p":"' + b"a" * (LARGEST_BODY - 100) + "😀".encode() + b'"}',
    "fields that nobody knows": batch({**LEFT, "with": UNKNOWN}, whole=True),
    "the same, each for itself": batch({**LEFT, "with": UNKNOWN}, whole=False),
    "texts too long": batch(LONG, whole=True),
    "texts too long, wide, each for itself": batch({**LONG, "person": "😀"}, whole=False),
}


@pytest.mark.parametrize("body", BODIES)
def test_several_large_bodies_at_once_do_not_fill_the_memory(served, body):
    pid, client = served
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(
            threads.map(lambda data: client.post("/v1/events/batch", content=data), [BODIES[body]] * AT_ONCE)
        )
    assert {answer.status_code for answer in answers} <= {413, 422, 503}
    assert all(answer.headers.get("Retry-After") for answer in answers if answer.status_code == 503)
    assert len({answer.status_code for answer in answers} - {503}) == 1, "at least one was judged"
    assert megabytes(pid) < MOST


def test_a_full_batch_is_recorded_and_forwarded_within_it(served):
    pid, client = served
    content = {name: value for name, value in examples.REGISTERED["with"].items() if name != "particulars"}
    named = ({"name": {"full": f"林{chr(0x4E00 + number)}"}, "sex": "F"} for number in range(EVENTS))
    events = [
        {"type": "person.registered", "effective_on": "2026-03-02", "with": {**content, "particulars": each}}
        for each in named
    ]
    body = json.dumps({"all_or_nothing": False, "events": events}).encode()
    assert client.post("/v1/events/batch", content=body).json()["recorded"] == EVENTS
    end = time.monotonic() + PATIENCE
    while client.get("/v1/status").json()["lag_events"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert megabytes(pid) < MOST
