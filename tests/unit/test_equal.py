"""Answers by comparing: only where the office knows the person by its own word, and nothing stated differs."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.case import Confirmed, Disputed, Reopened, Settled
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Changed, Deceased, Registered
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import Ref
from exchange.protocol.comparing.equal import Comparison, certainly_same, comparison, keeps
from exchange.protocol.record import CaseState, Record
from exchange.protocol.shown.notices import notices
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER = OFFICES[:3]
HELD: dict[str, Any] = {
    "name": {"full": "王小雨"},
    "born_on": "1988-05-02",
    "sex": "F",
    "document.passport": {"number": "E12345678"},
}


class Story:
    """Somebody registered at home arrives in another town, which asks."""

    def __init__(self, *, confirm_equal: bool = False, registered: bool = True, **stated: Any) -> None:
        self.world = World(1, skew=False, confirm_equal=confirm_equal)
        if registered:
            self.record(HOME, Registered(particulars=HELD, basis="first_record", registration=town(HOME)))
        said = {field: value for field, value in {**HELD, **stated}.items() if value is not None}
        self.arrival = self.record(NEW, Arrived(kind="main", registration=town(HOME), stated=said, opens=True))

    def record(self, office: str, fact: Any) -> Ref:
        event = self.world.author(office, "P1", "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    @property
    def held(self) -> Record:
        record = self.world.record(HOME, "P1")
        assert record is not None
        return record

    def case(self, kind: Any = "inflow") -> CaseState:
        return self.held.cases[CaseRef(self.arrival, HOME, kind)]

    @property
    def status(self) -> str:
        return self.case().status

    def compared(self) -> Comparison:
        return comparison(self.held, self.case(), {})


def test_what_is_stated_as_it_is_held_is_equal():
    assert Story().compared() == Comparison("equal")


@pytest.mark.parametrize(
    ("stated", "fields"),
    [
        ({"born_on": "1988-05-03"}, ("born_on",)),
        ({"name": {"full": "王大雨"}, "document.passport": {"number": "E00000001"}}, ("document.passport", "name")),
    ],
)
def test_what_differs_is_named(stated, fields):
    assert Story(**stated).compared() == Comparison("differs", fields)


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"document.passport": None}, "equal"),  # name and birth date say who it is
        ({"born_on": None}, "equal"),
        ({"born_on": "1988-05"}, "equal"),
        ({"document.passport": None, "born_on": None}, "unclear"),
        ({"name": None}, "unclear"),
    ],
)
def test_it_must_be_certain_who_is_meant(stated, found):
    assert Story(**stated).compared().found == found


def test_an_office_that_keeps_the_person_only_because_the_arrival_says_so_can_compare_nothing():
    story = Story(registered=False)
    assert not keeps(story.held)
    assert story.compared() == Comparison("unclear")


def test_a_registration_that_another_office_names_counts_once_the_office_has_agreed():
    world = World(1, skew=False)
    event = world.author(
        NEW, "P1", "2026-03-02", Registered(particulars=HELD, basis="restored", registration=town(HOME))
    )
    world.command(event)
    world.drain()
    (record,) = world.records(HOME)
    assert not keeps(record)
    case = CaseRef(event.ref, HOME, "registration")
    world.command(world.author(HOME, "P1", "2026-03-03", Confirmed(case=case)))
    world.drain()
    (record,) = world.records(HOME)
    assert keeps(record)


def test_the_arrival_of_the_dead_is_not_confirmed_by_comparing():
    story = Story()
    story.record(HOME, Deceased())
    assert story.compared() == Comparison("differs", ("died_on",))


def test_what_no_record_can_tell_is_not_compared():
    story = Story()
    story.arrival = story.record(HOME, Departed(destination=town(OTHER)))
    (record,) = story.world.records(OTHER)
    state = record.cases[CaseRef(story.arrival, OTHER, "outflow")]
    assert comparison(record, state, {}) == Comparison("other_kind")


def test_a_case_that_asks_another_office_or_nobody_any_more_is_not_compared():
    story = Story()
    (theirs,) = story.world.records(NEW)
    assert comparison(theirs, story.case(), {}) == Comparison("not_asked")
    story.record(HOME, Disputed(case=story.case().ref, reason="other"))
    assert story.compared() == Comparison("not_asked")


@pytest.mark.parametrize(
    "stated", [{"born_on": None}, {"born_on": "1988-05"}, {"document.passport": None}, {"name": None}], ids=str
)
def test_by_itself_only_document_name_and_birth_date_together_are_enough(stated):
    assert certainly_same(Story().held, Story().case(), {})
    story = Story(confirm_equal=True, **stated)
    assert not certainly_same(story.held, story.case(), {})
    assert story.status == "open"


def test_a_setting_confirms_what_is_certainly_the_same_by_itself_once():
    story = Story(confirm_equal=True)
    assert story.status == "matched"
    (theirs,) = story.world.records(NEW)
    assert theirs.cases[story.case().ref].recognised
    answers = [s for s in theirs.facts.values() if isinstance(s.payload, Confirmed)]
    assert [(s.author, s.event.frame.actor, s.event.frame.because) for s in answers] == [
        (HOME, "system", story.arrival)
    ]
    again = Story(confirm_equal=True)
    assert [s.ref for s in again.held.facts.values() if isinstance(s.payload, Confirmed)] == [s.ref for s in answers]


def test_without_the_setting_nothing_is_confirmed_by_itself():
    assert Story().status == "open"


def test_what_differs_is_never_confirmed_by_itself():
    assert Story(confirm_equal=True, name={"full": "王大雨"}).status == "open"


def answered(story: Story, **more: Any) -> CaseState:
    story.record(HOME, Confirmed(case=story.case().ref, **more))
    return story.case()


def test_what_differs_in_parts_that_come_after_the_answer_is_a_deviation_too():
    """The office asked first is told no more than it takes to recognise the person."""
    story = Story(sex="M")
    assert story.compared() == Comparison("equal")
    found = answered(story)
    assert (found.status, found.deviations) == ("deviations", (Deviation("sex", "F", "M"),))
    (theirs,) = story.world.records(NEW)
    assert theirs.cases[found.ref].deviations == found.deviations
    assert "sex" in theirs.objected


def test_it_is_found_after_a_confirmation_by_itself_too_and_then_is_no_silent_matter():
    story = Story(confirm_equal=True, sex="M")
    assert story.status == "deviations"
    (theirs,) = story.world.records(NEW)
    shown = notices(story.world.books[NEW], theirs)
    assert [(each.kind, each.outcome, each.fields) for each in shown] == [("reply", "deviations", ("sex",))]


def test_the_answer_and_what_was_found_later_are_one_notice():
    story = Story(sex="M")
    answered(story)
    (theirs,) = story.world.records(NEW)
    shown = [each for each in notices(story.world.books[NEW], theirs) if each.kind == "reply"]
    assert [(each.outcome, each.fields) for each in shown] == [("deviations", ("sex",))]


def test_deviations_that_a_person_named_stay_beside_those_found_later():
    found = answered(Story(sex="M"), deviations=(Deviation("born_on", "1988-05-02", "1988-05-02"),))
    assert [each.field for each in found.deviations] == ["born_on", "sex"]


def test_what_changed_after_the_answer_is_no_deviation():
    story = Story()
    answered(story)
    story.record(HOME, Changed(set={"sex": "M"}))
    assert story.case().status == "confirmed"


def test_it_is_said_once_so_that_whoever_answers_again_has_the_last_word():
    story = Story(sex="M")
    case = answered(story).ref
    story.record(NEW, Settled(case=case, whole="insisted"))
    story.record(HOME, Reopened(case=case, reason="doubt"))
    assert answered(story).status == "confirmed"


def test_an_office_without_a_word_of_its_own_finds_nothing_later():
    """What it holds is what two arrivals state, and these differ from each other."""
    story = Story(registered=False, sex="M")
    stated = {**HELD, "document.passport": {"number": "E00000002"}}
    second = story.record(OTHER, Arrived(kind="further", registration=town(HOME), stated=stated, opens=True))
    story.record(HOME, Confirmed(case=CaseRef(second, HOME, "inflow")))
    assert story.held.particulars["sex"] == "F"
    assert answered(story).status == "confirmed"


def test_nobody_but_the_exchange_says_more_after_an_answer():
    story = Story()
    case = answered(story).ref
    again = Confirmed(case=case, deviations=(Deviation("sex", "F", "M"),))
    story.record(HOME, again)
    assert (story.case().status, len(story.case().aside)) == ("confirmed", 1)


def test_who_registered_a_person_later_than_another_compares_by_its_own_entry():
    """Another office's first record names this one: by that one's words it would find right whatever they say."""
    story = Story(registered=False, confirm_equal=True)
    named = Registered(particulars=HELD | {"born_on": "1988-02-05"}, basis="first_record", registration=town(HOME))
    first = story.world.author(OTHER, "P1", "2026-03-03", named)
    own = story.world.author(
        HOME, "P1", "2026-03-04", Registered(particulars=HELD, basis="first_record", registration=town(HOME))
    )
    for event in (first, own):
        story.world.command(event)
    story.world.drain()
    asked = story.held.cases[CaseRef(first.ref, HOME, "registration")]
    assert story.held.particulars["born_on"] == HELD["born_on"]
    assert comparison(story.held, asked, {}) == Comparison("differs", ("born_on",))
    assert asked.status == "open"
