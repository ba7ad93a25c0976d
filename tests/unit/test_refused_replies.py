"""What may not be said inside a case, by whom, and by which name it is refused (catalogue, rules 7 and 11)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

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
    Reply,
    Settled,
    Withdrawn,
)
from events.catalogue.movement import Arrived, Departed, Extended
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from tests.unit.test_cases import DUE, HOME, LATER, NEW, OTHER, Story
from tests.unit.test_on_paper import Story as Outside

DAY = "2026-03-02"
NAME, BORN = Deviation("name", "乙", "甲"), Deviation("born_on", "1990-01-01", "1991-01-01")


@pytest.fixture
def story() -> Story:
    return Story()


def refusal(story: Story, office: str, fact: Reply, book: str | None = None) -> tuple[str, str | None, str | None]:
    """Code, rule and field of what the book of the office, or another, gives reason for."""
    with pytest.raises(Illegal) as refused:
        check(fact, DAY, office, story.world.record(book or office, "P1"))
    return refused.value.code, refused.value.rule, refused.value.field


def submitted(story: Story, office: str, act: str, *facts: object) -> None:
    for fact in facts:
        story.world.command(story.world.author(office, "P1", DAY, fact, submission=act))  # type: ignore[arg-type]
    story.world.drain()


class TestACaseThatIsNotThere:
    def test_is_named_as_such(self, story):
        nowhere = CaseRef(story.case.opening, OTHER, "inflow")
        assert refusal(story, HOME, Confirmed(case=nowhere))[0] == "no_such_case"

    @pytest.mark.parametrize("denied", [False, True])
    def test_is_that_which_a_match_asked_for_whoever_may_see_nothing_of_the_match(self, story, denied):
        """Rule 11 of routing: the keeper is asked as if named; who arrived there learns of that by the answer alone."""
        arrival = story.record(OTHER, Arrived(kind="further", stated={"name": "甲"}, opens=True))
        case = CaseRef(arrival, HOME, "inflow")
        assert refusal(story, OTHER, Withdrawn(case=case, ground="other"))[0] == "no_such_case"
        assert refusal(story, OTHER, Noted(case=case))[0] == "no_such_case"
        story.record(HOME, Disputed(case=case, reason="identity_mismatch") if denied else Confirmed(case=case))
        record = story.world.record(OTHER, "P1")
        assert record.cases[case].status == ("disputed" if denied else "confirmed")
        check(Settled(case=case, whole="insisted") if denied else Reopened(case=case, reason="?"), DAY, OTHER, record)

    def test_is_opened_by_the_dispute_of_what_asked_nothing_and_by_no_other_word(self, story):
        """Rule 4 of routing."""
        story.record(HOME, Confirmed(case=story.case))
        update = CaseRef(story.record(NEW, Extended(stay=story.case.opening, stay_until=LATER)), HOME, "update")
        assert refusal(story, HOME, Confirmed(case=update))[0] == "no_such_case"
        assert refusal(story, NEW, Disputed(case=update, reason="other"))[0] == "no_such_case", "of its own act"
        of_another = CaseRef(update.opening, OTHER, "update")
        assert refusal(story, HOME, Disputed(case=of_another, reason="other"))[0] == "no_such_case"
        of_its_own = CaseRef(update.opening, NEW, "update")
        assert refusal(story, NEW, Disputed(case=of_its_own, reason="other"))[0] == "no_such_case"
        of_nothing = CaseRef(Ref(NEW, "unheard of"), HOME, "update")
        assert refusal(story, HOME, Disputed(case=of_nothing, reason="other"))[0] == "no_such_case"
        story.record(HOME, Disputed(case=update, reason="other"))
        assert story.world.record(NEW, "P1").cases[update].status == "disputed"


class TestWhoKeepsTheRegistration:
    def test_whoever_does_not_may_say_that_it_is_not_its_own(self, story):
        """HOME gave it up before the arrival: what was asked of it is not its to answer."""
        given_up = RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved")
        story.world.command(story.world.author(HOME, "P1", "2026-03-01", given_up))
        story.world.drain()
        check(Disputed(case=story.case, reason="not_our_registration"), DAY, HOME, story.world.record(HOME, "P1"))


def test_a_redirect_names_neither_side_nor_who_was_asked_before(story):
    """The two are told apart: a side would be asked of what it asked itself, who was asked before said so already."""
    story.record(HOME, Disputed(case=story.case, reason="person_unknown"))
    story.record(NEW, Redirected(case=story.case, to=OTHER))
    case = CaseRef(story.case.opening, OTHER, "inflow")
    assert refusal(story, OTHER, Redirected(case=case, to=OTHER)) == ("redirected_back", None, "to")
    assert refusal(story, OTHER, Redirected(case=case, to=NEW)) == ("redirected_back", None, "to")
    assert refusal(story, OTHER, Redirected(case=case, to=HOME)) == ("redirected_back", "redirected_back.before", "to")


def test_what_was_withdrawn_by_itself_is_not_said_to_be_opened_again_by_hand(story):
    story.record(NEW, Retracted(target=story.case.opening))
    assert refusal(story, HOME, Confirmed(case=story.case)) == ("case_withdrawn", None, "case")


class TestDecidingOnAnAnswer:
    def test_each_deviation_is_decided_and_nothing_else(self, story):
        story.record(HOME, Confirmed(case=story.case, deviations=(NAME, BORN)))

        def wrong(**more: object) -> tuple[str, str | None, str | None]:
            return refusal(story, NEW, Settled(case=story.case, **more))  # type: ignore[arg-type]  # its fields

        assert wrong(accepted=("name",)) == ("nothing_to_settle", "settled.undecided", "accepted")
        both = ("name", "born_on")
        assert wrong(accepted=(*both, "sex")) == ("nothing_to_settle", "settled.no_deviation", "accepted")
        assert wrong(accepted=both, insisted=("sex",)) == ("nothing_to_settle", "settled.no_deviation", "insisted")
        story.record(NEW, Settled(case=story.case, accepted=("name",), insisted=("born_on",)))
        assert {(state.accepted, state.insisted) for state in map(story.at, (HOME, NEW))} == {(("name",), ("born_on",))}

    @pytest.mark.parametrize("word", ["accepted", "insisted"])
    def test_in_a_word_each_of_them_is(self, story, word):
        story.record(HOME, Confirmed(case=story.case, deviations=(NAME, BORN)))
        story.record(NEW, Settled(case=story.case, whole=word))
        assert getattr(story.at(HOME), word) == ("name", "born_on")

    def test_a_dispute_is_decided_as_a_whole(self, story):
        story.record(HOME, Disputed(case=story.case, reason="other"))
        settled = Settled(case=story.case, accepted=("name",))
        assert refusal(story, NEW, settled) == ("nothing_to_settle", "settled.whole", "whole")
        story.record(NEW, Settled(case=story.case, whole="accepted"))
        assert story.both()[0] == "settled"

    def test_accepting_is_one_act_which_corrects_first(self, story):
        """Rule 4. The correction opens the case again for the field, and the decision that follows closes it."""
        story.record(HOME, Confirmed(case=story.case, deviations=(NAME,)))
        corrected = Corrected(target=story.case.opening, set={"name": "乙"}, fields=("name",))
        submitted(story, NEW, "accepting", corrected)
        settled = Settled(case=story.case, accepted=("name",))
        check(settled, DAY, NEW, story.world.record(NEW, "P1"))
        submitted(story, NEW, "accepting", settled)
        assert story.both()[0] == "settled"

    def test_and_where_it_is_decided_first_too(self, story):
        story.record(HOME, Confirmed(case=story.case, deviations=(NAME,)))
        corrected = Corrected(target=story.case.opening, set={"name": "乙"}, fields=("name",))
        submitted(story, NEW, "accepting", Settled(case=story.case, accepted=("name",)), corrected)
        assert story.both()[0] == "settled"

    def test_a_correction_that_came_after_the_decision_is_asked_about(self, story):
        story.record(HOME, Confirmed(case=story.case, deviations=(NAME,)))
        story.record(NEW, Settled(case=story.case, insisted=("name",)))
        story.record(NEW, Corrected(target=story.case.opening, set={"name": "丙"}, fields=("name",)))
        assert (story.both()[0], story.at(HOME).reopened) == ("open", ("name",))

    def test_what_was_opened_again_waits_for_its_answer(self, story):
        """Nothing is decided where nothing is said: neither of a confirmation, nor of what was decided before."""
        story.record(HOME, Confirmed(case=story.case))
        story.record(NEW, Reopened(case=story.case, reason="doubt", fields=("name",)))
        assert refusal(story, NEW, Settled(case=story.case, whole="insisted"))[0] == "nothing_to_settle"
        story.record(HOME, Confirmed(case=story.case, deviations=(NAME,)))
        story.record(NEW, Settled(case=story.case, insisted=("name",)))
        story.record(NEW, Reopened(case=story.case, reason="doubt"))
        assert refusal(story, NEW, Settled(case=story.case, insisted=("name",)))[0] == "nothing_to_settle"


@pytest.mark.parametrize("fact", [Noted, Reopened, Withdrawn, Deferred, Settled, Redirected])
def test_no_third_office_says_anything_in_it(story, fact):
    """Also where its own book tells of the case, as the keeper's does of what others ask each other."""
    if fact is Reopened:
        story.record(HOME, Confirmed(case=story.case))
    more = {
        Reopened: {"reason": "doubt"},
        Withdrawn: {"ground": "other"},
        Deferred: {"until": LATER, "reason": "still_looking"},
        Settled: {"whole": "accepted"},
        Redirected: {"to": "110105001000"},
    }
    said = fact(case=story.case, **more.get(fact, {}))
    assert refusal(story, OTHER, said, book=HOME)[0] == "not_a_party"


