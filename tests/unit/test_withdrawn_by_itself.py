"""When the exchange withdraws a question because it stands no more (catalogue: `case.withdrawn`), and when it does not.

Of each question it is asked by the book of one office alone, with what that office owes given beside it.
"""

from __future__ import annotations

import msgspec
import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed, Redirected, Reminded, Reopened, Reply, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, MainChanged, MovedWithin, Returned
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, NoteKind, StayName, town
from events.envelope import SYSTEM_ACTOR, Ref
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Delivery, Question
from exchange.protocol.offices import Offices
from exchange.protocol.record import CaseState
from exchange.protocol.telling.due import Due, Sight
from tests.unit.test_sheet import A, B, D, Told

C, OUTSIDE = "420106001000", "330106001000"


class Asking(Told):
    """What one office asked of others; and what it is about."""

    arrival: Ref
    redirect: Ref
    case: CaseRef

    def asks(self, ref: Ref, to: str, kind: NoteKind) -> CaseRef:
        asked = (Question(kind, "2026-06-01"),)
        self.book.tell(
            Delivery(ref=ref, teller=self.book.office, to=to, parts=frozenset(), ground="test", kind=kind, asked=asked)
        )
        return CaseRef(ref, to, kind)

    def follows(self, fact: Fact, because: Ref | None = None, *, actor: str = SYSTEM_ACTOR) -> Ref:
        """... and what it recorded because of something, by itself."""
        own = self.event(self.book.office, fact, "2026-05-01")
        self.book.record(
            msgspec.structs.replace(own, frame=msgspec.structs.replace(own.frame, actor=actor, because=because))
        )
        return own.ref

    def closes(self, *offices: str) -> None:
        self.book.offices = Offices(self.book.offices.joined, closed=offices)

    def state(self, case: CaseRef) -> CaseState:
        return self.record.cases[case]

    def says(self, *owed: Due) -> list[Reply]:
        """What its system actor says in cases now."""
        drafts = automatic(Sight(self.book, self.record), {(due.ref, due.to): due for due in owed})
        return [draft.payload for draft in drafts if isinstance(draft.payload, Reply)]

    def withdrawn(self, *owed: Due) -> list[CaseRef]:
        return [said.case for said in self.says(*owed) if isinstance(said, Withdrawn)]


def entered(place: str = A) -> Registered:
    return Registered(basis="first_record", registration=town(place), particulars={"name": "王小雨"})


def arrived(place: str = A, **more: object) -> Arrived:
    return Arrived(**{"kind": "main", "registration": town(place), **more})  # type: ignore[arg-type]  # its own


