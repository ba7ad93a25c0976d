"""Reading through the API: records with versions, pages with cursors, the feed, jurisdictions."""

from itertools import pairwise
from typing import Any

import pytest

from exchange.access.rate import TooManyLookups
from exchange.http.v1 import examples
from exchange.protocol.shown import sheet
from schemas.v1.person import SheetSchema
from tests.integration.api import COUNTY, TOWN, Api, api, rules

served = pytest.fixture(api, name="served")
RECORD = f"/v1/persons/{examples.PERSON}/record"


def get(served: Api, path: str, **headers: str) -> Any:
    return served.client().get(path, headers={**served.bearer(), "Exchange-Purpose": "registration", **headers})


def notice(number: int) -> dict[str, object]:
    return {
        "position": number,
        "at": "2026-03-02T03:04:05Z",
        "kind": "inflow",
        "person": examples.PERSON,
        "teller": examples.HOME,
        "state": "open",
        "expects_reply": True,
    }


def test_a_record_comes_with_its_version_and_not_again_while_that_stands(served: Api):
    first = get(served, RECORD)
    assert (first.status_code, first.headers["ETag"]) == (200, '"2-1"')
    assert first.json == examples.SHEET
    assert get(served, RECORD, **{"If-None-Match": '"2-1"'}).status_code == 304
    assert get(served, RECORD, **{"If-None-Match": '"1-1"'}).status_code == 200


def test_no_cache_keeps_what_is_personal(served: Api):
    assert "private" in get(served, RECORD).headers["Cache-Control"]
    assert get(served, "/v1/inbox").headers["Cache-Control"] == "no-store"


def test_of_a_person_whom_the_office_does_not_hold_nothing_is_said(served: Api):
    answer = get(served, f"/v1/persons/{examples.CASE}/record")
    assert (answer.status_code, answer.json["code"]) == (404, "person_unknown")


def test_every_field_of_a_sheet_is_in_the_wire_format(served: Api):
    declared = dict.fromkeys(SheetSchema().fields)
    assert set(examples.SHEET) == set(declared)
    assert set(sheet.nothing(TOWN, examples.PERSON)) <= set(declared)


def test_a_document_is_looked_up_from_the_body_and_never_stands_in_an_address(served: Api):
    served.cases.rows = [
        {"person": examples.PERSON, "name": "林一禾", "state": "open", "document": "1101 **** **** 0025"}
    ]
    headers = {**served.bearer(), "Exchange-Purpose": "registration"}
    asked = {"kind": "resident", "number": "110105199104170025"}
    answer = served.client().post("/v1/persons/find", json=asked, headers=headers)
    assert answer.json == {"items": served.cases.rows}
    assert served.cases.asked[0][2] == ("registration", "resident", "110105199104170025")
    assert not any("number" in str(rule) or "document" in str(rule) for rule in served.app.url_map.iter_rules())


def test_pages_lead_on_to_the_last_and_hold_every_row_once(served: Api):
    served.cases.rows = [notice(number) for number in range(7)]
    path: str | None = "/v1/inbox?limit=3&kind=inflow"
    found: list[int] = []
    pages = 0
    while path:
        answer = get(served, path)
        found += [row["position"] for row in answer.json["items"]]
        pages += 1
        link = answer.headers.get("Link")
        path = link.removeprefix("<").partition(">")[0] if link else None
        assert (answer.json["next"] is None) == (link is None)
        assert link is None or ('rel="next"' in link and "kind=inflow" in link and answer.json["next"] in link)
    assert (found, pages) == (list(range(7)), 3)


def test_a_cursor_of_one_list_leads_nowhere_on_another(served: Api):
    served.cases.rows = [notice(number) for number in range(3)]
    cursor = get(served, "/v1/inbox?limit=1").json["next"]
    assert get(served, f"/v1/cases?cursor={cursor}").status_code == 422


def test_the_inbox_is_filtered_as_asked(served: Api):
    get(served, f"/v1/inbox?state=overdue&kind=moved-on&person={examples.PERSON}&search=林")
    filters = {"state": "overdue", "kind": "moved-on", "person": examples.PERSON, "search": "林", "apart": False}
    assert served.cases.asked[0][2] == ("registration", filters)


def test_an_acknowledgement_takes_no_body(served: Api):
    answer = served.client().post("/v1/inbox/7/acknowledge", headers=served.bearer())
    assert (answer.status_code, answer.json["position"]) == (200, 7)


