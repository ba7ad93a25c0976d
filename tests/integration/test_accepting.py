"""Whoever accepts a deviation need not correct the own statement besides: both are one act."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.ids import new_id
from tests.integration.platform import HOME, NOON, TOWN, Platform, platform
from tests.integration.test_api_node import arrived, registered

platform = pytest.fixture(platform, name="platform")
DAY, MONTH = "1991-04-17", "1991-05-17"


class Differing:
    """HOME holds another birth day and another first day than TOWN states, and has said so."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        platform.call("POST", "/v1/events", HOME, registered())
        arrival = arrived()
        arrival["with"]["stated"]["born_on"] = MONTH
        self.person = platform.call("POST", "/v1/events", TOWN, arrival).json["person"]
        [notice] = platform.call("GET", "/v1/inbox?state=open", HOME).json["items"]
        self.case = notice["case"]
        day = {"field": "effective_on", "ours": "2026-02-27", "yours": "2026-03-01"}
        said = {"deviations": [{"field": "born_on", "ours": DAY, "yours": MONTH}, day]}
        assert platform.call("POST", f"/v1/cases/{self.case}/confirm", HOME, said).status_code == 201

    def settles(self, key: Any = TOWN, **said: Any) -> Any:
        return self.platform.call("POST", f"/v1/cases/{self.case}/settle", key, said)

    def asked(self, office: str = TOWN) -> dict[str, Any]:
        found: dict[str, Any] = self.platform.call("GET", f"/v1/cases/{self.case}", office).json
        return found

    def events(self) -> list[str]:
        """What TOWN holds, without what came of itself."""
        path = f"/v1/persons/{self.person}/history?limit=50"
        return [each["type"] for each in self.platform.call("GET", path, TOWN).json["items"]]


@pytest.fixture
def story(platform: Platform) -> Differing:
    return Differing(platform)


@pytest.mark.parametrize("said", [{"accepted": ["born_on", "effective_on"]}, {"whole": "accepted"}])
def test_what_is_accepted_is_stated_anew_and_nothing_differs_any_more(story, said):
    assert story.settles(**said).status_code == 201
    for office in (TOWN, HOME):
        found = story.asked(office)
        assert (found["status"], found["differing"]) == ("settled", [])
        assert (found["stated"]["born_on"], found["question"]["day"]) == (DAY, "2026-02-27")
    assert [each["kind"] for each in story.platform.call("GET", "/v1/inbox?state=new", HOME).json["items"]].count(
        "reply"
    ) == 1


def test_what_is_insisted_on_stays_as_it_was_stated(story):
    assert story.settles(accepted=["effective_on"], insisted=["born_on"]).status_code == 201
    found = story.asked()
    assert (found["stated"]["born_on"], found["question"]["day"]) == (MONTH, "2026-02-27")
    assert [each["field"] for each in found["differing"]] == ["born_on"]


def test_nothing_is_corrected_where_all_is_insisted_on(story):
    before = story.events().count("event.corrected")
    assert story.settles(whole="insisted").status_code == 201
    assert story.events().count("event.corrected") == before == 0


def test_sent_twice_it_is_one_act(story):
    id_ = new_id(NOON)
    first = story.settles(id=id_, whole="accepted")
    again = story.settles(id=id_, whole="accepted")
    assert (first.status_code, again.status_code) == (201, 200)
    assert story.events().count("event.corrected") == story.events().count("case.settled") == 1


def test_where_the_settlement_is_refused_nothing_is_corrected(story):
    refused = story.settles(accepted=["born_on"])
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_settle")
    assert [each["rule"] for each in refused.json["errors"]] == ["settled.undecided"]
    assert story.asked()["stated"]["born_on"] == MONTH
    assert story.events().count("event.corrected") == 0


def test_the_office_asked_settles_nothing_and_corrects_nothing(story):
    assert story.settles(HOME, whole="accepted").json["code"] == "not_a_party"
    assert story.asked()["stated"]["born_on"] == MONTH


def test_who_may_only_answer_settles_and_corrects_nothing(story):
    assert story.settles(story.platform.key(TOWN, "confirmer"), whole="accepted").status_code == 201
    assert (story.asked()["status"], story.asked()["stated"]["born_on"]) == ("settled", MONTH)
