"""Bad input is refused before it touches anything, and every invalid field is named."""

import gc
import json
import tracemalloc
from io import BytesIO
from typing import Any

import pytest

from exchange.http.parsing import MOST_SIGNS
from exchange.http.room import SMALL, Room
from exchange.http.v1 import examples
from schemas.v1.wire import FEW_FAULTS, MOST_FAULTS
from tests.integration.api import Api, api, rules

served = pytest.fixture(api, name="served")


def post(
    served: Api, data: bytes, content_type: str = "application/json", path: str = "/v1/events", **headers: str
) -> Any:
    return served.client().post(path, data=data, content_type=content_type, headers={**served.bearer(), **headers})


def event(**changes: Any) -> dict[str, Any]:
    return {**examples.LEFT, **changes}


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "json.syntax"),
        (b"{", "json.syntax"),
        (b'{"id":1,"id":2}', "json.duplicate_key"),
        (b'{"with":{"a":1,"a":1}}', "json.duplicate_key"),
        (b'{"with":1.5}', "json.float"),
        (b'{"with":NaN}', "json.float"),
        (b'{"with":"a\\u0000b"}', "json.nul"),
        (b'{"with":"\\ud800"}', "json.surrogate"),
        (b'{"with":"\xff"}', "json.utf8"),
        ('{"with":"好"}'.encode("gb18030"), "json.utf8"),
        (b"[" * 5000, "json.depth"),
        (b"[" * 20 + b"]" * 20, "json.depth"),
        (b'{"with":9007199254740993}', "json.integer"),
    ],
)
def test_what_is_no_json_to_be_taken_is_refused(served: Api, data, rule):
    answer = post(served, data)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert rule in rules(answer.json).values()
    assert served.cases.asked == []


@pytest.mark.parametrize("data", [b"[]", b"null", b'"text"', b"7", b"true"])
def test_a_body_that_is_no_object_is_refused(served: Api, data):
    answer = post(served, data)
    assert answer.status_code == 422
    assert rules(answer.json) == {"$": "schema.object"}


@pytest.mark.parametrize(
    ("content_type", "headers", "rule"),
    [
        ("text/plain", {}, "media.type"),
        ("application/x-www-form-urlencoded", {}, "media.type"),
        ("application/json; charset=gb18030", {}, "media.charset"),
        ("application/json", {"Content-Encoding": "gzip"}, "media.encoding"),
    ],
)
def test_another_medium_or_encoding_is_refused(served: Api, content_type, headers, rule):
    answer = post(served, b"{}", content_type, **headers)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    assert answer.json["title"]
    assert served.cases.asked == []
    assert rule.startswith("media.")


def test_a_single_event_is_refused_beyond_64_kb_and_a_batch_is_not(served: Api):
    note = json.dumps({"events": [event(id=None)] * 2, "padding": "x" * 70_000}).encode()
    assert post(served, note).status_code == 413
    assert post(served, note, path="/v1/events/batch").status_code == 422


def test_a_batch_is_refused_beyond_8_mb(served: Api):
    assert post(served, b" " * (8 * 1024 * 1024 + 1), path="/v1/events/batch").status_code == 413


