"""What a death does to the ties of whoever was tied to the person (catalogue, rule 3), and its retraction to that."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from events.catalogue.amendment import Retracted
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived
from events.catalogue.person import Deceased, Registered
from events.catalogue.values import Other, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.standing import Standing
from exchange.protocol.book import Book, Delivery
from exchange.protocol.life.kinship import Death, Kin
from exchange.protocol.offices import Offices
from exchange.protocol.parting import not_parted_after_all
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import view
from tests.properties.world import OFFICES, World
from tests.unit.made_up import event

HOME, NEW, AWAY = OFFICES[:3]
ONE, WIFE, FRIEND = "P1", "P2", "P3"


class Couple:
    """HOME keeps two persons who married in 2010."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        for person in (ONE, WIFE):
            self.on("2000-01-01", person, entered(person))
        for person, other in ((ONE, WIFE), (WIFE, ONE)):
            self.on("2010-05-20", person, began("spouse", other))

    def on(self, day: str, person: str, fact: Fact, *, by: str = HOME) -> Ref:
        self.world.now += 1_000_000
        recorded = self.world.author(by, person, day, fact)
        self.world.command(recorded)
        self.world.drain()
        return recorded.ref

    def ends(self, person: str = ONE, office: str = HOME) -> list[Standing]:
        record = self.world.record(office, person)
        assert record is not None
        return [s for s in record.facts.values() if isinstance(s.payload, TieEnded) and s.event.frame.automatic]

    def in_force(self, person: str = ONE) -> list[tuple[str, str | None]]:
        record = self.world.record(HOME, person)
        assert record is not None
        return [(tie.tie, tie.other.person) for tie in record.ties_in_force]


def entered(person: str) -> Registered:
    return Registered(particulars={"name": person}, basis="first_record", registration=town(HOME))


def began(tie: Any, other: str) -> TieBegan:
    return TieBegan(tie=tie, other=Other(person=other), ground="other")


def said(end: Standing) -> TieEnded:
    assert isinstance(end.payload, TieEnded)
    return end.payload


@pytest.fixture
def story() -> Couple:
    return Couple()


def test_the_keeper_ends_the_marriage_on_the_day_of_the_death_for_its_sake(story):
    death = story.on("2020-03-02", WIFE, Deceased())
    [end] = story.ends()
    assert end.payload == TieEnded(tie="spouse", other=Other(person=WIFE), ground="death")
    assert (end.day, end.event.frame.because) == ("2020-03-02", death)
    assert (story.in_force(), story.ends(WIFE)) == ([], []), "of whoever died nobody need record it"


def test_a_tie_recorded_as_of_a_later_day_than_the_death_ends_on_its_own(story):
    story.on("2020-03-02", WIFE, Deceased())
    story.on("2021-01-01", ONE, began("guardian", WIFE))
    assert {(said(end).tie, end.day) for end in story.ends()} == {
        ("spouse", "2020-03-02"),
        ("guardian", "2021-01-01"),
    }


@pytest.mark.parametrize("tie", ["parent", "child"])
def test_whoever_has_lost_a_parent_or_child_goes_on_having_had_it(story, tie):
    story.on("2012-01-01", ONE, began(tie, WIFE))
    story.on("2020-03-02", WIFE, Deceased())
    assert story.in_force() == [(tie, WIFE)]


@pytest.mark.parametrize("tie", ["guardian", "ward"])
def test_a_guardianship_ends_with_either(story, tie):
    story.on("2012-01-01", ONE, began(tie, WIFE))
    story.on("2020-03-02", WIFE, Deceased())
    assert story.in_force() == []


def test_an_office_that_does_not_keep_the_person_ends_nothing(story):
    """AWAY knows both, and keeps neither."""
    for person in (ONE, WIFE):
        arrived = Arrived(kind="main", registration=town(HOME), stated={"name": person})
        story.on("2019-01-01", person, arrived, by=AWAY)
    story.on("2019-02-01", ONE, began("ward", WIFE), by=AWAY)
    story.on("2020-03-02", WIFE, Deceased(), by=AWAY)
    assert {end.author for office in (HOME, AWAY) for end in story.ends(office=office)} == {HOME}


def test_the_end_is_taken_back_with_the_death_for_its_sake(story):
    death = story.on("2020-03-02", WIFE, Deceased())
    taken_back = story.on("2020-03-02", WIFE, Retracted(target=death))
    [end] = story.ends()
    [record] = [each for each in story.world.records(HOME) if each.person == ONE]
    [retraction] = record.facts.of(Retracted)
    assert retraction.payload == Retracted(target=end.ref, ground="cause_taken_back")
    assert (retraction.event.frame.because, retraction.event.frame.automatic) == (taken_back, True)
    assert (story.in_force(), end.void) == ([("spouse", WIFE)], True)


def test_and_stands_again_where_the_death_is_recorded_anew(story):
    for _ in range(2):
        death = story.on("2020-03-02", WIFE, Deceased())
        story.on("2020-03-02", WIFE, Retracted(target=death))
    story.on("2020-03-04", WIFE, Deceased())
    assert [(end.day, end.void) for end in sorted(story.ends(), key=lambda s: s.stamp)] == [
        ("2020-03-02", True),
        ("2020-03-02", True),
        ("2020-03-04", False),
    ]
    assert story.in_force() == []


def test_what_a_clerk_recorded_as_the_end_stays_when_the_death_is_taken_back(story):
    """Nobody but who recorded it knows on what ground it did."""
    story.on("2020-03-02", ONE, TieEnded(tie="spouse", other=Other(person=WIFE), ground="death"))
    death = story.on("2020-03-02", WIFE, Deceased())
    story.on("2020-03-02", WIFE, Retracted(target=death))
    assert (story.in_force(), story.ends()) == ([], [])


def test_the_end_of_one_marriage_outlives_that_another_death_is_taken_back(story):
    """Two were tied to the person, and both died; of one it was an error."""
    story.on("2000-01-01", FRIEND, entered(FRIEND))
    story.on("2012-01-01", ONE, began("ward", FRIEND))
    story.on("2020-03-02", WIFE, Deceased())
    error = story.on("2020-03-03", FRIEND, Deceased())
    story.on("2020-03-03", FRIEND, Retracted(target=error))
    assert story.in_force() == [("ward", FRIEND)]
    assert {(said(end).other.person, end.void) for end in story.ends()} == {(WIFE, False), (FRIEND, True)}


def test_only_the_office_that_recorded_the_end_takes_it_back():
    """NEW kept the two, and ended the marriage; HOME, which keeps them now, learns first that nobody died."""
    ended = event(TieEnded(tie="spouse", other=Other(person=WIFE), ground="death"), NEW, ONE, 1)
    ended = replace(ended, frame=replace(ended.frame, actor=SYSTEM_ACTOR))
    error = Death(Ref(AWAY, "d1"), "2026-01-01", 1, taken_back_by=Ref(AWAY, "d2"))
    kin = {WIFE: Kin(keeper=HOME, kept_since=None, mains={}, born_on=None, deaths=(error,))}
    taking_back = []
    for office in (NEW, HOME):
        book = Book(office, Offices())
        book.receive(Delivery(ref=ended.ref, teller=NEW, to=office, parts=frozenset(), ground="chain"), ended)
        taking_back += [(office, draft.payload) for draft in not_parted_after_all(Sight(book, view(book)[0], kin))]
    assert taking_back == [(NEW, Retracted(target=ended.ref, ground="cause_taken_back"))]
