"""How facts and deliveries are read once their offices were succeeded: by the person whom they are about."""

from itertools import permutations, product
from typing import Any

import msgspec
import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed, Redirected, Rejected, Reopened, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived
from events.catalogue.person import Merged, Registered, Stated
from events.catalogue.values import CaseRef, NoteKind, Other, Place, StayName, Tied, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.standing import may_amend, stand
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.grounds import counting
from exchange.protocol.inheriting import between_heirs, handed_on, inherited
from exchange.protocol.life.kinship import GROUND as FAMILY
from exchange.protocol.naming import named_ever
from exchange.protocol.offices import Offices, Succession
from exchange.protocol.questions.cases import MATCH, ONE_DOCUMENT, RIVAL_DOCUMENT
from exchange.protocol.view import view
from tests.unit.made_up import event

A, B, C, D = (f"11010100{n}000" for n in range(1, 5))
SPLIT = Offices(successions={A: Succession((B, C), {"P": C})})


def read(payload: Fact, person: str = "P", offices: Offices = SPLIT) -> Any:
    said = event(payload, A, person, 1)
    return inherited(stand([said], offices.author), offices).facts[said.ref]


def delivery(teller: str, to: str, **more: Any) -> Delivery:
    said: dict[str, Any] = {"parts": frozenset(), "ground": "named"}
    return Delivery(ref=Ref(D, "e1"), teller=teller, to=to, **said | more)


def test_the_author_is_who_answers_for_it_about_the_person():
    assert (read(Arrived(kind="main"), "P").author, read(Arrived(kind="main"), "Q").author) == (C, B)


def test_places_stays_cases_and_keepers_speak_of_todays_offices():
    arrived = read(Arrived(kind="main", registration=town(A), origin=Place("abroad", last=A), ends=(StayName(town=A),)))
    assert (arrived.payload.registration.code, arrived.payload.origin.last) == (C, C)
    assert arrived.payload.ends[0].town == C
    assert read(Merged(other="Q", keeper=A)).payload.keeper == C
    answer = read(Redirected(case=CaseRef(Ref(A, "e0"), A, "inflow"), to=A)).payload
    assert (answer.to, answer.case.asked) == (C, C)
    assert answer.case.opening == Ref(A, "e0")  # a name of an event, and no office


def test_so_does_what_a_correction_sets_and_what_another_set_before_it():
    """Whom a correction named by mistake for a while is told so by its heir."""
    arrival = event(Arrived(kind="main", registration=town(D)), D, "P", 1)
    wrong = event(Corrected(target=arrival.ref, set={"registration": {"kind": "town", "code": A}}), D, "P", 2)
    mended = {"set": {"registration": {"kind": "town", "code": B}, "name": A}}
    right = event(Corrected(target=wrong.ref, set=mended), D, "P", 3)
    facts = inherited(stand([arrival, wrong, right], SPLIT.author), SPLIT).facts
    assert named_ever(facts[arrival.ref], facts, "inflow") == {B, C, D}
    said = facts[right.ref].payload
    assert isinstance(said, Corrected)
    assert said.set["set"]["name"] == A, "no office"


@pytest.mark.parametrize("field", ["to", "keeper"])
def test_an_office_that_a_correction_names_by_its_code_is_todays(field):
    fact = Corrected(target=Ref(A, "e0"), set={field: A})
    assert read(fact).payload.set == {field: C}


@pytest.mark.parametrize("field", ["from", "to", "registration", "origin", "destination"])
@pytest.mark.parametrize("naming", ["code", "last"])
def test_so_is_that_of_a_place_that_it_sets(field, naming):
    kind = "town" if naming == "code" else "abroad"
    fact = Corrected(target=Ref(A, "e0"), set={field: {"kind": kind, naming: A}})
    assert read(fact).payload.set == {field: {"kind": kind, naming: C}}


def test_so_is_that_which_is_said_to_hold_the_other_of_a_tie():
    fact = Corrected(target=Ref(A, "e0"), set={"other": {"at": A, "stated": {"name": "乙"}}})
    assert read(fact).payload.set == {"other": {"at": C, "stated": {"name": "乙"}}}
    began = TieBegan(tie="spouse", other=Other(stated={"name": "乙"}, at=A), ground="marriage")
    assert read(began).payload.other.at == C