class TestWhatWasAnnounced:
    """A, which keeps somebody, announced them to B."""

    @pytest.fixture
    def keeper(self) -> Asking:
        keeper = Asking(A)
        keeper.own(entered(), "2000-01-01")
        return keeper

    def announces(self, keeper: Asking, to: str = B, day: str = "2026-01-01") -> CaseRef:
        return keeper.asks(keeper.own(Departed(destination=town(to)), day), to, "outflow")

    def test_is_asked_while_the_town_waits_for_the_person(self, keeper):
        self.announces(keeper)
        assert keeper.withdrawn() == []

    def test_is_asked_no_more_once_the_person_arrived_elsewhere(self, keeper):
        case = self.announces(keeper)
        keeper.hears(D, arrived(), "inflow", "2026-02-01")
        assert keeper.says() == [Withdrawn(case=case, ground="no_longer_stands")]

    def test_stands_once_the_person_arrived_there(self, keeper):
        case = self.announces(keeper)
        keeper.hears(B, arrived(), "inflow", "2026-02-01")
        keeper.hears(D, arrived(), "inflow", "2026-03-01")
        assert (keeper.state(case).status, keeper.withdrawn()) == ("matched", [])

    def test_is_asked_of_a_further_stay_that_came_elsewhere_still(self, keeper):
        self.announces(keeper)
        keeper.hears(D, arrived(kind="further"), "inflow", "2026-02-01")
        assert keeper.withdrawn() == []

    def test_stands_or_falls_with_its_own_announcement_and_not_with_a_later_one(self, keeper):
        case = self.announces(keeper)
        keeper.hears(D, arrived(), "inflow", "2026-02-01")
        self.announces(keeper, C, "2026-03-01")
        assert keeper.withdrawn() == [case]

    def test_is_not_withdrawn_twice(self, keeper):
        case = self.announces(keeper)
        keeper.hears(D, arrived(), "inflow", "2026-02-01")
        keeper.follows(Withdrawn(case=case, ground="no_longer_stands"), case.opening)
        assert keeper.says() == []

    def test_is_withdrawn_by_nobody_else_who_heard_of_it(self, keeper):
        other = Asking(C)
        other.hears(A, entered(), None, "2000-01-01")
        announced = other.hears(A, Departed(destination=town(B)), "update", "2026-01-01")
        reply = Disputed(case=CaseRef(announced, B, "outflow"), reason="other")
        other.hears(B, reply, "reply", "2026-01-02")
        other.hears(D, arrived(), "update", "2026-02-01")
        assert other.withdrawn() == []

    def test_by_letter_is_over_with_the_answer_on_paper(self, keeper):
        """What is asked of an office outside is asked of nobody here."""
        case = self.announces(keeper, OUTSIDE)
        keeper.own(Disputed(case=case, reason="other", received_on="2026-01-20"), "2026-01-20")
        keeper.hears(D, arrived(), "inflow", "2026-02-01")
        assert (keeper.state(case).status, keeper.withdrawn()) == ("disputed", [])

    def test_by_letter_is_over_by_itself_while_no_answer_came(self, keeper):
        """Nobody there would hear that it is withdrawn."""
        case = self.announces(keeper, OUTSIDE)
        keeper.hears(D, arrived(), "inflow", "2026-02-01")
        assert (keeper.state(case).status, keeper.withdrawn()) == ("withdrawn", [])


class TestWhatWasAnnouncedByWhomOnlyAnArrivalNamedAsKeeper:
    """... by an error: the town named is told no arrival, hears of no error, and would wait."""

    @pytest.fixture
    def taken(self) -> Asking:
        """A, which B's arrival named, and names no more."""
        taken = Asking(A)
        taken.arrival = taken.hears(B, arrived(opens=True), "inflow", "2026-01-01")
        return taken

    def mended(self, taken: Asking) -> Ref:
        fact = Corrected(target=taken.arrival, set={"registration": {"kind": "town", "code": C}})
        return taken.hears(B, fact, "retraction", "2026-03-01")

    def announces(self, taken: Asking) -> CaseRef:
        return taken.asks(taken.own(Departed(destination=town(D)), "2026-02-01"), D, "outflow")

    def test_is_withdrawn(self, taken):
        case = self.announces(taken)
        assert taken.withdrawn() == []
        self.mended(taken)
        assert (taken.record.facts[case.opening].void, taken.withdrawn()) == (True, [case])

    def test_is_withdrawn_once(self, taken):
        case = self.announces(taken)
        self.mended(taken)
        taken.follows(Withdrawn(case=case, ground="no_longer_stands"), case.opening)
        assert taken.withdrawn() == []

    def test_is_withdrawn_after_whatever_else_was_said(self, taken):
        case = self.announces(taken)
        taken.hears(D, Disputed(case=case, reason="person_unknown"), "reply", "2026-02-02")
        self.mended(taken)
        assert taken.withdrawn() == [case]

    def test_is_let_be_where_the_town_had_answered(self, taken):
        case = self.announces(taken)
        taken.hears(D, Confirmed(case=case), "reply", "2026-02-02")
        self.mended(taken)
        assert (taken.state(case).status, taken.withdrawn()) == ("confirmed", [])

    def test_is_no_departure_that_its_author_took_back(self, taken):
        """The town hears of that as of any departure that is taken back."""
        case = self.announces(taken)
        self.mended(taken)
        taken.own(Retracted(target=case.opening), "2026-03-02")
        assert taken.withdrawn() == []

    def test_is_no_other_question(self, taken):
        """Whether somebody moved on is over in the book of the office asked as in this one."""
        taken.asks(taken.own(Returned(address="6 Lake", origin=town(D)), "2026-02-01"), D, "moved-on")
        self.mended(taken)
        assert taken.withdrawn() == []

    def test_is_withdrawn_by_nobody_else(self, taken):
        other = Asking(C)
        arrival = other.hears(B, arrived(opens=True), "update", "2026-01-01")
        announced = other.hears(A, Departed(destination=town(D)), "update", "2026-02-01")
        other.hears(D, Disputed(case=CaseRef(announced, D, "outflow"), reason="other"), "reply", "2026-02-02")
        other.hears(B, Corrected(target=arrival, set={"registration": {"kind": "town", "code": C}}), None, "2026-03-01")
        assert other.record.facts[announced].void
        assert other.withdrawn() == []

    def test_is_left_to_what_named_its_author_where_an_entry_did(self):
        """That is told with the departure, and its error to whoever was told it."""
        taken = Asking(A)
        entry = taken.hears(B, entered(A), "registration", "2026-01-01")
        case = self.announces(taken)
        taken.hears(B, Corrected(target=entry, set={"registration": {"kind": "town", "code": C}}), None, "2026-03-01")
        assert (taken.record.facts[case.opening].void, taken.withdrawn()) == (True, [])


