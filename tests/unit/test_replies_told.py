"""As what a word in a case comes to the other side, and by whom the keeper hears it (catalogue, "Who is told what")."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import (
    Confirmed,
    Disputed,
    EnquiryAnswered,
    EnquiryOpened,
    Escalated,
    Noted,
    Redirected,
    Reminded,
    Reopened,
    Reply,
    Withdrawn,
)
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, Deviation, NoteKind, town
from events.envelope import SYSTEM_ACTOR, Ref
from exchange.protocol.book import Delivery, Question
from exchange.protocol.offices import Offices
from exchange.protocol.telling.due import Sight
from exchange.protocol.telling.replies import redirected, reply_to_keeper, reply_to_other_side, thread_of_case
from tests.unit.test_sheet import A, B, D, Told

C, COUNTY = "420106001000", "420115000000"


class Asked(Told):
    """A, the keeper, was asked by B about an arrival."""

    def __init__(self) -> None:
        super().__init__(A)
        self.own(Registered(basis="first_record", registration=town(A)), "2000-01-01")
        arrival = Arrived(kind="main", registration=town(A))
        puts = (Question("inflow", "2026-03-01"),)
        self.arrival = self.hears(B, arrival, "inflow", "2026-01-01", asked=puts)
        self.case = CaseRef(self.arrival, A, "inflow")

    def says(self, fact: Reply, *, actor: str = "clerk") -> Ref:
        own = self.event(A, fact, "2026-01-02")
        self.book.record(
            msgspec.structs.replace(own, frame=msgspec.structs.replace(own.frame, actor=actor, because=self.arrival))
        )
        return own.ref

    def due(self, ref: Ref) -> dict[str, str | None]:
        return {due.to: due.kind for due in reply_to_other_side(Sight(self.book, self.record)) if due.ref == ref}


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.mark.parametrize(
    ("fact", "actor", "kind"),
    [
        (lambda case: Confirmed(case=case), "clerk", "reply"),
        (lambda case: Confirmed(case=case), SYSTEM_ACTOR, "matched"),
        (lambda case: Disputed(case=case, reason="other"), "clerk", "reply"),
        (lambda case: Noted(case=case, text="?"), "clerk", "reply"),
        (lambda case: Redirected(case=case, to=D), SYSTEM_ACTOR, "reply"),
        (lambda case: Withdrawn(case=case, ground="no_longer_needed"), "clerk", "withdrawn"),
        (lambda case: Withdrawn(case=case, ground="no_longer_stands"), SYSTEM_ACTOR, "withdrawn"),
        (lambda case: Reminded(case=case, ground="half_time", due_on="2026-03-01"), SYSTEM_ACTOR, "reminder"),
        (lambda case: Reminded(case=case, ground="overdue", due_on="2026-03-01"), SYSTEM_ACTOR, "overdue"),
        (lambda case: Escalated(case=case, to=COUNTY, due_on="2026-03-01"), SYSTEM_ACTOR, "escalated"),
    ],
)
def test_it_comes_as_what_it_says(asked, fact, actor, kind):
    assert asked.due(asked.says(fact(asked.case), actor=actor)) == {A: kind, B: kind}


def test_what_differs_in_parts_that_came_later_is_more_of_the_answer_and_no_match(asked):
    asked.says(Confirmed(case=asked.case))
    more = Confirmed(case=asked.case, deviations=(Deviation("sex", "1", "2"),))
    assert asked.due(asked.says(more, actor=SYSTEM_ACTOR))[B] == "reply"


def test_what_another_said_is_told_to_the_sides_by_that_one_alone(asked):
    said = asked.hears(B, Noted(case=asked.case, text="?"), "reply", "2026-01-03")
    assert asked.due(said) == {}


class TestWhoJoinedAfterItHadAnsweredOnPaper:
    """B asked a place outside, which answered on paper; once it joins it is asked itself."""

    OUTSIDE = "330106001000"

    def told(self, fact: Any, *, because_of_the_answer: bool) -> str | None:
        asker = Asked.__new__(Asked)
        Told.__init__(asker, B)
        asker.arrival = asker.own(Arrived(kind="main", registration=town(self.OUTSIDE), opens=True), "2026-01-01")
        case = CaseRef(asker.arrival, self.OUTSIDE, "inflow")
        puts = Delivery(ref=asker.arrival, teller=B, to=self.OUTSIDE, parts=frozenset(), ground="named", kind="inflow")
        asker.book.tell(msgspec.structs.replace(puts, asked=(Question("inflow", "2026-03-01"),)))
        differs = (Deviation("name", "甲", "乙"),)
        answer = asker.own(Confirmed(case=case, deviations=differs, received_on="2026-02-01"), "2026-02-01")
        asker.book.offices = Offices([*asker.book.offices.joined, self.OUTSIDE])
        own = asker.event(B, fact(case), "2026-02-02")
        frame = msgspec.structs.replace(
            own.frame, actor=SYSTEM_ACTOR, because=answer if because_of_the_answer else asker.arrival
        )
        asker.book.record(msgspec.structs.replace(own, frame=frame))
        state = asker.record.cases[case]
        assert (answer in state.aside, own.ref in state.aside) == (True, because_of_the_answer)
        return asker.due(own.ref)[self.OUTSIDE]

    def reminded(self, case: CaseRef) -> Reply:
        return Reminded(case=case, ground="half_time", due_on="2026-03-01")

    def test_hears_of_no_reminder_of_the_decision_on_that_answer(self):
        assert self.told(self.reminded, because_of_the_answer=True) is None

    def test_hears_of_what_reminds_it_itself(self):
        assert self.told(self.reminded, because_of_the_answer=False) == "reminder"


class TestWhoeverKeepsThePersonHears:
    """A keeps somebody whom D, whom B's arrival names, is asked about."""

    def due(self, office: str, said_by: str, case: Any = None) -> set[str]:
        told = Told(office)
        told.hears(A, Registered(basis="first_record", registration=town(A)), None, "2000-01-01")
        arrival = Arrived(kind="main", registration=town(D))
        ref = told.own(arrival, "2026-01-01") if office == B else told.hears(B, arrival, "inflow", "2026-01-01")
        fact = Noted(case=CaseRef(ref, D, "inflow"), text="?")
        said = told.own(fact) if office == said_by else told.hears(said_by, fact, "reply", "2026-01-02")
        return {due.to for due in reply_to_keeper(Sight(told.book, told.record)) if due.ref == said}

    @pytest.mark.parametrize(("office", "by"), [(D, B), (D, D), (B, B), (B, D), (C, C)])
    def test_what_is_said_in_it_by_either_side_and_by_whoever_says_it(self, office, by):
        assert self.due(office, by) == {A}

    @pytest.mark.parametrize("by", [B, D])
    def test_nothing_of_it_by_anybody_else(self, by):
        assert self.due(C, by) == set()

    def test_nothing_from_itself(self, asked):
        asked.says(Noted(case=asked.case, text="?"))
        assert list(reply_to_keeper(Sight(asked.book, asked.record))) == []

    def test_nothing_of_an_enquiry_which_is_between_two(self):
        told = Told(B)
        told.hears(A, Registered(basis="first_record", registration=town(A)), None, "2000-01-01")
        asked = told.hears(D, EnquiryOpened(to=B, purpose="residence", given={}, fields=()), "enquiry", "2026-01-01")
        told.own(EnquiryAnswered(case=CaseRef(asked, B, "enquiry"), held=False), "2026-01-02")
        assert list(reply_to_keeper(Sight(told.book, told.record))) == []


