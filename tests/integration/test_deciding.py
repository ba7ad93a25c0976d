"""The days of whoever decides on an answer, and those of notices that ask nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.access.caller import Caller
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.queries.case import case as case_of
from exchange.queries.cases import cases, how_many
from exchange.queries.days import of_case
from exchange.queries.inbox import inbox
from exchange.queries.record import record
from exchange.reconcile import checks
from exchange.tables.cases import Which
from tests.integration.on_both import node
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, woman

OUTSIDE = "430102001000"
DEVIATION = [{"field": "born_on", "ours": "1988-05-02", "yours": "1988-06-02"}]


__all__ = ["node"]  # the fixture


@pytest.fixture
def asked(home, new_home):
    """The case that asks the home place about a newcomer whose birth month differs."""
    home.registers(woman())
    new_home.sees_arrive({**woman(), "born_on": "1988-06-02"}, ZHIFANG)
    return home.notice("inflow").case


def pressed(office: Town) -> list[str]:
    """What pressed the office, the oldest first."""
    return [n.reason or n.kind for n in reversed(office.inbox()) if n.kind in {"reminder", "overdue", "escalated"}]


@pytest.mark.parametrize(
    ("reply", "content"),
    [("case.confirmed", {"deviations": DEVIATION}), ("case.disputed", {"reason": "person_unknown"})],
)
def test_whoever_asked_has_ten_working_days_to_decide(node, home, new_home, asked, days, reply, content):
    assert {of_case(node, row)["decide_by"] for row in new_home.cases()} == {None}
    days(2)
    home.answers(reply, asked, **content)
    for office in (home, new_home):
        shown = case_of(node, office.caller, asked)
        assert (shown["decide_by"], shown["late"], shown["decide_provisional"]) == ("2026-03-18", False, False)
    days(15)
    assert pressed(new_home) == ["half_time", "day_before", "on_day", "overdue"]
    assert {(row.late, row.status) for row in (*home.cases(), *new_home.cases())} == {(True, shown["status"])}
    assert pressed(home) == [], "it has answered, and its own day has not even come"
    assert checks(node).equal


def test_its_own_county_and_province_are_asked_to_see_to_it(node, home, new_home, asked, days):
    home.answers("case.disputed", asked, reason="person_unknown")
    days(40)
    above = [Caller(code, "s", frozenset({"supervisor"})) for code in ("110101000000", "110000000000")]
    assert [[notice.kind for notice in inbox(node, who).rows] for who in above] == [["escalated"]] * 2
    for code in ("420115000000", "420000000000"):
        assert inbox(node, Caller(code, "s", frozenset({"supervisor"}))).rows == ()
    assert pressed(home) == ["escalated"] * 2
    assert [row.asker for row in cases(node, above[0], Which(escalated=True)).rows] == [DONGHUAMEN]


def test_a_decision_ends_it(node, home, new_home, asked, days):
    home.answers("case.disputed", asked, reason="person_unknown")
    days(20)
    new_home.answers("case.settled", asked, whole="accepted")
    before = len(new_home.inbox())
    days(30)
    assert len(new_home.inbox()) == before
    assert {(row.late, row.answered_at) for row in (*home.cases(), *new_home.cases())} == {(False, None)}


def test_an_answer_taken_back_is_awaited_for_the_days_of_the_question_from_then(node, home, new_home, asked, days):
    answer = home.answers("case.disputed", asked, reason="person_unknown")
    days(20)
    taken_back = {"target": [ZHIFANG, answer.id], "ground": "recording_error"}
    home.records("event.retracted", "2026-03-02", taken_back, answer.person)
    for office in (home, new_home):
        shown = case_of(node, office.caller, asked)
        assert (shown["status"], shown["due_on"], shown["late"]) == ("open", "2026-04-13", False)
    for office in (home, new_home):
        listed = [cases(node, office.caller, Which(due_before=day)).rows for day in ("2026-04-13", "2026-04-14")]
        assert [[row.awaited for row in rows] for rows in listed] == [[], ["2026-04-13"]], "the list says so at once"
    assert checks(node).equal
    days(22)
    assert pressed(home) == ["half_time", "day_before", "on_day"]
    days(1)
    assert pressed(home)[3:] == ["overdue"]


def test_a_deferral_to_a_free_day_is_shown_until_the_working_day_after_it(node, home, new_home, asked):
    home.answers("case.deferred", asked, until="2026-03-29", reason="still_looking")  # a Sunday
    for office in (home, new_home):
        (row,) = cases(node, office.caller, Which(due_before="2026-03-31")).rows
        assert (row.awaited, case_of(node, office.caller, asked)["due_on"]) == ("2026-03-30", "2026-03-30")
        assert cases(node, office.caller, Which(due_before="2026-03-30")).rows == ()
        assert {each["due_on"] for each in record(node, office.caller, "case", row.person)["cases"]} == {"2026-03-30"}
    assert next(each.due_on for each in home.inbox() if each.kind == "inflow") == "2026-03-30"
    node.calendar = node.calendar.with_regional({ZHIFANG: ["2026-03-30"]})
    assert checks(node).equal, "days that are published after it was counted make no fault of it"
    sunday = date(2026, 3, 29)
    node.calendar = replace(node.calendar, worked={**node.calendar.worked, sunday: "exchanged"})
    assert checks(node).equal, "nor does one that is worked, against what was counted"


def test_a_decision_taken_back_leaves_ten_days_from_then(node, home, new_home, asked, days):
    home.answers("case.disputed", asked, reason="person_unknown")
    decided = new_home.answers("case.settled", asked, whole="accepted")
    days(20)
    taken_back = {"target": [DONGHUAMEN, decided.id], "ground": "recording_error"}
    new_home.records("event.retracted", "2026-03-02", taken_back, decided.person)
    shown = case_of(node, new_home.caller, asked)
    assert (shown["status"], shown["decide_by"], shown["late"]) == ("disputed", "2026-04-03", False)


def test_what_was_escalated_for_one_answer_counts_no_more_when_it_came(node, clock, home, new_home, asked):
    def escalated() -> int:
        return how_many(node, home.caller, Which(escalated=True))

    def time_goes_by() -> None:
        clock.now += timedelta(days=60)
        for _ in range(3):
            sweep(node)
            advance(node)

    time_goes_by()
    assert escalated() == 1
    home.answers("case.disputed", asked, reason="person_unknown")
    assert escalated() == 0
    new_home.answers("case.settled", asked, whole="accepted")
    home.answers("case.reopened", asked, reason="doubt")
    assert escalated() == 0
    time_goes_by()
    assert escalated() == 1
    assert pressed(new_home) == ["escalated"] * 4, "county and province, for each answer"


def test_a_node_that_stood_still_calls_it_late_and_escalates_all_the_same(node, clock, home, new_home, asked):
    home.answers("case.disputed", asked, reason="person_unknown")
    clock.now += timedelta(days=90)
    for _ in range(3):
        sweep(node)
        advance(node)
    assert pressed(new_home) == ["overdue"]
    assert pressed(home) == ["escalated"] * 2


def test_who_recorded_what_differs_on_paper_reminds_itself_for_nobody_else_waits_here(node, clock, new_home, days):
    arrival = new_home.sees_arrive({**woman(), "born_on": "1988-06-02"}, OUTSIDE)
    (case,) = new_home.cases()
    new_home.answers("case.confirmed", case.id, received_on="2026-03-02", deviations=DEVIATION)
    days(15)
    assert (case_of(node, new_home.caller, case.id)["decide_by"], new_home.cases()[0].late) == ("2026-03-16", True)
    thread = case_of(node, new_home.caller, case.id)["thread"]
    grounds = [said["content"]["ground"] for said in thread if said["type"] == "case.reminded"]
    assert grounds == ["half_time", "day_before", "on_day", "overdue"]
    days(25)
    above = [Caller(code, "s", frozenset({"supervisor"})) for code in ("110101000000", "110000000000")]
    assert [[notice.kind for notice in inbox(node, who).rows] for who in above] == [["escalated"]] * 2
    new_home.answers("case.settled", case.id, whole="insisted")
    assert (new_home.cases()[0].late, pressed(new_home), arrival.person) == (False, [], new_home.cases()[0].person)
    assert checks(node).equal


def test_nothing_is_looked_at_on_a_day_that_brings_nothing(node, home, asked, clock):
    home.answers("case.disputed", asked, reason="person_unknown")
    steps: list[str] = []
    node.step = steps.append
    clock.now += timedelta(days=2)
    sweep(node)
    assert "decided" not in steps


def test_a_notice_that_asks_nothing_says_until_when_to_acknowledge_and_to_dispute_it(home, new_home, asked):
    home.answers("case.confirmed", asked)
    home.records("person.changed", "2026-03-02", {"set": {"education": "20"}}, home.notice("inflow").person)
    update = new_home.notice("update")
    assert (update.acknowledge_by, update.dispute_until) == ("2026-03-09", "2026-04-01")
    assert (home.notice("inflow").acknowledge_by, home.notice("inflow").dispute_until) == (None, None)
    home.records("person.deceased", "2026-03-02", {}, update.person)
    told = [n for n in new_home.inbox() if n.kind == "update" and n.position > update.position]
    assert [(notice.acknowledge_by, notice.dispute_until) for notice in told] == [("2026-03-03", "2026-04-01")]


def test_a_day_in_a_year_whose_holidays_are_not_known_is_marked(node, clock, home, asked):
    clock.now = datetime(2026, 12, 20, 1, tzinfo=UTC)
    home.answers("case.disputed", asked, reason="person_unknown")
    shown = case_of(node, home.caller, asked)
    assert (shown["decide_by"], shown["decide_provisional"]) == ("2027-01-01", True)
