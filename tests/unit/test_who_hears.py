"""Who is told what, and who is not (catalogue, "Who is told what"; DESIGN.md T1 to T5), one rule at a time."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed, Redirected, Reopened, Settled
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MovedWithin, Returned
from events.catalogue.person import Changed, Merged, Protected, Registered, Unprotected
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, UNKNOWN, CaseRef, Other, town
from events.envelope import Ref
from tests.properties.world import World
from tests.unit.test_corrected_away import HOME, NEW, OTHER, THIRD
from tests.unit.test_who_asks import LAST, WHO, Asking

NAME = Changed(set={"name": "乙"}, ground="own_wish")


class Hearing(Asking):
    """HOME keeps somebody who lives in NEW."""

    def __init__(self) -> None:
        super().__init__()
        self.stay = self.lives("2026-03-02", NEW)

    def heard(self, ref: Ref) -> dict[str, set[str | None]]:
        """Who was told of the event, and as what."""
        told: dict[str, set[str | None]] = {}
        for delivery in self.world.said:
            if delivery.ref == ref:
                told.setdefault(delivery.to, set()).add(delivery.kind)
        return told

    def keepers(self) -> set[str | None]:
        """Whom all who hold the person take for the keeper."""
        held = [self.world.record(office, "P1") for office in self.world.books]
        return {record.keeper for record in held if record is not None}

    def further(self, office: str) -> Ref:
        fact = Arrived(kind="further", registration=town(HOME), stated=WHO)
        stay = self.on("2026-03-03", office, fact)
        self.record(HOME, Confirmed(case=CaseRef(stay, HOME, "inflow")))
        return stay


@pytest.fixture
def story() -> Hearing:
    return Hearing()


class TestTheChain:
    """Each open stay gets the chain with the replies that decide who is keeper."""

    @pytest.fixture
    def case(self, story):
        moved = RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved")
        return CaseRef(story.record(HOME, moved), OTHER, "registration")

    def test_falls_back_where_the_new_place_disputes(self, story, case):
        assert story.keepers() == {OTHER}
        story.record(OTHER, Disputed(case=case, reason="not_our_registration"))
        assert story.keepers() == {HOME}

    def test_goes_on_where_it_confirms_after_all(self, story, case):
        story.record(OTHER, Disputed(case=case, reason="not_our_registration"))
        story.record(HOME, Settled(case=case, whole="insisted"))
        story.record(HOME, Reopened(case=case, reason="doubt"))
        story.record(OTHER, Confirmed(case=case))
        assert story.keepers() == {OTHER}

    def test_goes_where_the_question_is_sent_on(self, story, case):
        story.record(OTHER, Redirected(case=case, to=THIRD))
        story.record(THIRD, Confirmed(case=CaseRef(case.opening, THIRD, "registration")))
        assert story.keepers() == {THIRD}

    def test_is_told_to_no_stay_that_ended(self, story, case):
        assert story.heard(story.on("2026-03-04", NEW, Left(stay=story.stay, destination=UNKNOWN))).keys() == {OTHER}
        again = RegistrationChanged(from_=town(OTHER), to=town(THIRD), ground="moved")
        assert NEW not in story.heard(story.record(OTHER, again))


class TestWhatEndsAStay:
    def test_is_asked_of_its_office_once_where_the_arrival_names_it_as_registration_place(self, story):
        """Its inflow notice says it already: that the person lives elsewhere by now is no second question."""
        there = story.on("2026-03-04", OTHER, Arrived(kind="main", registration=town(NEW), stated=WHO))
        assert story.heard(there)[NEW] == {"inflow"}

    @pytest.mark.parametrize("origin", [None, NEW])
    def test_is_matched_where_its_office_announced_just_this(self, story, origin):
        story.on("2026-03-03", NEW, Departed(stay=story.stay, destination=town(OTHER)))
        place = town(origin) if origin is not None else None
        there = story.on("2026-03-04", OTHER, Arrived(kind="main", registration=town(HOME), origin=place, stated=WHO))
        assert story.heard(there)[NEW] == {"matched"}

    def test_is_told_to_whoever_had_heard_of_the_stay_and_still_has_one(self, story):
        story.further(OTHER)
        assert story.heard(story.on("2026-03-04", NEW, Left(stay=story.stay, destination=ABROAD))).keys() == {
            HOME,
            OTHER,
        }

    def test_is_told_to_no_past_office_that_had_heard_of_the_stay(self, story):
        further = story.further(OTHER)
        story.on("2026-03-04", OTHER, Left(stay=further, destination=ABROAD))
        assert story.heard(story.on("2026-03-05", NEW, Left(stay=story.stay, destination=ABROAD))).keys() == {HOME}

    def test_is_asked_of_the_place_left_where_the_person_is_back(self, story):
        back = story.on("2026-03-04", HOME, Returned(address="6 Lake Road"))
        assert story.heard(back) == {NEW: {"moved-on"}}


class TestWhatHappensWhileAStayGoesOn:
    def test_is_told_to_the_keeper_and_not_to_other_stays_where_it_is_the_stays_own(self, story):
        story.further(OTHER)
        for fact in (
            MovedWithin(stay=story.stay, address="2 Lane"),
            Extended(stay=story.stay, stay_until="2027-01-01"),
        ):
            assert story.heard(story.on("2026-03-04", NEW, fact)) == {HOME: {"update"}}

    def test_is_told_to_open_stays_where_it_is_the_persons(self, story):
        story.further(OTHER)
        assert story.heard(story.record(HOME, NAME)) == {NEW: {"update"}, OTHER: {"update"}}

    def test_is_told_to_no_stay_that_nobody_confirmed(self, story):
        """The office asked first gets only what it needs; nothing of the keeper's flows back before that."""
        story.on("2026-03-03", OTHER, Arrived(kind="further", registration=town(HOME), stated=WHO))
        assert story.heard(story.record(HOME, NAME)).keys() == {NEW}

    def test_is_told_to_the_town_announced_while_it_waits(self, story):
        story.on("2026-03-03", NEW, Departed(stay=story.stay, destination=town(OTHER)))
        assert story.heard(story.record(HOME, NAME)) == {NEW: {"update"}, OTHER: {"update"}}
        story.lives("2026-03-04", THIRD)
        education = Changed(set={"education": "20"}, ground="other")
        assert story.heard(story.record(HOME, education)).keys() == {THIRD}

    def test_is_told_to_every_past_office_too_where_the_address_is_protected(self, story):
        story.on("2026-03-03", NEW, Left(stay=story.stay, destination=UNKNOWN))
        assert story.heard(story.record(HOME, Protected(ground="threat"))) == {NEW: {"update"}}
        assert story.heard(story.record(HOME, Unprotected(ground="other"))) == {NEW: {"update"}}
        assert LAST not in story.world.books


