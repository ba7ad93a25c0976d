"""A second first registration: one that only restores an ended one, and what it is told while the other stands."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, CaseRef, town
from events.envelope import Ref
from exchange.protocol.legality import check
from exchange.protocol.record import Record
from exchange.protocol.refusals import NotKeeper
from tests.properties.checks import agreement_faults, entitlement_faults
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER, THIRD = OFFICES[:4]
HELD = {"name": "甲", "born_on": "1988-05-02", "education": "20"}


class Story:
    """HOME registered somebody, who lives in NEW; OTHER enters the same person as registered there."""

    def __init__(self, entered_by: str = HOME) -> None:
        self.world = World(1, skew=False)
        first = entry(HOME, particulars=HELD, address="6 Lake Road", kind="main")
        self.first = self.record("2010-01-01", entered_by, first)
        arrived = Arrived(kind="main", registration=town(HOME), stated=HELD, address="1 Lane")
        self.arrival = self.record("2012-01-01", NEW, arrived)
        self.record("2012-01-02", HOME, Confirmed(case=CaseRef(self.arrival, HOME, "inflow")))

    def record(self, day: str, office: str, fact: Fact) -> Ref:
        self.world.now += 1_000_000  # whoever knows nothing of the others records later all the same
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def ends(self, day: str = "2013-01-01") -> None:
        self.record(day, HOME, RegistrationChanged(from_=town(HOME), to=None, ground="settled_abroad"))

    def restores(self, day: str = "2021-01-01", **said: object) -> Ref:
        return self.record(day, OTHER, entry(OTHER, basis="restored", particulars={"name": "甲"}, **said))

    def held(self, office: str = OTHER) -> Record:
        record = self.world.record(office, "P1")
        assert record is not None
        return record

    def rival(self) -> bool:
        return any(found.kind == "two_registrations" for found in self.held(HOME).contradictions)


def entry(office: str, **said: object) -> Registered:
    return Registered(**{"basis": "first_record", "registration": town(office), **said})  # type: ignore[arg-type]


@pytest.fixture
def story() -> Story:
    return Story()


def test_one_that_restores_what_had_ended_contradicts_nothing(story):
    story.ends()
    restored = story.restores()
    assert (story.held(HOME).keeper, story.rival()) == (OTHER, False)
    assert [ref for ref in story.held(HOME).cases if ref.opening == restored] == []
    assert entitlement_faults(story.world) == []


@pytest.mark.parametrize("ended", [None, "2022-01-01"])
def test_one_beside_another_that_goes_on_or_ended_only_later_is_a_contradiction(story, ended):
    if ended is not None:
        story.ends(ended)
    restored = story.restores()
    assert story.rival()
    assert CaseRef(restored, HOME, "contested") in story.held(HOME).cases


def test_whoever_enters_a_second_one_is_told_what_it_takes_to_recognise_the_person_and_no_more(story):
    story.restores()
    held = story.held()
    assert (held.keeper, "education" in held.particulars) == (OTHER, False)
    assert {stay.address for stay in held.stays} == {None}
    assert entitlement_faults(story.world) == []


def test_and_the_rest_by_a_move(story):
    story.record("2021-01-01", HOME, RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved"))
    assert story.held().particulars["education"] == "20"
    assert {stay.address for stay in story.held().stays} == {"6 Lake Road", "1 Lane"}


@pytest.mark.parametrize(("gives_up", "gains"), [(HOME, OTHER), (OTHER, HOME)])
def test_either_of_the_two_gives_its_own_up_for_the_other_by_a_move_and_nothing_is_contradicted_any_more(
    story, gives_up, gains
):
    restored = story.restores()
    moved = RegistrationChanged(from_=town(gives_up), to=town(gains), ground="moved")
    check(moved, "2021-02-01", gives_up, story.held(gives_up))
    story.record("2021-02-01", gives_up, moved)
    assert not story.rival()
    for office in (HOME, OTHER):
        assert (story.held(office).keeper, story.held(office).registration) == (gains, town(gains))
        assert story.held(office).cases[CaseRef(restored, HOME, "contested")].status == "withdrawn"
    assert story.held(gains).particulars["education"] == "20"
    assert entitlement_faults(story.world) == []


@pytest.mark.parametrize("then", [(OTHER, THIRD), (THIRD, OTHER)])
def test_so_does_a_move_to_a_third_town_once_the_other_is_moved_there_too_or_the_third_moves_it_on(story, then):
    story.restores()
    story.record("2021-02-01", HOME, RegistrationChanged(from_=town(HOME), to=town(THIRD), ground="moved"))
    assert story.rival()
    gives_up, gains = then
    moved = RegistrationChanged(from_=town(gives_up), to=town(gains), ground="moved")
    check(moved, "2021-02-02", gives_up, story.held(gives_up))
    story.record("2021-02-02", gives_up, moved)
    assert not story.rival()
    assert {(story.held(office).keeper, story.rival()) for office in (HOME, OTHER, THIRD, NEW)} == {(gains, False)}
    assert [*entitlement_faults(story.world), *agreement_faults(story.world)] == []


def test_whoever_does_not_keep_the_person_ends_none_of_the_two_and_is_told_the_ways_out(story):
    story.restores()
    ended = RegistrationChanged(from_=town(HOME), to=None, ground="duplicate")
    with pytest.raises(NotKeeper) as refused:
        check(ended, "2021-02-01", HOME, story.held(HOME))
    assert (refused.value.field, refused.value.rule) == ("to", "registration.two")


def test_nor_does_it_give_its_own_up_for_abroad(story):
    story.restores()
    with pytest.raises(NotKeeper) as refused:
        check(RegistrationChanged(from_=town(HOME), to=ABROAD, ground="moved"), "2021-02-01", HOME, story.held(HOME))
    assert (refused.value.field, refused.value.rule) == ("to", "registration.two")


def test_nor_does_it_give_up_the_one_of_the_other(story):
    """As if OTHER, which keeps the person, had moved it to HOME."""
    story.restores()
    assert story.held(HOME).keeper == OTHER
    moved = RegistrationChanged(from_=town(OTHER), to=town(HOME), ground="moved")
    with pytest.raises(NotKeeper) as refused:
        check(moved, "2021-02-01", HOME, story.held(HOME))
    assert refused.value.field == "type"


def test_one_that_was_given_up_is_not_given_up_again(story):
    story.restores()
    story.record("2021-02-01", HOME, RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"))
    again = RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved")
    with pytest.raises(NotKeeper):
        check(again, "2021-02-02", HOME, story.held(HOME))


def test_none_is_moved_to_where_it_is_only_to_be_the_latest(story):
    story.restores()
    moved = RegistrationChanged(from_=town(HOME), to=town(HOME), ground="moved")
    with pytest.raises(NotKeeper):
        check(moved, "2021-02-01", HOME, story.held(HOME))


def test_whoever_said_that_the_registration_is_not_there_gives_none_up():
    story = Story(entered_by=NEW)
    story.record("2010-01-02", HOME, Disputed(case=CaseRef(story.first, HOME, "registration"), reason="person_unknown"))
    story.restores()
    moved = RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved")
    with pytest.raises(NotKeeper):
        check(moved, "2021-02-01", HOME, story.held(HOME))


def test_whose_stay_it_is_gives_up_no_registration_of_the_two(story):
    story.restores()
    with pytest.raises(NotKeeper):
        check(RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"), "2021-02-01", NEW, story.held(NEW))


def test_once_the_other_is_taken_back_the_town_where_the_person_lives_tells_the_one_that_stands(story):
    story.restores()
    story.record("2021-01-02", HOME, Retracted(target=story.first, ground="duplicate"))
    assert not story.rival()
    assert {stay.address for stay in story.held().stays if stay.office == NEW} == {"1 Lane"}