def test_who_was_told_a_case_is_told_its_replies_and_not_who_was_only_asked_to_see_to_it(asked):
    pressed = asked.says(Escalated(case=asked.case, to=COUNTY, due_on="2026-03-01"), actor=SYSTEM_ACTOR)
    noted, answered = asked.says(Noted(case=asked.case, text="?")), asked.says(Confirmed(case=asked.case))
    for ref, to in ((pressed, COUNTY), (noted, C)):
        asked.book.tell(Delivery(ref=ref, teller=A, to=to, parts=frozenset(), ground="test"))
    found = {(due.ref, due.to) for due in thread_of_case(Sight(asked.book, asked.record))}
    assert found == {(pressed, C), (noted, C), (answered, C)}


class TestWhomARedirectNames:
    """B asked A about an arrival, which sent it on to D."""

    def asks(self, kind: NoteKind, **named: Any) -> Told:
        asker = Told(B)
        asker.hears(C, Registered(basis="first_record", registration=town(C)), None, "2000-01-01")
        self.arrival = asker.own(Arrived(kind="main", **named), "2026-01-01")
        told = Delivery(ref=self.arrival, teller=B, to=A, parts=frozenset(), ground="named", kind=kind)
        asker.book.tell(msgspec.structs.replace(told, asked=(Question(kind, "2026-03-01"),)))
        self.sent = asker.hears(A, Redirected(case=CaseRef(self.arrival, A, kind), to=D), "reply", "2026-01-02")
        return asker

    @pytest.fixture
    def asker(self) -> Told:
        return self.asks("inflow", registration=town(A))

    def due(self, told: Told) -> set[tuple[Ref, str, str | None]]:
        return {(due.ref, due.to, due.kind) for due in redirected(Sight(told.book, told.record))}

    def test_is_asked_as_if_first(self, asker):
        assert self.due(asker) == {(self.arrival, D, "inflow")}

    def test_is_told_how_it_came_to_it_where_it_would_take_the_keeper_for_who_asks(self):
        asker = self.asks("moved-on", registration=town(C), origin=town(A))
        assert self.due(asker) == {(self.arrival, D, "moved-on"), (self.sent, D, None)}

    def test_is_not_where_whoever_was_asked_first_was_named_by_an_error(self, asker):
        asker.own(Corrected(target=self.arrival, set={"registration": {"kind": "town", "code": C}}), "2026-01-03")
        assert self.due(asker) == set()

    def test_is_not_where_what_was_asked_about_was_taken_back(self, asker):
        asker.own(Retracted(target=self.arrival), "2026-01-03")
        assert self.due(asker) == set()

    def test_is_not_where_the_asker_put_the_question_again_to_whom_it_asked_first(self, asker):
        asker.own(Reopened(case=CaseRef(self.arrival, A, "inflow"), reason="doubt"), "2026-01-03")
        assert self.due(asker) == set()
