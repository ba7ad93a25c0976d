"""One event over HTTP: clients with their connections kept open, against the web processes of the server setting."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection

import msgspec

from exchange.access.keys import Keys
from exchange.node import Node
from exchange.settings import Settings
from tests.bench.figures import Figure, Size, against
from tests.bench.servers.writers import Prepare, Work, Writers
from tests.bench.workload import HOME, TOWN, arrived, moved, people, registered, take

TARGET = 0.4
CLIENTS = 4
PROCESSES, THREADS = 2, 4


def figures(node: Node, size: Size) -> Iterator[Figure]:
    # Others in each round: nobody moves house eight times before anybody hears of it.
    each = max(size.events, CLIENTS)
    take(node, HOME, map(registered, crowd := people(each * (size.rounds + 1), seed=5)))
    persons = [str(result.person) for result in take(node, TOWN, map(arrived, crowd))]
    _, key = Keys(node.uow).issue("bench", [TOWN], ["clerk"])
    with _web(node.settings) as port:
        ours = Writers(CLIENTS, client, port, "/v1/events", persons, each, key)
        theirs = Writers(CLIENTS, client, port, "/empty", persons, each, key)
        try:
            rounds = []
            for turn in range(size.rounds + 1):
                if turn % 2:
                    mine, other = ours.run(turn), theirs.run(turn)
                else:
                    other, mine = theirs.run(turn), ours.run(turn)
                rounds.append((each // CLIENTS * CLIENTS, mine, other))
        finally:
            ours.close()
            theirs.close()
    yield against(
        f"one event over HTTP, {CLIENTS} clients",
        rounds[1:],
        target=TARGET,
        bound="three waits for the database, and viewing the dossier; the empty route parses and validates alike",
    )


def client(number: int, port: int, path: str, persons: Sequence[str], each: int, key: str) -> Prepare:
    """One connection that sends its share of the events of a round."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def prepare(turn: int) -> Work:
        bodies = [_body(person) for person in persons[turn * each :][:each][number::CLIENTS][: each // CLIENTS]]
        connection = HTTPConnection("127.0.0.1", port)  # a new one: the server has let go of an idle one meanwhile

        def work() -> None:
            for body in bodies:
                connection.request("POST", path, body=body, headers=headers)
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != 201:
                    raise RuntimeError(answer.status, said)
            connection.close()

        return work

    return prepare


def _body(person: str) -> bytes:
    item = moved(person)
    return msgspec.json.encode({"type": item.type, "person": person, "effective_on": item.day, "with": item.content})


@contextmanager
def _web(at: Settings) -> Iterator[int]:
    environment = {
        "EXCHANGE_DATA": str(at.data),
        "EXCHANGE_SERVES": ",".join(at.serves),
        "EXCHANGE_DATABASE_URL": at.database_url,
    }
    command = [sys.executable, "-m", "tests.bench.servers.web", str(PROCESSES), str(THREADS)]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        process.stdout.close()