def test_a_newcomer_hears_of_the_other_stays_that_go_on_and_of_none_that_ended(story):
    further = story.further(OTHER)
    story.on("2026-03-04", OTHER, Left(stay=further, destination=ABROAD))
    gone_on = story.further(LAST)
    arrival = Arrived(kind="further", registration=town(HOME), stated=WHO)
    new = story.on("2026-03-05", THIRD, arrival)
    assert story.world.record(THIRD, "P1").facts.keys() == {new}, "nothing before it is confirmed"
    story.record(HOME, Confirmed(case=CaseRef(new, HOME, "inflow")))
    held = story.world.record(THIRD, "P1").facts
    assert {story.stay, gone_on, further} & held.keys() == {story.stay, gone_on}


class TestAnAmendment:
    """What is due is read again on the content as it now stands."""

    def corrects(self, story: Hearing, **changes: object) -> Ref:
        corrected = Corrected(target=story.stay, set=changes, fields=tuple(changes))
        return story.record(NEW, corrected)

    def test_is_a_correction_to_who_was_told_before_and_is_concerned_still(self, story):
        story.further(OTHER)
        corrected = self.corrects(story, reason="work")
        assert story.heard(corrected) == {HOME: {"correction"}, OTHER: {"correction"}}
        assert story.world.record(OTHER, "P1").facts[story.stay].corrections == (corrected,)

    def test_comes_with_the_first_notice_of_who_is_concerned_only_now_and_takes_back_what_others_were_told(self, story):
        corrected = self.corrects(story, registration=town(OTHER))
        assert story.heard(story.stay)[OTHER] == {"inflow"}
        assert story.heard(corrected) == {OTHER: {None}, HOME: {"correction"}}, "HOME keeps the person still"

    def test_is_a_retraction_to_who_is_concerned_no_more(self, story):
        there = story.on("2026-03-04", THIRD, Arrived(kind="main", registration=town(OTHER), stated=WHO))
        assert story.heard(there)[OTHER] == {"inflow"}
        corrected = Corrected(target=there, set={"registration": town(HOME)}, fields=("registration",))
        assert story.heard(story.record(THIRD, corrected))[OTHER] == {"retraction"}

    def test_that_takes_a_fact_back_goes_to_all_who_were_told_and_is_none_to_whom_it_was_not(self, story):
        further = story.further(OTHER)
        heard = story.heard(further).keys()
        taken_back = story.record(OTHER, Retracted(target=further))
        assert heard == {HOME, NEW}
        assert story.heard(taken_back) == {HOME: {"retraction"}, NEW: {"retraction"}}

    def test_of_an_amendment_goes_where_that_went(self, story):
        taken_back = story.record(NEW, Retracted(target=story.stay))
        after_all = story.record(NEW, Retracted(target=taken_back))
        assert story.heard(after_all).keys() == story.heard(taken_back).keys() == {HOME}
        assert story.world.record(HOME, "P1").main_stays[0].office == NEW


