"""Whose offices are family: by the office's own books, on the day of the event."""

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Deceased, Protected, Registered, Stated
from events.catalogue.values import Other, Tied, TieKind, town
from events.envelope import Ref
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import duties
from exchange.protocol.life.kinship import is_minor, kinship
from exchange.protocol.offices import Offices
from exchange.protocol.record import Record
from exchange.protocol.shown.sheet import roles, state
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import view
from tests.unit.made_up import event
from tests.unit.test_sheet import Told

A, B, D = "420115001000", "110101001000", "110108001000"
PERSON, OTHER = "p1", "p2"


@pytest.mark.parametrize(
    ("born_on", "day", "minor"),
    [
        ("2008-04-20", "2026-04-19", True),
        ("2008-04-20", "2026-04-20", False),
        ("2008-02-29", "2026-02-28", True),
        ("2008-02-29", "2026-03-01", False),
        ("2008-04", "2026-04-29", True),  # may have been born on the last of the month
        ("2008-04", "2026-04-30", False),
        ("2008", "2026-12-30", True),
        ("2008", "2026-12-31", False),
        ("soon", "2026-12-31", False),
        (None, "2026-12-31", False),
    ],
)
def test_a_minor_is_under_eighteen_on_that_day(born_on, day, minor):
    assert is_minor(born_on, day) is minor


class Family:
    """A keeps the person and holds the other, who is registered at B: both its books, by what it recorded or heard."""

    def __init__(self, tie: TieKind, born_on: str = "1980-01-01", others: str = "1980-01-01") -> None:
        self.offices = Offices([A, B, D])
        self.books = {PERSON: Book(A, self.offices), OTHER: Book(A, self.offices)}
        self.stamp = 0
        for person, place, born in ((PERSON, A, born_on), (OTHER, B, others)):
            entry = Registered(basis="first_record", registration=town(place), particulars={"born_on": born})
            self.take(person, entry, "2010-01-01")
        self.tie = self.take(PERSON, TieBegan(tie=tie, other=Other(person=OTHER, at=B), ground="other"), "2020-01-01")

    def take(self, person: str, fact: Fact, day: str, author: str = A) -> Ref:
        self.stamp += 1
        made = event(fact, author, person, self.stamp, day=day)
        if author == A:
            self.books[person].record(made)
        else:
            parts = frozenset(made.parts)
            delivery = Delivery(ref=made.ref, teller=author, to=A, parts=parts, ground="family", kind="family")
            self.books[person].receive(delivery, made)
        return made.ref

    @property
    def record(self) -> Record:
        return view(self.books[PERSON])[0]

    @property
    def sight(self) -> Sight:
        records = [r for book in self.books.values() for r in view(book)]
        return Sight(self.books[PERSON], self.record, kinship(self.record, records))

    def told(self, to: str = B) -> set[str]:
        """The types of what is due to an office."""
        sight = self.sight
        owed = duties(sight)
        return {sight.record.facts[ref].payload.type for (ref, office) in owed if office == to}


def test_the_spouse_s_keeper_is_told_the_tie_and_who_the_person_is():
    family = Family("spouse")
    assert family.told() == {"tie.began", "person.registered"}


def test_nobody_else_is_told():
    assert Family("spouse").told(D) == set()


def test_where_the_other_mainly_lives_only_their_keeper_tells_who_knows_whether_it_is_so():
    family = Family("spouse")
    family.take(OTHER, Arrived(kind="main", registration=town(B), origin=town(B)), "2021-01-01", D)
    assert family.told(D) == set()


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (Changed(set={"name": "赵一"}), True),
        (Changed(set={"phone": "1"}), False),
        (Deceased(), True),
        (Protected(ground="threat"), True),
        (Arrived(kind="main", registration=town(A), origin=town(A)), True),
        (Arrived(kind="further", registration=town(A), origin=town(A)), False),
        (
            TieBegan(tie="child", other=Other(person="p9"), ground="birth"),
            False,
        ),  # another tie is no matter of this one's
    ],
)
def test_of_what_happens_the_family_hears_as_the_catalogue_says(fact, told):
    family = Family("spouse")
    before = family.told()
    ref = family.take(PERSON, fact, "2021-01-01")
    owed = duties(family.sight)
    assert ((ref, B) in owed) is told
    assert family.told() >= before


@pytest.mark.parametrize(
    ("tie", "born_on", "others", "told"),
    [
        ("child", "1980-01-01", "2008-04-20", True),
        ("child", "1980-01-01", "2000-04-20", False),
        ("ward", "1980-01-01", "2008-04-20", True),
        ("parent", "2008-04-20", "1980-01-01", True),
        ("parent", "2000-04-20", "1980-01-01", False),
        ("guardian", "2008-04-20", "1980-01-01", True),
        ("guardian", "2000-04-20", "1980-01-01", False),
    ],
)
def test_children_and_parents_are_family_while_one_of_them_is_a_minor(tie, born_on, others, told):
    """The tie itself is told by its author to the office said to hold the other, whatever their age."""
    assert Family(tie, born_on, others).told() == {"tie.began", *({"person.registered"} if told else set())}


