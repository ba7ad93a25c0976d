"""Many questions answered at once, and those that a setting lets be answered by themselves; through the store."""

from datetime import timedelta
from typing import Any

import pytest

from events.documents import resident_number
from events.errors import Malformed
from exchange.access.access_log import readers_of
from exchange.access.caller import Caller, Forbidden
from exchange.commands.asked import Outcome
from exchange.commands.confirm_equal import confirm_equal
from exchange.ids import new_id
from exchange.pipeline.advance import advance
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, opened, woman

CARDS = {
    name: {"number": resident_number("420115", "1988-05-02", n)}
    for n, name in ((2, "王小雨"), (4, "李梅"), (6, "周芳"))
}


def who(name: str, **more: Any) -> dict[str, Any]:
    return woman(name=name, **{"document.resident": CARDS[name], **more})


@pytest.fixture
def asked(home, new_home) -> dict[str, str]:
    """The case of each: two are stated as they are held, of the third the birth date differs."""
    for name in CARDS:
        home.registers(who(name))
    for name in CARDS:
        new_home.sees_arrive(who(name, **({"born_on": "1988-05-09"} if name == "周芳" else {})), ZHIFANG)
    names = {entry.case: entry.name for entry in home.inbox()}
    cases = {str(names[row.id]): row.id for row in home.cases()}
    return {name: cases[name] for name in CARDS}


def became(found: list[Outcome]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.became, each.fields) for each in found]


def test_equal_ones_are_confirmed_together_and_the_others_left_to_people(node, home, new_home, asked):
    found = confirm_equal(node, home.caller, list(asked.values()))
    advance(node)
    said = dict(zip(asked, became(found), strict=True))
    assert said == {"王小雨": ("confirmed", ()), "李梅": ("confirmed", ()), "周芳": ("differs", ("born_on",))}
    assert {row.id: row.status for row in home.cases()} == {
        asked["王小雨"]: "confirmed",
        asked["李梅"]: "confirmed",
        asked["周芳"]: "open",
    }
    assert sorted(entry.outcome or "" for entry in new_home.inbox()) == ["confirmed", "confirmed"]
    assert checks(node).differences == ()


def test_the_same_act_again_gives_the_first_results(node, home, asked):
    act = new_id(node.clock())
    cases = list(asked.values())
    first = confirm_equal(node, home.caller, cases, act)
    advance(node)
    node.clock.now += timedelta(days=1)
    again = confirm_equal(node, home.caller, cases, act)
    assert [each.became for each in first] == ["confirmed", "confirmed", "differs"]
    assert [each.became for each in again] == ["repeated", "repeated", "differs"]


def test_an_answered_case_and_one_of_another_office_are_said_to_be_so(node, home, new_home, asked):
    case = asked["王小雨"]
    home.answers("case.disputed", case, reason="other")
    assert became(confirm_equal(node, home.caller, [case])) == [("not_asked", ())]
    assert became(confirm_equal(node, new_home.caller, [case])) == [("not_asked", ())]
    [unknown] = confirm_equal(node, home.caller, [new_id(node.clock())])
    assert (unknown.became, unknown.error is not None and unknown.error.code) == ("refused", "no_such_case")


def test_each_person_compared_is_kept_in_the_log_of_reads(node, home, asked):
    confirm_equal(node, home.caller, list(asked.values()))
    [entry] = [row for row in home.cases() if row.id == asked["周芳"]]
    assert [each.purpose for each in readers_of(node.uow, entry.person)][-1] == "case"


def test_it_takes_a_confirmer_and_each_case_once(node, home, asked):
    with pytest.raises(Forbidden):
        confirm_equal(node, Caller(ZHIFANG, "clerk", frozenset({"clerk"})), list(asked.values()))
    with pytest.raises(Malformed, match=r"case\.twice"):
        confirm_equal(node, home.caller, [asked["李梅"]] * 2)
    with pytest.raises(Malformed, match=r"batch\.size"):
        confirm_equal(node, home.caller, [])


def test_where_the_setting_says_so_what_is_certainly_the_same_is_confirmed_by_itself(tmp_path):
    node = opened(tmp_path, Clock(), confirm_equal=True)
    home, there = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    home.registers(who("王小雨"))
    home.registers(who("周芳"))
    there.sees_arrive(who("王小雨"), ZHIFANG)
    there.sees_arrive(who("周芳", born_on="1988-05-09"), ZHIFANG)
    assert sorted((row.kind, row.status) for row in home.cases()) == [("inflow", "matched"), ("inflow", "open")]
    assert sorted((entry.kind, entry.expects_reply) for entry in home.inbox()) == [("inflow", True), ("matched", False)]
    assert there.inbox() == []  # what merely follows from its own act comes without a notification
    assert sorted(row.status for row in there.cases()) == ["matched", "open"]
    assert checks(node).differences == ()
    node.close()
