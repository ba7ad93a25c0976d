"""What the two things that happen most cost: settling a dossier, and recording an event over the API."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.store.contract import StoredDelivery
from exchange.access.keys import Keys
from exchange.commands.record import record
from exchange.http.app import create_app
from exchange.ids import new_id
from exchange.node import Node
from exchange.pipeline import project, settling
from exchange.pipeline.advance import advance
from exchange.pipeline.settled import Settled
from exchange.protocol import settle, view
from exchange.protocol.shown.notices import Notice
from exchange.reconcile import checks
from tests.databases import database
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, town, woman


@pytest.fixture
def calls(monkeypatch) -> Counter[str]:
    """How often views and duties are computed, by whatever settles."""
    counted: Counter[str] = Counter()

    def count(module: Any, name: str) -> None:
        does: Callable[..., Any] = getattr(module, name)

        def counting(*args: Any) -> Any:
            counted[name] += 1
            return does(*args)

        monkeypatch.setattr(module, name, counting)

    count(settling, "view")
    count(view, "bases")
    count(settle, "duties")
    return counted


def test_a_dossier_of_two_offices_is_folded_anew_only_where_its_events_changed(node, home: Town, new_home: Town, calls):
    """What an office told others changes its view, but not what follows from the events in its book; and of what it
    owes nothing, where it asked nobody and looked at nothing of the kind.
    """
    home.registers(woman())
    said = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "address": "1 Lane"}
    arrival = new_home.item("movement.arrived", "2026-03-01", {"stated": woman(), **said})
    assert [result.status for result in record(node, new_home.caller, [arrival])] == ["recorded"]
    calls.clear()
    advance(node)
    assert calls == {"view": 5, "bases": 4, "duties": 3}
    assert checks(node).equal


def test_a_long_history_costs_each_notice_no_more_than_its_own_event(node, home: Town, new_home: Town, monkeypatch):
    """A dossier of many events is settled in a time that grows with it, not with its square."""
    home.registers(woman())
    said = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "address": "1 Lane"}
    arrival = new_home.item("movement.arrived", "2026-03-01", {"stated": woman(), **said})
    (arrived,) = record(node, new_home.caller, [arrival])
    moves = [new_home.item("movement.moved_within", "2026-03-02", {"address": f"{n} Lane"}) for n in range(30)]
    acts = [msgspec.structs.replace(move, person=arrived.person) for move in moves]
    record(node, new_home.caller, acts, all_or_nothing=False)
    looked_at: list[int] = []
    told = project._told

    def counting(one: Settled, of_event: list[StoredDelivery], notice: Notice) -> StoredDelivery:
        looked_at.append(len(of_event))
        return told(one, of_event, notice)

    monkeypatch.setattr(project, "_told", counting)
    advance(node)
    assert len(looked_at) > len(moves)
    assert sum(looked_at) < 3 * len(looked_at)


class Counting:
    """The statements of requests to the API over a file, as the driver runs them; those inside triggers left out."""

    def __init__(self, node: Node) -> None:
        _, key = Keys(node.uow, node.clock).issue("a key of a test", [ZHIFANG], ("clerk",))
        self._app, self._headers = create_app(node), {"Authorization": f"Bearer {key}"}
        self._node = node

    def records(self, status: int, **event: Any) -> tuple[int, Any]:
        """How many statements recording it takes, and the person."""
        self._send(200, "get", "/v1/jurisdictions?search=420115")  # whatever is opened or learned once has been
        said: list[str] = []
        connections: Any = self._node.uow._store._open  # type: ignore[attr-defined]
        for session in connections:
            session.driver.set_trace_callback(said.append)
        answer = self._send(status, "post", "/v1/events", json=event)
        for session in connections:
            session.driver.set_trace_callback(None)
        inside = sum(one == before and one.lstrip().startswith("INSERT") for one, before in pairwise(said))
        return len(said) - inside - sum(one.startswith("PRAGMA") for one in said), answer["person"]

    def _send(self, status: int, method: str, path: str, **more: Any) -> Any:
        client: Any = self._app.test_client()
        answer = getattr(client, method)(path, headers=self._headers, **more)
        assert answer.status_code == status, answer.text
        return answer.json


def test_an_event_over_the_api_takes_few_statements(node):
    """A look for the caller's key and the offices, one to decide, and one that writes; BEGIN and COMMIT are counted."""
    api = Counting(node)
    said = {"basis": "first_record", "registration": town(ZHIFANG), "particulars": woman(), "address": "6 Lake Road"}
    opening = {"id": new_id(node.clock()), "type": "person.registered", "effective_on": "2020-01-01", "with": said}
    assert api.records(201, **opening)[0] == 12, "a person nobody knows: nothing is asked about her"
    counted, person = api.records(200, **opening)
    assert counted == 15, "told again"
    ending = {"ground": "threat", "until": "2027-01-01"}
    act = {"type": "person.protected", "effective_on": "2026-03-02", "person": person, "with": ending}
    assert api.records(201, id=new_id(node.clock()), **act)[0] == 12, "nothing is written but the event, by itself"


