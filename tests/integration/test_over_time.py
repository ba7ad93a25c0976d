"""What changes with time: protections end, cases become overdue, and a replay shows how everything came about."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from events.store.sql.schema import keys
from exchange.access.caller import Caller, Forbidden
from exchange.audit.outlines import folded
from exchange.audit.replay import replay
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.protocol.refusals import UnknownPerson
from exchange.queries import cases
from exchange.queries.feed import feed
from exchange.queries.inbox import inbox
from exchange.queries.record import record
from exchange.reconcile import checks
from exchange.tables.cases import Which
from exchange.tables.inbox import Which as Notices
from exchange.tables.inbox import some
from tests.integration.on_both import node
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, town, woman

__all__ = ["node"]  # the fixture


@pytest.fixture
def moved(home, new_home):
    home.registers(woman())
    return new_home.sees_arrive(woman(), ZHIFANG)


def test_a_protection_ends_after_its_last_day_everywhere_and_once(node, clock, home, new_home, moved):
    home.answers("case.confirmed", home.notice("inflow").case)
    home.records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-03-10"}, moved.person)
    clock.now += timedelta(days=8)
    assert sweep(node) == 0
    assert new_home.sheet(moved.person)["protection"]["state"] == "in_force"
    clock.now += timedelta(days=1)
    assert [sweep(node), sweep(node)] == [1, 0]
    advance(node)
    assert {office.sheet(moved.person)["protection"]["state"] for office in (home, new_home)} == {"none"}
    assert checks(node).equal


def test_a_protection_that_ended_or_has_yet_to_end_is_not_looked_at(node, clock, home, new_home):
    for number, until in ((2, "2026-03-10"), (3, "2026-03-20"), (4, None)):
        home.registers(woman(number))
        person = new_home.sees_arrive(woman(number), ZHIFANG).person
        home.answers("case.confirmed", next(case.id for case in home.cases() if case.status == "open"))
        home.records("person.protected", "2026-03-02", {"ground": "threat", "until": until}, person)
    clock.now += timedelta(days=9)
    opened_dossiers: list[str] = []
    node.step = opened_dossiers.append
    sweep(node)
    assert opened_dossiers.count("decided") == 1
    advance(node)
    opened_dossiers.clear()
    clock.now += timedelta(days=1)
    sweep(node)
    assert "decided" not in opened_dossiers


def test_a_dossier_that_does_not_open_holds_up_no_other(node, clock, home, new_home):
    persons = []
    for number in (2, 3):
        home.registers(woman(number))
        persons.append(new_home.sees_arrive(woman(number), ZHIFANG).person)
        home.records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-03-10"}, persons[-1])
    broken, whole = sorted(persons)
    with node.uow.begin() as session:  # her parts do not open under the other's key
        (wrapped,) = session.wrapped_keys([whole]).values()
        session.sql.execute(update(keys).where(keys.c.person == broken).values(wrapped=wrapped))
        session.mark_dirty([broken], clock())
    clock.now += timedelta(days=9)
    sweep(node)
    assert home.sheet(whole)["protection"]["state"] == "none"
    home.registers(woman(4))
    other = new_home.sees_arrive(woman(4), ZHIFANG).person
    with node.uow.look() as session:
        told = some(session.sql, Notices(kind="inflow", person=other)).rows
    assert [row.office for row in told] == [ZHIFANG]
    assert list(node.stuck) == [broken]
    assert node.stuck[broken].__traceback__ is None, "it would keep the whole batch in memory"


def test_a_case_is_overdue_from_the_day_after_it_was_due(node, clock, home, new_home, moved):
    clock.now += timedelta(days=21)
    (case,) = cases.cases(node, home.caller).rows
    assert (case.status, case.due_on) == ("open", "2026-03-23")
    clock.now += timedelta(days=1)
    (case,) = cases.cases(node, home.caller).rows
    assert case.status == "open", "a state follows from a fact, and not from the clock"
    assert [sweep(node), sweep(node)] == [1, 0]
    advance(node)
    for office in (home, new_home):
        (case,) = office.cases()
        assert case.status == "overdue"
    assert cases.how_many(node, home.caller, Which(status="overdue")) == 1
    assert checks(node).equal


class TestNobodyAnswers:
    def test_the_office_asked_is_reminded_and_each_level_above_asked_once(self, node, home, new_home, moved, days):
        days(22)  # due on the 21st day: 2026-03-23
        assert [n.reason for n in home.inbox() if n.kind in {"reminder", "overdue"}] == [
            "overdue",
            "on_day",
            "day_before",
            "half_time",
        ]
        days(30)
        county = Caller("420115000000", "supervisor", frozenset({"supervisor"}))
        province = Caller("420000000000", "supervisor", frozenset({"supervisor"}))
        assert [[n.kind for n in inbox(node, who).rows] for who in (county, province)] == [["escalated"]] * 2
        assert [n.kind for n in new_home.inbox()].count("escalated") == 2
        (case,) = cases.cases(node, county, Which(escalated=True)).rows
        assert (case.asked, case.status) == (ZHIFANG, "overdue")
        assert cases.how_many(node, Caller("430000000000", "s", frozenset({"supervisor"})), Which(escalated=True)) == 0
        with pytest.raises(UnknownPerson):
            record(node, county, "case", moved.person)
        assert checks(node).equal

    def test_an_answer_ends_it(self, node, home, moved, days):
        days(23)
        home.answers("case.confirmed", home.notice("inflow").case)
        before = len(home.inbox())
        days(30)
        assert len(home.inbox()) == before
        assert cases.how_many(node, home.caller, Which(escalated=True)) == 0

    def test_a_node_that_stood_still_calls_it_overdue_and_escalates_all_the_same(self, node, clock, home, moved):
        clock.now += timedelta(days=90)
        for _ in range(3):
            sweep(node)
            advance(node)
        assert [n.kind for n in home.inbox() if n.kind != "inflow"] == ["overdue"]
        assert {c.status for c in home.cases()} == {"overdue"}
        assert cases.how_many(node, home.caller, Which(escalated=True)) == 1

    def test_a_case_opened_again_has_its_time_from_that_day(self, node, clock, home, new_home, moved, days):
        case = home.notice("inflow").case
        home.answers("case.confirmed", case)
        days(40)
        new_home.answers("case.reopened", case, reason="doubt")
        days(10)
        assert {c.status for c in (*home.cases(), *new_home.cases())} == {"open"}
        days(20)
        assert {c.status for c in (*home.cases(), *new_home.cases())} == {"overdue"}


def test_what_was_known_then_is_what_is_shown_of_then(node, clock, home, moved):
    asked = clock()
    home.answers("case.confirmed", home.notice("inflow").case)
    then = record(node, home.caller, "registration", moved.person, known_at=asked)
    assert [c["status"] for c in then["cases"]] == ["open"]
    assert [c["status"] for c in home.sheet(moved.person)["cases"]] == ["confirmed"]


class TestAReplay:
    def test_shows_each_moment_at_the_offices_of_the_area(self, node, home, moved):
        home.answers("case.confirmed", home.notice("inflow").case)
        auditor = Caller("420000000000", "auditor", frozenset({"auditor"}))
        moments = replay(node, auditor, "audit", moved.person)
        assert [m.at for m in moments] == sorted(m.at for m in moments)
        assert {office for m in moments for office in m.sheets} == {ZHIFANG}
        assert DONGHUAMEN in {telling.to for m in moments for telling in m.told}
        assert moments[-1].sheets[ZHIFANG]["cases"][0]["status"] == "confirmed"
        assert any("lives_at" in m.changed.get(ZHIFANG, ()) for m in moments)

    def test_is_for_those_who_oversee_an_office_that_holds_the_person(self, node, home, moved):
        elsewhere = Caller("430000000000", "auditor", frozenset({"auditor"}))
        with pytest.raises(UnknownPerson):
            replay(node, elsewhere, "audit", moved.person)
        with pytest.raises(Forbidden):
            replay(node, home.caller, "registration", moved.person)


def test_parts_told_in_error_are_gone_from_the_feed_read_again(node, home, new_home):
    wrong = Town(node, WANSHOULU)
    home.registers(woman())
    arrival = new_home.sees_arrive(woman(), WANSHOULU, origin=town(ZHIFANG))
    told = [t for t in feed(node, wrong.caller, "registration") if t.id == arrival.id]
    assert told[0].content["stated"]["name"] == "王小雨"
    correction = {"target": f"{DONGHUAMEN}/{arrival.id}", "set": {"registration": town(ZHIFANG)}}
    new_home.records("event.corrected", "2026-03-02", correction, arrival.person)
    told = [t for t in feed(node, wrong.caller, "registration") if t.id == arrival.id]
    assert all("stated" not in t.content for t in told)
    assert checks(node).differences == ()


def test_the_last_day_of_one_protection_ends_no_other(node, home, new_home, days):
    """Both were recorded before either office had heard of the other's."""
    person = home.registers(woman(), address="6 Lake Road").person
    new_home.sees_arrive(woman(), ZHIFANG, address="1 Lane")
    home.answers("case.confirmed", home.notice("inflow").case)
    home.forwards = new_home.forwards = False
    home.records("person.protected", "2026-03-02", {"ground": "court_order"}, person)
    new_home.records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-03-04"}, person)
    advance(node)
    days(5)
    shown = [(at.sheet(person)["protection"]["state"], at.sheet(person)["address"]) for at in (home, new_home)]
    assert shown == [("in_force", None), ("in_force", "1 Lane")]
    assert folded(node, parts=True).otherwise == ()
    home.records("person.unprotected", "2026-03-06", {"ground": "threat_over"}, person)
    advance(node)
    assert home.sheet(person)["protection"] == {"state": "none"}
    assert checks(node).equal