def test_so_is_that_whose_message_was_rejected():
    fact = Rejected(notification=Ref(D, "e0"), teller=A, reason="unreadable")
    assert (read(fact).payload.teller, read(fact).payload.notification) == (C, Ref(D, "e0"))


def test_a_stay_named_by_its_event_gets_the_office_that_has_it_today():
    [named] = read(Arrived(kind="main", ends=(StayName(stay=Ref(A, "e0")),))).payload.ends
    assert (named.stay, named.town) == (Ref(A, "e0"), C)


def test_whoever_a_statement_says_the_person_is_tied_to_is_held_by_todays_office():
    stated = Stated(ties=(Tied(tie="spouse", other=Other(stated={"name": "乙"}, at=A)),), basis="confirmed")
    [tied] = read(stated).payload.ties
    assert tied.other.at == C


def test_what_only_looks_like_the_code_of_an_office_stays():
    assert read(Arrived(kind="main", address=A)).payload.address == A


def test_of_two_that_were_told_at_once_the_heir_holds_the_parts_of_both():
    merged = Offices(successions={A: Succession((B,))})
    told = [delivery(D, A, parts=frozenset({"address"})), delivery(D, B, parts=frozenset({"identity"}))]
    [found] = handed_on([(each, "P") for each in told], merged)
    assert found.parts == {"address", "identity"}


def test_nothing_is_read_anew_where_nobody_was_succeeded():
    standing = stand([event(Confirmed(case=CaseRef(Ref(A, "e0"), A, "inflow")), A, "P", 1)])
    assert inherited(standing, Offices()) is standing


def test_only_the_heir_of_the_person_amends_what_the_old_office_recorded():
    target = event(Arrived(kind="main"), A, "P", 1)
    own = event(Retracted(target=target.ref), C, "P", 2)
    other = event(Retracted(target=target.ref), B, "P", 3)
    assert may_amend(own, target, SPLIT.author)
    assert not may_amend(other, target, SPLIT.author)


def test_a_delivery_goes_between_the_heirs_of_its_two_sides():
    assert between_heirs(delivery(A, D), "P", SPLIT).teller == C
    assert between_heirs(delivery(D, A), "Q", SPLIT).to == B


def test_what_two_offices_that_became_one_were_told_of_one_event_is_one_delivery_with_every_question():
    merged = Offices(successions={A: Succession((B,))})
    told = [delivery(D, A, asked=(Question("inflow", "2026-02-01"),)), delivery(D, B, asked=(Question("moved-on"),))]
    [found] = handed_on([(each, "P") for each in told], merged)
    assert found.to == B
    assert {question.kind for question in found.asked} == {"inflow", "moved-on"}


def test_of_two_revisions_the_latest_says_which_parts_there_are():
    merged = Offices(successions={A: Succession((B,))})
    told = [
        Delivery(ref=Ref(D, "e1"), teller=D, to=A, parts=frozenset({"address"}), ground="named"),
        Delivery(ref=Ref(D, "e1"), teller=D, to=B, parts=frozenset({"identity"}), ground="named", revision=2),
    ]
    [found] = handed_on([(each, "P") for each in told], merged)
    assert (found.parts, found.revision) == (frozenset(["identity"]), 2)


@pytest.mark.parametrize("turned", [False, True], ids=["told first", "told last"])
@pytest.mark.parametrize("revision", [1, 2])
@pytest.mark.parametrize(
    ("light", "heavy"),
    [
        (ONE_DOCUMENT, MATCH),
        (ONE_DOCUMENT, "keeper"),
        (MATCH, "named"),
        (MATCH, RIVAL_DOCUMENT),
        (FAMILY, "open_stay"),
        ("named", RIVAL_DOCUMENT),
    ],
)
def test_of_two_grounds_on_which_was_asked_the_one_stays_from_which_more_follows(light, heavy, revision, turned):
    """Whichever office it was put to, and whichever of the two was told again since."""
    merged = Offices(successions={A: Succession((B,))})
    told = [
        delivery(D, A, ground=light, revision=revision, asked=(Question("inflow"),)),
        delivery(D, B, ground=heavy, parts=frozenset({"identity"}), asked=(Question("inflow"),)),
    ]
    [found] = handed_on([(each, "P") for each in (told[::-1] if turned else told)], merged)
    assert (found.ground, found.revision) == (heavy, revision)