# What is asked in one go, as libpq writes it down; and where it is no more than that, its one word.
ASKED = re.compile(rb'^F\t\d+\t(?:Query\t "(BEGIN|COMMIT)"|Query|Sync)', re.MULTILINE)


def round_trips(node: Node, at: Path, act: Callable[[], object]) -> Counter[str]:
    """How often whoever acts waits for the database: for a transaction to begin, for its commit, and for all else."""
    connections = [session.driver.pgconn for session in node.uow._store._open]  # type: ignore[attr-defined]
    with at.open("wb") as trace:
        for connection in connections:
            connection.trace(trace.fileno())
            connection.set_trace_flags(1)  # no moments
        act()
        for connection in connections:
            connection.untrace()
    return Counter(word.decode() for word in ASKED.findall(at.read_bytes()))


def test_an_event_of_a_known_person_takes_three_round_trips_to_postgres(server, tmp_path):
    """The caller's key, all that the decision rests on, and the event itself, with its commit."""
    with database(server) as url, closing(opened(tmp_path / "data", database_url=url)) as node:
        person = Town(node, ZHIFANG).registers(woman()).person
        _, key = Keys(node.uow, node.clock).issue("a key of a test", [ZHIFANG], ("clerk",))
        client, headers = create_app(node).test_client(), {"Authorization": f"Bearer {key}"}

        def records() -> None:
            said = {"type": "movement.moved_within", "person": person, "with": {"address": "6 Lake Road"}}
            event = {**said, "id": new_id(node.clock()), "effective_on": "2026-03-02"}
            assert client.post("/v1/events", headers=headers, json=event).status_code == 201

        records()  # statements are prepared
        assert round_trips(node, tmp_path / "trace", records).total() == 3


def test_a_round_of_a_worker_waits_19_times_for_postgres_beside_its_two_transactions(server, tmp_path):
    """Whether it makes somebody known or tells of somebody; and once before it and once after it the worker looks."""
    with database(server) as url, closing(opened(tmp_path / "data", database_url=url)) as node:
        home, other = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
        home.registers(woman())
        home.registers(woman(4))
        person = other.sees_arrive(woman(), ZHIFANG).person
        home.forwards = other.forwards = False
        for trace, number in (("prepared", 6), ("one", 8)):
            home.registers(woman(number))
            found = round_trips(node, tmp_path / trace, lambda: advance(node))
        assert found == {"BEGIN": 2, "": 19 + 2, "COMMIT": 2}
        for trace, address in (("prepared", "2 Lane"), ("told", "3 Lane")):
            other.records("movement.moved_within", "2026-03-02", {"address": address}, person)
            found = round_trips(node, tmp_path / trace, lambda: advance(node))
        assert found == {"BEGIN": 2, "": 19 + 2, "COMMIT": 2}
        assert round_trips(node, tmp_path / "idle", lambda: advance(node)) == {"": 1}
