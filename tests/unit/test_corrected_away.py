"""An office that a fact named for a while, first or by a correction: asked no more, told so, and keeping nothing."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived, MovedWithin
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, NoteKind, Other, town
from events.envelope import Ref
from exchange.protocol.shown.sheet import roles, state
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER, THIRD = OFFICES[:4]
NAMED = [Other(stated={"name": "乙"}, at=office) for office in (HOME, OTHER, THIRD)]


class Story:
    """What NEW records of a person, corrected once and again."""

    def __init__(self, nodes: int = 1) -> None:
        self.world = World(1, nodes, skew=False)

    def record(self, office: str, fact: Fact) -> Ref:
        event = self.world.author(office, "P1", "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def arrives(self, **more: Any) -> Ref:
        said = {"kind": "main", "registration": town(HOME), "stated": {"name": "甲"}, "opens": True, **more}
        return self.record(NEW, Arrived(**said))

    def corrects(self, target: Ref, **changes: Any) -> Ref:
        return self.record(NEW, Corrected(target=target, set=changes, fields=tuple(changes)))

    def asked(self, opening: Ref, office: str, kind: NoteKind) -> str:
        """How the question stands, the same on both sides."""
        records = [self.world.record(each, "P1") for each in (NEW, office)]
        (found,) = {r.cases[CaseRef(opening, office, kind)].status for r in records if r is not None}
        return found

    def knows(self, office: str, ref: Ref) -> bool:
        return bool(self.world.books[office].parts(ref))

    def told(self, office: str, ref: Ref) -> list[tuple[str | None, str]]:
        """The kind and act of what the office was told of the event, as it came."""
        return [(d.kind, d.act) for d in self.world.said if (d.to, d.ref) == (office, ref)]

    def act(self, ref: Ref) -> str:
        return self.world.books[NEW].event(ref).frame.submission


@pytest.fixture
def story() -> Story:
    return Story()


def test_the_office_that_the_first_of_two_corrections_named_is_asked_no_more(story):
    arrival = story.arrives()
    first = story.corrects(arrival, registration=town(OTHER))
    assert (story.asked(arrival, HOME, "inflow"), story.asked(arrival, OTHER, "inflow")) == ("withdrawn", "open")
    second = story.corrects(arrival, registration=town(THIRD))
    assert [story.asked(arrival, office, "inflow") for office in (HOME, OTHER, THIRD)] == [
        "withdrawn",
        "withdrawn",
        "open",
    ]
    assert [story.knows(office, arrival) for office in (HOME, OTHER, THIRD)] == [False, False, True]
    assert story.told(OTHER, second) == [("retraction", story.act(second))]
    assert [story.told(office, arrival)[0] for office in (OTHER, THIRD)] == [
        ("inflow", story.act(first)),
        ("inflow", story.act(second)),
    ], "the first notice comes with the amendment"


def test_so_is_the_one_that_a_correction_named_which_was_taken_back(story):
    arrival = story.arrives()
    story.record(NEW, Retracted(target=story.corrects(arrival, registration=town(OTHER))))
    assert (story.asked(arrival, HOME, "inflow"), story.asked(arrival, OTHER, "inflow")) == ("open", "withdrawn")
    assert not story.knows(OTHER, arrival)


def test_who_is_still_the_origin_is_asked_that_and_no_more_about_the_registration(story):
    arrival = story.arrives(origin=town(HOME))
    corrected = story.corrects(arrival, registration=town(OTHER))
    assert (story.asked(arrival, HOME, "inflow"), story.asked(arrival, HOME, "moved-on")) == ("withdrawn", "open")
    assert story.told(HOME, arrival)[-1] == ("moved-on", story.act(corrected)), "in a notice of its own"


def test_who_agreed_by_mistake_keeps_nothing_of_what_it_was_told_as_keeper_since(story):
    arrival = story.arrives()
    story.record(HOME, Confirmed(case=CaseRef(arrival, HOME, "inflow")))
    moved = story.record(NEW, MovedWithin(stay=arrival, address="6 Lake Road"))
    assert "address" in story.world.books[HOME].parts(moved)
    story.corrects(arrival, registration=town(OTHER))
    assert [story.knows(HOME, ref) for ref in (arrival, moved)] == [False, False]


def test_a_request_goes_to_the_last_office_alone(story):
    story.arrives()
    request = story.record(NEW, RequestOpened(to=HOME, asks="change", wanted={"name": "丙"}))
    story.corrects(request, to=OTHER)
    story.corrects(request, to=THIRD)
    states = [story.asked(request, office, "request") for office in (HOME, OTHER, THIRD)]
    assert states == ["withdrawn", "withdrawn", "open"]


def test_whose_office_a_tie_named_by_mistake_is_no_family(story):
    story.record(NEW, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(NEW)))
    first, second, third = NAMED
    tie = story.record(NEW, TieBegan(tie="spouse", other=first, ground="marriage"))
    story.corrects(tie, other={"stated": second.stated, "at": second.at})
    last = story.corrects(tie, other={"stated": third.stated, "at": third.at})
    states = [story.asked(tie, office, "family") for office in (HOME, OTHER, THIRD)]
    assert states == ["withdrawn", "withdrawn", "open"]
    records = [story.world.record(office, "P1") for office in (HOME, OTHER, THIRD)]
    assert [(roles(each), state(each)) for each in records] == [
        ((), "withdrawn"),
        ((), "withdrawn"),
        (("family",), "open"),
    ]
    assert ["name" in each.particulars for each in records] == [False, False, True]
    noticed = {(d.kind, d.act) for d in story.world.said if d.to == THIRD and d.kind is not None}
    assert noticed == {("family", story.act(last))}, "one act, one notice"


def test_to_whom_the_registration_was_moved_by_mistake_what_was_handed_over_is_withdrawn(story):
    """It was told everything at once, by whoever gave the registration up and by the town where the person lives."""
    particulars = {"name": "甲", "sex": "F"}
    first = story.record(NEW, Registered(particulars=particulars, basis="first_record", registration=town(NEW)))
    arrived = Arrived(kind="main", registration=town(NEW), address="6 Lake Road", stated={"name": "甲"})
    stay = story.record(THIRD, arrived)
    story.record(NEW, Confirmed(case=CaseRef(stay, NEW, "inflow")))
    moved = story.record(NEW, RegistrationChanged(from_=town(NEW), to=town(OTHER), ground="moved"))
    assert all(story.knows(OTHER, ref) for ref in (first, stay))
    taken_back = story.record(NEW, Retracted(target=moved))
    told = story.world.books[OTHER]
    assert [event.ref for event in told.events() if event.frame.author != OTHER and told.parts(event.ref)] == []
    record = story.world.record(OTHER, "P1")
    assert (record.particulars, state(record)) == ({}, "withdrawn")
    story.record(NEW, Retracted(target=taken_back))
    assert all(story.knows(OTHER, ref) for ref in (first, stay))


def test_who_kept_the_person_until_the_registration_moved_on_keeps_what_it_has(story):
    first = story.record(NEW, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(NEW)))
    story.record(NEW, RegistrationChanged(from_=town(NEW), to=town(OTHER), ground="moved"))
    story.record(OTHER, RegistrationChanged(from_=town(OTHER), to=town(THIRD), ground="moved"))
    assert story.knows(OTHER, first)


def test_who_were_taken_for_one_are_strangers_again_to_each_others_offices(story):
    """Merged, the survivor's keeper is handed everything, and each town hears of the other's person."""
    world = story.world
    entries = {}
    for office, person, lives in ((HOME, "P1", NEW), (OTHER, "P2", THIRD)):
        for author, fact in (
            (office, Registered(particulars={"name": person}, basis="first_record", registration=town(office))),
            (lives, Arrived(kind="main", registration=town(office), stated={"name": person}, address="6 Lake Road")),
        ):
            event = world.author(author, person, "2026-03-02", fact)
            world.command(event)
            world.drain()
            entries[author, person] = event.ref
        case = CaseRef(entries[lives, person], office, "inflow")
        world.command(world.author(office, person, "2026-03-02", Confirmed(case=case)))
        world.drain()

    def known(office: str, person: str) -> list[bool]:
        held = world.books[office]
        return [held.holds(ref) and bool(held.parts(ref)) for (_, of), ref in entries.items() if of == person]

    merge = world.author(OTHER, "P2", "2026-03-03", Merged(other="P1", keeper=HOME))
    world.command(merge)
    world.drain()
    assert known(HOME, "P2") == [True, True]
    world.command(world.author(OTHER, "P2", "2026-03-04", Unmerged(other="P1", merge=merge.ref)))
    world.drain()
    strangers = [(office, "P2") for office in (HOME, NEW)] + [(office, "P1") for office in (OTHER, THIRD)]
    assert [known(*each) for each in strangers] == [[False, False]] * 4
    assert [known(*each) for each in ((HOME, "P1"), (OTHER, "P2"))] == [[True, True]] * 2