def test_what_happens_after_the_eighteenth_birthday_is_told_no_more():
    family = Family("parent", "2008-04-20")
    before = family.take(PERSON, Changed(set={"name": "赵一"}), "2026-04-19")
    after = family.take(PERSON, Changed(set={"name": "赵二"}), "2026-04-20")
    owed = duties(family.sight)
    assert (after, B) not in owed
    assert before not in {ref for ref, to in owed if to == B}  # of names only the latest concerns anybody


def test_who_died_needs_no_notices():
    family = Family("parent", "2015-01-01")
    family.take(OTHER, Deceased(), "2021-01-01", B)
    ref = family.take(PERSON, Changed(set={"name": "赵一"}), "2022-01-01")
    owed = duties(family.sight)
    assert (ref, B) not in owed


def test_the_office_said_to_hold_the_other_is_told_where_the_book_holds_nobody():
    family = Family("spouse")
    del family.books[OTHER]
    assert family.told() == {"tie.began", "person.registered"}
    assert family.told(D) == set()


def test_a_death_ends_the_marriage_of_the_other_and_is_taken_back_with_it():
    family = Family("spouse")
    family.take(OTHER, Deceased(), "2021-01-01", B)
    drafts = [d for d in automatic(family.sight, {}) if isinstance(d.payload, TieEnded) and d.payload.ground == "death"]
    assert [(d.person, d.day, d.because.author) for d in drafts] == [(PERSON, "2021-01-01", B)]


def test_parents_stay_parents_after_their_death():
    family = Family("parent", "2015-01-01")
    family.take(OTHER, Deceased(), "2021-01-01", B)
    assert [d for d in automatic(family.sight, {}) if isinstance(d.payload, TieEnded)] == []


def test_an_office_that_holds_a_person_for_the_family_s_sake_alone_says_so():
    book = Book(B, Offices([A, B]))

    def hear(fact: Fact, stamp: int, day: str) -> None:
        made = event(fact, A, PERSON, stamp, day=day)
        told = Delivery(ref=made.ref, teller=A, to=B, parts=frozenset({"identity"}), ground="family", kind="family")
        book.receive(told, made)

    hear(Registered(basis="first_record", registration=town(A)), 1, "2010-01-01")
    hear(TieBegan(tie="spouse", other=Other(person=OTHER, at=B), ground="marriage"), 2, "2020-01-01")
    (found,) = view(book)
    assert (roles(found), state(found)) == (("family",), "open")
    hear(TieEnded(tie="spouse", other=Other(person=OTHER), ground="divorce"), 3, "2026-02-01")
    (found,) = view(book)
    assert (roles(found), state(found)) == ((), "closed")


def test_whoever_is_not_dead_after_all_is_told_of_again():
    family = Family("spouse")
    death = family.take(OTHER, Deceased(), "2021-01-01", B)
    family.take(OTHER, Retracted(target=death), "2021-02-01", B)
    kin = family.sight.kin[OTHER]
    assert (kin.died, [each.ref for each in kin.deaths]) == (None, [death])
    ref = family.take(PERSON, Changed(set={"name": "赵一"}), "2022-01-01")
    assert (ref, B) in duties(family.sight)


def test_of_who_was_withdrawn_nothing_is_known():
    """By the tie alone, which says who is to hold the other."""
    family = Family("spouse")
    entry = next(ref for ref in family.books[OTHER].recorded if ref.author == A)
    family.take(OTHER, Retracted(target=entry), "2021-02-01")
    assert OTHER not in family.sight.kin
    assert family.told() == {"tie.began", "person.registered"}


def test_what_a_statement_says_goes_on_is_ended_by_nothing_of_a_day_before_it_began():
    """Of the years before the office knows nothing: the end of a former marriage, recorded later, is no end of this."""
    spouse = Other(stated={"name": "林一"}, at=D)
    told = Told(B)
    told.own(Arrived(kind="main", registration=town(A)), "2026-03-01")
    stated = Stated(basis="confirmed", ties=(Tied(tie="spouse", other=spouse, since="2022-05-01"),))
    told.hears(A, stated, "update", "2026-03-02")
    told.hears(A, TieEnded(tie="spouse", other=spouse, ground="divorce"), "update", "2021-01-01")
    assert [(tie.since, tie.until) for tie in told.record.ties] == [("2022-05-01", None)]
    told.hears(A, TieEnded(tie="spouse", other=spouse, ground="divorce"), "update", "2026-04-01")
    assert told.record.ties_in_force == ()