def test_of_what_three_offices_that_became_one_were_told_the_same_comes_whichever_is_read_first():
    """The latest told asks nothing; of the two before it each asked on another day."""
    merged = Offices(successions={A: Succession((B,)), C: Succession((B,))})
    told = [
        delivery(D, A, ground="keeper", kind="inflow", asked=(Question("moved-on", "2026-01-01"),)),
        delivery(D, B, parts=frozenset({"address"}), asked=(Question("moved-on", "2026-02-01"), Question("inflow"))),
        delivery(D, C, ground=FAMILY, revision=2),
    ]
    found = [handed_on([(each, "P") for each in order], merged) for order in permutations(told)]
    assert all(each == found[0] for each in found)
    assert (found[0][0].revision, found[0][0].parts) == (2, frozenset())


@pytest.mark.parametrize("revision", [1, 2])
def test_a_question_keeps_its_ground_whatever_else_is_told_of_the_event(revision):
    """It was put for the sake of a document alone, and ends with that."""
    merged = Offices(successions={A: Succession((B,))})
    told = [
        delivery(D, A, ground=ONE_DOCUMENT, asked=(Question("registration"),)),
        delivery(D, B, ground="two_registrations", parts=frozenset({"identity"}), revision=revision),
    ]
    [found] = handed_on([(each, "P") for each in told], merged)
    assert (found.ground, found.revision) == (ONE_DOCUMENT, revision)


GROUNDS = ("chain", FAMILY, MATCH, ONE_DOCUMENT, RIVAL_DOCUMENT)


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("due", GROUNDS)
def test_what_the_heir_is_told_again_is_read_as_it_was_told(due, asks):
    """What was told to the office that it took over is joined with it: the record would be another than was written."""
    merged = Offices(successions={A: Succession((B,))})
    question, another = (Question("inflow"),), (Question("moved-on"),)
    for one, other, *asked in product(GROUNDS, GROUNDS, [(), question], [(), question, another]):
        for revisions in ((1, 1), (1, 2), (2, 1)):
            first, second = (
                delivery(D, to, ground=ground, asked=put, revision=revision)
                for to, ground, put, revision in zip((A, B), (one, other), asked, revisions, strict=True)
            )
            [told] = handed_on([(first, "P"), (second, "P")], merged)
            again = delivery(
                D,
                B,
                ground=counting(told.ground, due, asked=bool(told.asked), asks=asks),
                asked=told.asked or (question if asks else ()),
                revision=told.revision + 1,
            )
            assert handed_on([(first, "P"), (again, "P")], merged) == [again]


def test_whichever_delivery_of_the_two_is_read_first_the_same_comes_of_them():
    """Told alike on two grounds, and with a notice on one of them: the notice stays, in the feed's order and in any."""
    merged = Offices(successions={A: Succession((B,))})
    told = [
        Delivery(ref=Ref(D, "e1"), teller=D, to=A, parts=frozenset(), ground="named", kind="update", act="e1"),
        Delivery(ref=Ref(D, "e1"), teller=D, to=B, parts=frozenset(), ground="no_chain"),
    ]
    found = [handed_on([(each, "P") for each in order], merged) for order in (told, told[::-1])]
    assert found[0] == found[1]
    assert (found[0][0].ground, found[0][0].kind) == ("named", "update")


@pytest.mark.parametrize("also", [ONE_DOCUMENT, MATCH])
@pytest.mark.parametrize("later", [True, False], ids=["and told again", "and told once"])
def test_a_question_put_to_the_office_named_is_shown_and_stands_though_its_document_was_matched_as_well(also, later):
    """The arrival named A; B, which A became one with, was told of it for the sake of a document."""
    merged = Offices(["110101000000"], successions={A: Succession((B,))})
    number = {"document.passport": {"number": "E12345678"}}
    arrival = event(Arrived(kind="main", registration=town(A), stated=number), D, "P", 1)
    corrected = event(Corrected(target=arrival.ref, set={"document.passport": None}), D, "P", 2)
    book = Book(D, merged)
    for own in (arrival, corrected):
        book.record(own)
    asked = {"kind": "inflow", "asked": (Question("inflow"),), "parts": frozenset({"identity"})}
    told: list[Any] = [
        Delivery(ref=arrival.ref, teller=D, to=A, ground="named", **asked),  # type: ignore[arg-type]  # as written
        Delivery(ref=arrival.ref, teller=D, to=B, ground=also, revision=1 + later, **asked),  # type: ignore[arg-type]
    ]
    for each in handed_on([(each, "P") for each in told], merged):
        book.tell(each)
    [record] = view(book)
    [case] = record.cases.values()
    assert (case.ref.asked, case.status, case.hidden, case.by_document) == (B, "open", False, False)


