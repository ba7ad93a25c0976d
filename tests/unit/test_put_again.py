"""A question that was withdrawn by itself, and stands, is put again: by who withdrew it, or asks it today (rule 11)."""

from __future__ import annotations

import msgspec
import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Deferred, Disputed, Noted, Reopened, Reply, Settled, Withdrawn
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.event import Event
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.duties import duties
from exchange.protocol.offices import Offices, Succession
from exchange.protocol.questions.replying import answer_of
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import view
from tests.unit.made_up import event

KEEPER, LEFT, LIVES, BEFORE = (f"11010100{n}000" for n in range(1, 5))


def asking(*words: Event, put: bool = True) -> Sight:
    """The keeper, that asked LEFT whether the person moved on to LIVES, if it put that question at all."""
    entry = event(Registered(basis="first_record", registration=town(KEEPER)), KEEPER, "P", 1)
    stay = event(Arrived(kind="main", registration=town(KEEPER), address="1 Lane"), LEFT, "P", 2)
    moved = event(Arrived(kind="main", registration=town(KEEPER)), LIVES, "P", 3, day="2026-02-01")
    book = Book(KEEPER, Offices(["110101000000"]))
    book.record(entry)
    for each in (stay, moved, *words):
        if each.author == KEEPER:
            book.record(each)
        else:
            told = Delivery(ref=each.ref, teller=each.author, to=KEEPER, parts=frozenset(), ground="named")
            book.receive(told, each)
    asked = (Question("moved-on", "2026-03-02"),)
    if put:
        book.tell(Delivery(ref=moved.ref, teller=KEEPER, to=LEFT, parts=frozenset(), ground="ended", asked=asked))
    [record] = view(book)
    return Sight(book, record)


def reopened(*words: Event, put: bool = True) -> list[Ref]:
    """The opening facts of what the keeper puts again."""
    sight = asking(*words, put=put)
    drafts = automatic(sight, duties(sight))
    return [draft.payload.case.opening for draft in drafts if isinstance(draft.payload, Reopened)]


def said(fact: Reply, author: str, stamp: int, actor: str = SYSTEM_ACTOR) -> Event:
    word = event(fact, author, "P", stamp)
    return msgspec.structs.replace(word, frame=msgspec.structs.replace(word.frame, actor=actor))


CASE = CaseRef(Ref(LIVES, "e03"), LEFT, "moved-on")
OVER = Withdrawn(case=CASE, ground="no_longer_stands")


@pytest.mark.parametrize("by", [KEEPER, BEFORE], ids=["by itself", "by who took itself for the keeper before"])
def test_what_the_keeper_asks_is_put_again_whoever_withdrew_it_while_it_was_keeper(by):
    """Else LEFT had a question that was over, and no office one that is open, where it came the other way round."""
    assert reopened(said(OVER, by, 4)) == [CASE.opening]


@pytest.mark.parametrize(("by", "actor"), [(LEFT, SYSTEM_ACTOR), (BEFORE, "clerk"), (KEEPER, "clerk")])
def test_what_the_office_asked_or_a_person_ended_is_not(by, actor):
    assert reopened(said(OVER, by, 4, actor)) == []


def test_nor_is_what_the_keeper_never_put():
    """Whoever withdrew it put it, and would go on taking it for withdrawn."""
    assert reopened(said(OVER, BEFORE, 4), put=False) == []


def test_two_who_both_take_themselves_for_the_keeper_do_not_go_on_for_ever():
    again = said(Reopened(case=CASE, reason="stands_again"), KEEPER, 5)
    assert reopened(said(OVER, BEFORE, 4), again, said(OVER, BEFORE, 6)) == []


def test_what_else_either_said_before_keeps_nobody_from_putting_it_again():
    """Only that the keeper itself put it again already."""
    noted = said(Noted(case=CASE, text="?"), KEEPER, 4, "clerk")
    assert reopened(noted, said(OVER, BEFORE, 5)) == [CASE.opening]
    again = said(Reopened(case=CASE, reason="stands_again"), BEFORE, 5)
    assert reopened(said(OVER, BEFORE, 4), again, said(OVER, BEFORE, 6)) == [CASE.opening]


@pytest.mark.parametrize(("answered", "status"), [(4, "confirmed"), (8, "open")], ids=["before", "after"])
def test_what_was_put_again_before_the_answer_came_in_stays_answered(answered, status):
    """The keeper withdrew the question, and put it again, and only then heard that LEFT had answered before: LEFT was
    asked once more for nothing (histories, seed 55300014). Who answers what was withdrawn is asked again.
    """
    answer = said(Confirmed(case=CASE), LEFT, answered, "clerk")
    again = said(Reopened(case=CASE, reason="stands_again"), KEEPER, 9)
    assert asking(answer, said(OVER, KEEPER, 5), again).record.cases[CASE].status == status


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Disputed(case=CASE, reason="other"), "disputed"),
        (Confirmed(case=CASE, deviations=(Deviation("name", "乙", "甲"),)), "deviations"),
    ],
    ids=["a dispute", "deviations"],
)
def test_so_does_an_answer_that_waits_for_a_decision(answer, status):
    """LEFT was asked once more what it had answered, and what it had said was decided by nobody."""
    words = [said(answer, LEFT, 4, "clerk"), said(OVER, KEEPER, 5), said(OVER, BEFORE, 6)]
    assert asking(*words).record.cases[CASE].status == "withdrawn"
    again = said(Reopened(case=CASE, reason="stands_again"), KEEPER, 7)
    state = asking(*words, again).record.cases[CASE]
    assert (state.status, [d.field for d in state.deviations], state.reason) == (
        status,
        [d.field for d in getattr(answer, "deviations", ())],
        getattr(answer, "reason", None),
    )
    assert reopened(*words, again) == []
    settled = said(Settled(case=CASE, whole="accepted"), KEEPER, 8, "clerk")
    assert asking(*words, again, settled).record.cases[CASE].status == "settled"
    by_hand = said(Reopened(case=CASE, reason="other"), KEEPER, 7, "clerk")
    assert asking(*words, by_hand).record.cases[CASE].status == "open", "a person asks anew"