def test_the_feed_can_be_read_from_where_one_stopped(served: Api):
    row = {
        "specversion": "1.0", "source": "/offices/x", "type": "movement.left", "subject": examples.PERSON,
        "time": "2026-03-02T03:04:05Z", "datacontenttype": "application/json", "data": {},
    }  # fmt: skip
    served.cases.rows = [{**row, "id": str(n), "sequence": str(n)} for n in range(1, 6)]
    seen, path = [], "/v1/feed?limit=2"
    for _ in range(4):
        answer = get(served, path)
        seen += [int(each["sequence"]) for each in answer.json["items"]]
        path = f"/v1/feed?limit=2&cursor={answer.json['next']}"
    assert seen == [1, 2, 3, 4, 5]
    assert answer.json == {"items": [], "next": answer.json["next"], "more": False}
    served.cases.rows.append({**row, "id": "6", "sequence": "6"})
    assert [each["sequence"] for each in get(served, path).json["items"]] == ["6"]
    assert all(one < other for one, other in pairwise(seen))


def test_a_jurisdiction_is_found_by_code_name_and_pinyin(served: Api):
    for search in ("420115", "江夏区", "jiangxia"):
        found = get(served, f"/v1/jurisdictions?search={search}").json["items"]
        assert "420115000000" in [each["code"] for each in found]
    area = get(served, "/v1/jurisdictions/420115").json
    assert (area["code"], area["level"], area["parent"]) == ("420115000000", "county", "420100000000")
    assert area["path"][-1] == area["name"]


def test_a_county_of_the_past_is_told_with_its_years(served: Api):
    [found] = get(served, "/v1/jurisdictions?search=440107").json["items"]
    assert found == get(served, "/v1/jurisdictions/440107").json
    assert (found["name"], found["english"], found["state"]) == ("芳村区", "Fangcun District", "ended")
    assert found["path"] == ["广东省", "广州市", "芳村区"]
    assert found["names"] == [
        {"name": "天河区", "first_year": 1985, "last_year": 1987},
        {"name": "芳村区", "first_year": 1988, "last_year": 2004},
    ]
    assert get(served, "/v1/jurisdictions/440107/children").json["items"] == []


def test_a_renamed_prefecture_tells_its_names(served: Api):
    area = get(served, "/v1/jurisdictions/4206").json
    assert (area["name"], area["state"]) == ("襄阳市", "open")
    assert [(each["name"], each["last_year"]) for each in area["names"]] == [("襄樊市", 2009), ("襄阳市", None)]
    assert get(served, f"/v1/jurisdictions/{TOWN}").json["names"] == []


def test_nothing_happens_any_more_to_a_county_of_the_past(served: Api):
    closed = {"type": "jurisdiction.closed", "effective_on": "2026-01-01", "with": {}}
    answer = served.client().post("/v1/jurisdictions/440107/events", json=closed, headers=served.bearer("operator"))
    assert answer.status_code == 404


def test_a_jurisdiction_tells_its_children(served: Api):
    towns = get(served, f"/v1/jurisdictions/{COUNTY}/children").json["items"]
    assert TOWN in [each["code"] for each in towns]
    assert {each["parent"] for each in towns} == {COUNTY}


def test_a_code_without_an_area_and_a_code_that_can_be_none_are_told_apart(served: Api):
    assert get(served, "/v1/jurisdictions/330199").status_code == 404
    assert get(served, "/v1/jurisdictions/33x").status_code == 422


NEWCOMER = {"kind": "resident", "number": "110105199104170025", "name": "林", "consent": True}


def test_a_newcomer_is_looked_up_by_clerks_and_confirmers_with_all_that_it_takes(served: Api):
    assert served.client().post("/v1/persons/prefill", json=NEWCOMER, headers=served.bearer()).status_code == 200
    assert served.cases.asked[0][2] == (NEWCOMER,)
    for field in NEWCOMER:
        less = {key: value for key, value in NEWCOMER.items() if key != field}
        answer = served.client().post("/v1/persons/prefill", json=less, headers=served.bearer())
        assert rules(answer.json) == {field: "schema.missing"}
    for role in ("supervisor", "auditor", "operator"):
        answer = served.client().post("/v1/persons/prefill", json=NEWCOMER, headers=served.bearer(role))
        assert answer.status_code == 403


def test_who_looks_up_too_many_is_told_when_to_come_back(served: Api):
    served.cases.fault = TooManyLookups(most=60, wait=90)
    answer = served.client().post("/v1/persons/prefill", json=NEWCOMER, headers=served.bearer())
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_lookups")
    assert answer.headers["Retry-After"] == "90"