class TestTheFamily:
    SPOUSE = Other(stated={"name": "丁"}, at=OTHER)

    @pytest.fixture
    def married(self, story):
        story.record(HOME, TieBegan(tie="spouse", other=self.SPOUSE, ground="marriage"))
        return story

    def test_hears_the_name_and_where_the_person_mainly_lives_and_no_more(self, married):
        assert married.heard(married.record(HOME, NAME))[OTHER] == {"family"}
        there = married.lives("2026-03-04", THIRD)
        assert married.heard(there)[OTHER] == {"family"}
        assert {part for d in married.world.said if (d.ref, d.to) == (there, OTHER) for part in d.parts} == set()
        further = Arrived(kind="further", registration=town(HOME), stated=WHO)
        for day, office, fact in (("2026-03-05", LAST, further), ("2026-03-06", THIRD, MovedWithin(stay=there))):
            assert OTHER not in married.heard(married.on(day, office, fact))
        assert OTHER not in married.heard(married.record(HOME, Changed(set={"education": "20"}, ground="other")))

    def test_hears_the_end_of_the_tie_and_nothing_after_it(self, married):
        ended = married.on("2026-03-04", HOME, TieEnded(tie="spouse", other=self.SPOUSE, ground="divorce"))
        assert married.heard(ended)[OTHER] == {"family"}
        assert OTHER not in married.heard(married.record(HOME, NAME))
        assert OTHER not in married.heard(married.lives("2026-03-05", THIRD))

    def test_hears_as_family_while_nobody_confirmed_that_the_person_lives_there_too(self, married):
        """Once that is confirmed it is an open stay, and told as one."""
        arrival = Arrived(kind="further", registration=town(HOME), stated=WHO)
        case = CaseRef(married.on("2026-03-03", OTHER, arrival), HOME, "inflow")
        assert married.heard(married.record(HOME, NAME))[OTHER] == {"family"}
        married.record(HOME, Confirmed(case=case))
        again = Changed(set={"name": "丙"}, ground="own_wish")
        assert married.heard(married.record(HOME, again))[OTHER] == {"update"}


def contested(world: World) -> list[tuple[str, str]]:
    """Who asks whom which of two things is so."""
    return [(d.teller, d.to) for d in world.said if any(each.kind == "contested" for each in d.asked)]


class TestWhatCannotAllBeTrue:
    """Asked of each office that authored one of them, by the author of the one with the highest stamp."""

    def test_two_registrations_by_who_made_the_later_one_alone(self):
        story = Asking()
        story.world.now += 1_000_000
        entry = Registered(particulars=WHO, basis="first_record", registration=town(OTHER))
        story.record(OTHER, entry)
        assert contested(story.world) == [(OTHER, HOME)]

    def test_one_document_on_two_persons_by_who_recorded_it_later_alone(self):
        world = World(1, skew=False)
        arrived = Arrived(kind="main", registration=town(HOME), stated=WHO, opens=True)
        entry = Registered(particulars={**WHO, "name": "丙"}, basis="first_record", registration=town(HOME))
        for office, person, fact in ((NEW, "P2", arrived), (HOME, "P1", entry)):
            world.now += 1_000_000
            world.command(world.author(office, person, "2026-03-02", fact))
            world.drain()
        assert contested(world) == [(HOME, NEW)]

    def test_two_stays_of_one_day_by_the_keeper(self, story):
        there = story.on("2026-03-02", OTHER, Arrived(kind="main", registration=town(HOME), stated=WHO))
        assert set(contested(story.world)) == {(HOME, NEW), (HOME, OTHER)}
        assert "contested" in story.heard(there)[NEW]
        assert "contested" in story.heard(story.stay)[OTHER]