class TestWhatAnOfficeAskedByAnActOfItsOwn:
    """... stands while the person is known."""

    @pytest.fixture
    def asker(self) -> Asking:
        """B, where somebody arrived whom D keeps by its own entry."""
        asker = Asking(B)
        asker.hears(D, entered(D), None, "2000-01-01")
        return asker

    def test_stands_whatever_else_it_records_because_of_it(self, asker):
        """Only a request is answered by an act that names it."""
        arrival = asker.own(arrived(D), "2026-01-01")
        asker.asks(arrival, D, "inflow")
        asker.follows(MovedWithin(stay=arrival, address="2 Lane"), arrival, actor="clerk")
        assert asker.withdrawn() == []

    def test_is_not_put_again_where_only_a_reminder_was_said_by_itself(self, asker):
        """That the arrival names another place by now ended it, and no word of this office."""
        arrival = asker.own(arrived(A), "2026-01-01")
        case = asker.asks(arrival, A, "inflow")
        asker.follows(Reminded(case=case, ground="half_time", due_on="2026-06-01"), arrival)
        asker.own(Corrected(target=arrival, set={"registration": {"kind": "town", "code": D}}), "2026-02-01")
        assert (asker.state(case).status, asker.says()) == ("withdrawn", [])

    def test_is_not_put_again_where_the_fact_was_taken_back_since(self, asker):
        arrival = asker.own(arrived(D), "2026-01-01")
        case = asker.asks(arrival, D, "inflow")
        asker.follows(Withdrawn(case=case, ground="no_longer_stands"), arrival)
        assert asker.says() == [Reopened(case=case, reason="stands_again")]
        asker.own(Retracted(target=arrival), "2026-02-01")
        assert asker.says() == []


@pytest.mark.parametrize("kind", ["inflow", "outflow", "moved-on"])
def test_nothing_follows_in_a_case_of_which_only_a_reply_was_told(kind):
    """What opened it may come later, by another teller."""
    keeper = Asking(A)
    keeper.own(entered(), "2000-01-01")
    for asked in (A, B):
        case = CaseRef(Ref(D, f"e9{asked[0]}"), asked, kind)
        keeper.hears(D, Withdrawn(case=case, ground="no_longer_needed"), "withdrawn", "2026-01-02")
        assert case in keeper.record.cases
    assert keeper.says() == []


class TestWhoIsWithdrawn:
    """B took back the fact on which the dossier stands; an arrival of its own it left."""

    @pytest.fixture
    def left(self) -> Asking:
        left = Asking(B)
        first = left.own(arrived(D, opens=True), "2026-01-01")
        left.own(Retracted(target=first), "2026-01-02")
        return left

    def found(self, ref: Ref, ground: str = "match", to: str = C) -> Due:
        return Due(ref=ref, to=to, ground=ground, kind="inflow", asks=True)

    @pytest.mark.parametrize("kind", ["inflow", "update"])
    def test_is_asked_about_while_an_equal_document_finds_who_keeps_them(self, left, kind):
        """Asked is whoever was found first, which may have given the registration up since."""
        arrival = left.own(arrived(D), "2026-02-01")
        case = left.asks(arrival, D, kind)
        assert left.record.withdrawn
        assert left.withdrawn(self.found(arrival)) == []
        assert left.withdrawn() == [case]

    def test_is_asked_about_no_more_because_of_what_else_is_told(self, left):
        arrival, other = left.own(arrived(D), "2026-02-01"), left.own(arrived(D, kind="further"), "2026-02-02")
        case = left.asks(arrival, D, "inflow")
        assert left.withdrawn(self.found(arrival, "named")) == [case]
        assert left.withdrawn(self.found(other)) == [case]

    def test_is_asked_whether_they_moved_on_no_more_though_a_document_finds_them(self, left):
        arrival = left.own(arrived(D, origin=town(C)), "2026-02-01")
        case = left.asks(arrival, C, "moved-on")
        assert left.withdrawn(self.found(arrival)) == [case]


