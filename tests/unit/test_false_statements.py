"""What the system of an office stated that was keeper only by an error stands as little as the error does."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, EnquiryOpened, Redirected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Returned
from events.catalogue.person import Merged, Registered, Stated
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Place, town
from events.envelope import Ref
from exchange.protocol.questions.false_statements import said_of_keeper
from exchange.protocol.record import Record
from exchange.protocol.shown.sheet import state
from tests.properties.checks import agreement_faults, entitlement_faults
from tests.unit.test_corrected_away import HOME, NEW, OTHER, THIRD, Story

WHO = {"name": "甲", "sex": "F"}
OUTSIDE = "330106001000"
Shown = tuple[dict[str, str], str]
NOTHING: Shown = ({}, "withdrawn")
ALL: Shown = (WHO, "open")


class Stating(Story):
    """NEW keeps somebody who lives in THIRD."""

    def kept(self) -> None:
        self.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(NEW)))
        stay = self.record(THIRD, Arrived(kind="main", registration=town(NEW), stated={"name": "甲"}))
        self.record(NEW, Confirmed(case=CaseRef(stay, NEW, "inflow")))

    def moves(self, to: str, giving_up: str = NEW) -> Ref:
        return self.record(giving_up, RegistrationChanged(from_=town(giving_up), to=town(to), ground="moved"))

    def held(self, office: str) -> Record:
        record = self.world.record(office, "P1")
        assert record is not None
        return record

    def shows(self, office: str) -> Shown:
        record = self.held(office)
        return (dict(record.particulars), state(record))

    def arrives_on(self, day: str, office: str, **said: Any) -> Ref:
        return self.on(day, office, Arrived(**said))

    def departs_on(self, day: str, office: str) -> Ref:
        return self.on(day, office, Departed(destination=Place(kind="abroad")))

    def on(self, day: str, office: str, fact: Fact) -> Ref:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def main(self, office: str) -> list[str]:
        """Where the person mainly lives, by the office's book."""
        return [stay.office for stay in self.held(office).main_stays]

    def who_states(self, office: str = THIRD) -> set[str]:
        """By the book of the town where the person lives."""
        return {standing.author for standing in self.held(office).facts.in_force(Stated)}


@pytest.fixture
def story() -> Stating:
    return Stating()


def test_a_move_corrected_to_another_town_and_back_lets_only_whoever_is_keeper_speak(story):
    story.kept()
    moved = story.moves(OTHER)
    assert story.who_states() == {NEW, OTHER}
    first = story.corrects(moved, to=town(HOME))
    assert (story.shows(OTHER), story.shows(HOME), story.who_states()) == (NOTHING, ALL, {NEW, HOME})
    second = story.corrects(first, set={"to": {"kind": "town", "code": OTHER}})
    assert (story.shows(OTHER), story.shows(HOME), story.who_states()) == (ALL, NOTHING, {NEW, OTHER})
    third = story.record(NEW, Retracted(target=second))
    assert (story.shows(OTHER), story.shows(HOME), story.who_states()) == (NOTHING, ALL, {NEW, HOME})
    story.record(NEW, Retracted(target=third))
    story.corrects(moved, to=town(OTHER))
    assert (story.shows(OTHER), story.shows(HOME), story.who_states()) == (ALL, NOTHING, {NEW, OTHER})


def test_a_move_corrected_back_to_the_town_that_gave_it_up_leaves_that_one_alone(story):
    story.kept()
    story.corrects(story.moves(OTHER), to=town(NEW))
    assert (story.shows(OTHER), story.shows(NEW), story.who_states()) == (NOTHING, ALL, {NEW})


def test_a_move_taken_back_voids_what_was_stated_anew_for_another_reason(story):
    """The cause of the second statement is a correction that stands; only the first shares the move's own fate."""
    first = story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(NEW)))
    stay = story.record(THIRD, Arrived(kind="main", registration=town(NEW), stated={"name": "甲"}))
    story.record(NEW, Confirmed(case=CaseRef(stay, NEW, "inflow")))
    moved = story.moves(OTHER)
    story.corrects(first, sex="M")
    assert story.shows(OTHER) == ({**WHO, "sex": "M"}, "open")
    story.record(NEW, Retracted(target=moved))
    assert story.shows(OTHER) == NOTHING


