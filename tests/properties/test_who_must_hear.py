"""Who must hear what, for both sides to show the same: histories that random ones once came to, written out."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.jurisdiction import Closed
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Changed, Deceased, Merged, Protected, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Other, town
from events.envelope import Ref
from tests.properties.succession import record as record_office
from tests.properties.test_histories import faults_of
from tests.properties.world import OFFICES, World

A, B, C, D, E = OFFICES[:5]
WHO = {"name": "甲"}


class Town:
    """One node with all offices and no skew: each fact is told before the next is recorded."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)

    def does(self, office: str, person: str, fact: Fact, day: str = "2026-01-05") -> Ref:
        event = self.world.author(office, person, day, fact)
        self.world.command(event)
        self.world.tick()
        self.world.drain()
        return event.ref

    def keepers(self, person: str) -> dict[str, str | None]:
        """Who each office that holds the person takes for the keeper."""
        records = {office: self.world.record(office, person) for office in OFFICES}
        return {office: record.keeper for office, record in records.items() if record is not None}


def arrival(home: str | None, **more: object) -> Arrived:
    place = town(home) if home is not None else None
    return Arrived(registration=place, address="street", stated=WHO, **{"opens": True, **more})  # type: ignore[arg-type]


def test_the_keeper_that_a_merge_named_hears_that_the_registration_was_gained_elsewhere() -> None:
    story = Town()
    story.does(D, "P1", Registered(basis="first_record", registration=None, particulars=WHO))
    story.does(A, "P1", arrival(None, kind="main"))
    story.does(E, "P2", arrival(None, kind="further"))
    story.does(D, "P1", Merged(other="P2", keeper=C))
    story.does(A, "P2", RegistrationChanged(from_=None, to=town(A), ground="other"))
    assert set(story.keepers("P2").values()) == {A}
    assert C in story.keepers("P2")
    assert faults_of(story.world) == []


def test_openings_are_told_where_the_only_link_of_the_chain_is_disclaimed() -> None:
    story = Town()
    story.does(D, "P1", arrival(C, kind="main"))
    entry = story.does(B, "P1", Registered(basis="first_record", registration=town(C), particulars=WHO))
    story.does(E, "P1", arrival(None, kind="main"), "2026-01-10")  # who arrives later hears of no earlier stays
    story.does(C, "P1", Disputed(case=CaseRef(entry, C, "registration"), reason="identity_mismatch"))
    assert story.keepers("P1") == {B: D, C: D, D: D, E: D}
    assert faults_of(story.world) == []


def test_the_end_of_a_tie_reaches_the_keeper_from_an_office_that_holds_the_tie_alone() -> None:
    story = Town()
    entry = Registered(basis="first_record", registration=town(B), kind="main", particulars=WHO)
    stays = {person: story.does(B, person, entry) for person in ("P1", "P2")}
    story.does(B, "P2", Departed(stay=stays["P2"], destination=town(C)))
    story.does(C, "P2", arrival(B, kind="main", opens=False), "2026-01-10")
    spouse = Other(person="P1", at=E)  # whom B keeps, and E does not hold
    story.does(C, "P2", TieBegan(tie="spouse", other=spouse, ground="marriage"), "2026-01-11")
    ended = story.does(E, "P2", TieEnded(tie="spouse", other=spouse, ground="divorce"), "2026-01-12")
    assert story.keepers("P2") == {B: B, C: B, E: None}
    kept = story.world.record(B, "P2")
    assert kept is not None
    assert [tie.ended_by for tie in kept.ties] == [ended]
    assert kept.particulars["marital_status"] == "40"
    assert faults_of(story.world) == []


def test_a_stay_begun_by_the_entry_of_an_id_given_up_is_told_to_the_other_stays() -> None:
    story = Town()
    entry = Registered(basis="first_record", registration=town(B), kind="main", particulars=WHO)
    stays = {person: story.does(B, person, entry) for person in ("P1", "P2")}
    story.does(B, "P2", Merged(other="P1", keeper=B))
    stay = story.does(E, "P1", arrival(B, kind="further"), "2026-01-10")
    story.does(B, "P1", Confirmed(case=CaseRef(stay, B, "inflow")))
    shown = story.world.record(E, "P1")
    assert shown is not None
    assert {each.id for each in shown.open_stays} == {*stays.values(), stay}
    assert faults_of(story.world) == []


def test_whoever_keeps_the_person_next_asks_nothing_of_what_another_asked() -> None:
    """Which of two entries is right their authors ask each other: the keeper only hears what was answered."""
    story = Town()
    story.does(A, "P1", Registered(basis="first_record", registration=town(A), particulars=WHO))
    second = story.does(B, "P1", Registered(basis="first_record", registration=town(B), particulars=WHO))
    question = CaseRef(second, A, "contested")
    story.does(A, "P1", Disputed(case=question, reason="other"))
    story.does(B, "P1", RegistrationChanged(from_=town(B), to=town(C), ground="moved"))
    assert set(story.keepers("P1").values()) == {C}
    records = {office: story.world.record(office, "P1") for office in (A, B, C)}
    seen = {office: record.cases[question] for office, record in records.items() if record is not None}
    assert {office: (state.asker, state.status) for office, state in seen.items()} == {
        A: (B, "disputed"),
        B: (B, "disputed"),
        C: (B, "disputed"),
    }
    record_office(story.world, B, Closed())  # nobody waits for its decision any more
    assert {record.cases[question].status for office in (A, C) if (record := story.world.record(office, "P1"))} == {
        "withdrawn"
    }


