"""An office is split by person before it hears that two entries are one: a question and its answer stay together."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, EnquiryAnswered, EnquiryOpened, Noted
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Succeeded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin
from events.catalogue.person import Deceased, Merged, Registered
from events.catalogue.values import UNKNOWN, CaseRef, town
from events.envelope import Ref
from events.event import Event
from exchange.commands.fitting import subject
from tests.properties.succession import record
from tests.properties.test_histories import faults_of
from tests.properties.world import OFFICES, World

HOLDS, KEEPS, ASKS, ONE, OTHER = OFFICES


class Asked:
    """ASKS enquires of HOLDS about P1, which HOLDS then gives up for P2; ASKS has heard nothing of that."""

    def __init__(self) -> None:
        self.world = World(3, skew=False)
        for office, person in ((HOLDS, "P1"), (KEEPS, "P2")):
            entry = Registered(basis="first_record", registration=town(office), particulars={"name": "甲"})
            self.says(office, person, entry)
        self.opening = self.says(
            ASKS,
            "P1",
            EnquiryOpened(to=HOLDS, purpose="residence", consent=True, given={"name": "甲"}, fields=("sex",)),
        )
        self.world.drain()
        self.case = CaseRef(self.opening.ref, HOLDS, "enquiry")
        self.says(HOLDS, "P1", Merged(other="P2", keeper=KEEPS))

    def says(self, office: str, person: str, fact: Fact) -> Event:
        said = self.world.author(office, person, "2026-03-02", fact)
        self.world.command(said)
        return said

    def answers(self, fact: Fact) -> Event:
        held = self.world.record(HOLDS, "P1")
        assert held is not None
        assert held.person == "P2"
        return self.says(HOLDS, subject(fact, held.person, held), fact)


def test_whoever_takes_over_the_question_has_the_answer_and_nobody_else_does() -> None:
    asked = Asked()
    answer = asked.answers(EnquiryAnswered(case=asked.case, facts={"sex": "F"}))
    asked.world.settle(0)
    split = Succeeded(to=(ONE, OTHER), allotment={"P1": ONE, "P2": OTHER})
    record(asked.world, ASKS, split)
    asked.world.drain()
    assert faults_of(asked.world) == []
    books = asked.world.books
    assert [office for office in (ONE, OTHER) if office in books and books[office].holds(answer.ref)] == [ONE]
    shown = asked.world.record(ONE, "P1")
    assert shown is not None
    assert shown.cases[asked.case].status == "answered"


@pytest.mark.parametrize("fact", [Noted, Confirmed, EnquiryAnswered])
def test_a_reply_bears_the_id_of_its_question(fact: type[Noted | Confirmed | EnquiryAnswered]) -> None:
    asked = Asked()
    held = asked.world.record(HOLDS, "P1")
    assert held is not None
    assert subject(fact(case=asked.case), "P2", held) == "P1"


def of_a_stay(stay: Ref) -> list[Fact]:
    """Each fact that says something of a stay."""
    return [
        Left(stay=stay, basis="own_word"),
        Departed(stay=stay, destination=UNKNOWN),
        MainChanged(stay=stay),
        MovedWithin(stay=stay, address="lane"),
        Extended(stay=stay, stay_until="2027-01-01"),
    ]


@pytest.mark.parametrize("nth", range(2))
def test_the_end_of_a_stay_goes_with_the_stay(nth: int) -> None:
    """Whoever takes over what ASKS held of P2 would hear that somebody left without ever having come."""
    world = World(3, skew=False)

    def says(office: str, person: str, fact: Fact, day: str = "2026-03-02") -> Event:
        said = world.author(
            office, subject(fact, person, held) if (held := world.record(office, person)) else person, day, fact
        )
        world.command(said)
        world.drain()
        return said

    for office, person in ((HOLDS, "P1"), (KEEPS, "P2")):
        says(office, person, Registered(basis="first_record", registration=town(office), particulars={"name": "甲"}))
    for office in (ASKS, ONE):
        said = Arrived(kind="further", registration=town(HOLDS), stated={"name": "甲"}, opens=False)
        stay = says(office, "P1", said)
        says(HOLDS, "P1", Confirmed(case=CaseRef(stay.ref, HOLDS, "inflow")))
    says(HOLDS, "P1", Merged(other="P2", keeper=KEEPS))
    fact = says(ONE, "P1", of_a_stay(stay.ref)[nth], "2026-03-03")
    record(world, ASKS, Succeeded(to=(HOLDS, OTHER), allotment={"P1": HOLDS, "P2": OTHER}))
    world.drain()
    assert faults_of(world) == []
    holders = {office for office, book in world.books.items() if book.holds(fact.ref)}
    assert holders == {office for office, book in world.books.items() if book.holds(stay.ref)}


def test_an_amendment_or_what_says_something_of_a_stay_bears_that_of_its_target_and_all_else_the_one_that_survives():
    asked = Asked()
    held = asked.world.record(HOLDS, "P1")
    assert held is not None
    entry = held.facts.of(Registered)[0].ref
    assert subject(Retracted(target=entry), "P2", held) == held.facts[entry].event.person
    assert {subject(fact, "P2", held) for fact in of_a_stay(entry)} == {"P1"}
    assert subject(Deceased(), "P1", held) == "P2"
    assert subject(Merged(other="P3", keeper=KEEPS), "P1", held) == "P1"
