"""Ties: what began and ended between two persons, whatever order the facts came in, and what follows from it."""

from itertools import permutations
from typing import Any

import pytest
from msgspec import structs

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.person import Changed, Deceased, Registered, Stated
from events.catalogue.values import Other, Tied, town
from events.envelope import SYSTEM_ACTOR
from events.errors import Illegal
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Book
from exchange.protocol.legality import check
from exchange.protocol.offices import Offices
from exchange.protocol.record import Record
from exchange.protocol.refusals import NoSuchTie, PersonDied, TieInForce, TieWithOneself
from exchange.protocol.shown.sheet import sheet
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import view
from tests.unit.made_up import event
from tests.unit.test_sheet import A, B, Told

PERSON, WIFE, CHILD = "p1", "p2", "p3"
ENTERED = Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨", "marital_status": "10"})


def married(person: str = WIFE, **more: Any) -> TieBegan:
    return TieBegan(tie="spouse", other=Other(person=person, **more), ground="marriage")


def parted(person: str = WIFE, ground: Any = "divorce") -> TieEnded:
    return TieEnded(tie="spouse", other=Other(person=person), ground=ground)


def record(*facts: tuple[Fact, str]) -> Record:
    """A's record of facts, with their days, recorded in this order."""
    book = Book(A, Offices([A, B]))
    for stamp, (fact, day) in enumerate([(ENTERED, "2000-01-01"), *facts], 1):
        book.record(event(fact, A, PERSON, stamp, day=day))
    (found,) = view(book)
    return found


def in_force(found: Record) -> list[tuple[str, str | None]]:
    return [(tie.tie, tie.other.person) for tie in found.ties_in_force]


def test_a_tie_is_in_force_from_the_fact_that_began_it_until_the_one_that_ended_it():
    child = TieBegan(tie="child", other=Other(person=CHILD), ground="birth")
    found = record((married(), "2010-05-20"), (child, "2012-01-01"), (parted(), "2020-01-01"))
    assert in_force(found) == [("child", CHILD)]
    ended = next(tie for tie in found.ties if tie.tie == "spouse")
    assert (ended.since, ended.until) == ("2010-05-20", "2020-01-01")


def test_the_order_in_which_facts_came_decides_nothing():
    facts = [(married(), "2010-05-20", 2), (parted(), "2015-01-01", 3), (married(), "2018-01-01", 4)]
    shown = []
    for order in permutations(facts):
        book = Book(A, Offices([A]))
        book.record(event(ENTERED, A, PERSON, 1, day="2000-01-01"))
        for fact, day, stamp in order:
            book.record(event(fact, A, PERSON, stamp, day=day))
        (found,) = view(book)
        shown.append((found.ties, found.particulars["marital_status"]))
    assert all(each == shown[0] for each in shown)
    assert [tie.since for tie in shown[0][0]] == ["2010-05-20", "2018-01-01"]
    assert shown[0][1] == "20"


def test_an_end_without_a_beginning_is_no_error_and_ends_nothing():
    found = record((married("p9"), "2010-05-20"), (TieEnded(tie="ward", other=Other(), ground="of_age"), "2011-01-01"))
    assert in_force(found) == [("spouse", "p9")]


def test_a_beginning_that_was_taken_back_began_nothing():
    book = Book(A, Offices([A]))
    book.record(event(ENTERED, A, PERSON, 1))
    began = event(married(), A, PERSON, 2)
    book.record(began)
    book.record(event(Retracted(target=began.ref), A, PERSON, 3))
    (found,) = view(book)
    assert (in_force(found), found.particulars["marital_status"]) == ([], "10")


