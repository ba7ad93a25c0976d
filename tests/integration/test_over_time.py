"""What changes with time: protections end, cases become overdue, and a replay shows how everything came about."""

from datetime import timedelta

import pytest

from exchange.access.caller import Caller, Forbidden
from exchange.audit.replay import replay
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.protocol.refusals import UnknownPerson
from exchange.queries import cases
from exchange.queries.feed import feed
from exchange.queries.record import record
from exchange.reconcile import checks
from exchange.tables.cases import Which
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, town, woman


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database_url):
    node = opened(tmp_path, clock, database_url=database_url)
    yield node
    node.close()


@pytest.fixture
def home(node):
    return Town(node, ZHIFANG)


@pytest.fixture
def new_home(node):
    return Town(node, DONGHUAMEN)


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
