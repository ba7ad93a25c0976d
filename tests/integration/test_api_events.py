"""Recording through the API: one event, a batch, replies; repeats, versions, and refusals in the caller's language."""

from typing import Any

import pytest

from events.errors import Illegal, Malformed
from exchange.http.v1 import examples
from exchange.protocol.refusals import NoSuchStay
from tests.integration.api import TOWN, Api, api, rules

served = pytest.fixture(api, name="served")


def post(served: Api, body: Any, path: str = "/v1/events", **headers: str) -> Any:
    return served.client().post(path, json=body, headers={**served.bearer("clerk", "confirmer"), **headers})


def test_an_event_is_recorded_once_and_repeated_for_ever(served: Api):
    first = post(served, examples.ARRIVED)
    again = post(served, examples.ARRIVED)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json == {**first.json, "status": "repeated"}


def test_what_was_sent_reaches_the_office_as_it_was_said(served: Api):
    post(served, {**examples.LEFT, "because": [TOWN, examples.EVENT], "submission": "act-7"}, **{"If-Match": '"2-1"'})
    _, caller, ([item], whole) = served.cases.asked[0]
    assert (caller.office, whole) == (TOWN, True)
    assert (item.id, item.type, item.person, item.day) == (
        examples.REPLY, "movement.left", examples.PERSON, "2026-09-01",
    )  # fmt: skip
    assert item.content == examples.LEFT["with"]
    assert (str(item.because), item.submission, item.if_match) == (f"{TOWN}/{examples.EVENT}", "act-7", "2-1")


def test_the_same_id_for_something_else_is_a_conflict(served: Api):
    post(served, examples.LEFT)
    answer = post(served, {**examples.LEFT, "effective_on": "2026-09-02"})
    assert (answer.status_code, answer.json["code"]) == (409, "event_id_conflict")


def test_a_stale_version_is_told(served: Api):
    answer = post(served, examples.LEFT, **{"If-Match": '"1-0"'})
    assert (answer.status_code, answer.json["code"]) == (412, "stale_version")


@pytest.mark.parametrize("given", ["2-1", 'W/"2-1"', "*", '"1", "2"', '""'])
def test_if_match_is_one_strong_etag(served: Api, given):
    answer = post(served, examples.LEFT, **{"If-Match": given})
    assert (answer.status_code, rules(answer.json)) == (422, {"If-Match": "header.if_match"})


def test_a_refusal_names_its_code_and_its_place_under_with(served: Api):
    served.cases.refuse["movement.left"] = NoSuchStay(field="stay")
    assert post(served, examples.LEFT).json["code"] == "no_such_stay"
    served.cases.refuse["movement.left"] = Malformed(field="destination.code", rule="division.digits", value="x")
    assert rules(post(served, {**examples.LEFT, "id": examples.EVENT}).json) == {
        "with.destination.code": "division.digits"
    }


def test_a_batch_is_all_or_nothing_unless_it_says_otherwise(served: Api):
    body = {"events": [examples.REGISTERED, {**examples.LEFT, "person": "#0"}], "submission": "act-1"}
    answer = post(served, body, "/v1/events/batch")
    assert answer.status_code == 201
    assert (answer.json["recorded"], answer.json["repeated"], answer.json["refused"]) == (2, 0, 0)
    assert [each["id"] for each in answer.json["results"]] == [examples.EVENT, examples.REPLY]
    _, _, (items, whole) = served.cases.asked[0]
    assert whole
    assert [item.person for item in items] == [None, "#0"]
    assert {item.submission for item in items} == {"act-1"}
    again = post(served, body, "/v1/events/batch")
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")


def test_a_refused_batch_is_one_problem_that_names_only_the_events_at_fault(served: Api):
    served.cases.refuse["movement.left"] = Malformed(field="day", rule="schema.day")
    answer = post(served, {"events": [examples.REGISTERED, examples.LEFT]}, "/v1/events/batch")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert rules(answer.json) == {"events.1.effective_on": "schema.day"}


