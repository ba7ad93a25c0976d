"""`as_of` and `known_at`: what held on a day, what the office knew at a moment, and how the API takes both."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.access.keys import Keys
from exchange.commands.jurisdiction import record_office
from exchange.http.app import create_app
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.feed import feed
from schemas.v1.person import SheetSchema
from tests.integration.api import Api, api, rules
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, operator, town, woman

served = pytest.fixture(api, name="served")
PERSON = "0190f6a0-0000-7000-8000-000000000001"


class Story:
    """A woman registered in Zhifang arrives in Donghuamen on 1 March, and takes another name on 10 March."""

    def __init__(self, node: Node, clock: Clock) -> None:
        self.node, self.clock = node, clock
        self.home, self.there = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
        self.registered = self.home.registers(woman(), kind="main")
        self.person = self.registered.person
        self.before = clock()
        self.arrival = self.there.sees_arrive(woman(), ZHIFANG)
        self.asked = clock()
        self.home.answers("case.confirmed", str(self.home.notice("inflow").case))
        clock.now = datetime(2026, 3, 10, 1, tzinfo=UTC)
        self.home.records(
            "person.changed", "2026-03-10", {"set": {"name": "王晓宇"}, "ground": "own_wish"}, self.person
        )
        _, secret = Keys(node.uow, node.clock).issue("a test", ["110000000000", "420000000000"], ["clerk"])
        self.client = create_app(node).test_client()
        self.headers = {"Authorization": f"Bearer {secret}", "Exchange-Purpose": "registration"}

    def asks(self, office: Town, **query: str) -> Any:
        headers = {**self.headers, "Exchange-Office": office.code}
        return self.client.get(f"/v1/persons/{self.person}/record", query_string=query, headers=headers)

    def reads(self, office: Town, **query: str) -> dict[str, Any]:
        answer = self.asks(office, **query)
        assert answer.status_code == 200, answer.json
        assert SheetSchema().validate(answer.json) == {}
        found: dict[str, Any] = answer.json
        return found


@pytest.fixture
def story(tmp_path: Path, database_url) -> Iterator[Story]:
    clock = Clock()
    node = opened(tmp_path, clock, database_url=database_url)
    yield Story(node, clock)
    node.close()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def test_today_is_shown_where_no_time_is_asked(story):
    found = story.reads(story.home)
    assert (found["as_of"], found["known_at"]) == (None, None)
    assert (found["particulars"]["name"], found["lives_at"]["code"]) == ("王晓宇", DONGHUAMEN)


def test_another_day_shows_what_held_then(story):
    found = story.reads(story.home, as_of="2026-02-28")
    assert (found["as_of"], found["state"], found["roles"]) == ("2026-02-28", "open", ["registration", "main"])
    assert (found["particulars"]["name"], found["lives_at"]["code"]) == ("王小雨", ZHIFANG)


def test_both_sides_show_the_same_of_a_day(story):
    here, there = (story.reads(office, as_of="2026-03-05") for office in (story.home, story.there))
    same = ("lives_at", "registration", "particulars", "as_of")
    assert {key: here[key] for key in same} == {key: there[key] for key in same}
    assert there["particulars"]["name"] == "王小雨"


def test_of_a_day_before_its_part_began_an_office_shows_none(story):
    found = story.reads(story.there, as_of="2026-02-28")
    assert (found["state"], found["roles"], found["as_of"]) == ("none", [], "2026-02-28")
    assert story.reads(story.home, as_of="2019-12-31")["state"] == "none"


def test_another_moment_shows_what_the_office_knew_then(story):
    then = story.reads(story.home, known_at=moment(story.asked))
    assert [case["status"] for case in then["cases"]] == ["open"]
    assert then["particulars"]["name"] == "王小雨"
    assert then["known_at"] == moment(story.asked).replace("+00:00", "Z")


def test_of_a_moment_at_which_the_office_knew_nothing_nothing_is_said(story):
    answer = story.asks(story.there, known_at=moment(story.before))
    assert (answer.status_code, answer.json["code"]) == (404, "person_unknown")


def test_both_times_may_be_asked_together(story):
    found = story.reads(story.home, as_of="2026-03-05", known_at=moment(story.before))
    assert found["lives_at"]["code"] == ZHIFANG


def test_what_was_known_at_a_moment_never_changes(story):
    asked = {"known_at": moment(story.clock())}
    then = story.reads(story.home, **asked)
    story.there.records("movement.left", "2026-03-10", {"destination": {"kind": "unknown"}}, story.person)
    assert story.reads(story.home, **asked) == then


def test_a_moment_that_is_ahead_cannot_be_told(story):
    answer = story.asks(story.home, known_at=moment(story.clock() + timedelta(minutes=1)))
    assert (answer.status_code, rules(answer.json)) == (422, {"known_at": "record.known_ahead"})


def test_an_address_that_is_protected_since_is_shown_of_no_moment(story):
    before = moment(story.clock())
    assert story.reads(story.home, known_at=before)["address"] == "1 Lane"
    story.there.records("person.protected", "2026-03-02", {"ground": "threat"}, story.person)
    assert story.reads(story.home, known_at=before)["address"] is None
    assert story.reads(story.home, as_of="2026-03-01")["address"] is None
    assert story.reads(story.there, known_at=before)["address"] == "1 Lane"


def test_nor_is_one_that_whoever_followed_on_its_teller_withdrew_nor_is_it_fed(story):
    before = moment(story.clock())
    followed = ("jurisdiction.succeeded", "2026-03-10", {"to": [WANSHOULU]})
    record_office(story.node, operator(DONGHUAMEN), DONGHUAMEN, *followed)
    advance(story.node)
    assert story.reads(story.home, known_at=before)["address"] == "1 Lane"
    assert "1 Lane" in str(feed(story.node, story.home.caller, "registration"))
    Town(story.node, WANSHOULU).records("person.protected", "2026-03-02", {"ground": "threat"}, story.person)
    assert story.reads(story.home, known_at=before)["address"] is None
    assert "1 Lane" not in str(feed(story.node, story.home.caller, "registration"))


def test_what_was_told_in_error_is_shown_of_no_moment(story):
    wrong = Town(story.node, WANSHOULU)
    story.person = (arrival := story.there.sees_arrive(woman(3), WANSHOULU, origin=town(ZHIFANG))).person
    before = moment(story.clock())
    assert story.reads(wrong, known_at=before)["particulars"]["name"] == "王小雨"
    correction = {"target": f"{DONGHUAMEN}/{arrival.id}", "set": {"registration": town(ZHIFANG)}}
    story.there.records("event.corrected", "2026-03-02", correction, story.person)
    assert "name" not in story.reads(wrong, known_at=before)["particulars"]


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ({"as_of": "2026-02-30"}, "schema.day"),
        ({"as_of": "1.3.2026"}, "schema.day"),
        ({"as_of": "1066-10-14"}, "schema.day"),
        ({"as_of": ""}, "schema.day"),
        ({"known_at": "2026-03-02"}, "schema.moment"),
        ({"known_at": "2026-03-02T03:04:05"}, "schema.moment"),
        ({"known_at": "2026-03-02T03:04:05 08:00"}, "schema.moment"),
        ({"known_at": "2026-03-02T25:04:05Z"}, "schema.moment"),
        ({"known_at": "2026-03-02T03:04:05+99:00"}, "schema.moment"),
        ({"known_at": "0001-01-01T00:00:00Z"}, "schema.moment"),
        ({"day": "2026-03-02"}, "schema.unknown"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_time_that_is_none_is_named(served: Api, query, rule, language):
    headers = {**served.bearer(), "Exchange-Purpose": "registration", "Accept-Language": language}
    answer = served.client().get(f"/v1/persons/{PERSON}/record", query_string=query, headers=headers)
    assert (answer.status_code, rules(answer.json)) == (422, dict.fromkeys(query, rule))
    assert rule not in answer.json["errors"][0]["message"]


def test_the_document_tells_both_with_an_example(served: Api):
    document = served.client().get("/openapi.json").json
    given = document["paths"]["/v1/persons/{person}/record"]["get"]["parameters"]
    told = {each["name"]: each for each in given if each.get("name") in {"as_of", "known_at"}}
    assert set(told) == {"as_of", "known_at"}
    for each in told.values():
        assert each["description"]
        assert not each.get("required")
        assert each["schema"].get("example") or each.get("example")
