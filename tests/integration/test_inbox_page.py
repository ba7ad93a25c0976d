"""The inbox as a page: what waits, answered from where it stands, in both languages, by whoever signed in."""

import re
from datetime import timedelta
from typing import Any

import pytest

from events.documents import resident_number
from exchange.clock import utcnow
from exchange.commands.act import Item
from exchange.ids import new_id
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from tests.integration.browser import AGAINST_POLICY, Reader, pages_of
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, town, woman

FAMILY = ("林一禾", "林小满", "林小雪")
BORN = dict(zip(FAMILY, ("1988-05-02", "1990-05-02", "2015-05-02"), strict=True))


def member(name: str, **other: Any) -> dict[str, Any]:
    card = {"number": resident_number("420115", BORN[name], 2)}
    return {"name": name, "born_on": BORN[name], "sex": "F", "document.resident": card, **other}


def arrive_together(new_home: Town, *people: dict[str, Any]) -> None:
    """All of them in one act."""
    content = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "address": "1 Lane"}
    act = new_id(utcnow())
    items = [
        Item(type="movement.arrived", day="2026-03-01", content={**content, "stated": who}, submission=act)
        for who in people
    ]
    assert all(result.error is None for result in new_home.tries(*items))


@pytest.fixture
def app(node):
    return pages_of(node)


@pytest.fixture
def clerk(app):
    return Reader(app).signs_in(ZHIFANG)


@pytest.fixture
def household(home, new_home):
    for name in FAMILY:
        home.registers(member(name))
    arrive_together(new_home, *map(member, FAMILY))


@pytest.mark.parametrize(
    ("lang", "finding", "asks", "equal", "button"),
    [
        ("en", "1 to answer, none overdue", "A person has arrived", "Nothing differs", "Confirm"),
        ("zh-CN", "待答复1件，无逾期", "有流入人员称户籍在贵单位", "无差异", "确认"),
    ],
)
def test_what_waits_is_asked_in_a_sentence_with_its_day_and_compared(
    app, home, new_home, lang, finding, asks, equal, button
):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    reader = Reader(app, lang).signs_in(ZHIFANG)
    shown = reader.opens("/inbox")
    for said in (finding, asks, equal, "王小雨", f'<html lang="{lang}">', "2026"):
        assert said in shown
    assert not re.search(r"console\.(?!css|js)|\{[a-z_]+\}", shown), "a text is missing"
    assert not AGAINST_POLICY.search(shown)
    reader.sends(reader.form(button))
    assert [case.status for case in home.cases()] == ["confirmed"]


def test_those_in_which_nothing_differs_are_confirmed_together_and_the_others_left(clerk, home, new_home):
    for number in (2, 3):
        home.registers(woman(number))
        new_home.sees_arrive(woman(number), ZHIFANG)
    home.registers(woman(4))
    new_home.sees_arrive(woman(4, born_on="1988-05-03"), ZHIFANG)
    shown = clerk.opens("/inbox")
    assert "Differs: Born" in shown
    clerk.sends(clerk.form("Confirm the 2 in which nothing differs"))
    assert "2 confirmed." in clerk.text
    assert sorted(case.status for case in home.cases()) == ["confirmed", "confirmed", "open"]


def test_a_household_is_one_line_that_one_button_answers_in_one_act(clerk, home, household):
    shown = clerk.opens("/inbox")
    assert shown.count('<p class="name">') == 1
    assert "3 together" in shown
    for name in FAMILY:
        assert name in shown
    clerk.sends(clerk.form("Confirm all 3 that agree"))
    assert {case.status for case in home.cases()} == {"confirmed"}
    assert "Nothing waits for an answer" in clerk.text


def test_of_a_household_some_are_told_otherwise(clerk, home, new_home, household):
    clerk.opens("/inbox")
    clerk.opens(re.findall(r'href="(/inbox/\d+)\?', clerk.text)[0])
    form = clerk.form("Send the answers")
    first = form.value("member")
    assert clerk.sends(form, **{f"answer.{first}": "case.disputed:person_unknown"}) == 200
    assert sorted(case.status for case in home.cases()) == ["confirmed", "confirmed", "disputed"]
    asker = Reader(clerk.app).signs_in(DONGHUAMEN)
    assert "disputed" in asker.opens("/inbox?tab=decide")


def test_the_page_of_a_line_shows_the_record_of_whose_notice_was_opened(clerk, home, household):
    positions = {entry.name: entry.position for entry in home.inbox()}
    for name in FAMILY:
        holds = clerk.opens(f"/inbox/{positions[name]}").split("What your office holds")[1]
        assert f'lang="zh-CN">{name}<' in holds.split("<dl")[0]
        assert f"<dd>{name}</dd>" in holds