def test_an_end_by_id_is_about_the_one_who_was_only_stated():
    stated = TieBegan(tie="guardian", other=Other(at=B, stated={"name": "赵一"}), ground="appointment")
    by_id = TieEnded(tie="guardian", other=Other(person="p7"), ground="of_age")
    assert in_force(record((stated, "2010-01-01"), (by_id, "2015-01-01"))) == []


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ([(married(), "2010-05-20")], "20"),
        ([(married(), "2010-05-20"), (parted(), "2015-01-01")], "40"),
        ([(married(), "2010-05-20"), (parted(ground="death"), "2015-01-01")], "30"),
        ([(married(), "2010-05-20"), (parted(ground="other"), "2015-01-01")], "90"),
        ([(married(), "2010-05-20"), (parted(), "2015-01-01"), (married("p8"), "2016-01-01")], "20"),
        ([(married(), "2010-05-20"), (Changed(set={"marital_status": "40"}), "2015-01-01")], "40"),
        ([(Changed(set={"marital_status": "40"}), "2009-01-01"), (married(), "2010-05-20")], "20"),
        ([(Changed(set={"marital_status": "40"}), "2015-01-01"), (married(), "2010-05-20")], "40"),
        ([(Changed(set={"marital_status": "22"}), "2010-05-20"), (married(), "2010-05-20")], "22"),
        ([(married(), "1990-05-20")], "10"),  # entered later as never married
        ([(parted(), "2015-01-01")], "10"),  # of a marriage that nobody recorded
        ([(TieBegan(tie="parent", other=Other(person="p5"), ground="birth"), "2001-01-01")], "10"),
    ],
)
def test_the_marital_status_follows_from_ties_and_changes_whichever_holds_later(facts, status):
    assert record(*facts).particulars["marital_status"] == status


def test_two_marriages_at_once_are_a_contradiction_until_one_of_them_ends():
    both = [(married(), "2010-05-20"), (married("p8"), "2012-01-01")]
    assert [c.kind for c in record(*both).contradictions] == ["two_spouses"]
    after = record(*both, (parted(), "2013-01-01"))
    assert (after.contradictions, after.particulars["marital_status"]) == ((), "20")


def test_the_sheet_shows_the_ties_in_force():
    found = record((married(at=B), "2010-05-20"))
    assert sheet(found)["ties"] == [{"tie": "spouse", "other": {"person": WIFE, "at": B}, "since": "2010-05-20"}]


@pytest.mark.parametrize(
    ("held", "fact", "refusal"),
    [
        ([], married(PERSON), TieWithOneself),
        ([(married(), "2010-05-20")], married(), TieInForce),
        ([(married(), "2010-05-20")], married("p8"), TieInForce),
        ([], parted(), NoSuchTie),
        ([(married(), "2024-05-20")], parted(), NoSuchTie),  # it had not begun
        ([(Deceased(), "2020-01-01")], married(), PersonDied),
    ],
)
def test_what_the_offices_own_book_forbids(held, fact, refusal):
    with pytest.raises(refusal):
        check(fact, "2021-01-01", A, record(*held))


@pytest.mark.parametrize(
    ("held", "fact"),
    [
        ([], married()),
        ([(married(), "2010-05-20"), (parted(), "2015-01-01")], married()),
        ([(married(), "2010-05-20")], parted()),
        ([(married(), "2010-05-20")], TieBegan(tie="child", other=Other(person=CHILD), ground="birth")),
    ],
)
def test_what_it_allows(held, fact):
    check(fact, "2021-01-01", A, record(*held))


@pytest.mark.parametrize(("by_itself", "day"), [(True, "2015-01-01"), (False, "2015-01-01"), (True, "2021-01-01")])
def test_a_divorce_of_a_day_before_the_death_is_recorded_after_it(by_itself, day):
    """What the exchange derived of the death holds only while nobody says that the tie had ended before."""
    book = Book(A, Offices([A]))
    book.record(event(ENTERED, A, PERSON, 1, day="2000-01-01"))
    book.record(event(married(), A, PERSON, 2, day="2010-05-20"))
    end = event(parted(ground="death"), A, PERSON, 3, day="2020-01-01")
    actor = SYSTEM_ACTOR if by_itself else "clerk"
    book.record(structs.replace(end, frame=structs.replace(end.frame, actor=actor)))
    (found,) = view(book)
    assert found.particulars["marital_status"] == "30"
    if not by_itself or day > "2020-01-01":
        with pytest.raises(NoSuchTie):
            check(parted(), day, A, found)
        return
    check(parted(), day, A, found)
    book.record(event(parted(), A, PERSON, 4, day=day))
    (found,) = view(book)
    assert found.particulars["marital_status"] == "40"


