"""What one office told by one act about several persons is one line of the inbox."""

from typing import Any

import pytest

from exchange.access.access_log import readers_of
from tests.integration.households import NAMES, arriving, moves, recorded
from tests.integration.platform import HOME, TOWN, Platform, platform

platform = pytest.fixture(platform, name="platform")


def inbox(platform: Platform, query: str = "", office: str = HOME) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = platform.call("GET", f"/v1/inbox?{query}", office).json["items"]
    return items


def confirm(platform: Platform, member: dict[str, Any]) -> None:
    assert platform.call("POST", f"/v1/cases/{member['case']}/confirm", HOME, {}).status_code == 201


@pytest.fixture
def act(platform) -> str:
    """The three are kept by the home office, and have arrived together in the town."""
    for name in NAMES:
        recorded(platform, name)
    submission: str = moves(platform, arriving(*NAMES)).json["submission"]
    return submission


def test_a_household_is_one_line_that_names_its_members(platform, act):
    [line] = inbox(platform)
    together = line["together"]
    assert (line["act"], line["kind"], line["state"]) == (act, "inflow", "open")
    assert [together[count] for count in ("persons", "asked", "open", "state")] == [3, 3, 3, "open"]
    assert {(each["name"], each["kind"], each["state"]) for each in together["members"]} == {
        (name, "inflow", "open") for name in NAMES
    }
    assert line["position"] == together["members"][-1]["position"]


def test_the_line_says_how_far_it_is_answered(platform, act):
    [line] = inbox(platform)
    first, second, third = line["together"]["members"]
    confirm(platform, first)
    [line] = inbox(platform)
    assert (line["together"]["open"], line["together"]["state"]) == (2, "partly_answered")
    assert [each["outcome"] for each in line["together"]["members"]] == ["confirmed", None, None]
    confirm(platform, second)
    confirm(platform, third)
    [line] = inbox(platform)
    assert (line["together"]["open"], line["together"]["state"]) == (0, "answered")
    replies = inbox(platform, "kind=reply", TOWN)
    assert [reply["together"] for reply in replies] == [None, None, None]  # three acts, each about one


def test_a_line_is_found_by_any_of_its_members(platform, act):
    [line] = inbox(platform)
    first, second, third = line["together"]["members"]
    confirm(platform, second)

    def leads(query: str) -> list[str]:
        return [each["name"] for each in inbox(platform, query)]

    assert leads("state=open") == [third["name"]]
    assert leads("state=answered") == [second["name"]]
    assert leads(f"person={first['person']}") == [first["name"]]
    assert leads(f"search={second['name'][1:]}") == [second["name"]]
    assert leads(f"state=open&search={second['name'][1:]}") == []
    assert leads("kind=outflow") == []
    assert all(each["together"]["persons"] == 3 for each in inbox(platform, "state=open"))


def test_apart_each_notice_is_a_row(platform, act):
    rows = inbox(platform, f"apart=true&act={act}")
    assert {row["name"] for row in rows} == set(NAMES)
    assert [row["together"] for row in rows] == [None, None, None]


def test_pages_count_lines(platform, act):
    other = moves(platform, arriving(*NAMES, effective_on="2026-03-02"), "330106001000").json
    first = platform.call("GET", "/v1/inbox?kind=inflow&limit=1", HOME).json
    assert [each["act"] for each in first["items"]] == [other["submission"]]
    second = platform.call("GET", f"/v1/inbox?kind=inflow&limit=1&cursor={first['next']}", HOME).json
    assert [each["act"] for each in second["items"]] == [act]
    assert second["next"] is None


def test_a_page_ends_early_where_its_lines_have_very_many_members(platform, act, monkeypatch):
    monkeypatch.setattr("exchange.queries.lines.MOST_OPENED", 5)
    other = moves(platform, arriving(*NAMES, effective_on="2026-03-02"), "330106001000").json["submission"]
    for query in ("kind=inflow", "kind=inflow&search=林"):
        first = platform.call("GET", f"/v1/inbox?{query}", HOME).json
        second = platform.call("GET", f"/v1/inbox?{query}&cursor={first['next']}", HOME).json
        assert [[each["act"] for each in page["items"]] for page in (first, second)] == [[other], [act]]
        assert second["next"] is None


def test_who_joins_later_is_shown_with_the_others(platform):
    for name in NAMES:
        recorded(platform, name)
    act = moves(platform, arriving(*NAMES[:2])).json["submission"]
    [line] = inbox(platform)
    for member in line["together"]["members"]:
        confirm(platform, member)
    moves(platform, arriving(NAMES[2], submission=act))
    [line] = inbox(platform)
    assert (line["name"], line["state"]) == (NAMES[2], "open")
    assert [each["state"] for each in line["together"]["members"]] == ["answered", "answered", "open"]
    assert line["together"]["state"] == "partly_answered"


def test_acts_of_two_offices_that_bear_one_name_are_two_lines(platform):
    for name in NAMES:
        recorded(platform, name)
    moves(platform, arriving(*NAMES[:2], submission="move-1"))
    moves(platform, arriving(NAMES[2], submission="move-1"), "330106001000")
    assert sorted((line["teller"], line["together"] and line["together"]["persons"]) for line in inbox(platform)) == [
        ("330106001000", None),
        (TOWN, 2),
    ]


def test_a_name_that_a_line_shows_is_kept_in_the_log_of_reads(platform, act):
    [line] = inbox(platform)
    for member in line["together"]["members"]:
        assert HOME in {read.office for read in readers_of(platform.node.uow, member["person"])}
