"""A household moves: one request, one event of each member, all or none, and every fault names its member."""

import pytest

from events.envelope import Ref
from exchange.ids import new_id
from tests.integration.households import NAMES, arriving, departing, faults, moves, recorded
from tests.integration.platform import HOME, NOON, TOWN, platform

platform = pytest.fixture(platform, name="platform")


def test_the_movement_is_said_once_and_recorded_of_each_member_in_one_act(platform):
    body = arriving(*NAMES)
    body["members"][1]["with"]["kind"] = "further"
    answer = moves(platform, body)
    assert (answer.status_code, answer.json["recorded"]) == (201, 3)
    assert answer.json["submission"] == body["members"][0]["id"]
    with platform.node.uow.look() as session:
        frames = [session.event(Ref(TOWN, each["id"])).frame for each in answer.json["results"]]
    assert {frame.submission for frame in frames} == {answer.json["submission"]}
    sheets = [
        platform.call("GET", f"/v1/persons/{each['person']}/record", TOWN).json for each in answer.json["results"]
    ]
    assert [(sheet["roles"], sheet["address"]) for sheet in sheets] == [
        (["main"], "1 Lane"),
        (["further"], "1 Lane"),
        (["main"], "1 Lane"),
    ]
    notices = platform.call("GET", "/v1/inbox?kind=inflow", HOME).json["items"]
    assert {notice["act"] for notice in notices} == {answer.json["submission"]}


def test_sent_again_it_is_recorded_once(platform):
    body = arriving(*NAMES)
    first, again = moves(platform, body), moves(platform, body)
    assert (again.status_code, again.json["repeated"]) == (200, 3)
    assert again.json["submission"] == first.json["submission"]


def test_who_joins_later_names_the_act_of_the_others(platform):
    act = moves(platform, arriving(*NAMES[:2])).json["submission"]
    later = moves(platform, arriving(NAMES[2], effective_on="2026-03-02", submission=act))
    assert later.json["submission"] == act
    assert later.json["results"][0]["id"] != act


def test_who_stood_in_the_act_before_comes_by_another_and_is_seen(platform):
    """One act is one notice about a person: under the same name the home office would not see that it is asked anew."""
    for name in NAMES:
        recorded(platform, name)
    first = moves(platform, arriving(*NAMES)).json
    event = {"type": "event.retracted", "effective_on": "2026-03-02", "person": first["results"][2]["person"]}
    target = [TOWN, first["results"][2]["id"]]
    assert platform.call("POST", "/v1/events", TOWN, {**event, "with": {"target": target}}).status_code == 201
    again = moves(platform, arriving(NAMES[2], submission=first["submission"]))
    assert (again.status_code, again.json["code"], faults(again)) == (
        409,
        "act_recorded",
        {"members.0.submission": "act_recorded"},
    )
    apart = moves(platform, arriving(NAMES[2])).json["submission"]
    newest = platform.call("GET", "/v1/inbox?limit=1", HOME).json["items"][0]
    assert (newest["act"], newest["kind"], newest["state"]) == (apart, "inflow", "open")


def test_every_member_at_fault_is_named_and_nobody_moves(platform):
    first, second, third = (recorded(platform, name) for name in NAMES)
    died = {"type": "person.deceased", "person": second, "effective_on": "2026-02-01", "with": {}}
    platform.call("POST", "/v1/events", HOME, died)
    stay = [HOME, new_id(NOON)]
    body = departing(first, second, third)
    body["members"][2]["with"] = {"stay": stay}
    body["members"].append({"person": new_id(NOON)})
    answer = moves(platform, body, HOME)
    assert (answer.status_code, set(faults(answer))) == (
        409,
        {"members.1.effective_on", "members.2.with.stay", "members.3.person"},
    )
    sheet = platform.call("GET", f"/v1/persons/{first}/record", HOME).json
    assert sheet["announcements"] == []
    assert moves(platform, departing(first), HOME).status_code == 201


def test_a_form_that_is_wrong_is_told_of_each_member(platform):
    body = arriving(*NAMES[:2])
    body["members"][1]["with"] |= {"kind": "guest", "street": "x"}
    body["with"]["stay_until"] = "2026-02-30"
    answer = moves(platform, body)
    assert (answer.status_code, faults(answer)) == (
        422,
        {
            "members.0.with.stay_until": "date.form",
            "members.1.with.stay_until": "date.form",
            "members.1.with.kind": "schema.choice",
            "members.1.with.street": "schema.unknown",
        },
    )


@pytest.mark.parametrize(
    ("more", "field", "rule"),
    [
        ({"members": []}, "members", "schema.items"),
        ({"members": [3]}, "members.0", "schema.object"),
        ({"type": "person.changed"}, "type", "schema.choice"),
        ({"with": []}, "with", "schema.object"),
        ({"family": True}, "family", "schema.unknown"),
    ],
)
def test_what_is_no_move_of_a_household_is_refused(platform, more, field, rule):
    answer = moves(platform, {**departing(new_id(NOON)), **more})
    assert answer.status_code == 422
    assert faults(answer)[field] == rule


def test_only_who_arrives_may_be_new(platform):
    body = departing("x")
    del body["members"][0]["person"]
    assert faults(moves(platform, body, HOME)) == {"members.0.person": "schema.missing"}
