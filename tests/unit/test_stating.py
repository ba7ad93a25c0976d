"""When the keeper states anew and because of what (catalogue: `person.stated`), and what is matched by itself."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, MovedWithin
from events.catalogue.person import Registered, Stated
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, CaseRef, Other, town
from events.envelope import Ref
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Question
from exchange.protocol.draft import Draft
from exchange.protocol.telling.due import Sight
from tests.unit.test_sheet import A, B, D, Told

ENTERED = Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨"})
ASKED = {"asked": (Question("inflow", "2026-03-20"),)}


class Keeping(Told):
    """A keeps somebody who lives at B, and has stated what it holds."""

    def __init__(self) -> None:
        super().__init__(A)
        self.entry = self.own(ENTERED, "2000-01-01")
        arrived = Arrived(kind="main", registration=town(A), origin=town(A))
        self.arrival = self.hears(B, arrived, "inflow", "2026-01-01", **ASKED)
        self.answer = self.own(Confirmed(case=CaseRef(self.arrival, A, "inflow")), "2026-01-02")

    def stated(self) -> list[Draft]:
        drafts = automatic(Sight(self.book, self.record), {})
        return [draft for draft in drafts if isinstance(draft.payload, Stated)]

    def states(self) -> None:
        for draft in self.stated():
            self.own(draft.payload, "2026-01-03")


@pytest.fixture
def keeper() -> Keeping:
    return Keeping()


def ward(fact: Any = TieBegan, ground: Any = "appointment") -> Fact:
    said: Fact = fact(tie="ward", other=Other(person="p9"), ground=ground)
    return said


def because(keeper: Keeping) -> list[Ref | None]:
    return [draft.because for draft in keeper.stated()]


def test_once_what_it_stated_holds_it_states_nothing(keeper):
    assert because(keeper) == [keeper.answer]
    keeper.states()
    assert because(keeper) == []


def test_what_it_mended_since_is_why_it_states_anew(keeper):
    keeper.states()
    mended = keeper.own(Corrected(target=keeper.entry, set={"name": "王晓雨"}, fields=("name",)), "2026-02-01")
    assert because(keeper) == [mended]


def test_a_tie_that_began_and_ended_before_it_was_recorded_changes_nothing_that_is_stated(keeper):
    keeper.states()
    keeper.own(ward(), "2010-01-01")
    keeper.own(ward(TieEnded, "of_age"), "2015-01-01")
    assert because(keeper) == []


def test_that_a_tie_began_which_was_known_to_have_ended_is_stated_to_have_ended(keeper):
    """Whoever has the statement alone never heard of the end, and takes the tie for one that goes on."""
    keeper.own(ward(TieEnded, "of_age"), "2015-01-01")
    keeper.states()
    late = keeper.own(ward(), "2010-01-01")
    assert because(keeper) == [late]
    assert [draft.payload.ties for draft in keeper.stated()] == [()]


def test_twins_of_whom_only_one_is_entered_are_stated_once(keeper):
    """Born on one day, and the one is known by name alone: which of them comes first is all one."""
    for other in (Other(stated={"name": "王二"}), Other(person="p9")):
        keeper.own(TieBegan(tie="child", other=other, ground="birth"), "2020-01-01")
    keeper.states()
    assert because(keeper) == []


def test_that_a_tie_ended_is_why_it_states_anew(keeper):
    keeper.own(ward(), "2010-01-01")
    keeper.states()
    ended = keeper.own(ward(TieEnded, "of_age"), "2026-02-01")
    assert because(keeper) == [ended]


def test_what_says_nothing_of_what_is_stated_is_no_reason(keeper):
    keeper.hears(B, MovedWithin(stay=keeper.arrival, address="2 Lane"), "update", "2026-02-01")
    assert because(keeper) == [keeper.answer]


def test_nobody_is_told_where_nobody_else_has_a_stay(keeper):
    keeper.hears(B, Left(stay=keeper.arrival, destination=ABROAD), "update", "2026-02-01")
    assert because(keeper) == []


def test_of_whom_no_fact_stands_that_opened_the_dossier_nothing_is_stated():
    """Though the registration was moved to the office by what D recorded beside it (rule 6)."""
    keeper = Told(A)
    entry = keeper.hears(D, Registered(basis="first_record", registration=town(D)), None, "2000-01-01")
    keeper.hears(D, RegistrationChanged(from_=town(D), to=town(A), ground="moved"), "registration", "2001-01-01")
    arrival = keeper.hears(B, Arrived(kind="main", registration=town(A)), "inflow", "2026-01-01", **ASKED)
    keeper.own(Confirmed(case=CaseRef(arrival, A, "inflow")), "2026-01-02")

    def stated() -> int:
        drafts = automatic(Sight(keeper.book, keeper.record), {})
        return sum(isinstance(draft.payload, Stated) for draft in drafts)

    assert stated() == 1
    keeper.hears(D, Retracted(target=entry), "retraction", "2026-02-01")
    assert (keeper.record.withdrawn, stated()) == (True, 0)


def test_before_it_answers_it_states_nothing():
    """What is the keeper's flows back to no arrival that it has not recognised."""
    keeper = Told(A)
    keeper.own(ENTERED, "2000-01-01")
    keeper.hears(B, Arrived(kind="main", registration=town(A)), "inflow", "2026-01-01", **ASKED)
    assert [d for d in automatic(Sight(keeper.book, keeper.record), {}) if isinstance(d.payload, Stated)] == []


@pytest.mark.parametrize("named", [True, False], ids=["to the office", "to another"])
def test_an_arrival_that_the_office_announced_is_matched_by_itself(named):
    """Rule 3 of routing: where nothing that is stated differs, and the departure told of just this arrival."""
    keeper = Told(A)
    keeper.own(ENTERED, "2000-01-01")
    if named:
        keeper.own(Departed(destination=town(B)), "2025-12-01")
    stated = {"name": "王小雨"}
    arrival = keeper.hears(
        B, Arrived(kind="main", registration=town(A), origin=town(A), stated=stated), "inflow", "2026-01-01", **ASKED
    )
    drafts = automatic(Sight(keeper.book, keeper.record), {})
    confirmed = [draft.because for draft in drafts if isinstance(draft.payload, Confirmed)]
    assert confirmed == ([arrival] if named else [])
