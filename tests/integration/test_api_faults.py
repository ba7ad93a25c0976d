"""A refused request names every field that is wrong, in the caller's language, and leaves nothing behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from events.store.sql.schema import metadata
from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.ids import new_id, new_person_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from tests.integration.api import rules
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, woman

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
WRONG = {"name": "", "sex": "X", "education": "x", "phone": "1\n2", "document.resident": {"number": "1"}}
NAMED = {
    "name": "name.empty",
    "sex": "code.unknown",
    "education": "code.unknown",
    "phone": "text.control",
    "document.resident.number": "document.length",
}


@dataclass
class Office:
    """An office that speaks to a node by HTTP."""

    node: Node
    client: Any
    secret: str

    def post(self, body: Any, path: str = "/v1/events", **headers: str) -> Any:
        return self.client.post(path, json=body, headers={"Authorization": f"Bearer {self.secret}", **headers})

    def kept(self) -> dict[str, list[Any]]:
        """Every row of the store but those of its keys to the API."""
        with self.node.uow.look() as session:
            tables = [table for table in metadata.sorted_tables if not table.name.startswith("access")]
            return {table.name: sorted(map(repr, session.sql.execute(select(table)))) for table in tables}


@pytest.fixture
def node(tmp_path) -> Iterator[Node]:
    node = opened(tmp_path)
    yield node
    node.close()


@pytest.fixture
def office(node) -> Office:
    _, secret = Keys(node.uow, node.clock).issue("a key of a test", [ZHIFANG], ("clerk", "confirmer"))
    return Office(node, create_app(node).test_client(), secret)


def event(type_: str, content: Mapping[str, Any], day: str = "2026-03-01", **more: Any) -> dict[str, Any]:
    return {"id": new_id(NOW), "type": type_, "effective_on": day, "with": dict(content), **more}


def registering(particulars: Mapping[str, Any], **content: Any) -> dict[str, Any]:
    return event("person.registered", {"basis": "first_record", "particulars": dict(particulars), **content})


def under(path: str) -> dict[str, str]:
    return {f"{path}.{field}": rule for field, rule in NAMED.items()}


def test_one_event_names_all_of_its_fields(office: Office):
    place = {"kind": "town", "code": "420115000000"}
    answer = office.post(registering(WRONG, registration=place, address="6 Lake\u200b Road"))
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")
    others = {"with.registration.code": "place.not_town", "with.address": "text.hidden"}
    assert rules(answer.json) == {**under("with.particulars"), **others}
    [place_told] = [each for each in answer.json["errors"] if each["field"] == "with.registration.code"]
    assert place_told["value"] == "420115000000"
    assert not any("value" in each for each in answer.json["errors"] if each["field"].startswith("with.particulars"))


def test_form_and_meaning_are_judged_at_once(office: Office):
    body = registering(WRONG, kind="both", address="", registration={"kind": "town"})
    wrong = {**body, "id": "7", "effective_on": "2026-03-09", "colour": "red"}
    forms = {
        "id": "schema.uuid7",
        "colour": "schema.unknown",
        "with.kind": "schema.choice",
        "with.address": "schema.size",
    }
    meant = {"effective_on": "date.ahead", "with.registration.code": "place.town_without_code"}
    assert rules(office.post(wrong).json) == {**forms, **meant, **under("with.particulars")}


def test_a_day_is_judged_by_a_destination_that_has_its_form(office: Office):
    leaving = event("movement.departed", {"destination": {"kind": "twn"}, "expected_on": "1066-10-14"}, "2026-03-09")
    answer = office.post({**leaving, "person": new_person_id()})
    assert rules(answer.json) == {"with.destination.kind": "schema.choice", "with.expected_on": "date.absurd"}


def test_form_and_meaning_of_every_event_of_a_batch(office: Office):
    events = [
        registering(WRONG),
        7,
        {**registering({"sex": "Q"}), "type": "x"},
        {**registering({"sex": "Q"}), "id": "7"},
    ]
    answer = office.post({"events": events}, "/v1/events/batch")
    assert rules(answer.json) == {
        **under("events.0.with.particulars"),
        "events.1": "schema.object",
        "events.2.type": "schema.choice",
        "events.3.id": "schema.uuid7",
        "events.3.with.particulars.sex": "code.unknown",
    }


@pytest.mark.parametrize(
    ("language", "detail"),
    [("en", "7 fields break their rules; each is named in errors."), ("zh-CN", "共有7个字段不符合规则，详见errors。")],
)
def test_texts_and_header_say_the_language(office: Office, language, detail):
    body = registering(WRONG, registration={"kind": "town"}, address="a\nb")
    answer = office.post(body, **{"Accept-Language": language})
    assert answer.json["detail"] == detail
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"
    chinese = [any("\u4e00" <= sign <= "\u9fff" for sign in each["message"]) for each in answer.json["errors"]]
    assert set(chinese) == {language == "zh-CN"}


def test_all_or_nothing_names_the_fields_of_every_event(office: Office):
    fine = registering(woman())
    events = [registering(WRONG), fine, event("person.changed", {"set": WRONG}, person="#1")]
    answer = office.post({"events": events}, "/v1/events/batch")
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")
    assert rules(answer.json) == {**under("events.0.with.particulars"), **under("events.2.with.set")}
    assert answer.headers["Content-Language"] == "en"


def test_each_by_itself_has_a_list_of_its_own(office: Office):
    events = [registering(WRONG), registering(woman()), registering({"name": "王小雨", "sex": "Q"})]
    answer = office.post({"events": events, "all_or_nothing": False}, "/v1/events/batch")
    first, second, third = answer.json["results"]
    assert rules(first["error"]) == under("with.particulars")
    assert (second["status"], second["error"]) == ("recorded", None)
    assert rules(third["error"]) == {"with.particulars.sex": "code.unknown"}
    assert answer.headers["Content-Language"] == "en"


def test_each_by_itself_takes_the_events_beside_one_of_a_wrong_form(office: Office):
    wrong = {**registering(WRONG), "effective_on": "2026-02-30"}
    events = [wrong, registering(woman()), {"type": "movement.left"}, "no event"]
    answer = office.post({"events": events, "all_or_nothing": False}, "/v1/events/batch")
    assert (answer.status_code, answer.json["recorded"], answer.json["refused"]) == (201, 1, 3)
    first, second, third, last = answer.json["results"]
    assert rules(first["error"]) == {"effective_on": "schema.day", **under("with.particulars")}
    assert (second["status"], second["error"]) == ("recorded", None)
    assert rules(third["error"]) == dict.fromkeys(("effective_on", "person", "with"), "schema.missing")
    assert rules(last["error"]) == {"$": "schema.object"}


def test_an_act_with_an_event_of_a_wrong_form_is_refused_with_it(office: Office):
    wrong = {**registering(woman(3)), "effective_on": "never", "submission": "one"}
    events = [wrong, {**registering(woman(4)), "submission": "one"}, registering(woman(5))]
    answer = office.post({"events": events, "all_or_nothing": False}, "/v1/events/batch")
    assert [each["status"] for each in answer.json["results"]] == ["refused", "refused", "recorded"]
    assert answer.json["results"][1]["error"]["code"] == "act_refused"
    wrong = {**wrong, "submission": "all"}  # which the body says of every event that does not say otherwise
    body = {"events": [wrong, registering(woman(6))], "all_or_nothing": False, "submission": "all"}
    shared = office.post(body, "/v1/events/batch")
    assert [each["status"] for each in shared.json["results"]] == ["refused", "refused"]


def test_an_answer_without_texts_says_no_language(office: Office):
    assert "Content-Language" not in office.post(registering(woman())).headers


def test_a_reply_names_its_fields_where_they_stand_in_its_body(node, office: Office):
    home, there = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    home.registers(woman())
    there.sees_arrive(woman(), ZHIFANG)
    case = home.notice("inflow").case
    deviations = [{"field": "sex", "ours": "Q"}, {"field": "education", "yours": "x"}]
    answer = office.post({"deviations": deviations, "note": "a\u202eb"}, f"/v1/cases/{case}/confirm")
    assert rules(answer.json) == {
        "deviations.0.ours": "code.unknown",
        "deviations.1.yours": "code.unknown",
        "note": "text.hidden",
    }
    # Where it says no day, that is the day of the node's own clock.
    assert office.post({}, f"/v1/cases/{case}/confirm").status_code == 201


def test_of_a_case_that_only_others_hold_nothing_is_said(node, office: Office):
    arrival = Town(node, DONGHUAMEN).sees_arrive(woman(3), DONGHUAMEN)
    told = []
    for opening in ([DONGHUAMEN, arrival.id], [DONGHUAMEN, new_id(NOW)]):
        case = {"opening": opening, "asked": ZHIFANG, "kind": "inflow"}
        for type_, said in (("case.confirmed", {}), ("case.noted", {"text": "?"})):
            answer = office.post(event(type_, {"case": case, **said}))
            told.append((answer.status_code, answer.json["code"], rules(answer.json)))
    assert told == [(404, "no_such_case", {"with.case": "no_such_case"})] * 4


def test_a_version_that_has_moved_on_is_named_where_it_stands(office: Office):
    person = office.post(registering(woman())).json["person"]
    changed = event("person.changed", {"set": {"education": "70"}}, person=person)
    answer = office.post(changed, **{"If-Match": '"9-9"'})
    assert (answer.status_code, rules(answer.json)) == (412, {"If-Match": "stale_version"})
    answer = office.post({"events": [{**changed, "if_match": "9-9"}]}, "/v1/events/batch")
    assert (answer.status_code, rules(answer.json)) == (412, {"events.0.if_match": "stale_version"})


@pytest.mark.parametrize(
    ("body", "path", "wrong"),
    [
        ({"events": [], "all_or_nothing": []}, "/v1/events/batch", {"all_or_nothing": "schema.flag"}),
        ({"events": [], "all_or_nothing": {}}, "/v1/events/batch", {"all_or_nothing": "schema.flag"}),
        (
            registering({}, **{"a": 1, "a.b": 2}),
            "/v1/events",
            {"with.a": "schema.unknown", "with.a.b": "schema.unknown"},
        ),
        (registering({}, **{"a.b": 1, "": 2}), "/v1/events", {"with.a.b": "schema.unknown", "with": "schema.unknown"}),
    ],
)
def test_no_shape_of_a_body_is_a_fault_of_ours(office: Office, body, path, wrong):
    answer = office.post(body, path)
    assert answer.status_code == 422
    assert wrong.items() <= rules(answer.json).items()


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (event("person.registered", {"basis": "first_record", "particulars": woman()}), "already_held", "person"),
        (event("movement.arrived", {"kind": "main", "stated": woman()}), "already_here", "with.kind"),
        (event("movement.left", {"stay": [ZHIFANG, new_id(NOW)]}), "no_such_stay", "with.stay"),
        (event("person.unprotected", {"ground": "threat_over"}), "protection_state", "type"),
        (event("event.retracted", {"target": [ZHIFANG, new_id(NOW)]}), "no_such_event", "with.target"),
        (
            event("case.withdrawn", {"case_id": "66809345-6f59-5cbf-832b-5d76c696b5c7", "ground": "other"}),
            "no_such_case",
            "with.case_id",
        ),
    ],
)
def test_what_the_book_refuses_names_a_field_too(office: Office, said, code, field):
    person = office.post(registering(woman(), address="6 Lake Road")).json["person"]
    answer = office.post({**said, "person": person})
    assert (answer.json["code"], [each["field"] for each in answer.json["errors"]]) == (code, [field])


@pytest.mark.parametrize(
    "bodies",
    [
        [registering(WRONG)],
        [registering(woman()), registering(WRONG)],
        [registering(woman()), {**registering(woman(3)), "because": [ZHIFANG, new_id(NOW)]}],
        [registering(woman()), event("movement.left", {}, person="#0")],
        [registering(woman()), event("person.changed", {"set": {}}, "2026-03-09", person="#0")],
    ],
)
def test_a_refused_act_leaves_nothing_behind(office: Office, bodies):
    office.post(registering(woman(5)))
    advance(office.node)
    before = office.kept()
    assert before["events"]
    assert office.post({"events": bodies}, "/v1/events/batch").status_code >= 400
    assert office.kept() == before