def test_a_body_of_unstated_length_is_not_read_without_end(served: Api):
    chunked = {"wsgi.input": BytesIO(b" " * 70_000), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    answer = served.client().post(
        "/v1/events", content_type="application/json", headers=served.bearer(), environ_overrides=chunked
    )
    assert answer.status_code == 413


def test_a_long_list_of_choices_is_told_whole(served: Api):
    [fault] = post(served, json.dumps(event(type="movement.flew")).encode()).json["errors"]
    assert fault["message"].endswith("tie.began, tie.ended.")


def test_every_invalid_field_is_named_with_its_rule_and_a_text(served: Api):
    wrong = {
        "id": "7",
        "type": "movement.arrived",
        "effective_on": "2026-02-30",
        "colour": "red",
        "because": ["1"],
        "with": {"kind": "big", "origin": {"kind": "town", "code": "12"}, "mood": 1, "ends": [{"stay": [1, 2]}]},
    }
    answer = post(served, json.dumps(wrong).encode(), **{"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    assert rules(answer.json) == {
        "id": "schema.uuid7",
        "effective_on": "schema.day",
        "colour": "schema.unknown",
        "because": "schema.reference",
        "with.kind": "schema.choice",
        "with.origin.code": "schema.pattern",
        "with.mood": "schema.unknown",
        "with.ends.0.stay.0": "schema.text",
    }
    assert all(each["message"] and each["message"] != each["rule"] for each in answer.json["errors"])
    assert "8" in answer.json["detail"]


def test_a_field_that_the_catalogue_would_overlook_is_refused_inside_a_value(served: Api):
    place = {"kind": "town", "code": examples.HOME, "colour": "red"}
    answer = served.client().post("/v1/events", json=event(**{"with": {"destination": place}}), headers=served.bearer())
    assert rules(answer.json) == {"with.destination.colour": "schema.unknown"}


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1899-12-31", "2200-01-01", "2026-13-01", "2026-1-1", "tomorrow", 20260101]
)
def test_an_absurd_day_is_refused(served: Api, day):
    answer = served.client().post("/v1/events", json=event(effective_on=day), headers=served.bearer())
    assert answer.status_code == 422
    assert set(rules(answer.json)) == {"effective_on"}


@pytest.mark.parametrize("type_", ["jurisdiction.opened", "person.stated", "person.exploded", ""])
def test_a_type_that_nobody_records_by_the_api_is_refused(served: Api, type_):
    answer = served.client().post("/v1/events", json=event(type=type_), headers=served.bearer())
    assert answer.status_code == 422
    assert set(rules(answer.json)) == {"type"}


def test_the_faults_of_a_batch_say_in_which_event_they_are(served: Api):
    body = {"events": [examples.REGISTERED, event(effective_on="x"), event(**{"with": {"stay": 3}})]}
    answer = served.client().post("/v1/events/batch", json=body, headers=served.bearer())
    assert rules(answer.json) == {"events.1.effective_on": "schema.day", "events.2.with.stay": "schema.list"}
    assert served.cases.asked == []


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_1_to_1000_events(served: Api, count):
    one = {name: value for name, value in examples.LEFT.items() if name != "id"}
    answer = served.client().post("/v1/events/batch", json={"events": [one] * count}, headers=served.bearer())
    assert answer.status_code == 422
    assert rules(answer.json) == {"events": "schema.items"}


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("limit=0", "limit", "schema.range"),
        ("limit=201", "limit", "schema.range"),
        ("limit=ten", "limit", "schema.number"),
        ("limit=1&limit=2", "limit", "schema.twice"),
        ("state=odd", "state", "schema.choice"),
        ("colour=red", "colour", "schema.unknown"),
        ("person=1", "person", "schema.uuid"),
        ("cursor=***", "cursor", "cursor.form"),
        ("cursor=MTpmZWVkOjQy", "cursor", "cursor.form"),
        ("cursor=AAAA", "cursor", "cursor.form"),
        ("search=%00", "search", "schema.control"),
    ],
)
def test_a_query_is_judged_as_strictly(served: Api, query, field, rule):
    answer = served.client().get(f"/v1/inbox?purpose=case&{query}", headers=served.bearer())
    assert answer.status_code == 422
    assert rules(answer.json) == {field: rule}
    assert served.cases.asked == []


def test_a_list_that_is_too_long_is_not_looked_through(served: Api):
    """Each of its items may be wrong many times over: that would fill the memory, and an answer nobody reads."""
    body = {"events": [{"more": number} for number in range(1001)]}
    answer = post(served, json.dumps(body).encode(), path="/v1/events/batch")
    assert (answer.status_code, rules(answer.json)) == (422, {"events": "schema.items"})


def test_of_many_faults_the_first_are_named(served: Api):
    answer = post(served, json.dumps({f"more{number}": 1 for number in range(1500)}).encode())
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == MOST_FAULTS


def test_of_the_faults_of_many_items_some_of_each_are_named(served: Api):
    wrong = {**event(), **{f"more{number}": 1 for number in range(60)}}
    body = {"all_or_nothing": False, "events": [event(), *[wrong] * 40]}
    answer = post(served, json.dumps(body).encode(), path="/v1/events/batch")
    named = [len(each["error"]["errors"]) for each in answer.json["results"][1:]]
    assert min(named) == FEW_FAULTS
    assert sum(named) <= MOST_FAULTS
    answer = post(served, json.dumps({**body, "all_or_nothing": True}).encode(), path="/v1/events/batch")
    assert len(answer.json["errors"]) == MOST_FAULTS


@pytest.mark.parametrize("piece", [b"{}", b"[]", b'{"a":0}', b'""', b"[0]"])
def test_a_body_that_would_become_too_many_objects_is_refused_before_it_is_read(served: Api, piece):
    body = b'{"events":[' + b",".join([piece] * MOST_SIGNS) + b"]}"
    answer = post(served, body, path="/v1/events/batch")
    assert (answer.status_code, rules(answer.json), answer.json["detail"][:8]) == (413, {}, "The body")


def test_while_a_large_body_is_at_work_others_wait_a_little_and_are_then_told_to_come_again(served: Api):
    large = json.dumps({"events": [], "padding": "x" * SMALL}).encode()
    served.app.extensions["exchange_room"] = room = Room(patience=0.01)
    leave = room.enter()
    answer = post(served, large, path="/v1/events/batch", **{"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "crowded", "2")
    assert "稍后" in answer.json["title"]
    assert post(served, b"{}", path="/v1/events/batch").status_code == 422, "a small one takes no room"
    leave()
    for _ in range(2):  # whoever is refused leaves, too
        assert post(served, large, path="/v1/events/batch").status_code == 422


def test_nothing_of_a_refused_body_is_held_until_somebody_looks_for_cycles(served: Api):
    item = {"padding": "好" * 200_000}
    body = json.dumps({"events": [item, item]}, ensure_ascii=False).encode()
    post(served, body, path="/v1/events/batch")  # what is kept for good is there from now on
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        assert post(served, body, path="/v1/events/batch").status_code == 422
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held < 200_000
