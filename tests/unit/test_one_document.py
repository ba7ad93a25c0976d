"""One document on two persons, as pure functions of what one office knows (DESIGN.md K6; catalogue, rule 9)."""

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, KeptApart, Merged, Registered, Stated, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from exchange.protocol.book import ALL_PARTS, Book, Delivery, Question
from exchange.protocol.life.contradictions import contradiction_id
from exchange.protocol.matching import matching
from exchange.protocol.offices import Offices
from exchange.protocol.record import Contradiction, Record
from exchange.protocol.view import readings, view
from tests.unit.made_up import event

A, B, D = "420115001000", "110101001000", "110108001000"
ONE, OTHER = "E11111111", "E22222222"


class Telling:
    """Books of several offices; what each records has the next stamp."""

    def __init__(self) -> None:
        self.books = {office: Book(office, Offices(["420000000000", "110000000000"])) for office in (A, B, D)}
        self.stamp = 0

    def says(self, office: str, person: str, fact: Fact, day: str = "2026-01-01") -> Ref:
        self.stamp += 1
        said = event(fact, office, person, self.stamp, day=day)
        self.books[office].record(said)
        return said.ref

    def record(self, office: str, person: str) -> Record:
        return next(r for r in view(self.books[office]) if person in r.persons)

    def shown(self, office: str) -> dict[str, list[tuple[Ref, ...]]]:
        """Person -> the events of each contradiction of this kind."""
        return {
            r.person: [c.events for c in r.contradictions if c.kind == "one_document"] for r in view(self.books[office])
        }

    def due(self) -> set[tuple[str, str, str, str | None, bool]]:
        """Teller, event, office told, kind, asks: because of documents."""
        told = matching({office: readings(book) for office, book in self.books.items()})
        return {
            (teller, due.ref.id, due.to, due.kind, due.asks)
            for teller, dues in told.items()
            for due in dues
            if due.ground == "one_document"
        }


def passport(number: str) -> dict[str, Any]:
    return {"document.passport": {"number": number}}


def registered(number: str = ONE, name: str = "林晓月", place: str = A, **more: Any) -> Registered:
    particulars = {"name": name, **passport(number)}
    return Registered(
        particulars=particulars, basis=more.pop("basis", "first_record"), registration=town(place), **more
    )


def arrived(number: str = ONE, name: str = "赵大海", **more: Any) -> Arrived:
    return Arrived(kind="main", address="1 Lane", stated={"name": name, **passport(number)}, opens=True, **more)


@pytest.fixture
def told() -> Telling:
    return Telling()


class TestWhoTellsOfADocumentThatAnotherPersonHadBefore:
    """A entered one person, B later another with the same document."""

    @pytest.fixture
    def later(self, told: Telling) -> Ref:
        told.says(A, "p1", registered())
        return told.says(B, "p2", registered(place=B, name="赵大海"))

    def tells(self, told: Telling, ref: Ref, to: str) -> None:
        delivery = Delivery(ref=ref, teller=ref.author, to=to, parts=ALL_PARTS, ground="one_document")
        told.books[to].receive(delivery, told.books[ref.author].event(ref))

    def test_is_its_author_and_nobody_who_only_heard_of_it(self, told, later):
        assert {teller for teller, *_ in told.due()} == {B}
        self.tells(told, later, D)
        assert {teller for teller, *_ in told.due()} == {B}

    def test_is_nobody_of_what_was_told_to_whom_keeps_the_other_person_no_more_and_never_saw_it(self, told, later):
        moved = told.says(A, "p1", RegistrationChanged(from_=town(A), to=town(D), ground="moved"))
        first = Ref(A, "e01")
        for ref in (first, moved):
            self.tells(told, ref, D)
        assert {to for *_, to, _, _ in told.due()} == {D}

    def test_is_its_author_still_where_whoever_saw_it_keeps_the_other_person_no_more(self, told, later):
        self.tells(told, later, A)
        moved = told.says(A, "p1", RegistrationChanged(from_=town(A), to=town(D), ground="moved"))
        for ref in (Ref(A, "e01"), moved):
            self.tells(told, ref, D)
        assert {(teller, to) for teller, _, to, _, _ in told.due()} == {(B, A), (B, D)}

    @pytest.mark.parametrize(("ask", "asks"), [(False, False), (True, True)])
    def test_asks_of_what_came_from_a_register_only_where_the_import_says_so(self, told, ask, asks):
        told.says(A, "p1", registered())
        told.says(B, "p2", registered(place=B, name="赵大海", basis="register", ask=ask))
        assert [each[-1] for each in told.due()] == [asks]