def test_so_does_an_entry_corrected_after_the_town_that_it_named_had_agreed(story):
    entry = story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(OTHER), kind="main"))
    story.record(OTHER, Confirmed(case=CaseRef(entry, OTHER, "registration")))
    assert story.who_states(NEW) == {OTHER}
    story.corrects(entry, registration=town(THIRD))
    assert story.who_states(NEW) == set(), "who is asked now has not agreed yet"
    assert story.shows(OTHER) == NOTHING


def test_who_kept_the_person_rightly_goes_on_having_stated_it(story):
    story.kept()
    story.corrects(story.moves(OTHER), ground="other")
    story.moves(HOME, giving_up=OTHER)
    assert story.who_states() == {NEW, OTHER, HOME}


def test_a_move_corrected_in_its_day_alone_leaves_every_statement(story):
    story.kept()
    moved = story.moves(OTHER)
    story.corrects(moved, effective_on="2026-03-01")
    assert story.who_states() == {NEW, OTHER}


def test_a_departure_that_only_the_keeper_may_record_ends_no_stay_once_its_author_never_was(story):
    story.kept()
    moved = story.moves(OTHER)
    story.record(OTHER, Departed(destination=Place(kind="abroad")))
    assert story.held(THIRD).open_stays == ()
    back = story.record(NEW, Retracted(target=moved))
    for office in (NEW, THIRD):
        assert [stay.office for stay in story.held(office).open_stays] == [THIRD]
        assert not [case for case in story.held(office).cases.values() if case.ref.kind == "moved-on" and case.open]
    story.record(NEW, Retracted(target=back))
    assert story.held(THIRD).open_stays == ()


def test_a_merge_names_no_keeper_whom_it_has_from_the_error_alone(story):
    """Nobody lives anywhere before the merge, so that nothing was stated, and what is stated then follows from it."""
    story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(NEW)))
    moved = story.moves(OTHER)
    entry = Registered(particulars=WHO, basis="first_record", registration=town(HOME), kind="main")
    story.world.command(story.world.author(HOME, "P2", "2026-03-02", entry))
    story.world.command(story.world.author(HOME, "P2", "2026-03-03", Merged(other="P1", keeper=OTHER)))
    story.world.drain()
    assert story.who_states(HOME) == {OTHER}
    story.corrects(moved, to=town(THIRD))
    assert OTHER not in story.who_states(HOME)


def test_a_town_to_which_such_a_departure_announced_the_person_expects_nobody_any_more(story):
    story.kept()
    moved = story.moves(OTHER)
    departure = story.record(OTHER, Departed(destination=town(HOME)))
    case = CaseRef(departure, HOME, "outflow")

    def stands() -> list[str]:
        return [story.held(office).cases[case].status for office in (OTHER, HOME)]

    assert stands() == ["open", "open"]
    assert moved not in story.held(HOME).facts
    back = story.record(NEW, Retracted(target=moved))
    assert stands() == ["withdrawn", "withdrawn"]
    assert not any(announced.waits for announced in story.held(HOME).announcements)
    told = [(d.ref, d.kind, d.parts) for d in story.world.said if d.to == HOME and d.ref in {moved, back}]
    assert told == [(moved, None, frozenset()), (back, "retraction", frozenset())], "what made its author keeper"
    again = story.record(NEW, Retracted(target=back))
    assert stands() == ["open", "open"]
    story.record(NEW, Retracted(target=again))
    assert stands() == ["withdrawn", "withdrawn"]
    assert entitlement_faults(story.world) == []


def test_nobody_is_judged_as_keeper_by_an_enquiry_that_was_sent_on(story):
    """It was told as what had made the author keeper, to whoever heard of the departure (histories, seed 2488)."""
    story.kept()
    asked = story.record(NEW, EnquiryOpened(to=THIRD, purpose="registration", consent=True, fields=("name",)))
    sent = story.record(THIRD, Redirected(case=CaseRef(asked, THIRD, "enquiry"), to=OTHER))
    moved = story.moves(OTHER)
    departure = story.record(OTHER, Departed(destination=town(HOME)))
    story.record(NEW, Retracted(target=moved))
    facts = story.held(THIRD).facts
    assert sent in facts
    assert [each.ref for each in said_of_keeper(facts[departure], facts)] == [moved]


def test_a_departure_stands_where_a_move_after_it_was_an_error_though_its_town_knows_no_older_link(story):
    story.kept()
    departure = story.record(NEW, Departed(destination=town(HOME)))
    story.record(NEW, Retracted(target=story.moves(OTHER)))
    for office in (NEW, HOME):
        assert story.held(office).cases[CaseRef(departure, HOME, "outflow")].status == "open"
    assert any(announced.waits for announced in story.held(HOME).announcements)


