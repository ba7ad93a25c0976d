"""Two towns and a real node: a person moves, both sides see it, and every answer keeps to the published document."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.http.v1 import examples
from exchange.ids import new_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.settings import settings
from tests.integration.platform import COUNTY, HOME, NOON, TOWN, Platform, platform

LIN = {"full": "林一禾"}
DOCUMENT = {"number": "110105199104170025"}


platform = pytest.fixture(platform, name="platform")


def registered() -> dict[str, Any]:
    particulars = {"name": LIN, "sex": "F", "born_on": "1991-04-17", "document.resident": DOCUMENT}
    content = {"basis": "register", "registration": {"kind": "town", "code": HOME}, "particulars": particulars}
    return {"id": new_id(NOON), "type": "person.registered", "effective_on": "2026-01-05", "with": content}


def arrived() -> dict[str, Any]:
    content = {
        "kind": "main",
        "registration": {"kind": "town", "code": HOME},
        "origin": {"kind": "town", "code": HOME},
        "address": "文三路90号",
        "stated": {"name": LIN, "born_on": "1991-04-17", "document.resident": DOCUMENT},
    }
    return {"id": new_id(NOON), "type": "movement.arrived", "effective_on": "2026-03-01", "with": content}


def moved(platform: Platform) -> tuple[str, dict[str, Any]]:
    """The person after home registered and the town recorded the arrival, and the notice at home."""
    assert platform.call("POST", "/v1/events", HOME, registered()).status_code == 201
    person = platform.call("POST", "/v1/events", TOWN, arrived()).json["person"]
    [notice] = platform.call("GET", "/v1/inbox?state=open", HOME).json["items"]
    return person, notice


def test_a_move_is_recorded_told_confirmed_and_seen_on_both_sides(platform: Platform):
    person, notice = moved(platform)
    assert (notice["kind"], notice["teller"], notice["expects_reply"], notice["name"]) == (
        "inflow",
        TOWN,
        True,
        "林一禾",
    )
    case = platform.call("GET", f"/v1/cases/{notice['case']}", HOME).json
    assert (case["status"], case["asker"], case["asked"]) == ("open", TOWN, HOME)
    assert platform.call("POST", f"/v1/cases/{notice['case']}/confirm", HOME, {}).status_code == 201
    assert platform.call("GET", "/v1/inbox?state=open", HOME).json["items"] == []
    [reply] = platform.call("GET", "/v1/inbox?kind=reply", TOWN).json["items"]
    assert (reply["case"], reply["outcome"]) == (notice["case"], "confirmed")
    home = platform.call("GET", f"/v1/persons/{notice['person']}/record", HOME).json
    town = platform.call("GET", f"/v1/persons/{person}/record", TOWN).json
    assert home["lives_at"] == town["lives_at"] == {"kind": "town", "code": TOWN}
    assert home["registration"] == town["registration"] == {"kind": "town", "code": HOME}
    assert (home["roles"], town["roles"]) == (["registration"], ["main"])
    checks = platform.call("GET", "/v1/checks", platform.key(COUNTY, "auditor")).json
    assert checks["equal"], checks["differences"]
    assert [each["check"] for each in checks["checks"]] == ["ledger", "view", "entitlement", "agreement"]


def test_the_feed_tells_what_was_told_and_the_history_what_it_did(platform: Platform):
    _, notice = moved(platform)
    feed = platform.call("GET", "/v1/feed", HOME).json
    assert "movement.arrived" in [each["type"] for each in feed["items"]]
    assert [each["sequence"] for each in feed["items"]] == [str(n + 1) for n in range(len(feed["items"]))]
    again = platform.call("GET", f"/v1/feed?cursor={feed['next']}", HOME).json
    assert (again["items"], again["next"], again["more"]) == ([], feed["next"], False)
    path, types = f"/v1/persons/{notice['person']}/history?limit=1", []
    while True:
        page = platform.call("GET", path, HOME).json
        types += [each["type"] for each in page["items"]]
        assert all(each["did"] for each in page["items"])
        if page["next"] is None:
            break
        path = f"/v1/persons/{notice['person']}/history?limit=1&cursor={page['next']}"
    assert types[:2] == ["person.registered", "movement.arrived"]


def test_a_person_is_found_only_by_an_office_that_holds_them(platform: Platform):
    body = {"kind": "resident", "number": DOCUMENT["number"]}
    platform.call("POST", "/v1/events", HOME, registered())
    [found] = platform.call("POST", "/v1/persons/find", HOME, body).json["items"]
    assert found["name"] == "林一禾"
    assert DOCUMENT["number"] not in str(found)
    assert platform.call("POST", "/v1/persons/find", TOWN, body).json["items"] == []
    assert platform.call("GET", f"/v1/persons/{found['person']}/record", TOWN).status_code == 404


def test_the_same_act_again_gives_the_first_result(platform: Platform):
    event = registered()
    first = platform.call("POST", "/v1/events", HOME, event)
    again = platform.call("POST", "/v1/events", HOME, event)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == {**first.json, "status": "repeated"}
    changed = {**event, "effective_on": "2026-01-06"}
    assert platform.call("POST", "/v1/events", HOME, changed).json["code"] == "event_id_conflict"


HUSBAND = {"at": TOWN, "stated": {"name": {"full": "沈天"}}}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("tie.began", {"tie": "spouse", "other": HUSBAND, "ground": "marriage"}),
        ("tie.ended", {"tie": "spouse", "other": HUSBAND, "ground": "divorce"}),
        ("person.merged", {"other": examples.PERSON, "keeper": HOME}),
        ("person.changed", {"set": {"name": {"full": "林一川"}}}),
        ("event.retracted", {"target": [HOME, examples.EVENT], "ground": "other"}),
    ],
)
def test_an_id_that_another_event_has_is_a_conflict_whatever_it_says(platform: Platform, kind, content):
    event = registered()
    person = platform.call("POST", "/v1/events", HOME, event).json["person"]
    other = {**event, "type": kind, "person": person, "with": content}
    answer = platform.call("POST", "/v1/events", HOME, other)
    assert (answer.status_code, answer.json["code"]) == (409, "event_id_conflict")


def test_a_reply_without_a_day_is_the_same_reply_after_midnight(platform: Platform):
    _, notice = moved(platform)
    path, body = f"/v1/cases/{notice['case']}/confirm", {"id": new_id(NOON)}
    first = platform.call("POST", path, HOME, body)
    platform.node.clock = lambda: NOON + timedelta(days=1)
    again = platform.call("POST", path, HOME, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == {**first.json, "status": "repeated"}
    other = platform.call("POST", path, HOME, {**body, "effective_on": "2026-03-03"})
    assert other.json["code"] == "event_id_conflict"


def test_who_decides_on_an_old_record_is_told_so(platform: Platform):
    person, notice = moved(platform)
    read = platform.call("GET", f"/v1/persons/{person}/record", TOWN)
    left = {"type": "movement.left", "person": person, "effective_on": "2026-03-02", "with": {}}
    platform.call("POST", f"/v1/cases/{notice['case']}/confirm", HOME, {})
    stale = platform.call("POST", "/v1/events", TOWN, left, **{"If-Match": read.headers["ETag"]})
    assert (stale.status_code, stale.json["code"]) == (412, "stale_version")
    fresh = platform.call("GET", f"/v1/persons/{person}/record", TOWN).headers["ETag"]
    assert fresh != read.headers["ETag"]
    assert platform.call("POST", "/v1/events", TOWN, left, **{"If-Match": fresh}).status_code == 201


def test_what_breaks_a_rule_is_named_by_its_place_on_the_wire(platform: Platform):
    event = registered()
    event["with"]["particulars"]["document.resident"] = {"number": "110105199104170020"}
    answer = platform.call("POST", "/v1/events", HOME, event, **{"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    [fault] = answer.json["errors"]
    assert fault["field"].startswith("with.particulars.document.resident")
    assert "110105199104170020" not in answer.text


def test_a_batch_may_speak_of_a_person_whom_it_opens(platform: Platform):
    change = {"type": "person.changed", "person": "#0", "effective_on": "2026-02-01", "with": {"set": {"sex": "M"}}}
    answer = platform.call("POST", "/v1/events/batch", HOME, {"events": [registered(), change]})
    assert (answer.status_code, answer.json["recorded"]) == (201, 2)
    one, other = answer.json["results"]
    assert one["person"] == other["person"]


def test_all_of_a_batch_is_recorded_or_nothing(platform: Platform):
    stranger = {**change_of("01936b5e-7c40-4cc3-98c4-dc0c0c07398f"), "id": new_id(NOON)}
    answer = platform.call("POST", "/v1/events/batch", HOME, {"events": [registered(), stranger]})
    assert answer.status_code == 404
    assert answer.json["errors"][0]["field"].startswith("events.1")
    assert platform.call("GET", "/v1/status", platform.key(COUNTY, "operator")).json["persons"] == 0
    each = {"all_or_nothing": False, "events": [registered(), stranger]}
    answer = platform.call("POST", "/v1/events/batch", HOME, each)
    assert (answer.json["recorded"], answer.json["refused"]) == (1, 1)


def change_of(person: str) -> dict[str, Any]:
    return {"type": "person.changed", "person": person, "effective_on": "2026-02-01", "with": {"set": {"sex": "M"}}}


def test_an_acknowledgement_is_kept_once(platform: Platform):
    _, notice = moved(platform)
    first = platform.call("POST", f"/v1/inbox/{notice['position']}/acknowledge", HOME).json
    again = platform.call("POST", f"/v1/inbox/{notice['position']}/acknowledge", HOME).json
    assert again == first
    assert platform.call("GET", "/v1/inbox?state=new", HOME).json["items"] == []
    assert platform.call("POST", "/v1/inbox/999/acknowledge", HOME).status_code == 404


def test_the_inbox_is_searched_by_name(platform: Platform):
    moved(platform)
    assert len(platform.call("GET", "/v1/inbox?search=一禾", HOME).json["items"]) == 1
    assert platform.call("GET", "/v1/inbox?search=张三", HOME).json["items"] == []
    assert platform.call("GET", "/v1/inbox?state=overdue", HOME).json["items"] == []


def test_cases_are_listed_on_both_sides(platform: Platform):
    _, notice = moved(platform)
    [asked] = platform.call("GET", "/v1/cases?side=asked&status=open", HOME).json["items"]
    [asker] = platform.call("GET", "/v1/cases?side=asker", TOWN).json["items"]
    assert asked["id"] == asker["id"] == notice["case"]
    assert platform.call("GET", "/v1/cases?side=asker", HOME).json["items"] == []


def test_a_dispute_goes_back_to_the_asker_who_settles_it(platform: Platform):
    _, notice = moved(platform)
    dispute = {"reason": "moved_elsewhere", "place": {"kind": "unknown"}}
    assert platform.call("POST", f"/v1/cases/{notice['case']}/dispute", HOME, dispute).status_code == 201
    assert platform.call("GET", f"/v1/cases/{notice['case']}", TOWN).json["status"] == "disputed"
    settle = platform.call("POST", f"/v1/cases/{notice['case']}/settle", TOWN, {"whole": "insisted"})
    assert settle.status_code == 201
    assert platform.call("GET", f"/v1/cases/{notice['case']}", HOME).json["status"] == "settled"
    twice = platform.call("POST", f"/v1/cases/{notice['case']}/confirm", HOME, {})
    assert twice.status_code == 409


def test_whoever_writes_a_code_that_is_none_is_told_the_whole_list(platform: Platform):
    person, _ = moved(platform)
    [*_, arrival] = platform.call("GET", f"/v1/persons/{person}/history", TOWN).json["items"]
    content = {"target": [TOWN, arrival["id"]], "ground": "by_whim"}
    body = {"type": "event.retracted", "effective_on": "2026-03-02", "person": person, "with": content}
    [error] = platform.call("POST", "/v1/events", TOWN, body).json["errors"]
    assert (error["field"], error["rule"]) == ("with.ground", "code.unknown")
    assert [code for code in ("recording_error", "cause_taken_back", "other.") if code not in error["message"]] == [], (
        error
    )


def test_a_supervisor_reads_with_the_eyes_of_an_office_of_its_area_only(platform: Platform):
    person, _ = moved(platform)
    county = {**platform.key(COUNTY, "supervisor"), "Exchange-Purpose": "supervision"}
    read = platform.call("GET", f"/v1/persons/{person}/record?office={TOWN}", county)
    assert (read.status_code, read.json["office"]) == (200, TOWN)
    assert platform.call("GET", f"/v1/persons/{person}/record?office={HOME}", county).status_code == 403


def test_a_node_whose_worker_fails_is_not_ready(platform: Platform):
    assert platform.client.get("/readyz").status_code == 200
    assert create_app(platform.node, forwarding=lambda: False).test_client().get("/readyz").status_code == 503


def test_the_examples_of_the_documents_are_recorded_as_they_stand(tmp_path):
    node = Node.open(settings(data=tmp_path, serves=("420115", "330106")))
    app = create_app(node)
    headers = {}
    for office in (HOME, TOWN):
        _, secret = Keys(node.uow).issue("a key of a test", [office], ["clerk", "confirmer"])
        headers[office] = {"Authorization": f"Bearer {secret}", "Exchange-Purpose": "case"}
    client: Any = app.test_client()
    assert client.post("/v1/events", json=examples.REGISTERED, headers=headers[HOME]).status_code == 201
    arrived = client.post("/v1/events", json=examples.ARRIVED, headers=headers[TOWN])
    assert arrived.status_code == 201
    advance(node)
    left = {**examples.LEFT, "person": arrived.json["person"]}
    assert client.post("/v1/events", json=left, headers=headers[TOWN]).status_code == 201
    node.close()


@pytest.mark.parametrize(
    "forged",
    [
        '[99999999999999999999, "330106005000", 1]',
        '[1, "\\ud800", 1]',
        "[1]",
        "{}",
        "[true, true, true]",
        "[1.5, 2, 3]",
        "[",
    ],
)
@pytest.mark.parametrize("path", ["inbox", "cases"])
def test_a_cursor_that_somebody_made_up_is_refused(platform: Platform, path, forged):
    cursor = base64.urlsafe_b64encode(f"1:{path}:{forged}".encode()).decode().rstrip("=")
    answer = platform.call("GET", f"/v1/{path}?cursor={cursor}", HOME)
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (422, "cursor.form")


@pytest.mark.parametrize("position", [2**53 - 1, 10**18 - 1, 10**18, 2**64, 10**30])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("deed", ["acknowledge", "send-again"])
def test_a_position_that_no_store_can_hold_is_not_found(platform: Platform, deed, sign, position):
    answer = platform.client.post(f"/v1/inbox/{sign}{position}/{deed}", headers=platform.key(HOME))
    assert answer.status_code == 404
