"""Every route, as every role of another office: nothing of an office's persons comes back, and no row of its changes.

The routes are those of the API's own description, and bodies are its examples about the other office's persons. So a
new route is walked too, or its parameter is one of which no foreign value is known here, and the walk stops.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from exchange.access.caller import ROLES
from exchange.access.keys import Keys
from exchange.commands.acknowledge import acknowledge
from exchange.http.app import create_app
from exchange.http.v1 import examples
from exchange.ids import derived_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from schemas.v1.contents import RECORDABLE
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, woman

AREA = "110108000000"  # the stranger's county
TABLES = (
    "events",
    "deliveries",
    "records",
    "cases",
    "inbox",
    "books",
    "acknowledgements",
    "tokens",
    "keys",
    "dossiers",
)
PUBLIC = {"read_jurisdiction", "list_children"}  # what all may know of an office


class Call(NamedTuple):
    """`about`: whether it names something of another office, and so must be refused."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    body: Any
    about: bool


class Others:
    """What two offices know: a woman of Zhifang who arrived in Donghuamen."""

    def __init__(self, node: Node) -> None:
        home, away = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
        registered = home.registers(woman(), address="6 Lake Road")
        arrived = away.sees_arrive(woman(), ZHIFANG, address="1 Lane")
        notice = home.notice("inflow")
        acknowledge(node, home.caller, [notice.position])
        self.person = str(registered.person)
        self.case = str(notice.case)
        self.values = {
            "person": self.person,
            "case": self.case,
            "position": str(notice.position),
            "code": ZHIFANG,
            "one": ZHIFANG,
            "office": ZHIFANG,
            "search": "王小雨",
            "within": ZHIFANG,
            "purpose": "",  # by the header
        }
        self.event = arrived.id
        who = woman()
        # Of the day of birth more than the year, which by chance stands in the random ids of any answer.
        said = {who["document.resident"]["number"], who["name"], who["born_on"], "1988-05", "6 Lake", "1 Lane"}
        self.secrets = {self.person, self.case, registered.id, arrived.id, *said}

    def calls(self, document: Mapping[str, Any]) -> Iterator[Call]:
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if method != "parameters":
                    yield from self._calls(path, method, operation, operations.get("parameters", []))

    def _calls(self, path: str, method: str, operation: Any, shared: Any) -> Iterator[Call]:
        name = operation["operationId"]
        told = [each for each in (*shared, *operation.get("parameters", ())) if "$ref" not in each]
        for each in told:
            if each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", self.values[each["name"]])
        assert "{" not in path
        about = name in {"record_event", "record_household"} or (
            name not in PUBLIC and any(each["in"] == "path" for each in told)
        )
        query = {each["name"] for each in told if each["in"] == "query"}
        asked = {name: self.values[name] for name in sorted(query & set(self.values) - {"purpose", "search"})}
        needed = {
            each["name"]: self.values[each["name"]] for each in told if each["in"] == "query" and each.get("required")
        }
        for body in self._bodies(name, operation):
            for chosen in ({}, asked) if asked else ({},):
                yield Call(name, method.upper(), path, {**needed, **chosen}, body, about)

    def _bodies(self, name: str, operation: Any) -> Iterator[Any]:
        if "requestBody" not in operation:
            yield None
        elif name == "record_event":
            yield from self._events()
        elif name == "record_events":
            yield {"all_or_nothing": False, "events": list(self._events())}
        elif name == "record_household":
            for event in self._events():
                member = {"id": event.pop("id"), "person": event.pop("person")}
                yield {**event, "members": [member]}
        else:
            for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
                told = json.dumps(example["value"], ensure_ascii=False).replace(examples.PERSON, self.person)
                number = woman()["document.resident"]["number"]
                told = told.replace(examples.CASE, self.case).replace("110105199104170025", number)
                yield {**json.loads(told), **({"id": derived_id(name)} if "id" in example["value"] else {})}

    def _events(self) -> Iterator[dict[str, Any]]:
        """Acts on the other office's person, those that only their form forbids among them."""
        contents = {
            "person.changed": {"set": {"phone": "13800000000"}},
            "movement.left": {"destination": {"kind": "town", "code": WANSHOULU}, "basis": "own_word"},
            "event.retracted": {"target": [DONGHUAMEN, self.event], "ground": "recording_error"},
            "event.corrected": {"target": [DONGHUAMEN, self.event], "set": {"address": "2 Lane"}},
            "case.confirmed": {"case_id": self.case},
        }
        assert set(contents) <= set(RECORDABLE)
        for type_ in sorted(RECORDABLE):
            day, content = "2026-03-01", contents.get(type_, {})
            yield {"id": derived_id(type_), "type": type_, "person": self.person, "effective_on": day, "with": content}


@pytest.fixture
def node(tmp_path, database_url) -> Iterator[Node]:
    made = opened(tmp_path, database_url=database_url)
    yield made
    made.close()


@pytest.fixture
def others(node) -> Others:
    return Others(node)


def bearer(node: Node, scope: str, *roles: Any) -> dict[str, str]:
    _, secret = Keys(node.uow, node.clock).issue("a key of a test", [scope], roles)
    return {"Authorization": f"Bearer {secret}"}


def everything(node: Node) -> dict[str, list[str]]:
    with node.uow.look() as session:
        return {t: sorted(repr(tuple(row)) for row in session.sql.execute(text(f"SELECT * FROM {t}"))) for t in TABLES}


def answered(client: Any, call: Call, headers: Mapping[str, str]) -> Any:
    return client.open(call.path, method=call.method, query_string=call.query, json=call.body, headers=headers)


@pytest.mark.parametrize("scope", [WANSHOULU, AREA])
def test_nothing_foreign_is_seen_or_written(node, others, scope):
    client = create_app(node).test_client()
    calls = list(others.calls(client.get("/openapi.json").json))
    before = everything(node)
    spoken = [{}, {"Exchange-Office": ZHIFANG}, {"Exchange-Office": DONGHUAMEN}]
    for role, purpose in (
        ("clerk", "case"),
        ("confirmer", "case"),
        ("supervisor", "supervision"),
        ("auditor", "audit"),
        ("operator", "case"),
    ):
        key = bearer(node, scope, role)
        for call, office in product(calls, spoken):
            answer = answered(client, call, {**key, **office, "Exchange-Purpose": purpose})
            where = (role, call.operation, office, answer.status_code, answer.text)
            asked = f"{call.path} {call.query} {json.dumps(call.body, ensure_ascii=False)}"
            assert answer.status_code < 500, where
            assert not [s for s in others.secrets if s in answer.text and s not in asked], where
            if office or call.about:
                assert answer.status_code >= 400, where
    advance(node)
    assert everything(node) == before


def test_the_walk_covers_every_role_and_would_see_what_the_office_itself_sees(node, others):
    client = create_app(node).test_client()
    key = bearer(node, ZHIFANG, *ROLES)
    seen = set()
    for call in others.calls(client.get("/openapi.json").json):
        if call.method == "GET" or call.operation == "find_person":
            answer = answered(client, call, {**key, "Exchange-Purpose": "registration"})
            if re.search("王小雨|" + others.case, answer.text):
                seen.add(call.operation)
    assert seen >= {"list_inbox", "list_cases", "read_case", "read_record", "read_history", "find_person"}


def test_a_parameter_of_which_no_foreign_value_is_known_stops_the_walk(others):
    new = {"in": "path", "name": "household", "schema": {"type": "string"}}
    document = {"paths": {"/v1/households/{household}": {"get": {"operationId": "read", "parameters": [new]}}}}
    with pytest.raises(KeyError, match="household"):
        list(others.calls(document))