def test_such_a_departure_ends_no_stay_either_where_its_author_once_opened_the_dossier(story):
    """Who moved in later was never told of that arrival: whoever was must not read the departure otherwise."""
    story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(NEW)))
    here = {"kind": "main", "registration": town(NEW), "stated": WHO}
    first = story.arrives_on("2026-03-02", OTHER, opens=True, **here)
    second = story.arrives_on("2026-03-04", HOME, **here)
    third = story.arrives_on("2026-03-04", THIRD, **{**here, "kind": "further"})
    for stay in (first, second, third):
        story.record(NEW, Confirmed(case=CaseRef(stay, NEW, "inflow")))
    moved = story.moves(OTHER)
    story.departs_on("2026-03-05", OTHER)
    assert [story.main(office) for office in (OTHER, HOME, THIRD)] == [[], [], []]
    story.record(NEW, Retracted(target=moved))
    assert OTHER in story.held(NEW).openers
    assert OTHER not in story.held(THIRD).openers
    assert [story.main(office) for office in (NEW, HOME, THIRD)] == [[HOME], [HOME], [HOME]]


def test_an_entry_that_was_given_up_by_a_merge_says_nothing_of_who_keeps_the_other(story):
    """Nobody registered the one who survives: OTHER keeps that one by its own arrival, and rightly says so."""
    given_up = Registered(particulars={"name": "乙"}, basis="first_record", registration=town(NEW))
    story.world.command(story.world.author(NEW, "P2", "2026-03-01", given_up))
    move = RegistrationChanged(from_=town(NEW), to=town(OTHER), ground="moved")
    moved = story.world.author(NEW, "P2", "2026-03-01", move)
    story.world.command(moved)
    story.world.command(story.world.author(NEW, "P2", "2026-03-01", Retracted(target=moved.ref)))
    story.world.drain()
    own = {"registration": town(OTHER), "stated": WHO, "opens": True}
    story.arrives_on("2026-03-02", OTHER, kind="main", **own)
    stay = story.arrives_on("2026-03-02", NEW, kind="further", **own)
    story.record(OTHER, Confirmed(case=CaseRef(stay, OTHER, "inflow")))
    story.world.command(story.world.author(NEW, "P2", "2026-03-03", Merged(other="P1", keeper=OTHER)))
    story.world.drain()
    assert (story.held(NEW).keeper, story.who_states(NEW)) == (OTHER, {OTHER})


def test_who_stands_in_for_a_place_outside_that_its_entry_names_by_now_goes_on_stating(story):
    """The entry named NEW by an error, and no link names it any more; but it is keeper still, and THIRD, which it had
    told all, knew no sex of the person any more.
    """
    entry = story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(NEW)))
    stay = story.record(THIRD, Arrived(kind="main", registration=town(NEW), stated={"name": "甲"}))
    story.record(NEW, Confirmed(case=CaseRef(stay, NEW, "inflow")))
    story.corrects(entry, registration={"kind": "town", "code": OUTSIDE})
    assert story.held(THIRD).keeper == NEW
    assert story.shows(THIRD) == story.shows(NEW) == ALL
    assert agreement_faults(story.world) == []


def test_so_does_who_keeps_the_person_by_a_merge_alone(story):
    """HOME took back what it had entered of the one given up (histories of three persons, seed 9800453)."""
    for office in (NEW, HOME):
        entry = Registered(particulars={"name": "乙"}, basis="first_record", registration=town(office))
        event = story.world.author(office, "P2", "2026-03-01", entry)
        story.world.command(event)
    story.world.command(story.world.author(HOME, "P2", "2026-03-01", Retracted(target=event.ref)))
    story.world.drain()
    story.record(HOME, Arrived(kind="main", registration=town(OUTSIDE), stated=WHO, opens=True))
    lives = Registered(particulars={}, basis="first_record", kind="main", address="here")
    story.world.command(story.world.author(THIRD, "P2", "2026-03-03", lives))
    story.world.drain()
    story.world.command(story.world.author(NEW, "P2", "2026-03-03", Merged(other="P1", keeper=HOME)))
    story.world.drain()
    assert [story.held(office).keeper for office in (HOME, THIRD)] == [HOME, HOME]
    assert HOME in story.who_states(HOME)
    assert agreement_faults(story.world) == []


