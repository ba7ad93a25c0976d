"""What a case says is asked, in one sentence: by the fact that asks, and by whose turn it is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from events.catalogue.case import Confirmed, Disputed, Redirected, Reopened, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived, Departed, MainChanged
from events.catalogue.person import Changed, Deceased, Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Deviation, NoteKind, Other, Place, town
from events.envelope import Ref
from exchange.protocol.questions.answering import allowed, check
from exchange.protocol.questions.asking import question, quoting, sentence
from exchange.protocol.record import Contradiction
from exchange.protocol.refusals import AnsweredOtherwise
from exchange.translations import known
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER = OFFICES[:3]


class Story:
    """Somebody of HOME lives in NEW, which HOME has confirmed."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        here = Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME))
        self.first = self.record(HOME, here)
        self.arrival = self.record(NEW, self.arrives())
        self.inflow = CaseRef(self.arrival, HOME, "inflow")

    @staticmethod
    def arrives(**more: object) -> Arrived:
        stated = {"kind": "main", "registration": town(HOME), "stated": {"name": "甲"}, "opens": True, **more}
        return Arrived(**stated)  # type: ignore[arg-type]  # fields of the payload

    def record(self, office: str, fact: Fact, day: str = "2026-03-02", because: Ref | None = None) -> Ref:
        event = self.world.author(office, "P1", day, fact, because=because)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def asks(self, office: str, opening: Ref, asked: str, kind: NoteKind) -> str:
        record = self.world.record(office, "P1")
        assert record is not None
        found = sentence(record, record.cases[CaseRef(opening, asked, kind)])
        assert known(found)
        return found.removeprefix("question.")


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_stay_that_is_main_no_more_is_not_asked_whether_it_ended(story):
    story.record(HOME, Confirmed(case=story.inflow))
    second = story.record(OTHER, story.arrives(kind="further"), "2026-03-05")
    changed = story.record(OTHER, MainChanged(stay=second), "2026-03-06")
    assert story.asks(NEW, changed, NEW, "moved-on") == "main_changed"


def test_who_left_for_abroad_was_recorded_nowhere(story):
    gone = story.record(HOME, Departed(stay=story.arrival, destination=Place("abroad")), "2026-03-05")
    assert story.asks(NEW, gone, NEW, "moved-on") == "departed"


def test_a_movement_after_a_death_is_no_stay_of_the_same_day(story):
    died = story.record(HOME, Deceased(), "2026-03-01")
    assert story.asks(NEW, died, NEW, "contested") == "moved_after_death"


def test_two_stays_of_one_day_are(story):
    second = story.record(OTHER, story.arrives())
    assert story.asks(NEW, second, NEW, "contested") == "contested"


def test_two_first_registrations_are_none_either(story):
    again = Registered(particulars={"name": "甲"}, basis="first_record", registration=town(OTHER))
    story.record(OTHER, again)
    assert story.asks(OTHER, story.first, OTHER, "contested") == "two_registrations"


def test_two_stays_of_one_day_are_asked_about_as_such_also_where_a_registration_began_one():
    world = World(1, skew=False)
    for office, person in ((HOME, "P1"), (OTHER, "P2")):
        entry = Registered(particulars={"name": "甲"}, basis="first_record", registration=town(office), kind="main")
        world.command(world.author(office, person, "2026-03-02", entry))
    world.drain()
    world.command(world.author(OTHER, "P2", "2026-03-03", Merged(other="P1", keeper=HOME)))
    world.drain()
    record = world.record(HOME, "P1")
    assert record is not None
    contested = [state for ref, state in record.cases.items() if ref.kind == "contested"]
    assert {sentence(record, state) for state in contested} == {"question.contested"}


def test_a_death_goes_on_being_asked_of_who_gave_the_registration_up_since(story):
    """Only its author ever asks whether it is so: whoever is the keeper by now never did (histories, seed 4885)."""
    story.record(HOME, Confirmed(case=story.inflow))
    died = story.record(NEW, Deceased(), "2026-03-05")
    story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved"), "2026-03-01")
    for office in (HOME, NEW):
        record = story.world.record(office, "P1")
        assert record is not None
        assert record.keeper == OTHER
        assert record.cases[CaseRef(died, HOME, "update")].asker == NEW


