"""An answer that is taken back is awaited again, with the days of a new question; so is one whose case is reopened."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import (
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    EnquiryOpened,
    Noted,
    Redirected,
    Reopened,
    RequestOpened,
    Settled,
    Withdrawn,
)
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Changed
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.errors import Illegal
from exchange.protocol.questions.reminding import reminder
from exchange.protocol.questions.replying import fold
from tests.properties.world import COUNTY
from tests.unit.test_cases import DUE, HOME, LATER, NEW, OTHER, Story, press


@pytest.fixture
def story() -> Story:
    return Story()


ANSWERS = {
    "confirmed": lambda case: Confirmed(case=case),
    "disputed": lambda case: Disputed(case=case, reason="other"),
    "redirected": lambda case: Redirected(case=case, to=OTHER),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_taken_back_is_awaited_from_that_day_on(story, answer):
    """Not until the old day, which may have gone by, nor without one: the days run from the retraction."""
    said = story.world.author(HOME, "P1", "2026-03-02", answer(story.case))
    story.world.command(said)
    story.world.drain()
    before = story.both()
    taken_back = story.record(HOME, Retracted(target=said.ref))
    assert story.both() == ("open", None)
    since = story.world.book(HOME).event(taken_back).frame.stamp
    assert {story.at(office).again for office in (HOME, NEW)} == {since}
    story.record(HOME, Retracted(target=taken_back))
    assert story.both() == before


def test_one_that_came_late_is_not_late_at_once_and_may_be_deferred_anew(story):
    story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))
    press(story, NEW, "overdue", LATER)
    press(story, HOME, COUNTY, LATER)
    story.record(HOME, Retracted(target=story.record(HOME, Confirmed(case=story.case))))
    state = story.at(NEW)
    assert (state.status, state.late, state.escalated) == ("open", False, ())
    story.record(HOME, Deferred(case=story.case, until="2026-06-01", reason="still_looking"))
    assert story.both() == ("deferred", "2026-06-01")


def test_what_was_said_since_stands(story):
    first = story.record(HOME, Confirmed(case=story.case))
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    since = story.at(NEW).again
    story.record(HOME, Retracted(target=first))
    assert story.at(NEW).again == since, "asked anew once, and not later for it"
    story.record(HOME, Confirmed(case=story.case))
    assert story.both()[0] == "confirmed"


def test_a_remark_or_a_deferral_taken_back_asks_nothing_anew(story):
    story.record(HOME, Retracted(target=story.record(HOME, Noted(case=story.case, text="?"))))
    story.record(
        HOME,
        Retracted(target=story.record(HOME, Deferred(case=story.case, until=LATER, reason="still_looking"))),
    )
    assert (story.both(), story.at(NEW).again) == (("open", DUE), None)


class TestACaseWithdrawnByHand:
    @pytest.fixture(autouse=True)
    def withdrawn(self, story: Story) -> None:
        press(story, NEW, "overdue")
        press(story, HOME, COUNTY)
        story.record(NEW, Withdrawn(case=story.case, ground="no_longer_needed"))

    def refusal(self, story: Story, office: str, fact: object) -> tuple[str, str | None]:
        with pytest.raises(Illegal) as refused:
            story.record(office, fact)  # type: ignore[arg-type]  # a reply
        return refused.value.code, refused.value.rule

    def test_asks_nobody_to_see_to_it_any_more(self, story):
        assert [(s.escalated, s.late) for s in map(story.at, (HOME, NEW))] == [((), False)] * 2

    def test_says_what_to_do_where_it_is_answered_or_settled(self, story):
        assert self.refusal(story, HOME, Confirmed(case=story.case)) == ("case_withdrawn", "case_withdrawn.by_hand")
        settled = Settled(case=story.case, whole="accepted")
        assert self.refusal(story, NEW, settled) == ("case_withdrawn", "case_withdrawn.by_hand")

    @pytest.mark.parametrize("office", [HOME, NEW])
    def test_is_opened_again_by_either_side_with_days_for_the_answer(self, story, office):
        assert story.may(office) == {"case.reopened"}
        story.record(office, Reopened(case=story.case, reason="doubt"))
        assert story.both() == ("open", None)
        story.record(HOME, Confirmed(case=story.case))
        assert story.both()[0] == "confirmed"


def test_a_question_that_no_longer_stands_is_opened_by_nobody(story):
    story.record(NEW, Retracted(target=story.case.opening))
    with pytest.raises(Illegal):
        story.record(NEW, Reopened(case=story.case, reason="doubt"))


def test_the_refusal_of_a_closed_case_names_the_way_back(story):
    story.record(HOME, Confirmed(case=story.case))
    with pytest.raises(Illegal) as refused:
        story.record(HOME, Disputed(case=story.case, reason="other"))
    assert refused.value.rule == "case_closed.answered"


def beside(story: Story, office: str, fact: Fact) -> Ref:
    """Recorded by whoever has not heard yet why it comes too late, or too early."""
    event = story.world.author(office, "P1", "2026-03-02", fact)
    story.world.command(event)
    story.world.drain()
    return event.ref


class TestWhatCameTooLateOrTooEarly:
    def test_asks_nothing_anew_where_it_is_taken_back(self, story):
        early = beside(story, NEW, Settled(case=story.case, whole="accepted"))
        story.record(NEW, Retracted(target=early))
        assert (story.both(), story.at(NEW).again) == (("open", DUE), None)

    def test_is_no_answer_though_the_case_is_opened_again_since_by_a_correction(self, story):
        story.record(HOME, Confirmed(case=story.case))
        late = beside(story, HOME, Disputed(case=story.case, reason="other"))
        story.record(NEW, Corrected(target=story.case.opening, set={"name": "乙"}, fields=("name",)))
        state = story.at(HOME)
        assert (state.status, state.reopened, state.aside) == ("open", ("name",), (late,))

    def test_presses_nobody(self, story):
        """Of what was confirmed and disputed: neither the office asked is late any more, nor is the asker yet."""
        pressing = reminder(story.world.book(NEW).offices, story.world.record(NEW, "P1"), story.at(NEW), "overdue", DUE)
        assert pressing is not None
        story.record(HOME, Disputed(case=story.case, reason="other"))
        late = story.world.author(NEW, "P1", DUE, pressing.payload, actor=SYSTEM_ACTOR, because=pressing.because)
        story.world.command(late)
        story.world.drain()
        for office in (HOME, NEW):
            state = story.at(office)
            assert (state.status, state.late, state.aside) == ("disputed", False, (late.ref,))


def test_an_answer_taken_back_opens_nothing_that_its_asker_withdrew(story):
    said = story.record(HOME, Disputed(case=story.case, reason="other"))
    story.record(NEW, Withdrawn(case=story.case, ground="no_longer_needed"))
    story.record(HOME, Retracted(target=said))
    assert story.both()[0] == "withdrawn"


def test_a_case_that_was_opened_again_has_the_day_of_its_question_once_it_is_answered(story):
    story.record(HOME, Confirmed(case=story.case))
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    assert story.both() == ("open", None)
    story.record(HOME, Confirmed(case=story.case))
    assert story.both() == ("confirmed", DUE)


def test_an_answer_about_a_fact_that_the_book_does_not_hold_is_read_all_the_same(story):
    """It was handed over alone: what was corrected since is not known."""
    answer = story.record(HOME, Confirmed(case=story.case))
    said = story.world.record(HOME, "P1").facts[answer]
    assert fold(story.case, NEW, [said], {said.ref: said}, outside=False).status == "confirmed"


def test_a_correction_of_an_enquiry_that_the_answer_saw_opens_nothing(story):
    enquiry = EnquiryOpened(to=HOME, purpose="identification", given={"name": "甲"}, fields=("sex",))
    case = CaseRef(story.record(NEW, enquiry), HOME, "enquiry")

    def corrected(name: str) -> Corrected:
        return Corrected(target=case.opening, set={"name": name}, fields=("name",))

    first = story.record(NEW, corrected("乙"))
    story.record(HOME, EnquiryAnswered(case=case, facts={"sex": "F"}, sees=(first,)))
    assert story.world.record(NEW, "P1").cases[case].status == "answered"
    story.record(NEW, corrected("丙"))
    state = story.world.record(HOME, "P1").cases[case]
    assert (state.status, state.reopened) == ("open", ("name",))


def test_what_was_corrected_before_it_was_decided_was_seen_by_whoever_decided(story):
    """Also where the two are no one act."""
    story.record(HOME, Confirmed(case=story.case, deviations=(Deviation("name", "乙", "甲"),)))
    story.record(NEW, Corrected(target=story.case.opening, set={"name": "乙"}, fields=("name",)))
    story.record(NEW, Settled(case=story.case, accepted=("name",)))
    assert story.both()[0] == "settled"


def test_what_was_matched_and_opened_again_by_hand_stays_open(story):
    story.record(HOME, Confirmed(case=story.case))
    announced = CaseRef(story.record(NEW, Departed(stay=story.case.opening, destination=town(OTHER))), OTHER, "outflow")
    story.record(OTHER, Noted(case=announced, text="?"))
    story.record(OTHER, Arrived(kind="main", registration=town(HOME), origin=town(NEW), stated={"name": "甲"}))
    assert story.world.record(NEW, "P1").cases[announced].status == "matched"
    story.record(NEW, Reopened(case=announced, reason="doubt"))
    assert {story.world.record(o, "P1").cases[announced].status for o in (NEW, OTHER)} == {"open"}


def test_a_remark_of_who_has_not_heard_of_the_act_keeps_no_request_open(story):
    story.record(HOME, Confirmed(case=story.case))
    wanted = {"education": "20"}
    case = CaseRef(story.record(NEW, RequestOpened(to=HOME, asks="change", wanted=wanted)), HOME, "request")
    done = story.world.author(HOME, "P1", "2026-03-02", Changed(set=wanted, ground="other"), because=case.opening)
    story.world.command(done)
    story.world.now += 1_000_000
    beside(story, NEW, Noted(case=case, text="?"))
    assert {story.world.record(o, "P1").cases[case].status for o in (NEW, HOME)} == {"answered"}


def test_what_is_recorded_because_of_an_arrival_answers_no_question_about_it(story):
    story.record(NEW, RequestOpened(to=HOME, asks="change", wanted={"name": "乙"}))  # which is another matter
    change = Changed(set={"education": "20"}, ground="other")
    story.world.command(story.world.author(HOME, "P1", "2026-03-02", change, because=story.case.opening))
    story.world.drain()
    assert story.both() == ("open", DUE)


ANSWERED = {
    "confirmed": (lambda case: Confirmed(case=case),),
    "deviations": (lambda case: Confirmed(case=case, deviations=(Deviation("name", "乙", "甲"),)),),
    "settled": (
        lambda case: Confirmed(case=case, deviations=(Deviation("name", "乙", "甲"),)),
        lambda case: Settled(case=case, insisted=("name",)),
    ),
}


@pytest.mark.parametrize("status", ANSWERED)
def test_a_field_that_any_answer_covered_and_that_is_corrected_is_open_again(story, status):
    """Rule 7: each of them holds only for the content that it saw."""
    for office, said in zip((HOME, NEW), ANSWERED[status], strict=False):
        story.record(office, said(story.case))
    assert story.both()[0] == status
    story.record(NEW, Corrected(target=story.case.opening, set={"name": "丙"}, fields=("name",)))
    assert (story.both()[0], story.at(HOME).reopened) == ("open", ("name",))


@pytest.mark.parametrize("answer", [Disputed, Redirected])
def test_one_that_says_nothing_of_the_fields_is_not(story, answer):
    more = {"reason": "other"} if answer is Disputed else {"to": OTHER}
    beside(story, HOME, answer(case=story.case, **more))
    before = story.both()[0]
    story.record(NEW, Corrected(target=story.case.opening, set={"name": "丙"}, fields=("name",)))
    assert story.both()[0] == before


def test_what_was_matched_by_comparing_is_open_again_too(story):
    said = story.world.author(HOME, "P1", "2026-03-02", Confirmed(case=story.case), actor=SYSTEM_ACTOR)
    story.world.command(said)
    story.world.drain()
    assert story.both()[0] == "matched"
    story.record(NEW, Corrected(target=story.case.opening, set={"name": "丙"}, fields=("name",)))
    assert (story.both()[0], story.at(HOME).reopened) == ("open", ("name",))