def abroad_from(office: str) -> tuple[Town, Ref]:
    """Somebody whom A keeps, and who lived at the office, left it for C."""
    story = Town()
    story.does(A, "P1", Registered(basis="first_record", registration=town(A), particulars=WHO))
    stay = story.does(office, "P1", arrival(A, kind="main"), "2026-01-06")
    story.does(A, "P1", Confirmed(case=CaseRef(stay, A, "inflow")), "2026-01-06")
    return story, story.does(office, "P1", Left(stay=stay, destination=town(C)), "2026-01-07")


@pytest.mark.parametrize(
    ("by", "fact"),
    [(A, Returned(address="home")), (A, Deceased()), (D, arrival(A, kind="main"))],
    ids=["returned", "died", "arrived elsewhere"],
)
def test_a_town_waits_no_more_for_whom_an_office_announced_that_holds_no_stay_of_theirs(by: str, fact: Fact) -> None:
    story, left = abroad_from(B)
    story.does(by, "P1", fact, "2026-01-08")
    for office in (B, C):
        record = story.world.record(office, "P1")
        assert record is not None
        assert record.cases[CaseRef(left, C, "outflow")].status == "withdrawn"
    held = story.world.record(C, "P1")
    assert held is not None
    assert [each.payload.type for each in held.facts.values() if each.day == "2026-01-08"] == []  # not why
    assert faults_of(story.world) == []


def test_who_was_told_to_wait_no_more_takes_no_later_arrival_for_the_one_announced() -> None:
    story, _ = abroad_from(B)
    story.does(D, "P1", arrival(A, kind="main"), "2026-01-08")
    later = story.does(C, "P1", arrival(A, kind="further", opens=False), "2026-01-09")
    assert {d.kind for d in story.world.said if d.ref == later and d.to == B} <= {None}
    assert faults_of(story.world) == []


def test_whoever_answered_the_keeper_of_before_is_not_asked_again_by_the_next() -> None:
    story = Town()
    story.does(A, "P1", Registered(basis="first_record", registration=town(A), particulars=WHO))
    stay = story.does(B, "P1", arrival(A, kind="main"), "2026-01-06")
    story.does(A, "P1", Confirmed(case=CaseRef(stay, A, "inflow")), "2026-01-06")
    back = story.does(A, "P1", Returned(address="home"), "2026-01-07")
    question = CaseRef(back, B, "moved-on")
    story.does(B, "P1", Confirmed(case=question), "2026-01-07")
    story.does(A, "P1", RegistrationChanged(from_=town(A), to=town(E), ground="moved"), "2026-01-08")
    asked = [d for d in story.world.said if d.asks and question in {case for case, _ in d.cases()}]
    assert [delivery.teller for delivery in asked] == [A]
    assert story.keepers("P1") == {A: E, B: E, E: E}
    assert faults_of(story.world) == []


def test_protection_holds_where_the_person_is_expected_and_where_they_were_registered_before() -> None:
    story, _ = abroad_from(B)
    story.does(A, "P1", RegistrationChanged(from_=town(A), to=town(E), ground="moved"), "2026-01-08")
    protected = story.does(E, "P1", Protected(ground="threat"), "2026-01-09")
    assert {office for office in OFFICES if story.world.book(office).holds(protected)} == {A, B, C, E}

    story = Town()  # and where they are expected only from then on
    stay = story.does(A, "P1", Registered(basis="first_record", registration=town(A), particulars=WHO, kind="main"))
    protected = story.does(A, "P1", Protected(ground="threat"))
    story.does(A, "P1", Departed(stay=stay, destination=town(C)), "2026-01-06")
    assert story.world.book(C).holds(protected)


def test_whoever_closed_since_tells_on_what_amends_what_it_told() -> None:
    """Its author cannot know whom the keeper told."""
    story = Town()
    story.does(A, "P1", Registered(basis="first_record", registration=town(A), particulars=WHO))
    for office, kind in ((B, "main"), (C, "further")):
        stay = story.does(office, "P1", arrival(A, kind=kind, opens=False), "2026-01-06")
        story.does(A, "P1", Confirmed(case=CaseRef(stay, A, "inflow")), "2026-01-06")
    protected = story.does(B, "P1", Protected(ground="threat"), "2026-01-07")
    record_office(story.world, A, Closed())
    taken_back = story.does(B, "P1", Retracted(target=protected), "2026-01-08")
    assert {(d.teller, d.to) for d in story.world.said if d.ref == taken_back} == {(B, A), (A, C)}
    shown = [record.protected for office in (A, B, C) if (record := story.world.record(office, "P1"))]
    assert shown == [None] * 3
    assert faults_of(story.world) == []


def test_a_statement_that_fell_with_its_cause_falls_where_the_cause_was_never_told() -> None:
    """A later stay hears of no earlier change, and would go on reading what was stated because of it."""
    story = Town()
    story.does(A, "P1", Registered(basis="first_record", registration=town(A), particulars=WHO))
    changed = None
    for office, kind, day in ((B, "main", "2026-01-06"), (C, "further", "2026-01-08")):
        stay = story.does(office, "P1", arrival(A, kind=kind), day)
        story.does(A, "P1", Confirmed(case=CaseRef(stay, A, "inflow")), day)
        changed = changed or story.does(A, "P1", Changed(set={"name": "乙"}), "2026-01-07")
    assert changed is not None
    assert not story.world.book(C).holds(changed)
    story.does(A, "P1", Retracted(target=changed), "2026-01-09")
    shown = [record.particulars for office in (A, B, C) if (record := story.world.record(office, "P1"))]
    assert shown == [WHO] * 3
    assert faults_of(story.world) == []
