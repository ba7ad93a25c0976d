"""A redirect that is taken back, or corrected: whom it named is asked no more, and keeps nothing."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Redirected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered, Stated
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER, THIRD, FOURTH = OFFICES[:5]


class Story:
    """Somebody arrives in NEW and names HOME, which says by mistake that OTHER is to be asked."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        arrived = Arrived(kind="main", registration=town(HOME), stated={"name": "甲"}, opens=True)
        self.arrival = self.record(NEW, arrived)
        self.redirect = self.record(HOME, Redirected(case=CaseRef(self.arrival, HOME, "inflow"), to=OTHER))

    def record(self, office: str, fact: Fact) -> Ref:
        event = self.world.author(office, "P1", "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def at(self, office: str, asked: str) -> str:
        record = self.world.record(office, "P1")
        assert record is not None
        return record.cases[CaseRef(self.arrival, asked, "inflow")].status

    def both(self, asked: str) -> str:
        """The state, the same for the office asked and for the asker."""
        (found,) = {self.at(office, asked) for office in (NEW, asked)}
        return found

    def confirms(self, office: str, *deviations: Deviation) -> None:
        self.record(office, Confirmed(case=CaseRef(self.arrival, office, "inflow"), deviations=deviations))

    def recognised(self) -> bool:
        """Whether the stay counts as confirmed in the town where it is."""
        record = self.world.record(NEW, "P1")
        assert record is not None
        return record.recognised(record.open_stays[0])

    def knows(self, office: str) -> bool:
        return "identity" in self.world.books[office].parts(self.arrival)


@pytest.fixture
def story() -> Story:
    return Story()


def test_whom_the_redirect_names_is_asked_and_knows_whom_about(story):
    assert (story.both(HOME), story.both(OTHER)) == ("redirected", "open")
    assert story.knows(OTHER)


def test_taken_back_it_asks_nobody_but_the_office_asked_first(story):
    story.record(HOME, Retracted(target=story.redirect))
    assert (story.both(HOME), story.both(OTHER)) == ("open", "withdrawn")
    assert not story.knows(OTHER)


def test_corrected_it_asks_the_office_that_was_meant_and_no_other(story):
    story.record(HOME, Corrected(target=story.redirect, set={"to": THIRD}, fields=("to",)))
    assert (story.both(OTHER), story.both(THIRD)) == ("withdrawn", "open")
    assert (story.knows(OTHER), story.knows(THIRD)) == (False, True)


def test_after_all_right_it_asks_again(story):
    taken_back = story.record(HOME, Retracted(target=story.redirect))
    story.record(HOME, Retracted(target=taken_back))
    assert (story.both(HOME), story.both(OTHER)) == ("redirected", "open")
    assert story.knows(OTHER)


def test_what_its_office_confirmed_is_withdrawn_with_the_redirect_and_recognises_nobody(story):
    story.confirms(OTHER)
    assert (story.both(OTHER), story.recognised()) == ("confirmed", True)
    story.record(HOME, Retracted(target=story.redirect))
    assert (story.both(HOME), story.both(OTHER)) == ("open", "withdrawn")
    assert (story.knows(OTHER), story.recognised()) == (False, False)
    story.confirms(HOME)
    assert (story.both(HOME), story.both(OTHER), story.recognised()) == ("confirmed", "withdrawn", True)


def test_so_is_what_it_confirmed_otherwise_though_it_waits_for_a_decision(story):
    story.confirms(OTHER, Deviation("name", "乙", "甲"))
    taken_back = story.record(HOME, Retracted(target=story.redirect))
    assert (story.both(HOME), story.both(OTHER), story.recognised()) == ("open", "withdrawn", False)
    story.record(HOME, Retracted(target=taken_back))
    assert (story.both(HOME), story.both(OTHER), story.recognised()) == ("redirected", "deviations", True)


def test_its_answer_stands_again_with_the_redirect_however_often(story):
    story.confirms(OTHER)
    for _ in range(2):
        taken_back = story.record(HOME, Retracted(target=story.redirect))
        assert (story.both(OTHER), story.recognised()) == ("withdrawn", False)
        story.record(HOME, Retracted(target=taken_back))
        assert (story.both(HOME), story.both(OTHER), story.recognised()) == ("redirected", "confirmed", True)
        assert story.knows(OTHER)


def test_a_correction_of_whom_it_names_does_the_same(story):
    story.confirms(OTHER)
    story.record(HOME, Corrected(target=story.redirect, set={"to": THIRD}, fields=("to",)))
    assert (story.both(OTHER), story.both(THIRD), story.recognised()) == ("withdrawn", "open", False)


def test_nor_is_anybody_asked_to_whom_it_sent_the_question_on(story):
    story.record(OTHER, Redirected(case=CaseRef(story.arrival, OTHER, "inflow"), to=THIRD))
    story.confirms(THIRD)
    story.record(HOME, Retracted(target=story.redirect))
    assert [story.both(office) for office in (HOME, OTHER, THIRD)] == ["open", "withdrawn", "withdrawn"]
    assert (story.knows(THIRD), story.recognised()) == (False, False)


def test_what_its_system_stated_as_keeper_stands_no_more(story):
    story.confirms(OTHER)
    held = story.world.record(NEW, "P1")
    assert [(s.author, s.void) for s in held.facts.of(Stated)] == [(OTHER, False)]
    story.record(HOME, Retracted(target=story.redirect))
    held = story.world.record(NEW, "P1")
    assert [(s.author, s.void) for s in held.facts.of(Stated)] == [(OTHER, True)]


def test_where_whoever_asked_corrects_whom_it_asks_the_last_answer_recognises_nobody_either(story):
    story.confirms(OTHER)
    story.record(NEW, Corrected(target=story.arrival, set={"registration": town(THIRD)}, fields=("registration",)))
    assert (story.both(OTHER), story.both(THIRD), story.recognised()) == ("withdrawn", "open", False)
    assert not story.knows(OTHER)


def test_what_it_was_handed_over_as_keeper_goes_as_well_as_what_it_was_asked_about():
    """The entry is older than the question; whoever gave the registration up handed it over with the rest."""
    story = Story()

    def record(office: str, fact: Fact) -> Ref:
        event = story.world.author(office, "P2", "2026-03-02", fact)
        story.world.command(event)
        story.world.drain()
        return event.ref

    entry = record(NEW, Registered(particulars={"name": "乙"}, basis="first_record", registration=town(NEW)))
    move = record(NEW, RegistrationChanged(from_=town(NEW), to=town(HOME), ground="moved"))
    redirect = record(HOME, Redirected(case=CaseRef(move, HOME, "registration"), to=OTHER))
    record(OTHER, Confirmed(case=CaseRef(move, OTHER, "registration")))
    held = story.world.books[OTHER]
    assert all("identity" in held.parts(ref) for ref in (entry, move))
    record(HOME, Retracted(target=redirect))
    assert not any(held.parts(ref) for ref in (entry, move))


class Left:
    """Somebody whom HOME keeps arrives in NEW from OTHER, which NEW asks itself whether the person moved on."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.record(HOME, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME)))
        said = Arrived(kind="main", registration=town(HOME), origin=town(OTHER), stated={"name": "甲"})
        self.arrival = self.record(NEW, said)

    def record(self, office: str, fact: Fact) -> Ref:
        event = self.world.author(office, "P1", "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def sends_on(self, office: str, to: str) -> Ref:
        return self.record(office, Redirected(case=CaseRef(self.arrival, office, "moved-on"), to=to))

    def asked(self, office: str) -> tuple[str, str] | None:
        """Who asks, and how it stands, the same for the office asked and for NEW; None where it is asked nothing."""
        records = [self.world.record(each, "P1") for each in (office, NEW)]
        case = CaseRef(self.arrival, office, "moved-on")
        states = [record.cases.get(case) if record is not None else None for record in records]
        (found,) = {None if each is None else (each.asker, each.status) for each in states}
        return found


def test_what_the_place_left_sends_on_is_asked_by_whoever_asked_it_however_far_it_goes():
    left = Left()
    assert left.asked(OTHER) == (NEW, "open")
    left.sends_on(OTHER, THIRD)
    assert left.asked(THIRD) == (NEW, "open")
    left.sends_on(THIRD, FOURTH)
    assert (left.asked(THIRD), left.asked(FOURTH)) == ((NEW, "redirected"), (NEW, "open"))
    left.record(FOURTH, Confirmed(case=CaseRef(left.arrival, FOURTH, "moved-on")))
    assert left.asked(FOURTH) == (NEW, "confirmed")
    assert left.asked(HOME) is None


def test_taken_back_the_place_left_is_asked_again_and_nobody_to_whom_it_was_sent():
    left = Left()
    redirect = left.sends_on(OTHER, THIRD)
    left.sends_on(THIRD, FOURTH)
    left.record(OTHER, Retracted(target=redirect, ground="recording_error"))
    assert [left.asked(each) for each in (OTHER, THIRD, FOURTH)] == [
        (NEW, "open"),
        (NEW, "withdrawn"),
        (NEW, "withdrawn"),
    ]


def test_corrected_the_town_that_was_meant_is_asked_and_the_other_no_more():
    left = Left()
    redirect = left.sends_on(OTHER, THIRD)
    left.record(OTHER, Corrected(target=redirect, set={"to": FOURTH}, fields=("to",)))
    assert (left.asked(THIRD), left.asked(FOURTH)) == ((NEW, "withdrawn"), (NEW, "open"))


def test_whoever_asks_asks_also_where_it_keeps_the_person_by_now_which_the_town_named_cannot_know():
    left = Left()
    left.record(HOME, RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"))
    left.sends_on(OTHER, THIRD)
    assert left.asked(THIRD) == (NEW, "open")


def test_the_keeper_who_did_not_ask_first_asks_nobody_to_whom_it_is_sent_on_again():
    left = Left()
    left.sends_on(OTHER, THIRD)
    left.sends_on(THIRD, FOURTH)
    received = left.world.books[FOURTH].received.values()
    assert [delivery.teller for delivery in received if delivery.asked] == [NEW]


def test_sent_back_to_whoever_asked_and_corrected_it_comes_to_rest():
    """No clerk may send a question back; but whom it was sent to may have become one with whoever asks."""
    left = Left()
    redirect = left.sends_on(OTHER, NEW)
    left.record(OTHER, Corrected(target=redirect, set={"to": THIRD}, fields=("to",)))
    assert (left.asked(OTHER), left.asked(THIRD)) == ((NEW, "redirected"), (NEW, "open"))


def test_nobody_sends_it_back_to_who_was_asked_before_and_sent_it_on_or_the_question_would_be_over(story):
    def refused(record, office: str, case: CaseRef, to: str) -> str | None:
        try:
            check(Redirected(case=case, to=to), "2026-03-02", office, record)
        except Illegal as error:
            return error.rule or error.code
        return None

    inflow = CaseRef(story.arrival, OTHER, "inflow")
    held = story.world.record(OTHER, "P1")
    seen = [refused(held, OTHER, inflow, to) for to in (HOME, NEW, THIRD)]
    assert seen == ["redirected_back.before", "redirected_back", None]
    left = Left()
    left.sends_on(OTHER, THIRD)
    left.sends_on(THIRD, FOURTH)
    moved_on = CaseRef(left.arrival, FOURTH, "moved-on")
    held = left.world.record(FOURTH, "P1")
    seen = [refused(held, FOURTH, moved_on, to) for to in (OTHER, THIRD, NEW, HOME)]
    assert seen == ["redirected_back.before", "redirected_back.before", "redirected_back", None]


class Kept(Left):
    """Somebody whom HOME keeps arrives in NEW; HOME asks OTHER, where the person lived, whether they moved on."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.record(HOME, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME)))
        self.arrives(OTHER, "2026-03-01")
        self.arrival = self.arrives(NEW, "2026-03-02")

    def arrives(self, office: str, day: str) -> Ref:
        said = Arrived(kind="main", registration=town(HOME), stated={"name": "甲"}, opens=True)
        arrival = self.world.author(office, "P1", day, said)
        self.world.command(arrival)
        self.world.drain()
        self.record(HOME, Confirmed(case=CaseRef(arrival.ref, HOME, "inflow")))
        return arrival.ref

    def refused(self, fact: Fact) -> tuple[str, str | None] | None:
        try:
            check(fact, "2026-03-03", OTHER, self.world.record(OTHER, "P1"))
        except Illegal as error:
            return error.code, error.field
        return None


def test_its_correction_is_not_taken_back_where_the_question_would_then_go_to_whoever_asks_it():
    """THIRD, named by a slip, keeps the person by now: nobody was asked any more."""
    kept = Kept()
    redirect = kept.sends_on(OTHER, THIRD)
    right = kept.record(OTHER, Corrected(target=redirect, set={"to": FOURTH}, fields=("to",)))
    assert kept.refused(Retracted(target=right)) is None
    kept.record(HOME, RegistrationChanged(from_=town(HOME), to=town(THIRD), ground="moved"))
    assert kept.refused(Retracted(target=right)) == ("earlier_state", "target")
    again = Corrected(target=right, set={"set": {"to": THIRD}}, fields=("set",))
    assert kept.refused(again) == ("redirected_back", "set.set.to")
    assert kept.refused(Corrected(target=redirect, set={"to": NEW}, fields=("to",))) is None
    assert kept.refused(Retracted(target=redirect)) is None


def test_nor_is_that_of_its_correction():
    kept = Kept()
    redirect = kept.sends_on(OTHER, THIRD)
    right = kept.record(OTHER, Corrected(target=redirect, set={"to": FOURTH}, fields=("to",)))
    also = kept.record(OTHER, Corrected(target=right, set={"set": {"to": NEW}}, fields=("set",)))
    kept.record(HOME, RegistrationChanged(from_=town(HOME), to=town(FOURTH), ground="moved"))
    assert kept.refused(Retracted(target=also)) == ("earlier_state", "target")
    kept.record(OTHER, Retracted(target=redirect))
    assert kept.refused(Retracted(target=also)) == ("earlier_state", "target"), "as it would ask again"


def test_taken_back_its_correction_leaves_it_as_it_stood_and_whom_it_named_has_answered(story):
    story.confirms(OTHER)
    right = story.record(HOME, Corrected(target=story.redirect, set={"to": THIRD}, fields=("to",)))
    story.confirms(THIRD)
    again = story.record(HOME, Retracted(target=right))
    assert [story.both(office) for office in (HOME, OTHER, THIRD)] == ["redirected", "confirmed", "withdrawn"]
    assert (story.recognised(), story.knows(OTHER), story.knows(THIRD)) == (True, True, False)
    story.record(HOME, Retracted(target=again))
    assert [story.both(office) for office in (HOME, OTHER, THIRD)] == ["redirected", "withdrawn", "confirmed"]