def test_one_wrong_answer_sends_none_and_the_page_says_why(clerk, home, household):
    clerk.opens("/inbox")
    clerk.opens(re.findall(r'href="(/inbox/\d+)\?', clerk.text)[0])
    form = clerk.form("Send the answers")
    first, second, third = (value for name, value in form.fields if name == "member")
    chosen = {f"answer.{second}": "case.disputed:identity_mismatch", f"answer.{third}": ""}
    assert clerk.sends(form, **chosen, **{f"answer.{first}": "case.disputed:nonsense"}) == 422
    assert "<b>Error: </b>" in clerk.text
    assert {case.status for case in home.cases()} == {"open"}
    again = clerk.form("Send the answers")
    assert {name: again.value(name) for name in chosen} == chosen, "nobody has to choose once more"


def test_what_asks_nothing_is_acknowledged_by_whoever_signed_in(app, node, home, new_home):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    reader = Reader(app).signs_in(DONGHUAMEN, actor="li.wei")
    assert "The other side has answered" in reader.opens("/inbox?tab=read")
    [many, one] = [form for form in reader.forms() if form.button.startswith("Acknowledge")]
    assert many.value("position") == one.value("position")
    reader.sends(one)
    assert "1 acknowledged." in reader.text
    assert new_home.notice("reply").acknowledged is not None


def test_pages_follow_one_another_and_no_line_is_shown_twice(clerk, home, new_home):
    for number in range(2, 32):
        home.registers(woman(number))
        new_home.sees_arrive(woman(number), ZHIFANG)
    first = clerk.opens("/inbox")
    assert "30 to answer" in first
    second = clerk.opens(re.findall(r'href="(/inbox\?[^"]*cursor=[^"]*)"', first)[0].replace("&amp;", "&"))
    cases = [set(re.findall(r"/cases/([0-9a-f-]{36})", each)) for each in (first, second)]
    assert (len(cases[0]), len(cases[1]), cases[0] & cases[1]) == (25, 5, set())


def test_a_clerk_who_may_not_answer_sees_what_waits_and_no_button(app, home, new_home):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    reader = Reader(app).signs_in(ZHIFANG, "clerk")
    shown = reader.opens("/inbox")
    assert "王小雨" in shown
    assert {form.button for form in reader.forms()} == {"Sign out"}
    reader.opens(re.findall(r'href="(/cases/[^"?]*)', shown)[0])
    assert {form.button for form in reader.forms()} == {"Sign out"}


def test_nobody_sees_the_inbox_or_a_case_of_another_office(app, clerk, home, new_home):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    stranger = Reader(app).signs_in("110108001000")
    assert "Nothing waits for an answer" in stranger.opens("/inbox")
    case, notice = home.cases()[0].id, home.notice("inflow").position
    stranger.opens(f"/cases/{case}", status=404)
    stranger.opens(f"/inbox/{notice + 1}", status=404)


def test_looking_at_the_inbox_is_kept_in_the_log_of_reads(clerk, node, home, new_home):
    person = home.registers(woman()).person
    new_home.sees_arrive(woman(), ZHIFANG)
    clerk.opens("/inbox")
    with node.uow.look() as session:
        read = [(each.office, each.purpose, each.fields) for each in session.accesses(person, 0, 100)]
    assert (ZHIFANG, "case", ("name", "notice")) in read
    assert (ZHIFANG, "case", ("case",)) in read


def test_of_whom_nothing_opens_the_others_are_shown_and_answered_as_ever(clerk, node, home, new_home):
    for number in (2, 3):
        home.registers(woman(number))
    first, _ = (new_home.sees_arrive(woman(number), ZHIFANG).person for number in (2, 3))
    behind_the_back(node, ("UPDATE keys SET wrapped = zeroblob(64) WHERE person = ?1", (first,)))
    shown = clerk.opens("/inbox")
    assert ("Cannot be read" in shown, shown.count("Nothing differs")) == (True, 1)
    [page] = re.findall(r'<a href="(/inbox/[0-9]+)', shown)
    assert "Cannot be read" in clerk.opens(page)
    clerk.opens("/inbox")
    clerk.sends(clerk.form("Confirm"))
    assert sorted(case.status for case in home.cases()) == ["confirmed", "open"]


