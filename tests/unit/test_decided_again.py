"""What took back a decision on an answer: since then whoever asked has to decide again (catalogue, rule 11)."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Disputed, EnquiryOpened, Redirected, Reopened, Settled, Withdrawn
from events.catalogue.values import CaseRef
from events.envelope import Ref
from exchange.protocol.questions.asking_anew import undecided_again
from tests.unit.test_cases import HOME, NEW, OTHER, Story

DECISIONS = {
    "settled": lambda case: Settled(case=case, whole="accepted"),
    "redirected": lambda case: Redirected(case=case, to=OTHER),
    "withdrawn": lambda case: Withdrawn(case=case, ground="other"),
}


class Disputing(Story):
    """HOME disputes what NEW asked."""

    def __init__(self) -> None:
        super().__init__()
        self.record(HOME, Disputed(case=self.case, reason="other"))

    @property
    def again(self) -> list[Ref]:
        """The same in both books."""
        books = [self.world.record(office, "P1") for office in (HOME, NEW)]
        here, there = (undecided_again(record.facts, record.cases[self.case]) for record in books if record is not None)
        assert here == there
        return here

    def taken_back(self, office: str, ref: Ref) -> Ref:
        return self.record(office, Retracted(target=ref))


@pytest.fixture
def story() -> Disputing:
    return Disputing()


def test_of_an_answer_on_which_nothing_was_decided_there_is_none(story):
    assert story.again == []


@pytest.mark.parametrize("decision", DECISIONS.values(), ids=DECISIONS)
def test_each_kind_of_decision_is_waited_for_again_once_it_is_taken_back(story, decision):
    taken_back = story.taken_back(NEW, story.record(NEW, decision(story.case)))
    assert (story.both()[0], story.again) == ("disputed", [taken_back])


def test_what_the_office_asked_took_back_is_none_of_them(story):
    """It sent the question on by an error, and disputed then."""
    story.taken_back(NEW, story.record(NEW, Withdrawn(case=story.case, ground="other")))
    before = story.again
    sent_on = story.world.author(HOME, "P1", "2026-03-02", Redirected(case=story.case, to=OTHER))
    story.world.command(sent_on)
    story.world.drain()
    story.taken_back(HOME, sent_on.ref)
    assert (story.both()[0], story.again) == ("disputed", before)


def test_nor_is_what_was_decided_on_another_question_of_the_same_office(story):
    enquiry = EnquiryOpened(to=HOME, purpose="identification", given={"name": "甲"}, fields=("sex",))
    other = CaseRef(story.record(NEW, enquiry), HOME, "enquiry")
    story.taken_back(NEW, story.record(NEW, Withdrawn(case=other, ground="other")))
    assert story.again == []


def test_nor_what_was_decided_before_it_was_asked_anew(story):
    story.taken_back(NEW, story.record(NEW, Settled(case=story.case, whole="insisted")))
    story.record(NEW, Settled(case=story.case, whole="insisted"))
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    story.record(HOME, Disputed(case=story.case, reason="other"))
    assert (story.both()[0], story.again) == ("disputed", [])


def test_nor_what_stands(story):
    """It was recorded when there was nothing to decide yet, by a book that did not know so: it decides nothing."""
    story.record(NEW, Settled(case=story.case, whole="insisted"))
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    early = story.world.author(NEW, "P1", "2026-03-02", Settled(case=story.case, whole="insisted"))
    story.world.command(early)
    story.world.drain()
    story.record(HOME, Disputed(case=story.case, reason="other"))
    assert (story.both()[0], story.again) == ("disputed", [])
    assert story.at(NEW).aside == (early.ref,)