@pytest.mark.parametrize("first", [MATCH, RIVAL_DOCUMENT])
def test_who_asked_about_two_persons_with_one_document_still_asks_where_the_office_asked_became_one_with_another(first):
    """The keeper is a third office, and the teller had asked the other of the two something else."""
    merged = Offices(["110101000000"], successions={A: Succession((B,))})
    arrival = event(Arrived(kind="main", registration=town(C)), D, "P", 1)
    asked: list[tuple[str, str, NoteKind]] = [(A, MATCH, "inflow"), (B, RIVAL_DOCUMENT, "contested")]
    told = [
        Delivery(ref=arrival.ref, teller=D, to=to, parts=frozenset(), ground=ground, kind=kind, asked=(Question(kind),))
        for to, ground, kind in sorted(asked, key=lambda each: each[1] != first)
    ]
    book = Book(B, merged)
    for each in handed_on([(each, "P") for each in told], merged):
        book.receive(each, arrival)
    [record] = view(book)
    assert record.keeper == C
    assert {(case.ref.kind, case.asker) for case in record.cases.values()} == {("inflow", D), ("contested", D)}


def test_what_the_keeper_asked_as_well_it_still_asks_where_the_other_asker_became_one_with_the_office_asked():
    """D had asked B for the sake of a document that two persons have, and C about the same arrival as keeper."""
    merged = Offices(["110101000000"], successions={D: Succession((B,))})
    entry = event(Registered(basis="first_record", registration=town(C)), C, "P", 1)
    arrival = event(Arrived(kind="main", registration=town(C)), D, "P", 2)
    book = Book(B, merged)
    asked = {"to": B, "parts": frozenset(), "kind": "contested", "asked": (Question("contested"),)}
    told: list[Any] = [
        Delivery(ref=entry.ref, teller=C, to=B, parts=frozenset(), ground="opener"),
        Delivery(ref=arrival.ref, teller=D, ground=RIVAL_DOCUMENT, **asked),  # type: ignore[arg-type]  # as written
        Delivery(ref=arrival.ref, teller=C, ground="rival", **asked),  # type: ignore[arg-type]  # as written
    ]
    for each in handed_on([(each, "P") for each in told], merged):
        book.receive(each, {entry.ref: entry, arrival.ref: arrival}[each.ref])
    [record] = view(book)
    found = {case.ref.kind: (case.asker, case.status) for case in record.cases.values()}
    assert (record.keeper, found["contested"]) == (C, (C, "open"))


def test_what_an_office_asked_of_one_with_which_it_became_one_is_over_and_is_not_lost():
    """D alone had asked B, for the sake of a document that two persons have."""
    merged = Offices(["110101000000"], successions={D: Succession((B,))})
    entry = event(Registered(basis="first_record", registration=town(C)), C, "P", 1)
    arrival = event(Arrived(kind="main", registration=town(C)), D, "P", 2)
    question = Delivery(
        ref=arrival.ref,
        teller=D,
        to=B,
        parts=frozenset(),
        ground=RIVAL_DOCUMENT,
        kind="contested",
        asked=(Question("contested"),),
    )
    told = [Delivery(ref=entry.ref, teller=C, to=B, parts=frozenset(), ground="opener"), question]
    book = Book(B, merged)
    for each in handed_on([(each, "P") for each in told], merged):
        book.receive(each, {entry.ref: entry, arrival.ref: arrival}[each.ref])
    [record] = view(book)
    assert {(case.ref.kind, case.asker, case.status) for case in record.cases.values()} == {
        ("contested", B, "withdrawn")
    }