def test_the_longest_overdue_stands_first_and_is_confirmed_from_there(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    names = {}
    for number, name in ((2, "王小雨"), (3, "李晓晴"), (4, "陈思远")):
        who = {**woman(number), "name": name}
        home.registers(who)
        names[new_home.sees_arrive(who, ZHIFANG).person] = name
        clock.now += timedelta(days=3)
    clock.now += timedelta(days=25)
    sweep(node)
    advance(node)
    reader = Reader(pages_of(node)).signs_in(ZHIFANG)
    shown = reader.opens("/inbox?tab=late")
    assert "3 to answer, 3 of them overdue" in shown
    assert [name for name in re.findall(r'lang="zh-CN">([^<]{3})<', shown) if name in names.values()] == list(
        names.values()
    )
    assert shown.count("overdue since") == 3
    reader.sends(reader.form("Confirm the 3 in which nothing differs"))
    assert "Nothing is overdue." in reader.text
    node.close()


def test_who_oversees_others_sees_what_waits_for_the_own_office_alone(app, home, new_home):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    reader = Reader(app).signs_in("420115000000", "supervisor")
    for tab in ("answer", "late", "decide", "letter", "read", "all"):
        assert "王小雨" not in reader.opens(f"/inbox?tab={tab}")
    assert "Nothing waits for an answer" in reader.text


@pytest.mark.parametrize("count", ["²", "9" * 5000, "-1", "<b>", ""])
def test_what_is_no_count_in_the_address_is_not_said(clerk, count):
    for path in ("/inbox", "/duplicates"):
        page = clerk.client.get(path, query_string={"lang": "en", "sent": count})
        assert (page.status_code, 'role="status"' in page.text) == (200, False)


def test_what_the_page_says_is_not_yet_answered_is_left_whatever_is_held_by_then(clerk, home, new_home):
    here, there = ZHIFANG[:6] + "000000", "420100000000"
    persons = {name: home.registers(member(name, birth_place=here)).person for name in FAMILY[:2]}
    arrive_together(new_home, member(FAMILY[0], birth_place=here), member(FAMILY[1], birth_place=there))
    clerk.opens("/inbox")
    clerk.opens(re.findall(r'href="(/inbox/\d+)\?', clerk.text)[0])
    form = clerk.form("Send the answers")
    assert sorted(value for name, value in form.fields if name.startswith("answer.")) == ["", "equal"]
    home.records("person.changed", "2026-03-02", {"set": {"birth_place": there}}, persons[FAMILY[1]])
    clerk.sends(form)
    assert "1 confirmed. 1 left" in clerk.text
    assert sorted(case.status for case in home.cases()) == ["confirmed", "open"]
    clerk.opens("/inbox")
    clerk.sends(
        clerk.form("Confirm all 1 that agree") if "Confirm all 1" in clerk.text else clerk.form("Confirm 1 that agrees")
    )
    [said] = re.findall(r'role="status">([^<]*)<', clerk.text)
    assert said.strip() == "1 confirmed.", "who was answered before is not left"


def test_enquiries_that_came_together_are_answered_each_by_itself(clerk, node, home):
    third, act = Town(node, WANSHOULU), new_id(utcnow())
    for name in FAMILY[:2]:
        home.registers(member(name))
    given = [{"name": name, "document.resident": member(name)["document.resident"]} for name in FAMILY[:2]]
    asked = [{"to": ZHIFANG, "purpose": "identification", "given": each, "fields": ["sex"]} for each in given]
    third.tries(*(Item(type="enquiry.opened", day="2026-03-02", content=each, submission=act) for each in asked))
    clerk.opens("/inbox")
    clerk.opens(re.findall(r'href="(/inbox/\d+)\?', clerk.text)[0])
    form = clerk.form("Send the answers")
    assert "Not yet" in clerk.text
    assert 'value="case.confirmed"' not in clerk.text, "which is no answer to an enquiry"
    clerk.sends(form)
    assert {case.status for case in home.cases()} == {"open"}


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("case", "\0", 422),
        ("act", "a\0b", 422),
        ("position", "9" * 30, 200),
        ("position", "-" + "9" * 30, 200),
        ("position", "9" * 15, 404),
        ("position", "one", 200),
        ("case", "nothing", 200),
    ],
)
def test_whatever_is_sent_is_refused_or_left_out_and_never_fails(clerk, name, value, status):
    form = clerk.form("Sign out")
    form.action = "/inbox?lang=en"
    assert clerk.sends(form, **{name: value}) == status


def test_of_a_long_line_those_come_next_who_still_wait(clerk, home, household, monkeypatch):
    monkeypatch.setattr("exchange.queries.lines.MOST_SHOWN", 2)
    clerk.opens("/inbox")
    clerk.sends(clerk.form("Confirm all 2 that agree"))
    assert sorted(case.status for case in home.cases()) == ["confirmed", "confirmed", "open"]
    [page] = re.findall(r'<p class="name"><a href="(/inbox/\d+)', clerk.text)
    assert "1 more, who are shown once" in clerk.opens(page)
    clerk.sends(clerk.form("Send the answers"))
    assert {case.status for case in home.cases()} == {"confirmed"}