def test_a_refusal_without_a_field_is_placed_by_its_event(served: Api):
    served.cases.refuse["movement.left"] = Illegal()
    answer = post(served, {"events": [examples.REGISTERED, examples.LEFT]}, "/v1/events/batch")
    assert answer.status_code == 409
    assert rules(answer.json) == {"events.1": "illegal"}


def test_each_by_itself_gives_a_result_for_each(served: Api):
    served.cases.refuse["movement.left"] = NoSuchStay(field="stay")
    body = {"all_or_nothing": False, "events": [examples.REGISTERED, examples.LEFT]}
    answer = post(served, body, "/v1/events/batch", **{"Accept-Language": "zh"})
    assert (answer.status_code, answer.json["recorded"], answer.json["refused"]) == (201, 1, 1)
    assert [each["status"] for each in answer.json["results"]] == ["recorded", "refused"]
    assert answer.json["results"][1]["error"]["code"] == "no_such_stay"
    assert answer.json["results"][1]["error"]["instance"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("act", "body", "type_"),
    [
        ("confirm", {"deviations": [{"field": "name", "ours": {"full": "林一和"}}]}, "case.confirmed"),
        ("dispute", {"reason": "person_unknown", "note": "查无此人"}, "case.disputed"),
        ("redirect", {"to": examples.HOME}, "case.redirected"),
        ("settle", {"whole": "accepted"}, "case.settled"),
        ("defer", {"until": "2026-04-10", "reason": "still_looking"}, "case.deferred"),
        ("note", {"text": "请核对"}, "case.noted"),
        ("reopen", {"reason": "new_evidence", "fields": ["name"]}, "case.reopened"),
        ("withdraw", {"ground": "asked_in_error"}, "case.withdrawn"),
    ],
)
def test_each_reply_is_an_event_about_its_case(served: Api, act, body, type_):
    path = f"/v1/cases/{examples.CASE}/{act}"
    answer = post(served, {**body, "id": examples.REPLY, "effective_on": "2026-03-03"}, path)
    assert answer.status_code == 201
    _, _, (case, item) = served.cases.asked[0]
    assert (case, item.type, item.day, item.id) == (examples.CASE, type_, "2026-03-03", examples.REPLY)
    assert item.content == {**body, "case_id": examples.CASE}
    assert post(served, {**body, "id": examples.REPLY, "effective_on": "2026-03-03"}, path).status_code == 200


@pytest.mark.parametrize(("act", "field", "more"), [("note", "text", {}), ("dispute", "note", {"reason": "other"})])
def test_lines_end_in_a_remark_as_the_caller_s_system_ends_them(served: Api, act, field, more):
    path = f"/v1/cases/{examples.CASE}/{act}"
    assert post(served, {field: "请核对\r\n见卡片", **more}, path).status_code == 201
    _, _, (_, item) = served.cases.asked[0]
    assert item.content[field] == "请核对\n见卡片"
    for wrong in ("请核对\r见卡片", "请核对\x0b见卡片", "\x1b[2J"):
        assert rules(post(served, {field: wrong, **more}, path).json) == {field: "schema.control"}
    assert post(served, {field: "请\r\n" * 1000, **more}, path).status_code == 201
    assert rules(post(served, {field: "请\r\n" * 1001, **more}, path).json) == {field: "schema.length"}


def test_a_reply_says_only_what_replies_of_its_kind_say(served: Api):
    answer = post(served, {"to": "1", "reason": "other"}, f"/v1/cases/{examples.CASE}/redirect")
    assert rules(answer.json) == {"to": "schema.office", "reason": "schema.unknown"}


def test_a_dispute_takes_the_reasons_of_the_catalogue(served: Api):
    answer = post(served, {"reason": "dislike"}, f"/v1/cases/{examples.CASE}/dispute")
    assert rules(answer.json) == {"reason": "schema.choice"}