def test_a_death_is_named(story):
    story.record(HOME, Confirmed(case=story.inflow))
    died = story.record(NEW, Deceased(), "2026-03-05")
    assert story.asks(HOME, died, HOME, "update") == "death"


@pytest.mark.parametrize(
    ("asks", "said"),
    [("amendment", "to_amend"), ("change", "to_change"), ("registration", "to_move"), ("stay", "stay")],
)
def test_a_request_says_what_it_wants(asks, said):
    assert question("request", "request.opened", asks) == f"question.{said}"
    assert known(f"question.{said}")


def test_who_has_to_decide_is_asked_that_and_the_other_side_is_not(story):
    differs = Deviation("name", ours="乙", yours="甲")
    story.record(HOME, Confirmed(case=story.inflow, deviations=(differs,)))
    assert story.asks(NEW, story.arrival, HOME, "inflow") == "decide_deviations"
    assert story.asks(HOME, story.arrival, HOME, "inflow") == "inflow"


def test_a_question_is_quoted_to_whom_it_does_not_speak(story):
    def around(office: str) -> str | None:
        record = story.world.record(office, "P1")
        assert record is not None
        return quoting(record, record.cases[story.inflow])

    assert (around(HOME), around(NEW)) == (None, "question.of_yours")
    story.record(HOME, Disputed(case=story.inflow, reason="person_unknown"))
    assert around(NEW) is None  # who has to decide
    story.record(NEW, Redirected(case=story.inflow, to=OTHER))
    assert around(NEW) == "question.of_yours"


def test_whoever_only_keeps_the_person_hears_what_others_ask_each_other(story):
    story.record(HOME, Confirmed(case=story.inflow))
    second = story.record(OTHER, story.arrives(origin=town(NEW)), "2026-03-05")
    moved_on = CaseRef(second, NEW, "moved-on")
    story.record(NEW, Disputed(case=moved_on, reason="other"))  # of the question itself it hears nothing
    record = story.world.record(HOME, "P1")
    assert record is not None
    assert quoting(record, record.cases[moved_on]) == "question.of_others"


def test_of_a_dispute_too(story):
    story.record(HOME, Disputed(case=story.inflow, reason="person_unknown"))
    assert story.asks(NEW, story.arrival, HOME, "inflow") == "decide_dispute"
    story.record(NEW, Redirected(case=story.inflow, to=OTHER))
    assert story.asks(OTHER, story.arrival, OTHER, "inflow") == "inflow"


def test_what_is_open_again_for_some_fields_asks_about_these(story):
    story.record(HOME, Confirmed(case=story.inflow))
    story.record(NEW, Reopened(case=story.inflow, reason="doubt", fields=("name",)))
    assert story.asks(HOME, story.arrival, HOME, "inflow") == "open_again"


def test_a_request_is_answered_by_the_act_and_not_by_a_word(story):
    """Rule: a request closes as answered by the act that does it, or is disputed; the word would pass for the deed."""
    story.record(HOME, Confirmed(case=story.inflow))
    case = CaseRef(story.record(NEW, RequestOpened(to=HOME, asks="change", wanted={"name": "乙"})), HOME, "request")
    record = story.world.record(HOME, "P1")
    assert "case.confirmed" not in allowed(case, "2026-03-03", HOME, record, 1)
    with pytest.raises(AnsweredOtherwise):
        check(Confirmed(case=case), "2026-03-03", HOME, record, 1)


def test_what_a_request_wants_to_be_otherwise_is_under_objection_on_both_sides_while_it_is_open(story):
    story.record(HOME, Confirmed(case=story.inflow))
    request = story.record(NEW, RequestOpened(to=HOME, asks="change", wanted={"name": "乙"}))
    assert [story.world.record(office, "P1").objected for office in (HOME, NEW)] == [("name",)] * 2
    story.record(HOME, Changed(set={"name": "乙"}, ground="own_wish"), because=request)
    assert [story.world.record(office, "P1").objected for office in (HOME, NEW)] == [()] * 2


def test_that_somebody_still_lives_there_is_said_in_a_word(story):
    story.record(HOME, Confirmed(case=story.inflow))
    asks = RequestOpened(to=NEW, asks="stay", about=story.arrival)
    case = CaseRef(story.record(HOME, asks), NEW, "request")
    assert "case.confirmed" in allowed(case, "2026-03-03", NEW, story.world.record(NEW, "P1"), 1)