class TestWhoWasAskedByARedirectAndIsNamedByItNoMore:
    """B asked A, which had sent the question on to D."""

    @pytest.fixture
    def asker(self) -> Asking:
        asker = Asking(B)
        asker.hears(C, entered(C), None, "2000-01-01")
        asker.arrival = asker.own(arrived(A), "2026-01-01")
        case = asker.asks(asker.arrival, A, "inflow")
        asker.redirect = asker.hears(A, Redirected(case=case, to=D), "reply", "2026-01-02")
        asker.case = asker.asks(asker.arrival, D, "inflow")
        return asker

    def answered(self, asker: Asking) -> None:
        asker.hears(D, Confirmed(case=asker.case), "reply", "2026-01-03")

    def mended(self, asker: Asking) -> None:
        asker.hears(A, Corrected(target=asker.redirect, set={"to": C}), "correction", "2026-01-04")

    def test_is_asked_no_more_together_with_what_it_answered(self, asker):
        self.answered(asker)
        assert asker.says() == []
        self.mended(asker)
        assert asker.says() == [Withdrawn(case=asker.case, ground="sent_in_error")]

    def test_is_asked_no_more_where_it_had_not_answered(self, asker):
        self.mended(asker)
        assert asker.says() == [Withdrawn(case=asker.case, ground="no_longer_stands")]

    def test_is_let_be_where_the_arrival_itself_was_taken_back(self, asker):
        """With that every question about it is over."""
        self.answered(asker)
        self.mended(asker)
        asker.own(Retracted(target=asker.arrival), "2026-01-05")
        assert asker.says() == []

    def test_withdraws_nothing_itself_that_it_answered(self):
        """Though it took back that anybody had ever lived there."""
        asked = Asking(D)
        asked.hears(C, entered(C), None, "2000-01-01")
        asked.own(Retracted(target=asked.own(arrived(C), "2025-01-01")), "2025-02-01")
        moved = asked.hears(B, arrived(C, origin=town(A)), None, "2026-01-01")
        case = CaseRef(moved, A, "moved-on")
        redirect = asked.hears(A, Redirected(case=case, to=D), "reply", "2026-01-02")
        puts = (Question("moved-on", "2026-06-01"),)
        told = Delivery(ref=moved, teller=B, to=D, parts=frozenset(), ground="redirected", kind="moved-on", asked=puts)
        asked.book.receive(msgspec.structs.replace(told, revision=2), asked.book.event(moved))
        asked.own(Confirmed(case=CaseRef(moved, D, "moved-on")), "2026-01-03")
        asked.hears(A, Corrected(target=redirect, set={"to": C}), "correction", "2026-01-04")
        assert asked.state(CaseRef(moved, D, "moved-on")).status == "confirmed"
        assert asked.says() == []


