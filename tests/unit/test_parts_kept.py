"""Which parts an office goes on holding of what it was told: none where that was an error (DESIGN.md, "How much")."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Redirected
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived
from events.catalogue.person import Protected, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Other, town
from events.envelope import Part, Ref
from exchange.protocol.book import Delivery, Question
from exchange.protocol.duties import new_deliveries
from exchange.protocol.record import Record
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.view import view
from tests.unit.made_up import event
from tests.unit.test_sheet import A, B, D, Told

C = "420106001000"
IDENTITY: frozenset[Part] = frozenset({"identity"})
COHORT: frozenset[Part] = frozenset({"cohort"})
ADDRESS: frozenset[Part] = frozenset({"address"})
NOTHING: frozenset[Part] = frozenset()
AT_D = {"registration": {"kind": "town", "code": D}}


class Telling(Told):
    """A book whose office told others of the person; and what it is about."""

    entry: Ref
    move: Ref
    arrival: Ref
    redirect: Ref
    tie: Ref

    def tells(self, ref: Ref, to: str, ground: str = "named", parts: frozenset[Part] = IDENTITY) -> None:
        self.book.tell(Delivery(ref=ref, teller=self.book.office, to=to, parts=parts, ground=ground, kind="update"))

    def leaves(self, ref: Ref, to: str, *owed: Due) -> frozenset[Part]:
        """The parts that the office told is left with; what is told anew for it comes without a notice."""
        record = next(found for found in self.records if ref in found.facts)
        made = new_deliveries(Sight(self.book, record), {(due.ref, due.to): due for due in owed})
        last = {(each.ref, each.to): each for each in made}.get((ref, to))
        if last is None:
            return self.book.told[ref, to].parts
        assert (last.kind, last.revision) == (None, self.book.told[ref, to].revision + 1)
        return last.parts

    @property
    def records(self) -> tuple[Record, ...]:
        return view(self.book)


def entered(place: str = A) -> Registered:
    return Registered(basis="first_record", registration=town(place), particulars={"name": "王小雨"})


def arrived(place: str = A) -> Arrived:
    return Arrived(kind="main", registration=town(place), stated={"name": "王小雨"})


class TestAnOfficeThatTheContentNamedByAnError:
    """C's arrival named A as the registration place, and names D by now."""

    def named(self, office: str) -> tuple[Telling, Ref]:
        """The book of `office`, which told A of it."""
        told = Telling(office)
        told.hears(B, entered(B), None, "2000-01-01") if office != B else told.own(entered(B), "2000-01-01")
        arrival = told.own(arrived()) if office == C else told.hears(C, arrived(), "inflow")
        told.tells(arrival, A)
        told.hears(A, Arrived(kind="further", registration=town(B)), "update")  # it has a part in the life all the same
        corrected = Corrected(target=arrival, set=AT_D)
        told.own(corrected, "2026-02-01") if office == C else told.hears(C, corrected, "correction", "2026-02-01")
        return told, arrival

    @pytest.mark.parametrize("by", [B, C], ids=["the keeper", "the author"])
    def test_keeps_nothing_of_it(self, by):
        told, arrival = self.named(by)
        assert told.leaves(arrival, A) == NOTHING
        assert told.leaves(arrival, A, Due(ref=arrival, to=A, ground="told")) == NOTHING

    def test_keeps_what_it_is_due_for_another_reason(self):
        told, arrival = self.named(C)
        assert told.leaves(arrival, A, Due(ref=arrival, to=A, ground="stay_thread")) == IDENTITY

    def test_keeps_what_another_told_it_which_that_one_withdraws_itself(self):
        """What they tell each other is theirs to say."""
        told, arrival = self.named("420107001000")
        assert told.leaves(arrival, A) == IDENTITY

    def test_keeps_nothing_of_the_correction_either(self):
        told, arrival = self.named(C)
        [mended] = told.record.facts[arrival].corrections
        told.tells(mended, A, "amendment")
        assert told.leaves(mended, A, Due(ref=mended, to=A, ground="amendment")) == NOTHING

    def test_keeps_what_it_was_told_while_the_content_names_it(self):
        told = Telling(C)
        arrival = told.own(arrived())
        told.tells(arrival, A)
        assert told.leaves(arrival, A) == IDENTITY


