"""The pages where a person cannot be read: what is clear is shown, and what the matter is said in words."""

import re
from datetime import timedelta

import pytest

from exchange.commands.confirm_equal import confirm_equal
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from tests.integration.browser import Reader, pages_of
from tests.integration.test_checks import behind_the_back
from tests.integration.test_inbox_page import arrive_together
from tests.integration.test_unreadable import BREAKS
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, opened, woman

FRAME = {"frame.form": "UPDATE events SET body = zeroblob(40) WHERE subject = ?"}


@pytest.fixture
def asked(node, home, new_home):
    """Somebody at home, who is asked; the case, and the person."""
    home.registers(woman(3))  # whose key is put in the place of hers
    home.registers(woman())
    person = str(new_home.sees_arrive(woman(), ZHIFANG).person)
    return Reader(pages_of(node)).signs_in(ZHIFANG), home.cases()[0].id, person


@pytest.mark.parametrize("broken", [*BREAKS.values(), *FRAME.values()], ids=[*BREAKS, *FRAME])
def test_her_case_says_what_the_matter_is_and_what_is_clear(node, asked, broken):
    reader, case, person = asked
    behind_the_back(node, (broken, (person,)))
    shown = reader.opens(f"/cases/{case}")
    assert "<h1>What is recorded about this person cannot be read</h1>" in shown
    for fact in ("Zhifang Subdistrict", "Donghuamen Subdistrict", "open", "Answer by"):
        assert fact in shown.split('<dl class="facts">')[1].split("</dl>")[0]
    assert shown.count("<form") == 1, "to sign out, and nothing can be answered"
    assert "王小雨" not in shown


def test_in_chinese_and_for_the_one_who_asks(node, asked):
    _, case, person = asked
    behind_the_back(node, (BREAKS["key.unwrap"], (person,)))
    shown = Reader(pages_of(node), "zh-CN").signs_in(DONGHUAMEN).opens(f"/cases/{case}")
    assert "<h1>此人的登记内容无法读取</h1>" in shown
    assert "请将下方编号告知平台管理员" in shown


def test_what_was_filled_in_before_is_refused_in_words(node, asked):
    reader, case, person = asked
    reader.opens(f"/cases/{case}")
    form = reader.form("Ask back or remark")
    behind_the_back(node, (BREAKS["key.unwrap"], (person,)))
    status = reader.sends(form, text="Please look at the card again.")
    assert (status, "<h1>" in reader.text) == (500, True)


def test_it_is_the_case_of_nobody_else(node, asked):
    _, case, person = asked
    behind_the_back(node, (BREAKS["key.unwrap"], (person,)))
    Reader(pages_of(node)).signs_in("110108001000").opens(f"/cases/{case}", status=404)


@pytest.mark.parametrize("broken", BREAKS.values(), ids=list(BREAKS))
def test_the_others_of_her_line_are_answered(node, home, new_home, broken):
    for number in (2, 3, 4):
        home.registers(woman(number))
    arrive_together(new_home, *map(woman, (2, 3, 4)))
    first, *others = home.cases()
    behind_the_back(node, (broken, (first.person,)))
    reader = Reader(pages_of(node)).signs_in(ZHIFANG)
    line = re.findall(r'href="(/inbox/\d+)\?', reader.opens("/inbox"))[0]
    reader.opens(line)
    assert reader.sends(reader.form("Send the answers")) == 200
    assert "2 confirmed." in reader.text
    assert {case.id: case.status for case in home.cases()} == {
        first.id: "open",
        **{each.id: "confirmed" for each in others},
    }
    (outcome,) = confirm_equal(node, home.caller, [first.id])
    assert outcome.became == "unclear"


def test_so_do_the_lists_of_what_is_overdue_and_of_what_is_to_be_decided(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    for number in (2, 3, 4):
        home.registers(woman(number))
    late = str(new_home.sees_arrive(woman(2), ZHIFANG).person)
    other = str(new_home.sees_arrive(woman(3, born_on="1988-05-03"), ZHIFANG).person)
    home.answers("case.confirmed", next(case.id for case in home.cases() if case.person == other))
    clock.now += timedelta(days=60)
    sweep(node)
    advance(node)
    for person in (late, other):
        behind_the_back(node, (BREAKS["key.form"], (person,)))
    app = pages_of(node)
    for office, tab in ((ZHIFANG, "late"), (DONGHUAMEN, "decide")):
        shown = Reader(app).signs_in(office).opens(f"/inbox?tab={tab}")
        assert shown.count("Cannot be read</a>") == 1, tab
        assert "Name not told" not in shown
    node.close()