def test_a_departure_stands_where_an_arrival_alone_names_its_author_while_entries_say_who_keeps_the_person(story):
    """OTHER kept the one whom NEW gave up, by an entry and a move of which THIRD never heard: it took its own arrival
    for what had made OTHER keeper, and the departure for as false as a later move (histories, seed 9810541).
    """

    def of_the_other(office: str, day: str, fact: Fact) -> None:
        story.world.command(story.world.author(office, "P2", day, fact))
        story.world.drain()

    story.kept()
    story.arrives_on("2026-03-03", THIRD, kind="further", registration=town(OTHER), stated=WHO)
    of_the_other(OTHER, "2026-03-01", Registered(particulars={}, basis="first_record", registration=town(OTHER)))
    of_the_other(OTHER, "2026-03-05", Departed(destination=Place(kind="abroad")))
    moved = RegistrationChanged(from_=town(OTHER), to=town(NEW), ground="moved")
    of_the_other(OTHER, "2026-03-05", moved)
    of_the_other(NEW, "2026-03-06", Merged(other="P1", keeper=NEW))
    story.record(NEW, Retracted(target=story.moves(OTHER)))
    assert [story.main(office) for office in (NEW, THIRD)] == [[], []]
    assert agreement_faults(story.world) == []


def test_nor_does_it_where_only_an_arrival_made_its_author_keeper_which_the_town_is_not_told(story):
    """Its author's system withdraws the question: the town named went on waiting for somebody for ever."""
    stay = story.record(NEW, Arrived(kind="main", registration=town(OTHER), stated={"name": "甲"}, opens=True))
    story.record(OTHER, Confirmed(case=CaseRef(stay, OTHER, "inflow")))
    departure = story.on("2026-03-20", OTHER, Departed(destination=town(HOME)))
    case = CaseRef(departure, HOME, "outflow")

    def stands() -> list[str]:
        return [story.held(office).cases[case].status for office in (OTHER, HOME)]

    assert stands() == ["open", "open"]
    first = story.corrects(stay, registration=town(THIRD))
    assert stands() == ["withdrawn", "withdrawn"]
    second = story.record(NEW, Retracted(target=first))
    assert stands() == ["open", "open"]
    story.record(NEW, Retracted(target=second))
    assert stands() == ["withdrawn", "withdrawn"]
    assert stay not in story.held(HOME).facts, "nor where the person lives"


def test_what_made_its_author_keeper_by_an_error_goes_nowhere_where_the_departure_stands_for_another_reason(story):
    """OTHER opened the dossier, and keeps the person without the entry: HOME, which heard of the entry alone, expected
    nobody, and was told the arrival by which the dossier was opened.
    """
    stay = story.record(OTHER, Arrived(kind="main", stated={"name": "甲"}, opens=True))
    entry = story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(OTHER)))
    departure = story.on("2026-03-20", OTHER, Departed(destination=town(HOME)))
    story.record(NEW, Retracted(target=entry))
    case = CaseRef(departure, HOME, "outflow")
    assert [story.held(office).cases[case].status for office in (OTHER, HOME)] == ["open", "open"]
    assert {stay, entry}.isdisjoint(story.held(HOME).facts)


def test_nor_where_an_arrival_names_its_author_rightly_and_a_redirect_did_so_by_an_error(story):
    stay = story.record(NEW, Arrived(kind="main", registration=town(OTHER), stated={"name": "甲"}, opens=True))
    story.record(OTHER, Confirmed(case=CaseRef(stay, OTHER, "inflow")))
    also = story.record(NEW, Arrived(kind="further", registration=town(THIRD), stated={"name": "甲"}, opens=True))
    sent_on = story.record(THIRD, Redirected(case=CaseRef(also, THIRD, "inflow"), to=OTHER))
    departure = story.on("2026-03-20", OTHER, Departed(destination=town(HOME)))
    story.record(THIRD, Retracted(target=sent_on))
    case = CaseRef(departure, HOME, "outflow")
    assert [story.held(office).cases[case].status for office in (OTHER, HOME)] == ["open", "open"]


