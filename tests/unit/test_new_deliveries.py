"""What is told: what is due and was not told yet, and which of several questions of one act opens the case."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from events.catalogue.case import Confirmed, Withdrawn
from events.catalogue.family import TieEnded
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Protected, Registered
from events.catalogue.values import CaseRef, Deviation, NoteKind, Other, town
from events.envelope import SYSTEM_ACTOR, Part, Ref
from events.event import Event
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.duties import duties, new_deliveries
from exchange.protocol.life.causes import Cause
from exchange.protocol.offices import Offices
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.view import view
from tests.unit.made_up import event

HOME, NEW, OTHER = "110101001000", "110101002000", "110101003000"
IDENTITY: frozenset[Part] = frozenset({"identity"})
ADDRESS: frozenset[Part] = frozenset({"address"})


class Owing:
    """HOME keeps somebody, whose arrival in OTHER by HOME's own word stands in the same act."""

    def __init__(self) -> None:
        self.book = Book(HOME, Offices(["110101000000"]))
        self.entry = event(Registered(basis="first_record", registration=town(HOME)), HOME, "P", 1)
        change = event(Changed(set={"name": "乙"}, ground="own_wish"), HOME, "P", 2)
        self.change = replace(change, frame=replace(change.frame, submission=self.entry.frame.submission))
        for own in (self.entry, self.change):
            self.book.record(own)

    def told(self, *asked: NoteKind, parts: Any = frozenset(), of: Event | None = None) -> None:
        said = of or self.entry
        questions = tuple(Question(kind, "2026-04-01") for kind in asked)
        kind = asked[0] if asked else "update"
        self.book.tell(
            Delivery(ref=said.ref, teller=HOME, to=NEW, parts=parts, ground="named", kind=kind, asked=questions)
        )

    def hears(self, said: Event) -> Event:
        self.book.receive(Delivery(ref=said.ref, teller=said.author, to=HOME, parts=IDENTITY, ground="named"), said)
        return said

    @property
    def sight(self) -> Sight:
        [record] = view(self.book)
        return Sight(self.book, record)

    def made(self, due: Due) -> list[Delivery]:
        return new_deliveries(self.sight, {(due.ref, due.to): due})

    def due(self, kind: NoteKind | None = None, of: Event | None = None, **more: Any) -> Due:
        return Due(ref=(of or self.entry).ref, to=NEW, ground="named", kind=kind, **more)

    def asking(self, *dues: Due) -> set[tuple[str, NoteKind | None]]:
        """Of all that is due what asks."""
        return {(due.ref.id, due.kind) for due in duties(self.sight, {}, dues).values() if due.asks}


@pytest.fixture
def owing() -> Owing:
    return Owing()


def test_what_is_told_first_has_a_notice_and_what_was_told_is_not_told_again(owing):
    [first] = owing.made(owing.due("update", parts=IDENTITY))
    assert (first.kind, first.parts, first.revision, first.asked) == ("update", IDENTITY, 1, ())
    owing.book.tell(first)
    assert owing.made(owing.due("update", parts=IDENTITY)) == []
    assert owing.made(owing.due("update")) == []


def test_further_parts_come_without_another_notice_beside_those_told(owing):
    owing.told(parts=ADDRESS)
    [more] = owing.made(owing.due("update", parts=IDENTITY))
    assert (more.kind, more.parts, more.revision) == (None, IDENTITY | ADDRESS, 2)


def test_a_further_question_comes_with_its_notice_and_leaves_those_before(owing):
    owing.told("inflow", parts=ADDRESS)
    [more] = owing.made(owing.due("contested", asks=True))
    assert (more.kind, [question.kind for question in more.asked]) == ("contested", ["inflow", "contested"])
    assert (more.parts, more.asked[0].due_on) == (ADDRESS, "2026-04-01")
    owing.book.tell(more)
    assert owing.made(owing.due("contested", asks=True)) == []