def test_a_second_marriage_is_refused_by_its_own_rule():
    with pytest.raises(Illegal) as refused:
        check(married("p8"), "2021-01-01", A, record((married(), "2010-05-20")))
    assert refused.value.rule == "spouse_in_force"


def test_who_got_a_statement_sees_its_ties_and_what_was_recorded_since():
    """A newcomer's office hears of no earlier ties: the statement names those of today."""
    told = Told(B)
    ties = (Tied(tie="child", other=Other(person=CHILD), since="2012-01-01"),)
    told.hears(A, ENTERED, "update", "2000-01-01")
    told.hears(A, Stated(particulars={"name": "王小雨"}, ties=ties, basis="confirmed"), "update", "2026-01-01")
    assert in_force(told.record) == [("child", CHILD)]
    told.hears(A, married(), "update", "2026-02-01")
    assert in_force(told.record) == [("child", CHILD), ("spouse", WIFE)]
    ended = TieEnded(tie="child", other=Other(person=CHILD), ground="other")
    told.hears(A, ended, "update", "2026-03-01")
    assert in_force(told.record) == [("spouse", WIFE)]


def test_what_ended_before_a_tie_began_does_not_end_it_though_recorded_after_the_statement():
    """The keeper, who holds both facts, goes by their days."""
    told = Told(B)
    ties = (Tied(tie="spouse", other=Other(stated={"name": "周文"}), since="2026-01-16"),)
    told.hears(A, ENTERED, "update", "2000-01-01")
    told.hears(A, Stated(particulars={"name": "王小雨"}, ties=ties, basis="confirmed"), "update", "2026-02-01")
    told.hears(A, parted(), "update", "2026-01-01")
    assert in_force(told.record) == [("spouse", None)]
    told.hears(A, parted(), "update", "2026-03-01")
    assert in_force(told.record) == []


def test_the_keeper_states_anew_when_a_tie_begins():
    from events.catalogue.movement import Arrived  # noqa: PLC0415 (only here)
    from events.catalogue.values import CaseRef  # noqa: PLC0415
    from exchange.protocol.book import Question  # noqa: PLC0415

    keeper = Told(A)
    keeper.own(ENTERED, "2000-01-01")
    asked = (Question("inflow", "2026-03-20"),)
    arrival = keeper.hears(
        B, Arrived(kind="main", registration=town(A), origin=town(A)), "inflow", "2026-01-01", asked=asked
    )
    keeper.own(Confirmed(case=CaseRef(arrival, A, "inflow")), "2026-01-02")

    def stated() -> list[tuple[Tied, ...]]:
        drafts = automatic(Sight(keeper.book, keeper.record), {})
        return [draft.payload.ties for draft in drafts if isinstance(draft.payload, Stated)]

    assert stated() == [()]
    keeper.own(married(at=B), "2026-02-01")
    assert stated() == [(Tied(tie="spouse", other=Other(person=WIFE, at=B), since="2026-02-01"),)]


def test_a_corrected_tie_is_another_one():
    book = Book(A, Offices([A]))
    book.record(event(ENTERED, A, PERSON, 1))
    began = event(married(), A, PERSON, 2)
    book.record(began)
    book.record(event(Corrected(target=began.ref, set={"other": {"person": "p8"}}), A, PERSON, 3))
    (found,) = view(book)
    assert in_force(found) == [("spouse", "p8")]