def test_nor_where_its_author_had_taken_back_its_own_entry_before_and_keeps_the_person_by_an_arrival(story):
    """NEW, which had heard of that entry, held the departure to be false; HOME, which had not, that it stands."""
    stay = story.record(NEW, Arrived(kind="main", registration=town(OTHER), stated={"name": "甲"}, opens=True))
    entry = story.record(OTHER, Registered(particulars=WHO, basis="first_record", registration=town(OTHER)))
    story.record(OTHER, Confirmed(case=CaseRef(stay, OTHER, "inflow")))
    story.record(OTHER, Retracted(target=entry))
    departure = story.departs_on("2026-03-20", OTHER)
    story.record(HOME, Registered(particulars=WHO, basis="first_record", registration=town(HOME)))
    holds = [(entry in story.held(office).facts, story.main(office)) for office in (NEW, HOME)]
    assert (departure in story.held(HOME).facts, holds) == (True, [(True, []), (False, [])])
    assert agreement_faults(story.world) == []


@pytest.mark.parametrize("mended", ["before", "after"])
def test_so_it_is_where_it_had_corrected_its_entry_and_not_where_it_did_so_only_afterwards(story, mended):
    """What it said while its error stood it may have said by that."""
    stay = story.record(NEW, Arrived(kind="main", registration=town(OTHER), stated={"name": "甲"}, opens=True))
    entry = story.record(OTHER, Registered(particulars=WHO, basis="first_record", registration=town(OTHER)))
    story.record(OTHER, Confirmed(case=CaseRef(stay, OTHER, "inflow")))
    right = Corrected(target=entry, set={"registration": {"kind": "town", "code": HOME}}, fields=("registration",))
    if mended == "before":
        story.record(OTHER, right)
    departure = story.departs_on("2026-03-20", OTHER)
    if mended == "after":
        story.record(OTHER, right)
    assert story.held(NEW).facts[departure].void is (mended == "after")


def test_nobody_is_back_where_an_entry_was_an_error_though_a_question_about_an_arrival_was_sent_on_there(story):
    """It says no more of who keeps the person than the arrival, and the entries say more (histories, seed 9983270)."""
    story.kept()
    also = story.arrives_on("2026-03-03", HOME, kind="further", registration=town(THIRD), stated=WHO)
    story.record(THIRD, Redirected(case=CaseRef(also, THIRD, "inflow"), to=OTHER))
    entry = story.record(OTHER, Registered(particulars=WHO, basis="first_record", registration=town(OTHER)))
    back = story.on("2026-03-20", OTHER, Returned(address="home"))
    assert [story.main(office) for office in (OTHER, THIRD)] == [[OTHER], [OTHER]]
    story.record(OTHER, Retracted(target=entry))
    assert [story.held(office).facts[back].void for office in (OTHER, THIRD)] == [True] * 2
    assert [story.main(office) for office in (NEW, THIRD)] == [[THIRD], [THIRD]]
    assert agreement_faults(story.world) == entitlement_faults(story.world) == []


def test_what_named_its_author_only_afterwards_is_not_why_it_said_so(story):
    """OTHER stood in for a place outside; that NEW entered the person there by an error came later (histories, seed
    9985318).
    """
    story.record(OTHER, Arrived(kind="further", registration=town(OUTSIDE), stated=WHO, opens=True))
    back = story.on("2026-03-20", OTHER, Returned(address="home"))
    story.world.tick()
    entry = story.record(NEW, Registered(particulars=WHO, basis="first_record", registration=town(OTHER)))
    story.record(NEW, Retracted(target=entry))
    story.record(HOME, Registered(particulars=WHO, basis="first_record", registration=town(HOME)))
    assert [story.held(office).facts[back].void for office in (OTHER, HOME)] == [False] * 2
    assert [story.main(office) for office in (OTHER, HOME)] == [[OTHER]] * 2
    assert agreement_faults(story.world) == entitlement_faults(story.world) == []


def test_nor_is_it_right_because_an_arrival_names_its_author_as_keeper_only_afterwards(story):
    """OTHER has taken back by what it stood in for a place outside; NEW names it by a slip, later."""
    opened = story.record(OTHER, Arrived(kind="further", registration=town(OUTSIDE), stated=WHO, opens=True))
    back = story.on("2026-03-20", OTHER, Returned(address="home"))
    story.record(OTHER, Retracted(target=opened))
    story.world.tick()
    story.record(NEW, Arrived(kind="further", registration=town(OTHER), stated=WHO, opens=True))
    assert story.held(OTHER).keeper == OTHER
    assert story.held(OTHER).facts[back].void
    assert story.main(OTHER) == []
    also = story.on("2026-03-21", OTHER, Returned(address="home"))
    assert not story.held(OTHER).facts[also].void, "that one it said by that word"