class TestWhoeverIsAskedWhetherSomebodyMovedOn:
    """... says itself that it makes no sense where it took back every stay of its own, and nobody else does."""

    def moved(self, office: str) -> tuple[Asking, CaseRef]:
        """In the book of `office`, D asks B."""
        book = Asking(office)
        book.hears(A, entered(), None, "2000-01-01")
        puts = (Question("moved-on", "2026-06-01"),) if office == B else ()
        moved = book.hears(D, arrived(origin=town(B)), "moved-on", "2026-01-01", asked=puts)
        return book, CaseRef(moved, B, "moved-on")

    def test_that_took_back_a_stay(self):
        left, case = self.moved(B)
        left.own(Retracted(target=left.own(arrived(), "2025-01-01")), "2025-02-01")
        assert left.withdrawn() == [case]

    def test_not_where_it_never_recorded_any(self):
        """Somebody else's arrival that was taken back says nothing of it."""
        left, _ = self.moved(B)
        left.hears(C, Retracted(target=left.hears(C, arrived(), "update", "2025-01-01")), "retraction", "2025-02-01")
        assert left.withdrawn() == []

    def test_not_by_an_office_that_only_heard_of_the_question(self):
        other, case = self.moved(C)
        other.hears(B, Disputed(case=case, reason="other"), "reply", "2026-01-02")
        other.own(Retracted(target=other.own(arrived(), "2025-01-01")), "2025-02-01")
        assert case in other.record.cases
        assert other.says() == []


def test_an_office_that_closed_says_nothing_of_what_it_was_asked():
    left = Asking(B)
    left.own(Retracted(target=left.own(arrived(), "2025-01-01")), "2025-02-01")
    puts = (Question("moved-on", "2026-06-01"),)
    moved = left.hears(D, arrived(origin=town(B)), "moved-on", "2026-01-01", asked=puts)
    assert left.withdrawn() == [CaseRef(moved, B, "moved-on")]
    left.closes(B)
    assert left.says() == []


class TestWhatIsAskedOfAnOfficeThatClosed:
    """Nothing is due to it; what was asked goes on while it is in question."""

    @pytest.fixture
    def keeper(self) -> Asking:
        """A, which asked B whether somebody moved on to D."""
        keeper = Asking(A)
        keeper.own(entered(), "2000-01-01")
        keeper.hears(B, arrived(), "inflow", "2026-01-01")
        return keeper

    def moves(self, keeper: Asking, fact: Fact, to: str = B) -> CaseRef:
        case = keeper.asks(keeper.hears(D, fact, "inflow", "2026-02-01"), to, "moved-on")
        keeper.closes(to)
        return case

    def test_is_where_its_stay_ended(self, keeper):
        case = self.moves(keeper, arrived())
        assert (keeper.state(case).status, keeper.withdrawn()) == ("not_reachable", [])

    def test_is_where_its_stay_is_the_main_one_no_more(self, keeper):
        further = keeper.hears(C, arrived(kind="further"), "update", "2026-01-10")
        self.moves(keeper, arrived(ends=(StayName(stay=further),)))
        assert keeper.withdrawn() == []

    def test_is_where_another_stay_was_made_the_main_one(self, keeper):
        stay = keeper.hears(D, arrived(kind="further"), "update", "2026-01-10")
        self.moves(keeper, MainChanged(stay=stay))
        assert keeper.withdrawn() == []

    def test_is_over_where_what_is_asked_about_ended_another_stay(self, keeper):
        there = keeper.hears(C, arrived(), "inflow", "2026-01-10")
        assert keeper.record.stay(there) is not None
        case = self.moves(keeper, arrived())
        assert keeper.withdrawn() == [case]

    def test_is_over_where_something_else_ended_its_stay(self, keeper):
        """It had ended by the arrival in C, though the person is at D by now."""
        keeper.hears(C, arrived(), "inflow", "2026-01-10")
        case = self.moves(keeper, arrived(kind="further"))
        assert keeper.withdrawn() == [case]

    def test_is_where_the_arrival_names_it_as_the_place_left(self):
        """Whatever its author knows of a stay there."""
        author = Asking(D)
        author.hears(A, entered(), None, "2000-01-01")
        case = author.asks(author.own(arrived(origin=town(C)), "2026-02-01"), C, "moved-on")
        author.closes(C)
        assert (author.state(case).status, author.withdrawn()) == ("not_reachable", [])

    def test_is_which_of_two_stays_is_right_while_they_contest_each_other(self, keeper):
        there = keeper.hears(D, arrived(), "inflow", "2026-01-01")
        case = keeper.asks(there, B, "contested")
        keeper.closes(B)
        assert keeper.withdrawn() == []
        keeper.hears(D, Corrected(target=there, set={"kind": "further"}), "correction", "2026-02-01")
        assert keeper.withdrawn() == [case]