class TestAnOfficeThatARedirectNamedByAnError:
    """A sent C's question on to D, and corrected that it meant B."""

    @pytest.fixture
    def sent(self) -> Telling:
        sent = Telling(A)
        sent.own(entered(), "2000-01-01")
        sent.arrival = sent.hears(C, arrived(), "inflow", asked=(Question("inflow", "2026-03-01"),))
        sent.redirect = sent.own(Redirected(case=CaseRef(sent.arrival, A, "inflow"), to=D), "2026-01-02")
        sent.own(Corrected(target=sent.redirect, set={"to": B}), "2026-01-03")
        sent.hears(D, Arrived(kind="further", registration=town(A)), "update")  # it has a part in the life all the same
        return sent

    def test_keeps_nothing_of_the_redirect_nor_of_what_it_was_to_answer(self, sent):
        for ref in (sent.redirect, sent.arrival):
            sent.tells(ref, D)
            assert sent.leaves(ref, D) == NOTHING

    @pytest.mark.parametrize(("ground", "kept"), [("case_thread", NOTHING), ("told", NOTHING), ("named", IDENTITY)])
    def test_keeps_the_redirect_only_for_a_reason_of_its_own(self, sent, ground, kept):
        sent.tells(sent.redirect, D)
        assert sent.leaves(sent.redirect, D, Due(ref=sent.redirect, to=D, ground=ground)) == kept

    def test_keeps_it_as_the_other_side_of_the_case(self, sent):
        """C, which asks, hears the reply, though that named C as well for a while."""
        named = sent.own(Redirected(case=CaseRef(sent.arrival, A, "inflow"), to=C), "2026-01-04")
        sent.own(Corrected(target=named, set={"to": B}), "2026-01-05")
        sent.tells(named, C, "reply")
        assert sent.leaves(named, C, Due(ref=named, to=C, ground="reply")) == IDENTITY
        assert sent.leaves(named, C, Due(ref=named, to=C, ground="told")) == NOTHING


class TestAnOfficeToldForADocumentsSake:
    """... which no other person has any more."""

    @pytest.mark.parametrize(("by", "kept"), [(A, NOTHING), (B, IDENTITY)], ids=["the author", "another"])
    def test_keeps_nothing_by_the_author(self, by, kept):
        told = Telling(by)
        entry = told.own(entered()) if by == A else told.hears(A, entered(), None)
        told.tells(entry, D, "one_document")
        assert told.leaves(entry, D, Due(ref=entry, to=D, ground="told")) == kept

    def test_keeps_all_while_it_is_still_due_for_that(self):
        told = Telling(A)
        entry = told.own(entered())
        told.tells(entry, D, "one_document")
        assert told.leaves(entry, D, Due(ref=entry, to=D, ground="one_document", parts=IDENTITY)) == IDENTITY


class TestAnOfficeToldForTheFamilysSake:
    """D keeps the child of somebody whom A keeps."""

    @pytest.fixture
    def family(self) -> Telling:
        family = Telling(A)
        family.entry = family.own(entered(), "2000-01-01")
        family.tie = family.own(TieBegan(tie="child", other=Other(stated={"name": "王二"}, at=D), ground="birth"))
        for ref in (family.entry, family.tie):
            family.tells(ref, D, "family")
        return family

    def test_keeps_what_it_was_told_while_the_tie_stands(self, family):
        assert family.leaves(family.entry, D) == IDENTITY

    def test_keeps_nothing_once_the_tie_was_taken_back(self, family):
        family.own(Retracted(target=family.tie), "2026-02-01")
        assert family.leaves(family.entry, D) == NOTHING

    def test_keeps_what_it_was_told_for_another_reason(self, family):
        family.own(Retracted(target=family.tie), "2026-02-01")
        family.tells(family.entry, D, "past")
        assert family.leaves(family.entry, D) == IDENTITY

    def test_keeps_it_also_where_it_was_handed_the_dossier_by_an_error(self, family):
        """It keeps the child, whom the tie names by id."""
        family.own(Retracted(target=family.tie), "2026-02-01")
        tie = family.own(TieBegan(tie="child", other=Other(person="q"), ground="birth"))
        family.tells(tie, D, "family")
        move = family.own(RegistrationChanged(from_=town(A), to=town(D), ground="moved"), "2026-02-01")
        family.tells(move, D)
        family.own(Retracted(target=move), "2026-02-02")
        assert family.leaves(family.entry, D) == IDENTITY


class TestAnOfficeToWhichTheDossierWasHandedByAnError:
    """A moved the registration to D, and took that back."""

    @pytest.fixture
    def handed(self) -> Telling:
        handed = Telling(A)
        handed.entry = handed.own(entered(), "2000-01-01")
        handed.move = handed.own(RegistrationChanged(from_=town(A), to=town(D), ground="moved"), "2026-02-01")
        for ref in (handed.entry, handed.move):
            handed.tells(ref, D, "hand_over", IDENTITY | COHORT)
        handed.own(Retracted(target=handed.move), "2026-02-02")
        return handed

    def test_keeps_nothing_of_what_was_handed_over(self, handed):
        assert handed.leaves(handed.entry, D) == NOTHING

    def test_keeps_just_what_is_due_to_it_all_the_same(self, handed):
        due = Due(ref=handed.entry, to=D, ground="past", parts=IDENTITY)
        assert handed.leaves(handed.entry, D, due) == IDENTITY


class TestAProtectedAddress:
    def test_is_withdrawn_of_that_person_and_of_no_other_in_the_same_book(self):
        told = Telling(A)
        told.own(entered())
        own, other = told.own(arrived()), event(arrived(), A, "another", 90)
        told.book.record(other)
        for ref in (own, other.ref):
            told.tells(ref, D, parts=IDENTITY | ADDRESS)
        told.own(Protected(ground="threat"))
        assert (told.leaves(own, D), told.leaves(other.ref, D)) == (IDENTITY, IDENTITY | ADDRESS)
        record = next(found for found in told.records if own in found.facts)
        assert {made.ref for made in new_deliveries(Sight(told.book, record), {})} == {own}
