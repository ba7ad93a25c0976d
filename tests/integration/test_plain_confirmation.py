"""A confirmation that names no deviations: the exchange compares, so that nothing stated is lost without a word."""

from __future__ import annotations

import pytest

from exchange.ids import new_id
from exchange.queries.case import case
from exchange.queries.questions import questions
from exchange.reconcile import checks
from tests.integration.towns import WANSHOULU, ZHIFANG, Town, town, woman


@pytest.fixture
def asked(home, new_home):
    """The case that asks the home place about a newcomer whose birth month differs."""
    home.registers(woman())
    new_home.sees_arrive({**woman(), "born_on": "1988-06-02"}, ZHIFANG)
    return home.notice("inflow").case


def at(office: Town, asked: str) -> tuple[str, list[str]]:
    (case,) = [each for each in office.sheet(office.inbox()[0].person)["cases"] if each["id"] == asked]
    return case["status"], [each["field"] for each in case["deviations"]]


def test_it_names_what_differs_and_the_other_side_decides(node, home, new_home, asked):
    home.answers("case.confirmed", asked)
    assert at(home, asked) == at(new_home, asked) == ("deviations", ["born_on"])
    assert new_home.notice("reply").fields == ("born_on",)
    assert [office.sheet(new_home.inbox()[0].person)["objected"] for office in (home, new_home)] == [["born_on"]] * 2
    new_home.answers("case.settled", asked, insisted=["born_on"])
    assert checks(node).differences == ()


def test_an_empty_list_is_the_word_of_who_has_looked(home, new_home, asked):
    home.answers("case.confirmed", asked, deviations=[])
    assert at(home, asked) == at(new_home, asked) == ("confirmed", [])


def test_sent_again_it_gives_the_first_result_whatever_has_changed(node, home, asked):
    confirmed = {"case_id": asked}, new_id(node.clock())
    home.records("case.confirmed", "2026-03-02", confirmed[0], id=confirmed[1])
    changed = {"set": {"name": "王大雨"}, "ground": "own_wish"}
    home.records("person.changed", "2026-03-02", changed, home.inbox()[0].person)
    again = home.records("case.confirmed", "2026-03-02", confirmed[0], id=confirmed[1])
    assert again.status == "repeated"


def test_who_was_only_named_by_the_newcomer_compares_with_nothing(node, home, new_home):
    new_home.sees_arrive(woman(), ZHIFANG)
    asked = home.notice("inflow").case
    home.answers("case.confirmed", asked)
    assert at(home, asked) == ("confirmed", [])


def test_what_the_office_asked_merely_does_not_hold_is_shown_and_no_deviation(node, home, new_home):
    home.registers({field: value for field, value in woman().items() if field != "born_on"})
    new_home.sees_arrive(woman(), ZHIFANG)
    asked = home.notice("inflow").case
    shown = case(node, home.caller, asked)
    assert (list(shown["differing"]), shown["missing"]) == ([], ["born_on"])
    home.answers("case.confirmed", asked)
    assert at(home, asked) == ("confirmed", [])


def test_what_only_questions_say_is_not_held(node, home, new_home):
    third = Town(node, WANSHOULU)
    new_home.sees_arrive(woman(), ZHIFANG)
    third.sees_arrive({**woman(), "phone": "1"}, ZHIFANG, "2026-03-02")
    shown = [case(node, home.caller, each.case) for each in home.inbox() if each.kind == "inflow"]
    assert [(each["ours"], set(each["missing"]) == set(each["stated"])) for each in shown] == [({}, True)] * 2


def test_what_another_question_says_differs_from_nothing(node, home, new_home):
    """Else an office that had never heard of her would hold against one town what another town says."""
    third = Town(node, WANSHOULU)
    new_home.sees_arrive(woman(), ZHIFANG)
    third.sees_arrive({**woman(), "born_on": "1988-05-03"}, ZHIFANG, "2026-03-02")
    cases = [each.case for each in home.inbox() if each.kind == "inflow"]
    assert [list(case(node, home.caller, each)["differing"]) for each in cases] == [[], []]
    assert {each.compared for each in questions(node, home.caller, cases).values()} == {"unclear"}


def test_what_the_office_recorded_itself_differs_though_it_keeps_her_not(node, home, new_home):
    home.sees_arrive({**woman(), "born_on": "1988-05-04"}, WANSHOULU)
    new_home.sees_arrive(woman(), ZHIFANG, "2026-03-02")
    asked = home.notice("inflow").case
    (found,) = case(node, home.caller, asked)["differing"]
    assert (found["field"], found["ours"], found["yours"]) == ("born_on", "1988-05-04", "1988-05-02")
    assert questions(node, home.caller, [asked])[asked].fields == ("born_on",)


def test_what_only_an_announcement_says_is_not_held(node, home, new_home):
    person = home.registers(woman()).person
    home.records("movement.departed", "2026-03-01", {"destination": town(new_home.code)}, person)
    shown = case(node, new_home.caller, new_home.notice("outflow").case)
    assert (shown["ours"], shown["missing"]) == ({}, sorted(shown["stated"]))
    assert shown["stated"]["name"] == "王小雨"


def test_what_the_asker_said_itself_is_what_it_holds(node, home, new_home, asked):
    shown = case(node, new_home.caller, asked)
    assert shown["ours"]["born_on"] == "1988-06-02"


def test_the_asker_reads_its_question_as_its_own(node, home, new_home, asked):
    theirs, ours = (case(node, office.caller, asked)["asks"] for office in (home, new_home))
    assert ours == f"贵单位向对方单位提出的询问：“{theirs}”"