class TestABookThatHoldsBoth:
    @pytest.fixture
    def both(self, told):
        return told.says(A, "P1", registered()), told.says(A, "P2", arrived())

    def test_shows_it_in_both_records_under_one_id(self, told, both):
        assert told.shown(A) == {"P1": [both], "P2": [both]}
        ids = {contradiction_id(c) for p in ("P1", "P2") for c in told.record(A, p).contradictions}
        assert ids == {contradiction_id(Contradiction("one_document", both))}

    def test_the_number_may_be_written_in_another_way(self, told):
        one = told.says(A, "P1", registered("e11111111 "))
        assert told.shown(A) == {"P1": []}
        other = told.says(A, "P2", arrived(ONE))
        assert told.shown(A) == {"P1": [(one, other)], "P2": [(one, other)]}

    def test_another_number_is_no_contradiction(self, told):
        told.says(A, "P1", registered(ONE))
        told.says(A, "P2", arrived(OTHER))
        assert told.shown(A) == {"P1": [], "P2": []}

    def test_a_retraction_ends_it_and_a_retraction_of_that_brings_it_back(self, told, both):
        taken_back = told.says(A, "P2", Retracted(target=both[1]))
        assert told.shown(A)["P1"] == []
        told.says(A, "P2", Retracted(target=taken_back))
        assert told.shown(A)["P1"] == [both]

    @pytest.mark.parametrize("at", [0, 1])
    def test_a_correction_of_either_ends_it(self, told, both, at):
        told.says(A, ("P1", "P2")[at], Corrected(target=both[at], set=passport(OTHER)))
        assert told.shown(A) == {"P1": [], "P2": []}

    def test_a_change_takes_the_place_of_what_stood_before(self, told, both):
        told.says(A, "P1", Changed(set=passport(OTHER)), "2026-02-01")
        assert told.shown(A) == {"P1": [], "P2": []}

    def test_a_change_may_make_it(self, told):
        told.says(A, "P1", registered(OTHER))
        arrival = told.says(A, "P2", arrived())
        change = told.says(A, "P1", Changed(set=passport(ONE)), "2026-02-01")
        assert told.shown(A)["P2"] == [(arrival, change)]

    def test_a_merge_ends_it_and_its_undoing_brings_it_back(self, told, both):
        merge = told.says(A, "P2", Merged(other="P1", keeper=A))
        assert told.shown(A) == {"P1": []}
        told.says(A, "P2", Unmerged(other="P1", merge=merge))
        assert told.shown(A) == {"P1": [both], "P2": [both]}

    def test_that_they_were_kept_apart_ends_nothing(self, told, both):
        told.says(A, "P1", KeptApart(other="P2"))
        assert told.shown(A)["P1"] == [both]

    def test_the_keepers_own_statement_adds_nothing(self, told, both):
        told.says(A, "P1", Stated(particulars=passport(ONE), basis="confirmed"))
        told.says(A, "P1", Corrected(target=both[0], set=passport(OTHER)))
        assert told.shown(A) == {"P1": [], "P2": []}

    def test_three_persons_contradict_pair_by_pair(self, told, both):
        third = told.says(A, "P3", arrived())
        one, other = both
        assert told.shown(A)["P3"] == [(one, third), (other, third)]