def test_who_was_handed_the_answer_to_such_a_question_does_not_take_itself_for_the_one_who_asks():
    """D had asked B whether the person moved on, and became one with it. C keeps the person since: it showed a dispute
    to decide upon, which B, and nobody, waits for (histories, seeds 892 and 3538).
    """
    merged = Offices(["110101000000"], successions={D: Succession((B,))})
    book = Book(C, merged)
    arrival = event(Arrived(kind="main", registration=town(A), origin=town(A)), D, "P", 2)
    case = CaseRef(arrival.ref, B, "moved-on")
    book.record(event(Registered(basis="first_record", registration=town(C)), C, "P", 1))
    for each in (arrival, event(Disputed(case=case, reason="other"), B, "P", 3)):
        book.receive(Delivery(ref=each.ref, teller=B, to=C, parts=frozenset(), ground="hand_over"), each)
    [record] = view(book)
    assert [(c.asker, c.status, c.hidden) for c in record.cases.values()] == [(B, "withdrawn", True)]


def test_who_took_over_such_a_question_and_does_not_keep_the_person_asks_no_more_either():
    """A part of what B was became A, which holds the question as its own; C, which keeps the person, never put it: with
    the dispute a case stood in the books of A and B that C, by its own book, had not to decide (histories, seed 4780).
    """
    merged = Offices(["110101000000"], successions={D: Succession((B,))})
    book = Book(A, merged)
    arrival = event(Arrived(kind="main", registration=town(C), origin=Place("abroad")), D, "P", 2)
    case = CaseRef(arrival.ref, B, "moved-on")
    registered = event(Registered(basis="first_record", registration=town(C)), C, "P", 1)
    for each in (registered, arrival, event(Disputed(case=case, reason="other"), B, "P", 3)):
        book.receive(Delivery(ref=each.ref, teller=each.author, to=A, parts=frozenset(), ground="hand_over"), each)
    question = (Question("moved-on", "2026-04-01"),)
    book.tell(Delivery(ref=arrival.ref, teller=A, to=B, parts=frozenset(), ground="stay_thread", asked=question))
    [record] = view(book)
    assert [(c.asker, c.status, c.hidden) for c in record.cases.values()] == [(B, "withdrawn", True)]


def test_what_the_keeper_put_again_before_the_office_asked_took_it_over_is_asked_by_nobody_else():
    """B keeps the person and asks C whether they moved on, as A had; then C takes B over, which asks itself nothing. So
    the author of the arrival, which asked nothing, holds nothing open either.
    """
    offices = Offices(["110000000000"], {B: Succession((C,))})
    book = Book(D, offices)
    entry = event(Registered(basis="first_record", registration=town(B)), B, "P", 1)
    arrival = event(Arrived(kind="main"), D, "P", 2)
    case = CaseRef(arrival.ref, C, "moved-on")
    said: list[Fact] = [Withdrawn(case=case, ground="no_longer_stands"), Reopened(case=case, reason="stands_again")]
    withdrawn, reopened = (
        msgspec.structs.replace(made, frame=msgspec.structs.replace(made.frame, actor=SYSTEM_ACTOR))
        for made in (event(fact, by, "P", 3 + at) for at, (fact, by) in enumerate(zip(said, (A, B), strict=True)))
    )
    book.record(arrival)
    for told in (entry, withdrawn, reopened):
        book.receive(Delivery(ref=told.ref, teller=told.author, to=D, parts=frozenset(), ground="named"), told)
    [record] = view(book)
    assert (record.keeper, record.cases[case].status) == (C, "withdrawn")


def test_what_the_office_asked_put_again_that_it_had_withdrawn_itself_is_open():
    """It took back every stay that it had recorded, and then not."""
    offices = Offices(["110000000000"], {A: Succession((B,))})
    book = Book(D, offices)
    arrival = event(Arrived(kind="main"), D, "P", 1)
    case = CaseRef(arrival.ref, C, "moved-on")
    book.record(arrival)
    for stamp, fact in enumerate([Withdrawn(case=case, ground="no_longer_stands"), Reopened(case=case, reason="x")], 2):
        made = event(fact, C, "P", stamp)
        made = msgspec.structs.replace(made, frame=msgspec.structs.replace(made.frame, actor=SYSTEM_ACTOR))
        book.receive(Delivery(ref=made.ref, teller=C, to=D, parts=frozenset(), ground="named"), made)
    [record] = view(book)
    assert record.cases[case].status == "open"