def test_two_that_each_keep_a_first_registration_know_so_also_where_one_only_confirmed_it():
    """Both tell each other their chain and replies: by its own record alone OTHER would have nobody beside it."""
    story = Asking()
    story.world = World(1, skew=False)
    entry = Registered(particulars=WHO, basis="first_record", registration=town(HOME))
    named = story.record(NEW, entry)
    story.record(HOME, Confirmed(case=CaseRef(named, HOME, "registration")))
    story.record(OTHER, Registered(particulars=WHO, basis="first_record", registration=town(OTHER)))
    for office in (HOME, OTHER, NEW):
        record = story.world.record(office, "P1")
        assert record is not None
        assert {found.kind for found in record.contradictions} == {"two_registrations"}, office


class TestAClaimGivenUp:
    """Whoever agreed to keep somebody whom nobody registered hears, with a notice, that another one does."""

    @pytest.fixture
    def claimed(self):
        """NEW says that HOME keeps the person; HOME sends the question on to OTHER, which agrees."""
        story = Hearing.__new__(Hearing)
        story.world = World(1, skew=False)
        arrival = story.record(NEW, Arrived(kind="main", registration=town(HOME), stated=WHO, opens=True))
        story.record(HOME, Redirected(case=CaseRef(arrival, HOME, "inflow"), to=OTHER))
        story.record(OTHER, Confirmed(case=CaseRef(arrival, OTHER, "inflow")))
        assert story.keepers() == {OTHER}
        return story

    def test_by_an_arrival_that_names_another(self, claimed):
        arrival = Arrived(kind="main", registration=town(HOME), origin=town(NEW), stated=WHO)
        there = claimed.on("2026-03-06", HOME, arrival)
        assert claimed.heard(there)[OTHER] == {"update"}


class TestAnEntryElsewhere:
    """A registered person is told to the registration place that the entry names."""

    @pytest.mark.parametrize(
        ("basis", "ask", "asks"),
        [("first_record", False, True), ("birth", False, True), ("register", False, False), ("register", True, True)],
    )
    def test_asks_it_but_for_an_opening_balance_that_does_not(self, basis, ask, asks):
        world = World(1, skew=False)
        entry = Registered(particulars=WHO, basis=basis, registration=town(HOME), ask=ask)
        event = world.author(NEW, "P1", "2026-03-02", entry)
        world.command(event)
        world.drain()
        told = [d for d in world.said if (d.ref, d.to) == (event.ref, HOME)]
        assert [(d.kind, bool(d.asked)) for d in told] == [("registration", asks)]

    def test_asks_nothing_of_who_keeps_the_person_by_a_merge_alone(self):
        """Who was named was asked; the keeper of the other entry learns of this one with the merge."""
        world = Asking().world

        def record(office: str, fact: Fact, *touches: str) -> Ref:
            event = world.author(office, "P2", "2026-03-02", fact, touches=touches)
            world.command(event)
            world.drain()
            return event.ref

        stranger = {"name": "戊"}  # no document tells that it is the same human
        entry = record(NEW, Registered(particulars=stranger, basis="first_record", registration=town(THIRD)))
        record(THIRD, Confirmed(case=CaseRef(entry, THIRD, "registration")))
        record(THIRD, Merged(other="P1", keeper=HOME), "P1")
        told = [d for d in world.said if d.ref == entry]
        assert {d.to for d in told} == {THIRD, HOME}
        assert {d.to for d in told if d.asked} == {THIRD}


class TestTheKeeperOfToday:
    def test_is_not_asked_about_a_move_to_another_place_before(self, story):
        first = story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved"))
        second = story.record(OTHER, RegistrationChanged(from_=town(OTHER), to=town(THIRD), ground="moved"))
        assert "registration" in story.heard(second)[THIRD]
        assert "registration" not in story.heard(first)[THIRD]
        asked = {d.to for d in story.world.said if d.ref == first and d.asked}
        assert asked == {OTHER}

    def test_what_it_answers_about_one_stay_is_no_news_to_another(self, story):
        story.further(OTHER)
        arrival = Arrived(kind="further", registration=town(HOME), stated=WHO)
        case = CaseRef(story.on("2026-03-04", THIRD, arrival), HOME, "inflow")
        confirmed = story.record(HOME, Confirmed(case=case))
        assert story.heard(confirmed) == {THIRD: {"reply"}}
