"""Which question closes as matched by itself (rules 3 and 5 of routing): of the keeper that had announced just this."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed, Noted
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, NoteKind, town
from events.envelope import Ref
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Delivery, Question
from exchange.protocol.telling.due import Sight
from tests.unit.test_sheet import A, B, D, Told

NAME = {"name": "王小雨"}
LEFT, CAME = "2025-12-01", "2026-01-01"


class Announcing(Told):
    """A, which keeps somebody."""

    def __init__(self) -> None:
        super().__init__(A)
        self.own(Registered(basis="first_record", registration=town(A), particulars=NAME), "2000-01-01")

    def arrives(self, at: str = B, *, asked: NoteKind = "inflow", place: str = A, **stated: Any) -> Ref:
        """... in a town, which asks A."""
        fact = Arrived(kind="main", registration=town(place), origin=town(A), stated=stated or NAME)
        return self.hears(at, fact, asked, CAME, asked=(Question(asked, "2026-03-20"),))

    @property
    def matched(self) -> list[CaseRef]:
        drafts = automatic(Sight(self.book, self.record), {})
        return [draft.payload.case for draft in drafts if isinstance(draft.payload, Confirmed)]


@pytest.fixture
def keeper() -> Announcing:
    """... and announced them to B."""
    keeper = Announcing()
    keeper.own(Departed(destination=town(B)), LEFT)
    return keeper


def test_it_is_that_of_the_arrival_in_the_town_announced(keeper):
    assert keeper.matched == []
    arrival = keeper.arrives()
    assert keeper.matched == [CaseRef(arrival, A, "inflow")]


def test_not_where_anything_stated_differs(keeper):
    keeper.arrives(name="王晓雨")
    assert keeper.matched == []


@pytest.mark.parametrize("announced", [None, D], ids=["nothing", "another town"])
def test_not_where_it_announced_something_else(announced):
    keeper = Announcing()
    if announced:
        keeper.own(Departed(destination=town(announced)), LEFT)
    keeper.arrives()
    assert keeper.matched == []


def test_not_where_another_arrival_was_the_one_announced(keeper):
    keeper.own(Confirmed(case=CaseRef(keeper.arrives(), A, "inflow")), "2026-01-02")
    keeper.arrives(D)
    assert keeper.matched == []


def test_not_where_another_office_announced_it():
    keeper = Announcing()
    keeper.hears(D, Departed(destination=town(B)), "update", LEFT)
    keeper.arrives()
    assert keeper.matched == []


def test_not_once_anybody_said_anything_in_it(keeper):
    """Who asks or notes something waits for a person."""
    keeper.hears(B, Noted(case=CaseRef(keeper.arrives(), A, "inflow"), text="?"), "reply", "2026-01-02")
    assert keeper.matched == []


def test_not_where_it_is_asked_no_more(keeper):
    """B corrected where the person is registered, so its question goes to D."""
    arrival = keeper.arrives()
    keeper.hears(B, Corrected(target=arrival, set={"registration": {"kind": "town", "code": D}}), "retraction", CAME)
    assert keeper.record.cases[CaseRef(arrival, A, "inflow")].status == "withdrawn"
    assert keeper.matched == []


def test_not_where_it_keeps_the_person_no_more(keeper):
    keeper.own(RegistrationChanged(from_=town(A), to=town(D), ground="moved"), "2025-12-20")
    keeper.arrives()
    assert keeper.matched == []


def test_not_whether_somebody_moved_on_whatever_was_announced(keeper):
    keeper.arrives(asked="moved-on")
    assert keeper.matched == []


def test_not_what_another_office_is_asked(keeper):
    """D, which B named as the registration place, and to which A told what it holds, answers for itself."""
    arrival = keeper.arrives(place=D)
    keeper.book.tell(
        Delivery(
            ref=arrival, teller=A, to=D, parts=frozenset(), ground="keeper", asked=(Question("inflow", "2026-03-20"),)
        )
    )
    assert {case.asked for case in keeper.record.cases} == {A, D}
    assert keeper.matched == [CaseRef(arrival, A, "inflow")]
