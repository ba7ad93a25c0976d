"""A line of the inbox answered by one act: the rest confirmed, some told otherwise, all or nothing."""

from typing import Any

import pytest

from exchange.ids import new_id
from tests.integration.households import NAMES, arriving, card, faults, moves, place, recorded
from tests.integration.platform import COUNTY, HOME, NOON, TOWN, Platform, platform

platform = pytest.fixture(platform, name="platform")
Row = dict[str, Any]


def line_of(platform: Platform, query: str = "state=open", office: str = HOME) -> Row:
    [line] = platform.call("GET", f"/v1/inbox?{query}", office).json["items"]
    found: Row = line
    return found


def answers(platform: Platform, line: Row, office: str = HOME, **body: Any) -> Any:
    return platform.call("POST", f"/v1/inbox/{line['position']}/answer", office, body)


def members(line: Row) -> dict[str, Row]:
    return {each["name"]: each for each in line["together"]["members"]}


def became(line: Row, answer: Any) -> dict[str, tuple[str, list[str]]]:
    names = {each["case"]: each["name"] for each in line["together"]["members"]}
    return {names[each["case"]]: (each["became"], each["fields"]) for each in answer.json["results"]}


@pytest.fixture
def line(platform) -> Row:
    """The three are kept by the home office, and arrived together in the town."""
    for name in NAMES:
        recorded(platform, name)
    moves(platform, arriving(*NAMES))
    return line_of(platform)


def test_one_act_confirms_all_in_which_nothing_differs(platform, line):
    answer = answers(platform, line)
    assert (answer.status_code, became(line, answer)) == (201, {name: ("confirmed", []) for name in NAMES})
    reply = line_of(platform, "kind=reply", TOWN)
    assert (reply["act"], reply["together"]["persons"]) == (answer.json["submission"], 3)
    assert {each["outcome"] for each in reply["together"]["members"]} == {"confirmed"}
    assert platform.call("GET", "/v1/inbox?state=open", HOME).json["items"] == []


def test_some_are_told_in_particular_and_the_rest_confirmed(platform, line):
    first, second, third = (members(line)[name] for name in NAMES)
    differing = [{"field": "born_on", "ours": "1990-04-18", "yours": "1990-04-17"}]
    answer = answers(
        platform,
        line,
        answers=[
            {"case": second["case"], "type": "case.disputed", "with": {"reason": "person_unknown"}},
            {"case": first["case"], "type": "case.confirmed", "with": {"deviations": differing}},
        ],
    )
    assert became(line, answer) == {
        NAMES[0]: ("answered", []),
        NAMES[1]: ("answered", []),
        NAMES[2]: ("confirmed", []),
    }
    states = {c["id"]: c["status"] for c in platform.call("GET", "/v1/cases", TOWN).json["items"]}
    assert [states[each["case"]] for each in (first, second, third)] == ["deviations", "disputed", "confirmed"]
    reply = line_of(platform, "kind=reply", TOWN)
    assert {each["name"]: each["outcome"] for each in reply["together"]["members"]} == {
        NAMES[0]: "deviations",
        NAMES[1]: "disputed",
        NAMES[2]: "confirmed",
    }


def test_in_whom_something_differs_is_left_to_a_person(platform):
    for name in NAMES[:2]:
        recorded(platform, name)
    body = arriving(*NAMES[:2])
    body["members"][1]["with"]["stated"]["born_on"] = "1991-04-19"
    moves(platform, body)
    line = line_of(platform)
    for rest in ("equal", "all"):
        answer = answers(platform, line, rest=rest)
        assert became(line, answer)[NAMES[1]] == ("differs", ["born_on"])
    assert answer.status_code == 200
    assert members(line_of(platform))[NAMES[1]]["state"] == "open"


def test_what_became_of_a_member_after_the_arrival_needs_no_answer_of_its_own(platform, line):
    first, second = (members(line)[name]["person"] for name in NAMES[:2])
    later = {"effective_on": "2026-03-02"}
    died = {"type": "person.deceased", "person": first, "with": {}, **later}
    renamed = {"set": {"name": "林木禾"}, "ground": "own_wish"}
    changed = {"type": "person.changed", "person": second, "with": renamed, **later}
    for event in (died, changed):
        assert platform.call("POST", "/v1/events", HOME, event).status_code == 201
    line = line_of(platform, "state=open&kind=inflow")
    answer = answers(platform, line)
    assert {found for found, _ in became(line, answer).values()} == {"confirmed"}
    sheets = [platform.call("GET", f"/v1/persons/{person}/record", TOWN).json for person in (first, second)]
    assert (sheets[0]["died_on"], sheets[1]["particulars"]["name"]) == ("2026-03-02", "林木禾")


