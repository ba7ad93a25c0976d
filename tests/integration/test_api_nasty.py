"""Whatever stands in a body: no fault of ours, each refusal names field and rule, and nothing is kept of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.test_api_faults import Office, event, node, office, registering
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, woman

__all__ = ["node", "office"]  # the fixtures


def deep(levels: int) -> Any:
    return {"a": deep(levels - 1)} if levels else 1


VALUES: dict[str, Any] = {
    "nothing": None,
    "a flag": True,
    "a number": -1,
    "a huge number": 10**400,
    "a fraction": 1.5,
    "an empty list": [],
    "an empty object": {},
    "a list of nothing": [None],
    "a long text": "x" * 5000,
    "a turned text": "\u202e12",
    "half a sign": "\ud800",
    "two lines": "a\nb",
    "a deep object": deep(12),
    "a very deep object": deep(40),
    "dotted keys": {"a.b": 1, "a": 2, "": 3},
    "foreign keys": {"é": 1, "x\n": 1},
    "no day": "9999-99-99",
    "another spelling of a day": "2026-W10-1",
    "no town": "999999999999",
    "a county": "420115000000",
    "digits of another script": "４２０１１５００１０００",
    "objects for texts": {"author": 1, "id": [], "number": 5, "stay": {}, "town": 7, "kind": []},
}
RAW = [b"", b"{", b"\xff\xfe", b'{"type":1,"type":2}', b"[" * 5000, b'"\\u0000"', b"1e999", b"NaN"]


def bodies(person: str, target: str, case: str, value: Any) -> Iterator[tuple[str, Any]]:
    one, many = "/v1/events", "/v1/events/batch"
    for field in ("id", "type", "person", "effective_on", "with", "because", "submission"):
        yield one, {**registering(woman(7)), field: value}
    for field in ("particulars", "registration", "address", "kind", "ask"):
        yield one, event("person.registered", {"basis": "x", "particulars": woman(7), field: value})
    for field in ("name", "born_on", "nationality", "phone", "document.resident", "document.", "birth_place"):
        yield one, event("person.changed", {"set": {"sex": "Q", field: value}}, person=person)
    for field in ("origin", "ends", "effective_on", "set", "address"):
        yield one, event("event.corrected", {"target": target, "set": {"sex": "Q", field: value}}, person=person)
    yield one, event("person.unmerged", {"other": value, "merge": value, "allotment": value}, person=person)
    yield one, event("movement.departed", {"destination": value, "expected_on": value}, person=person)
    yield one, event("request.opened", {"to": value, "wanted": value, "about": value, "note": value}, person=person)
    yield one, event("case.confirmed", {"case_id": case, "deviations": [value], "sees": value, "case": value})
    yield f"/v1/cases/{case}/confirm", {"deviations": [{"field": value}], "note": value, "effective_on": value}
    yield many, {"events": [value], "all_or_nothing": value}
    yield many, {"events": [{**registering(woman(7)), "if_match": value, "person": value, "colour": 1}]}


def judge(answer: Any, language: str) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    errors = answer.json["errors"]
    assert errors
    for each in errors:
        assert each["field"]
        assert each["message"] != each["rule"]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in each["message"]) == (language == "zh-CN"), each


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_value_in_every_place_is_refused_by_name(node, office: Office, language):
    home, there = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    home.registers(woman())
    arrival = there.sees_arrive(woman(), ZHIFANG)
    case = str(home.notice("inflow").case)
    before = office.kept()
    headers = {"Authorization": f"Bearer {office.secret}", "Accept-Language": language}
    taken = []
    for name, value in VALUES.items():
        for path, body in bodies(str(arrival.person), f"{DONGHUAMEN}/{arrival.id}", case, value):
            data = json.dumps(body).encode()
            answer = office.client.post(path, data=data, content_type="application/json", headers=headers)
            if answer.status_code < 400:
                taken.append(f"{name}: {path} {answer.status_code}")
                before = office.kept()  # some places may stay empty
            else:
                judge(answer, language)
                assert office.kept() == before, (name, path)
    for raw in RAW:
        judge(office.client.post("/v1/events", data=raw, content_type="application/json", headers=headers), language)
    assert office.kept() == before
    assert len(taken) < 20, taken  # a list of nothing, or a text that is one