def test_what_is_matched_by_itself_is_opened_again_by_either_side(story):
    story.record(HOME, Confirmed(case=story.case))
    announced = story.record(NEW, Departed(stay=story.case.opening, destination=town(OTHER)))
    arrival = Arrived(kind="main", registration=town(HOME), origin=town(NEW), stated={"name": "甲"})
    story.record(OTHER, arrival)
    case = CaseRef(announced, OTHER, "outflow")
    for office in (NEW, OTHER):
        record = story.world.record(office, "P1")
        assert (record.cases[case].status, record.cases[case].automatic) == ("matched", True)
        check(Reopened(case=case, reason="doubt"), DAY, office, record)


def test_without_a_day_an_answer_is_deferred_until_one_that_comes(story):
    """Asked anew, no day is set yet."""
    due = Deferred(case=story.case, until=DUE, reason="other")
    with pytest.raises(Illegal) as refused:
        check(due, DAY, HOME, story.world.record(HOME, "P1"))
    assert refused.value.details["due_on"] == DUE
    story.record(HOME, Confirmed(case=story.case))
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    today = Deferred(case=story.case, until=DAY, reason="still_looking")
    with pytest.raises(Illegal) as refused:
        check(today, DAY, HOME, story.world.record(HOME, "P1"))
    assert (refused.value.code, refused.value.details["due_on"]) == ("deferral_day", DAY)
    check(Deferred(case=story.case, until="2026-03-03", reason="other"), DAY, HOME, story.world.record(HOME, "P1"))


