"""The four checks over the API: of all, and between any two areas of the tree."""

import pytest

from tests.integration.platform import COUNTY, HOME, TOWN, Platform, platform
from tests.integration.test_api_node import moved
from tests.integration.test_checks import behind_the_back

platform = pytest.fixture(platform, name="platform")


def test_two_areas_are_compared_by_whoever_oversees_one_of_them(platform: Platform):
    moved(platform)
    path = f"/v1/checks/between?one={TOWN}&other={HOME}"
    found = platform.call("GET", path, platform.key("330106000000", "supervisor")).json
    assert (found["equal"], found["persons"], found["ledger"]["count"]) == (True, 1, 0)
    assert found["ledger"]["shared"] >= 2
    refused = platform.call("GET", path, platform.key("420115000000", "supervisor"))
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (403, "office.outside_area")
    turned = platform.call("GET", f"/v1/checks/between?one={HOME}", platform.key("420115000000", "auditor")).json
    assert turned["ledger"]["shared"] == found["ledger"]["shared"]


def test_a_fault_that_is_about_nobody_names_none(platform: Platform):
    moved(platform)
    behind_the_back(
        platform.node,
        ("UPDATE feed_heads SET position = position + 1 WHERE office = ?", (HOME,)),
        ("UPDATE records SET lives_at = NULL WHERE office = ?", (TOWN,)),
    )
    found = platform.call("GET", "/v1/checks", platform.key(COUNTY, "auditor")).json["differences"]
    gap, altered = found
    assert gap == {"check": "ledger", "office": HOME, "event": None, "lacking": ["position"], "consequences": []}
    assert (altered["check"], altered["office"], "other" in altered) == ("view", TOWN, False)


def test_an_area_to_be_compared_is_named_at_any_level_or_is_the_whole_tree(platform: Platform):
    moved(platform)
    operator = platform.key("110000000000", "operator")
    shared = platform.call("GET", "/v1/checks/between", operator).json["ledger"]["shared"]
    assert shared >= 2
    spelled = ("one=33&other=42", "one=3301&other=420115", f"one=330106&other={HOME[:9]}", "one=浙江省&other=江夏区")
    for areas in spelled:
        found = platform.call("GET", f"/v1/checks/between?{areas}", operator).json
        assert (found["equal"], found["ledger"]["shared"], found["persons"]) == (True, shared, 1), areas
    assert platform.call("GET", "/v1/checks/between?one=330106&other=4201", operator).json["ledger"]["count"] == 0
    assert platform.call("GET", "/v1/checks/between", platform.key("33", "auditor")).status_code == 403
    for code, rule in (
        ("99", "division.province"),
        ("42011", "division.length"),
        ("429900", "division.unknown"),
        ("nowhere", "division.unknown"),
        ("420115002001", "division.no_office"),
    ):
        for field, query in (("one", f"one={code}"), ("other", f"one=42&other={code}")):
            wrong = platform.call("GET", f"/v1/checks/between?{query}", operator)
            [error] = wrong.json["errors"]
            assert (wrong.status_code, error["field"], error["rule"]) == (422, field, rule), query
