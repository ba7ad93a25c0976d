"""Answers whose address is withheld, since somebody of whom they tell is protected; and the entries that are one."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryAnswered, EnquiryOpened
from events.catalogue.fact import Fact
from events.catalogue.person import Merged, Protected, Registered, Unprotected
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from exchange.protocol.shown.entries import entries
from exchange.protocol.shown.sheltered import sheltered, told_of
from tests.properties.world import OFFICES, World

HOME, TOWN = OFFICES[:2]


class Told:
    """HOME keeps P1 and P2, and tells TOWN in the dossier of an enquiry, Q1, where P1 lives."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        for person, name in (("P1", "甲"), ("P2", "乙")):
            self.record(
                HOME, person, Registered(basis="first_record", registration=town(HOME), particulars={"name": name})
            )
        asked = EnquiryOpened(to=HOME, purpose="residence", consent=True, given={"name": "甲"}, fields=("address",))
        case = CaseRef(self.record(TOWN, "Q1", asked), HOME, "enquiry")
        self.answer = self.record(HOME, "Q1", EnquiryAnswered(case=case, held=True, facts={"address": "1 Lane"}), "P1")

    def record(self, office: str, person: str, fact: Fact, *touches: str) -> Ref:
        event = self.world.author(office, person, "2026-03-02", fact, touches=touches)
        self.world.command(event)
        self.world.drain()
        return event.ref

    @property
    def withheld(self) -> frozenset[Ref]:
        record = self.world.record(HOME, "Q1")
        assert record is not None
        return sheltered(record, self.world.records(HOME), self.world.directory)


@pytest.fixture
def told() -> Told:
    return Told()


def test_while_nobody_is_protected_nothing_is_withheld(told):
    assert told.withheld == frozenset()
    assert told_of(told.world.record(HOME, "Q1")) == {"P1"}


def test_what_tells_of_who_is_protected_is_withheld_with_what_amends_it_and_until_then(told):
    told.record(HOME, "P1", Protected(ground="threat"))
    assert told.withheld == {told.answer}
    corrected = Corrected(target=told.answer, set={"facts": {"address": "2 Lane"}}, fields=("address",))
    amended = told.record(HOME, "Q1", corrected, "P1")
    assert told.withheld == {told.answer, amended}
    told.record(HOME, "P1", Unprotected(ground="other"))
    assert told.withheld == frozenset()


def test_what_tells_of_somebody_else_is_not(told):
    told.record(HOME, "P2", Protected(ground="threat"))
    assert told.withheld == frozenset()


def test_also_where_the_answer_was_taken_back(told):
    taken_back = told.record(HOME, "Q1", Retracted(target=told.answer))
    told.record(HOME, "P1", Protected(ground="threat"))
    assert told.withheld == {told.answer, taken_back}


def test_who_was_joined_is_found_by_either_entry_and_by_no_mixture_of_both(told):
    told.record(HOME, "P2", Merged(other="P1", keeper=HOME), "P1")
    record = told.world.record(HOME, "P1")
    found = [dict(each) for each in entries(record)]
    assert {each["name"] for each in found} == {"甲", "乙"}
    assert [each for each in found if not each] == []
    alone = Told().world.record(HOME, "P1")
    assert alone is not None
    assert entries(alone) == (alone.particulars,)