def test_of_two_questions_about_one_event_the_second_comes_once_the_first_was_put(owing):
    second = owing.due("contested", asks=True, apart=True)
    both = owing.due("inflow", asks=True, also=second)
    for kind in ("inflow", "contested"):
        [made] = owing.made(both)
        assert (made.kind, made.asked[-1].kind) == (kind, kind)
        owing.book.tell(made)
    assert owing.made(both) == []


def test_what_follows_from_an_offices_own_act_is_told_to_it_without_a_notice_unless_it_asks(owing):
    arrival = owing.hears(event(Arrived(kind="main", registration=town(HOME)), NEW, "P", 3))
    other = owing.hears(event(Arrived(kind="main", registration=town(HOME)), OTHER, "P", 4))
    for kind, asks, trigger, expected in [
        ("update", False, arrival, None),
        ("update", False, other, "update"),
        ("inflow", True, arrival, "inflow"),
    ]:
        [made] = owing.made(owing.due(kind, asks=asks, trigger=trigger.ref))
        assert (made.kind, made.act) == (expected, trigger.frame.submission)


def test_that_the_answer_was_not_all_is_said_to_whoever_told_the_rest(owing):
    """The exchange found the deviation in parts that NEW itself sent later."""
    arrival = owing.hears(event(Arrived(kind="main", registration=town(HOME)), NEW, "P", 3))
    case = CaseRef(arrival.ref, HOME, "inflow")
    found = event(Confirmed(case=case, deviations=(Deviation("name", "乙"),)), HOME, "P", 4)
    found = replace(found, frame=replace(found.frame, actor=SYSTEM_ACTOR, because=arrival.ref))
    owing.book.record(found)
    [made] = owing.made(owing.due("reply", of=found))
    assert made.kind == "reply"


def test_of_several_questions_of_one_act_the_first_kind_opens_the_case_and_carries_the_rest(owing):
    dues = owing.due("contested", asks=True), owing.due("inflow", of=owing.change, asks=True)
    assert owing.asking(*dues) == owing.asking(*dues[::-1]) == {("e02", "inflow")}


def test_not_so_a_question_that_is_put_apart_or_to_another_office_or_by_another_act(owing):
    other = event(Changed(set={"name": "丙"}, ground="own_wish"), HOME, "P", 3)
    owing.book.record(other)
    inflow = owing.due("inflow", asks=True)
    for beside in (
        owing.due("contested", of=owing.change, asks=True, apart=True),
        replace(owing.due("contested", of=owing.change, asks=True), to=OTHER),
        owing.due("contested", of=other, asks=True),
    ):
        assert owing.asking(inflow, beside) == {("e01", "inflow"), (beside.ref.id, "contested")}


def test_what_is_told_by_the_act_and_asks_nothing_takes_no_question_away(owing):
    reply = owing.due("reply", of=owing.change)
    assert owing.asking(owing.due("inflow", asks=True), reply) == {("e01", "inflow")}


def test_what_was_asked_by_the_act_stays_its_question_whatever_else_is_due_since(owing):
    owing.told("contested")
    dues = owing.due("contested", asks=True), owing.due("inflow", of=owing.change, asks=True)
    assert owing.asking(*dues) == {("e01", "contested")}
    assert owing.asking(dues[1]) == set(), "it asked already, though that is not due any more"


def test_a_case_of_which_only_a_reply_was_told_takes_no_question_away(owing):
    """What opened it may come later, by another teller."""
    case = CaseRef(Ref(OTHER, "e99"), NEW, "inflow")
    owing.hears(event(Confirmed(case=case), NEW, "P", 3))
    assert case in owing.sight.record.cases
    assert owing.asking(owing.due("inflow", asks=True)) == {("e01", "inflow")}


def test_until_it_is_withdrawn(owing):
    owing.told("contested")
    case = CaseRef(owing.entry.ref, NEW, "contested")
    dues = owing.due("contested", asks=True), owing.due("inflow", of=owing.change, asks=True)
    assert owing.asking(*dues) == {("e01", "contested")}
    owing.book.record(event(Withdrawn(case=case, ground="no_longer_stands"), HOME, "P", 4))
    assert owing.asking(*dues) == {("e02", "inflow")}