def test_nothing_is_answered_on_paper_once_the_letter_is_needed_no_more():
    story = Outside()
    story.record(NEW, Withdrawn(case=story.case, ground="no_longer_needed"))
    with pytest.raises(Illegal) as refused:
        check(Confirmed(case=story.case, received_on=DAY), DAY, NEW, story.held())
    assert refused.value.code == "case_withdrawn"


def test_facts_answer_an_enquiry_and_nothing_else(story):
    enquiry = EnquiryOpened(to=HOME, purpose="identification", given={"name": "甲"}, fields=("sex",))
    case = CaseRef(story.record(NEW, enquiry), HOME, "enquiry")
    assert refusal(story, HOME, Confirmed(case=case))[0] == "answered_otherwise"
    assert refusal(story, HOME, EnquiryAnswered(case=story.case))[0] == "answered_otherwise"
    beyond = EnquiryAnswered(case=case, facts={"sex": "F", "phone": "1"})
    assert refusal(story, HOME, beyond) == ("not_entitled", None, "facts.phone")
    story.record(HOME, EnquiryAnswered(case=case, facts={"sex": "F"}))
    assert story.world.record(NEW, "P1").cases[case].status == "answered"


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ("confirmed", "case_closed.answered"),
        ("settled", "case_closed.answered"),
        ("answered", "case_closed.answered"),
        ("matched", "case_closed.answered"),
        ("redirected", "case_closed.redirected"),
        ("not_reachable", "case_closed.not_reachable"),
    ],
)
def test_the_refusal_of_a_closed_case_says_how_it_was_closed(story, status, rule):
    """What to do instead follows from that: reopen it, answer in the office that it was sent to, or write."""
    record = story.world.record(HOME, "P1")
    closed = replace(record, cases={story.case: replace(record.cases[story.case], status=status)})
    with pytest.raises(Illegal) as refused:
        check(Disputed(case=story.case, reason="other"), DAY, HOME, closed)
    assert (refused.value.code, refused.value.rule) == ("case_closed", rule)
    if rule == "case_closed.answered":
        check(Reopened(case=story.case, reason="doubt"), DAY, HOME, closed)
    else:
        with pytest.raises(Illegal) as refused:
            check(Reopened(case=story.case, reason="doubt"), DAY, HOME, closed)
        assert refused.value.rule == rule
