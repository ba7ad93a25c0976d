"""When the keeper states the particulars of a person anew (DESIGN.md, "Statement")."""

from typing import Any

from events.catalogue.case import Confirmed
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Returned
from events.catalogue.person import Registered, Stated
from events.catalogue.values import CaseRef, Other, town
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Question
from exchange.protocol.telling.due import Sight
from tests.unit.test_sheet import A, B, D, Told

PARTICULARS = {"name": "王小雨", "born_on": "1990-01-01"}


def arrived(**more: Any) -> Arrived:
    return Arrived(kind="main", registration=town(B), origin=None, address="1 Lane", opens=True, **more)


def statements(told: Told) -> list[Stated]:
    drafts = automatic(Sight(told.book, told.record), {})
    return [draft.payload for draft in drafts if isinstance(draft.payload, Stated)]


def test_where_nobody_registered_the_person_the_keeper_states_what_the_arrival_does():
    """A kept the person once and recorded the return; its registration was taken back, and B never heard of it."""
    keeper = Told(B)
    keeper.own(arrived(stated=PARTICULARS), "2026-03-01")
    assert statements(keeper) == []
    keeper.hears(A, Returned(address=None, origin=town(B)), "update", "2026-03-05")
    assert keeper.record.keeper == B
    assert [stated.particulars for stated in statements(keeper)] == [PARTICULARS]


def test_who_is_keeper_only_by_the_word_of_another_states_nothing_before_it_agreed():
    """A typing error would tell of the person in the name of an office that never heard of it."""
    named = Told(B)
    asked = (Question("inflow", "2026-03-20"),)
    arrival = named.hears(D, arrived(stated=PARTICULARS), "inflow", "2026-03-01", asked=asked)
    named.hears(A, Returned(address=None, origin=town(D)), "update", "2026-03-05")
    assert named.record.keeper == B
    assert statements(named) == []
    named.own(Confirmed(case=CaseRef(arrival, B, "inflow")), "2026-03-06")
    assert [stated.particulars for stated in statements(named)] == [PARTICULARS]


def test_where_no_arrival_states_anything_there_is_nothing_to_state():
    keeper = Told(B)
    keeper.own(arrived(), "2026-03-01")
    keeper.hears(A, Returned(address=None, origin=town(B)), "update", "2026-03-05")
    assert statements(keeper) == []


def test_a_tie_lets_nobody_state_who_is_keeper_only_by_the_word_of_another():
    """Whoever knows of a tie records it; that says nothing of who keeps the person."""
    named = Told(B)
    asked = (Question("inflow", "2026-03-20"),)
    named.hears(D, arrived(stated=PARTICULARS), "inflow", "2026-03-01", asked=asked)
    named.own(TieBegan(tie="spouse", other=Other(person="p9"), ground="marriage"), "2026-03-02")
    named.hears(A, Returned(address=None, origin=town(D)), "update", "2026-03-05")
    assert named.record.keeper == B
    assert statements(named) == []


def test_of_a_tie_recorded_late_whose_end_is_long_known_the_keeper_states_that_it_does_not_go_on():
    """Who lives elsewhere reads the late tie after the last statement, which says nothing of an end that came before:
    it showed a child that the keeper knew to be nobody's by then (histories of three persons, seed 8241148).
    """
    keeper, other = Told(A), Other(person="p9")
    keeper.own(Registered(basis="first_record", registration=town(A), particulars=PARTICULARS), "2026-01-01")
    keeper.hears(B, arrived(), "inflow", "2026-01-02")
    keeper.own(TieBegan(tie="child", other=other, ground="other"), "2026-01-16")
    keeper.own(TieEnded(tie="child", other=other, ground="other"), "2026-01-16")
    keeper.own(Stated(particulars=PARTICULARS, basis="confirmed"), "2026-03-01")
    assert statements(keeper) == []
    keeper.own(TieBegan(tie="child", other=other, ground="other"), "2026-01-06")
    assert [(tie.since, tie.until) for tie in keeper.record.ties] == [("2026-01-06", "2026-01-16")]
    assert [stated.ties for stated in statements(keeper)] == [()]
    keeper.own(statements(keeper)[0], "2026-03-02")
    assert statements(keeper) == []
