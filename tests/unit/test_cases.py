"""The life of a case as the pure core tells it: what each reply leaves, and what each side may say then."""

from __future__ import annotations

from typing import get_args

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Deferred, Disputed, Noted, Redirected, Reopened, Settled
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Deceased, Registered
from events.catalogue.values import CaseRef, NoteKind, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.errors import Illegal
from exchange.protocol.book import Question
from exchange.protocol.legality import check
from exchange.protocol.questions.answering import allowed
from exchange.protocol.questions.reminding import escalation, reminder
from exchange.protocol.record import CaseState
from exchange.protocol.refusals import (
    AlreadyDeferred,
    CaseClosed,
    DeferralDay,
    NotAsked,
    RedirectedBack,
    StillKeeps,
    UnknownPerson,
)
from exchange.translations import known
from tests.properties.world import COUNTY, OFFICES, World
from tests.unit.test_sheet import Told

HOME, NEW, OTHER = OFFICES[:3]
DUE = "2026-04-01"  # the model's day for every question
LATER = "2026-05-01"
ASKED = {"case.confirmed", "case.disputed", "case.deferred", "case.noted"}


class Story:
    """Somebody registered at home arrives in another town, which asks."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.record(HOME, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME)))
        arrived = Arrived(
            kind="main", registration=town(HOME), address="6 Lake Road", stated={"name": "甲"}, opens=True
        )
        self.case = CaseRef(self.record(NEW, arrived), HOME, "inflow")

    def record(self, office: str, fact: Fact) -> Ref:
        held = self.world.record(office, "P1")
        if held is not None:
            check(fact, "2026-03-02", office, held)
        event = self.world.author(office, "P1", "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def at(self, office: str) -> CaseState:
        record = self.world.record(office, "P1")
        assert record is not None
        return record.cases[self.case]

    def both(self) -> tuple[str, str | None]:
        """Status and day, the same on both sides."""
        (found,) = {(state.status, state.due_on) for state in map(self.at, (HOME, NEW))}
        return found

    def may(self, office: str, deferrals: int = 1) -> set[str]:
        record = self.world.record(office, "P1")
        assert record is not None
        return set(allowed(self.case, "2026-03-02", office, record, deferrals))


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_deferral_moves_the_day_on_both_sides_and_the_office_asked_may_still_answer(story):
    story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
    assert story.both() == ("deferred", LATER)
    story.record(HOME, Confirmed(case=story.case))
    assert story.both()[0] == "confirmed"


def test_an_answer_is_deferred_once_and_only_until_a_later_day(story):
    with pytest.raises(DeferralDay):
        story.record(HOME, Deferred(case=story.case, until=DUE, reason="still_looking"))
    story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
    with pytest.raises(AlreadyDeferred):
        story.record(HOME, Deferred(case=story.case, until="2026-06-01", reason="still_looking"))
    assert "case.deferred" in story.may(HOME, deferrals=2)


@pytest.mark.parametrize("to", [HOME, NEW])
def test_no_case_is_redirected_to_one_of_its_two_sides(story, to: str):
    """Nobody would be asked, and the question would be over."""
    with pytest.raises(RedirectedBack):
        story.record(HOME, Redirected(case=story.case, to=to))
    story.record(HOME, Disputed(case=story.case, reason="person_unknown"))
    with pytest.raises(RedirectedBack):
        story.record(NEW, Redirected(case=story.case, to=to))
    assert "case.redirected" in story.may(NEW)
    redirect = story.record(NEW, Redirected(case=story.case, to=OTHER))
    with pytest.raises(RedirectedBack):
        story.record(NEW, Corrected(target=redirect, set={"to": to}, fields=("to",)))
    assert story.both()[0] == "redirected"


def test_who_keeps_the_registration_does_not_dispute_it_as_not_its_own(story):
    with pytest.raises(StillKeeps):
        story.record(HOME, Disputed(case=story.case, reason="not_our_registration"))


def test_the_asker_defers_nothing(story):
    with pytest.raises(NotAsked):
        story.record(NEW, Deferred(case=story.case, until=LATER, reason="still_looking"))


def test_a_remark_changes_no_state_and_reaches_the_other_side_alone(story):
    ref = story.record(NEW, Noted(case=story.case, text="请核对"))
    assert story.both() == ("open", DUE)
    assert ref in story.at(HOME).thread
    assert story.world.book(HOME).event(ref).payload.text == "请核对"


def test_a_closed_case_takes_no_remark_and_is_reopened_by_either_side(story):
    for doubter in (NEW, HOME):
        story.record(HOME, Confirmed(case=story.case))
        with pytest.raises(CaseClosed):
            story.record(doubter, Noted(case=story.case, text="?"))
        story.record(doubter, Reopened(case=story.case, reason="doubt"))
        assert story.both() == ("open", None)


def test_what_was_asked_anew_may_be_deferred_anew(story):
    story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
    story.record(HOME, Confirmed(case=story.case))
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
    assert story.both() == ("deferred", LATER)


def press(story: Story, office: str, ground: str, due_on: str = DUE) -> bool:
    record = story.world.record(office, "P1")
    assert record is not None
    make = escalation if ground == COUNTY else reminder
    draft = make(story.world.book(office).offices, record, record.cases[story.case], ground, due_on)
    if draft is None:
        return False
    made = story.world.author(office, "P1", DUE, draft.payload, actor=SYSTEM_ACTOR, id_=draft.id, because=draft.because)
    story.world.command(made)
    story.world.drain()
    return True


class TestTheDayComes:
    def test_a_fact_makes_the_case_overdue_on_both_sides_and_once(self, story):
        assert not press(story, HOME, "on_day"), "who is asked does not remind itself"
        assert press(story, NEW, "on_day")
        assert story.both()[0] == "open"
        assert press(story, NEW, "overdue")
        assert story.both()[0] == "overdue"
        assert not press(story, NEW, "overdue")
        assert not press(story, NEW, "half_time"), "whoever is late is reminded no more"

    def test_of_a_decision_the_other_side_reminds_and_the_asker_is_late(self, story):
        """Rule 11: whose turn it is changes with the answer."""
        story.record(HOME, Disputed(case=story.case, reason="other"))
        assert not press(story, NEW, "overdue")
        assert press(story, HOME, "overdue")
        assert [(s.status, s.undecided, s.late) for s in map(story.at, (HOME, NEW))] == [("disputed", True, True)] * 2
        assert not press(story, HOME, COUNTY)
        assert press(story, NEW, COUNTY)
        assert {state.escalated for state in map(story.at, (HOME, NEW))} == {(COUNTY,)}
        story.record(NEW, Settled(case=story.case, whole="accepted"))
        assert [(s.escalated, s.late) for s in map(story.at, (HOME, NEW))] == [((), False)] * 2

    def test_the_county_hears_when_it_is_overdue_and_holds_no_record(self, story):
        assert not press(story, HOME, COUNTY)
        press(story, NEW, "overdue")
        assert press(story, HOME, COUNTY)
        assert not press(story, HOME, COUNTY)
        assert {state.escalated for state in map(story.at, (HOME, NEW))} == {(COUNTY,)}
        story.record(HOME, Confirmed(case=story.case))
        (record,) = story.world.records(COUNTY)
        assert [s.payload.type for s in record.facts.values()] == ["case.escalated"]
        assert not record.holds

    @pytest.mark.parametrize("anew", ["reopened", "deferred"])
    def test_the_county_is_asked_once_for_each_time_that_it_is_late(self, story, anew):
        press(story, NEW, "overdue")
        press(story, HOME, COUNTY)
        if anew == "reopened":
            story.record(HOME, Confirmed(case=story.case))
            story.record(NEW, Reopened(case=story.case, reason="doubt"))
        else:
            story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
        assert {state.escalated for state in map(story.at, (HOME, NEW))} == {()}
        assert not press(story, HOME, COUNTY, LATER), "it has time again"
        press(story, NEW, "overdue", LATER)
        assert press(story, HOME, COUNTY, LATER)
        assert not press(story, HOME, COUNTY, LATER)

    def test_a_deferral_outlives_a_reminder_of_the_day_before_it(self, story):
        late = reminder(story.world.book(NEW).offices, story.world.record(NEW, "P1"), story.at(NEW), "overdue", DUE)
        assert late is not None
        story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
        story.world.command(
            story.world.author(NEW, "P1", DUE, late.payload, actor=SYSTEM_ACTOR, id_=late.id, because=late.because)
        )
        story.world.drain()
        assert story.both() == ("deferred", LATER)

    @pytest.mark.parametrize("ground", ["half_time", "overdue"])
    def test_nobody_is_pressed_while_a_death_stands_or_when_all_is_said(self, story, ground):
        death = story.record(HOME, Deceased())
        assert not press(story, NEW, ground)
        story.record(HOME, Retracted(target=death))
        story.record(HOME, Confirmed(case=story.case))
        assert not press(story, NEW, ground)


class TestWhatEachSideMaySay:
    def test_while_the_case_is_open(self, story):
        assert story.may(HOME) == ASKED, "it keeps the registration by its own record"
        assert story.may(NEW) == {"case.noted", "case.withdrawn"}

    def test_after_a_dispute(self, story):
        story.record(HOME, Disputed(case=story.case, reason="other"))
        assert story.may(HOME) == {"case.noted"}
        assert story.may(NEW) == {"case.noted", "case.redirected", "case.settled", "case.withdrawn"}

    def test_when_all_is_done(self, story):
        story.record(HOME, Disputed(case=story.case, reason="other"))
        story.record(NEW, Settled(case=story.case, whole="insisted"))
        assert story.may(HOME) == story.may(NEW) == {"case.reopened"}

    def test_is_what_would_not_be_refused(self, story):
        for office in (HOME, NEW):
            for type_ in {fact.type for fact in samples(story.case)} - story.may(office):
                fact = {f.type: f for f in samples(story.case)}[type_]
                with pytest.raises(Illegal):
                    check(fact, "2026-03-02", office, story.world.record(office, "P1"))


def samples(case: CaseRef):
    from exchange.protocol.questions.answering import _samples  # noqa: PLC0415 (one reply of each kind)

    return _samples(case)


@pytest.mark.parametrize(
    "kind", sorted(set(get_args(NoteKind)) - {"reply", "rejected", "overdue", "escalated", "reminder"})
)
def test_every_question_is_asked_in_one_sentence(kind):
    assert known(f"question.{kind}")


def test_a_question_about_who_was_withdrawn_is_answered_while_it_is_open():
    """Another office's question, that it still waits for, and nothing else about the person."""
    told = Told(HOME)
    opening = told.own(Registered(basis="first_record", registration=town(HOME)))
    told.own(Retracted(target=opening))
    arrival = told.hears(NEW, Arrived(kind="main", registration=town(HOME)), "inflow", asked=(Question("inflow"),))
    case = CaseRef(arrival, HOME, "inflow")
    assert told.record.withdrawn
    check(Disputed(case=case, reason="person_unknown"), "2026-03-02", HOME, told.record)
    with pytest.raises(UnknownPerson):
        check(Deceased(), "2026-03-02", HOME, told.record)
    told.own(Disputed(case=case, reason="person_unknown"))
    with pytest.raises(CaseClosed):
        check(Confirmed(case=case), "2026-03-02", HOME, told.record)