def test_a_question_put_beside_another_is_put_also_where_the_other_is_carried_by_what_the_act_asked(owing):
    second = owing.due("contested", asks=True, apart=True)
    [made] = owing.made(owing.due("inflow", asks=False, also=second))
    assert (made.kind, [question.kind for question in made.asked]) == ("contested", ["contested"])


def test_what_follows_in_another_dossier_from_an_offices_own_act_is_told_to_it_without_a_notice(owing):
    """NEW recorded the death of whoever was tied to the person."""
    ended = event(TieEnded(tie="spouse", other=Other(person="Q"), ground="death"), HOME, "P", 3)
    ended = replace(ended, frame=replace(ended.frame, actor=SYSTEM_ACTOR, because=Ref(NEW, "d1")))
    owing.book.record(ended)
    assert [made.kind for made in owing.made(owing.due("update", of=ended))] == [None]
    assert [made.kind for made in owing.made(replace(owing.due("update", of=ended), to=OTHER))] == ["update"]


def test_what_a_clerk_recorded_because_of_something_there_is_the_act_of_that_office(owing):
    ended = event(TieEnded(tie="spouse", other=Other(person="Q"), ground="death"), HOME, "P", 3)
    ended = replace(ended, frame=replace(ended.frame, because=Ref(NEW, "d1")))
    owing.book.record(ended)
    assert [made.kind for made in owing.made(owing.due("update", of=ended))] == ["update"]


@pytest.mark.parametrize(("by", "kind"), [(NEW, None), (OTHER, "family")])
def test_what_is_told_for_the_familys_sake_belongs_to_the_act_about_whoever_is_tied_to_the_person(owing, by, kind):
    cause = Cause(ref=Ref(by, "d1"), day="2026-01-01", stamp=9, author=by, act="elsewhere")
    [made] = owing.made(owing.due("family", by=cause))
    assert (made.kind, made.act, made.trigger) == (kind, "elsewhere", cause.ref)


def test_what_is_told_because_of_what_the_book_does_not_hold_belongs_to_no_act(owing):
    [made] = owing.made(owing.due("update", trigger=Ref(OTHER, "unknown")))
    assert (made.kind, made.act) == ("update", "")


def test_what_is_told_more_of_and_withdrawn_at_once_is_told_once(owing):
    first, _ = addressed(owing)
    owing.told(of=first, parts=ADDRESS)
    owing.book.record(event(Protected(ground="threat"), HOME, "P", 5))
    [made] = owing.made(owing.due("update", of=first, parts=IDENTITY))
    assert (made.kind, made.parts, made.revision) == (None, IDENTITY, 2)


def addressed(owing: Owing) -> tuple[Event, Event]:
    """Two arrivals of HOME's own, each with an address."""
    first, second = (event(Arrived(kind="further", address=f"{n} Lane"), HOME, "P", n) for n in (3, 4))
    for own in (first, second):
        owing.book.record(own)
    return first, second


def test_while_the_person_is_protected_no_address_is_due_and_what_was_told_is_withdrawn_without_a_notice(owing):
    first, second = addressed(owing)
    owing.told(of=first, parts=ADDRESS | IDENTITY)
    owing.book.record(event(Protected(ground="threat"), HOME, "P", 5))
    due = owing.due("update", of=second, parts=ADDRESS | IDENTITY)
    owed = duties(owing.sight, {}, [due])
    assert owed[second.ref, NEW].parts == IDENTITY
    made = {each.ref: (each.parts, each.kind, each.revision) for each in new_deliveries(owing.sight, owed)}
    assert made == {first.ref: (IDENTITY, None, 2), second.ref: (IDENTITY, "update", 1)}


def test_of_somebody_else_who_is_protected_the_address_goes_nowhere_that_tells_of_them_alone(owing):
    first, second = addressed(owing)
    sight = Sight(owing.book, owing.sight.record, sheltered=frozenset({first.ref}))
    owed = duties(sight, {}, [owing.due("update", of=each, parts=ADDRESS) for each in (first, second)])
    assert {ref: due.parts for (ref, _), due in owed.items()} == {first.ref: frozenset(), second.ref: ADDRESS}
