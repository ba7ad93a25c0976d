"""An answer that is taken back is awaited again, with the days of a new question; so is one whose case is reopened."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Deferred, Disputed, Noted, Redirected, Reopened, Settled, Withdrawn
from events.errors import Illegal
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