def test_while_the_asker_decides_on_a_dispute_the_other_side_reads_what_it_was_asked(story):
    """Not that the case is open again, which it was before."""
    story.record(HOME, Confirmed(case=story.inflow))
    story.record(NEW, Reopened(case=story.inflow, reason="doubt", fields=("name",)))
    story.record(HOME, Disputed(case=story.inflow, reason="other"))
    assert story.asks(HOME, story.arrival, HOME, "inflow") == "inflow"


def test_what_contradicts_the_fact_says_nothing_of_another_question_about_it(story):
    story.record(HOME, Deceased(), "2026-03-01")
    assert story.world.record(HOME, "P1").contradictions
    assert story.asks(HOME, story.arrival, HOME, "inflow") == "inflow"


def test_one_document_on_two_persons_is_named_though_the_other_person_stands_in_another_dossier():
    world = World(1, skew=False)
    known = {"document.passport": {"number": "E11111111"}}
    arrived = Arrived(kind="main", registration=town(HOME), stated={"name": "乙", **known}, opens=True)
    entry = Registered(particulars={"name": "甲", **known}, basis="first_record", registration=town(HOME))
    for office, person, fact in ((NEW, "P2", arrived), (HOME, "P1", entry)):
        world.command(world.author(office, person, "2026-03-02", fact))
        world.drain()
    for office in (HOME, NEW):
        record = world.record(office, "P1")
        assert record is not None
        contested = [state for ref, state in record.cases.items() if ref.kind == "contested"]
        assert [sentence(record, state) for state in contested] == ["question.one_document"]


def test_of_several_contradictions_that_is_named_which_lies_between_the_fact_and_the_office_asked(story):
    """HOME says that OTHER's stay began after a death, and NEW recorded two marriages: NEW is asked about neither."""
    second = story.record(OTHER, story.arrives())
    story.record(HOME, Deceased(), "2026-03-01")
    for name in ("乙", "丙"):
        marriage = TieBegan(tie="spouse", other=Other(stated={"name": name}), ground="marriage")
        story.record(NEW, marriage, "2020-01-01")
    assert story.asks(NEW, second, NEW, "contested") == "contested"
    kinds = {found.kind for found in story.world.record(NEW, "P1").contradictions}
    assert kinds >= {"contested_stays", "moved_after_death", "two_spouses"}


def test_of_a_fact_that_the_book_does_not_hold_the_kind_of_the_question_is_all_that_is_said(story):
    """An answer alone was handed over."""
    record = story.world.record(HOME, "P1")
    elsewhere = CaseRef(Ref(OTHER, "unheard of"), HOME, "inflow")
    assert sentence(record, replace(record.cases[story.inflow], ref=elsewhere)) == "question.inflow"


@pytest.mark.parametrize(
    ("kind", "type_", "said"),
    [
        ("update", "person.deceased", "death"),
        ("update", "person.changed", "update"),
        ("moved-on", "movement.main_changed", "main_changed"),
        ("moved-on", "movement.departed", "departed"),
        ("moved-on", "movement.arrived", "moved-on"),
        ("contested", "person.registered", "two_registrations"),
        ("contested", "person.deceased", "moved_after_death"),
        ("contested", "tie.began", "two_spouses"),
        ("contested", "movement.arrived", "contested"),
        ("inflow", "movement.arrived", "inflow"),
        ("family", "tie.began", "family"),
        ("registration", None, "registration"),
    ],
)
def test_what_a_question_says_follows_from_its_kind_and_from_the_fact(kind, type_, said):
    assert question(kind, type_) == f"question.{said}"
    assert known(f"question.{said}")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("two_registrations", "two_registrations"),
        ("one_document", "one_document"),
        ("moved_after_death", "moved_after_death"),
        ("two_spouses", "two_spouses"),
        ("left_without_arrival", "left_without_arrival"),
        ("contested_stays", "contested"),
    ],
)
def test_each_contradiction_has_a_sentence_of_its_own(story, kind, said):
    record = story.world.record(HOME, "P1")
    between = (Contradiction(kind, (story.first, story.arrival)),)
    state = replace(record.cases[story.inflow], ref=CaseRef(story.arrival, HOME, "contested"))
    assert sentence(replace(record, contradictions=between), state) == f"question.{said}"
    assert known(f"question.{said}")