def test_one_reply_refused_all_refused_and_each_at_fault_named(platform, line):
    first, second, _ = (members(line)[name] for name in NAMES)
    told = [
        {"case": first["case"], "type": "case.deferred", "with": {"until": "2026-03-02", "reason": "still_looking"}},
        {"case": second["case"], "type": "enquiry.answered", "with": {"held": True}},
    ]
    answer = answers(platform, line, answers=told)
    assert (answer.status_code, faults(answer)) == (
        409,
        {"answers.0.with.until": "deferral_day", "answers.1.with.case": "answered_otherwise"},
    )
    assert {each["state"] for each in members(line_of(platform)).values()} == {"open"}


def test_sent_again_it_answers_once_and_nobody_who_joined_since(platform, line):
    act = new_id(NOON)
    case = members(line)[NAMES[1]]["case"]
    body: Row = {"id": act, "answers": [{"case": case, "type": "case.disputed", "with": {"reason": "other"}}]}
    first = answers(platform, line, **body)
    moves(platform, {**arriving("林小雨"), "submission": line["act"]})
    again = answers(platform, line, **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert sorted(each["became"] for each in again.json["results"]) == ["not_asked", "repeated", "repeated", "repeated"]
    assert again.json["submission"] == act
    otherwise = answers(platform, line, id=act)
    assert (otherwise.status_code, otherwise.json["code"]) == (409, "event_id_conflict")


def test_where_no_record_can_tell_the_word_of_the_office_does(platform):
    persons = [recorded(platform, name) for name in NAMES[:2]]
    moves(platform, arriving(*NAMES[:2]))
    answers(platform, line_of(platform))
    body = arriving(*NAMES[:2])
    body["with"]["origin"] = place(TOWN)
    moves(platform, {**body, "effective_on": "2026-03-02"}, COUNTY[:6] + "001000")
    line = line_of(platform, "kind=moved-on", TOWN)
    assert line["together"]["asked"] == len(persons)
    left = answers(platform, line, TOWN)
    assert (left.status_code, {each[0] for each in became(line, left).values()}) == (200, {"other_kind"})
    told = answers(platform, line, TOWN, rest="all")
    assert (told.status_code, {each[0] for each in became(line, told).values()}) == (201, {"confirmed"})


def test_enquiries_are_answered_with_what_is_held_and_may_be_told(platform):
    for name in NAMES[:2]:
        recorded(platform, name)
    asked = {"to": HOME, "purpose": "identification", "consent": False, "fields": ["sex"]}
    events = [
        {
            "id": new_id(NOON),
            "type": "enquiry.opened",
            "effective_on": "2026-03-02",
            "with": {**asked, "given": {"name": {"full": name}, "document.resident": card(name)}},
        }
        for name in NAMES
    ]
    platform.call("POST", "/v1/events/batch", TOWN, {"events": events})
    line = line_of(platform)
    assert (line["kind"], line["together"]["open"]) == ("enquiry", 3)
    told = became(line, answers(platform, line))
    assert told == {NAMES[0]: ("answered", []), NAMES[1]: ("answered", []), NAMES[2]: ("unclear", [])}
    reply = line_of(platform, "kind=reply", TOWN)
    assert (reply["together"]["persons"], reply["fields"]) == (2, ["sex"])


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({"rest": "none"}, "rest", "schema.choice"),
        ({"answers": [{"type": "case.disputed"}]}, "answers.0.case", "schema.missing"),
        ({"answers": [{"type": "person.changed"}]}, "answers.0.type", "schema.choice"),
        ({"answers": [{"type": "case.disputed"}]}, "answers.0.with.reason", "schema.missing"),
        ({"answers": [{"case": new_id(NOON), "type": "case.confirmed"}]}, "answers.0.case", "line.other_case"),
    ],
)
def test_what_is_no_answer_is_refused(platform, line, body, field, rule):
    answer = answers(platform, line, **body)
    assert answer.status_code == 422
    assert faults(answer)[field] == rule


def test_a_case_is_told_one_thing(platform, line):
    case = line["case"]
    twice = [{"case": case, "type": "case.disputed", "with": {"reason": "other"}}] * 2
    assert faults(answers(platform, line, answers=twice)) == {"answers.1.case": "case.twice"}


def test_only_who_was_told_may_answer(platform, line):
    assert answers(platform, line, TOWN).json["code"] == "no_such_notice"
    key = platform.key(HOME, "clerk")
    assert platform.call("POST", f"/v1/inbox/{line['position']}/answer", key, {}).status_code == 403


def test_all_is_written_in_one_act(platform, line):
    act = new_id(NOON)
    answers(platform, line, id=act)
    with platform.node.uow.look() as session:
        events = [e.frame for member in members(line).values() for e in session.events_of([member["person"]])]
    assert [frame.submission for frame in events if frame.type == "case.confirmed"] == [act] * 3