class TestAnArrivalWithAnothersDocument:
    def test_is_due_to_the_keeper_of_the_other_as_if_named(self, told):
        told.says(A, "P1", registered())
        told.says(B, "P2", arrived())
        assert told.due() == {(B, "e02", A, "inflow", True)}

    def test_nothing_is_due_to_who_recorded_second_whichever_that_is(self, told):
        told.says(B, "P2", arrived())
        told.says(A, "P1", registered())
        assert told.due() == {(A, "e02", B, "registration", True)}

    def test_an_opening_balance_asks_nothing(self, told):
        told.says(B, "P2", arrived())
        told.says(A, "P1", registered(basis="register"))
        assert told.due() == {(A, "e02", B, "registration", False)}

    def test_a_correction_onto_the_document_is_the_later_statement(self, told):
        one = told.says(A, "P1", registered(OTHER))
        told.says(B, "P2", arrived())
        told.says(A, "P1", Corrected(target=one, set=passport(ONE)))
        assert told.due() == {(A, "e01", B, "registration", True)}

    def test_a_change_onto_the_document_brings_what_opened_the_dossier(self, told):
        told.says(A, "P1", registered(OTHER))
        told.says(B, "P2", arrived())
        told.says(A, "P1", Changed(set=passport(ONE)), "2026-02-01")
        assert told.due() == {(A, "e03", B, "update", False), (A, "e01", B, None, False)}

    def test_a_correction_of_something_else_changes_not_who_was_first(self, told):
        one = told.says(A, "P1", registered())
        told.says(B, "P2", arrived())
        told.says(A, "P1", Corrected(target=one, set={"name": "林小月"}))
        assert told.due() == {(B, "e02", A, "inflow", True)}

    def test_a_correction_that_says_the_document_again_makes_no_claim_younger(self, told):
        one = told.says(A, "P1", registered(OTHER))
        corrected = told.says(A, "P1", Corrected(target=one, set=passport(ONE)))
        told.says(B, "P2", arrived())
        told.says(A, "P1", Corrected(target=corrected, set={"set": passport(ONE)}))
        assert told.due() == {(B, "e03", A, "inflow", True)}

    def test_a_correction_of_a_correction_onto_the_document_is_the_later_statement(self, told):
        one = told.says(A, "P1", registered())
        corrected = told.says(A, "P1", Corrected(target=one, set=passport("E33333333")))
        told.says(B, "P2", arrived(OTHER))
        told.says(A, "P1", Corrected(target=corrected, set={"set": passport(OTHER)}))
        assert told.due() == {(A, "e01", B, "registration", True)}

    def test_an_office_that_keeps_neither_is_told_nothing(self, told):
        told.says(A, "P1", registered())
        told.says(D, "P1", arrived(registration=town(A)))
        told.says(B, "P2", arrived())
        assert {to for _, _, to, _, _ in told.due()} == {A}

    def test_so_is_whoever_an_arrival_alone_names_as_keeper_until_it_agrees(self, told):
        """A typing error would tell it of a stranger."""
        arrival = told.says(B, "p1", arrived(ONE, registration=town(A)))
        said = told.books[B].event(arrival)
        asked = (Question("inflow", "2026-04-01"),)
        named = Delivery(ref=arrival, teller=B, to=A, parts=ALL_PARTS, ground="named", kind="inflow", asked=asked)
        told.books[B].tell(named)
        told.books[A].receive(named, said)
        later = told.says(D, "p2", registered(ONE, place=D))
        assert {(teller, to) for teller, ref, to, *_ in told.due() if ref == later.id} == set()
        told.says(A, "p1", Confirmed(case=CaseRef(arrival, A, "inflow")))
        assert {(teller, to) for teller, ref, to, *_ in told.due() if ref == later.id} == {(D, A)}

    def test_two_that_recorded_the_same_person_have_no_document_of_another(self, told):
        told.says(A, "p1", registered())
        told.says(D, "p1", arrived(ONE))
        told.says(B, "p2", registered(OTHER, place=B))
        assert told.due() == set()

    def test_an_office_that_keeps_both_is_told_nothing_by_itself(self, told):
        told.says(A, "p1", registered())
        told.says(A, "p2", registered())
        assert told.due() == set()