def test_what_a_person_ended_since_waits_for_no_decision():
    """A later turn of the exchange asks anew: it brings back what it withdrew itself, not what somebody else did."""
    answer = said(Disputed(case=CASE, reason="other"), LEFT, 4, "clerk")
    words = [answer, said(OVER, KEEPER, 5), said(Reopened(case=CASE, reason="stands_again"), KEEPER, 6)]
    by_hand = said(Withdrawn(case=CASE, ground="no_longer_needed"), KEEPER, 7, "clerk")
    again = said(Reopened(case=CASE, reason="stands_again"), KEEPER, 8)
    assert asking(*words, by_hand, again).record.cases[CASE].status == "open"


def test_a_note_takes_no_answer_away():
    """What differs in parts that come later is told as more of the answer; it was told never, once somebody had noted
    something.
    """
    answer = said(Confirmed(case=CASE, deviations=(Deviation("name", "乙", "甲"),)), LEFT, 4, "clerk")
    record = asking(answer, said(Noted(case=CASE, text="?"), KEEPER, 5, "clerk")).record
    found = answer_of(record.cases[CASE], record.facts)
    assert found is not None
    assert found.ref == answer.ref


@pytest.mark.parametrize(
    ("by", "again"),
    [(BEFORE, []), (KEEPER, []), (LEFT, [CASE.opening])],
    ids=["whom it took over", "who asks", "itself"],
)
def test_the_office_asked_puts_again_what_it_withdrew_itself(by, again):
    """BEFORE had asked LEFT as keeper, and withdrew that; LEFT took BEFORE over, and put the question again, to itself:
    the author of the arrival, which had asked nothing, held it open (histories, seed 9951532).
    """
    over = by != LEFT
    book = Book(LEFT, Offices(["110101000000"], {BEFORE: Succession((LEFT,))} if over else {}))
    entry = event(Registered(basis="first_record", registration=town(KEEPER)), KEEPER, "P", 1)
    stay = event(Arrived(kind="main", registration=town(KEEPER), address="1 Lane"), LEFT, "P", 2)
    moved = event(Arrived(kind="main", registration=town(KEEPER)), LIVES, "P", 3, day="2026-02-01")
    asked = (Question("moved-on", "2026-03-02"),)
    book.record(stay)
    withdrawn = said(OVER, by, 4)
    for told, teller, puts in ((entry, KEEPER, ()), (moved, LIVES, ()), (moved, KEEPER, asked), (withdrawn, by, ())):
        if teller == LEFT:
            book.record(told)
        else:
            ground = "ended" if puts else "named"
            delivery = Delivery(ref=told.ref, teller=teller, to=LEFT, parts=frozenset(), ground=ground, asked=puts)
            book.receive(delivery, told)
    if over:
        book.tell(Delivery(ref=moved.ref, teller=LEFT, to=LEFT, parts=frozenset(), ground="ended", asked=asked))
    [record] = view(book)
    sight = Sight(book, record)
    drafts = automatic(sight, duties(sight))
    assert (record.cases[CASE].asker, record.cases[CASE].status) == (KEEPER, "withdrawn")
    assert [d.payload.case.opening for d in drafts if isinstance(d.payload, Reopened)] == again


def test_a_deferral_is_no_answer():
    """The question is put again with a day of its own, and may be deferred as often as any."""
    words = [said(Deferred(case=CASE, until="2026-06-01", reason="still_looking"), LEFT, 4, "clerk")]
    words += [said(OVER, KEEPER, 5), said(Reopened(case=CASE, reason="stands_again"), KEEPER, 6)]
    state = asking(*words).record.cases[CASE]
    assert (state.status, state.due_on, state.deferrals, state.again) == ("open", None, 0, 6)


@pytest.mark.parametrize(("kind", "ends"), [("moved-on", True), ("inflow", False)])
def test_whoever_took_back_every_stay_of_its_own_ends_whether_somebody_moved_on_and_nothing_else(kind, ends):
    """It is asked of whoever the person left, and they were never there; whether they are registered is asked still."""
    book = Book(LEFT, Offices(["110101000000"]))
    stay = event(Arrived(kind="main", registration=town(KEEPER), address="1 Lane"), LEFT, "P", 1)
    other = event(Arrived(kind="further", registration=town(KEEPER)), LEFT, "P", 2)
    said = Arrived(kind="main", registration=town(KEEPER), origin=town(LEFT))
    moved = event(said, LIVES, "P", 3, day="2026-02-01")
    for own in (stay, other):
        book.record(own)
    asked = (Question(kind, "2026-03-02"),)
    book.receive(
        Delivery(ref=moved.ref, teller=LIVES, to=LEFT, parts=frozenset(), ground="named", kind=kind, asked=asked), moved
    )

    def withdrawn() -> list[CaseRef]:
        [record] = view(book)
        drafts = automatic(Sight(book, record), {})
        return [draft.payload.case for draft in drafts if isinstance(draft.payload, Withdrawn)]

    book.record(event(Retracted(target=stay.ref), LEFT, "P", 4))
    assert withdrawn() == [], "the other stands"
    book.record(event(Retracted(target=other.ref), LEFT, "P", 5))
    assert withdrawn() == ([CaseRef(moved.ref, LEFT, kind)] if ends else [])
