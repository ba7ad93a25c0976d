"""What the town of a newcomer hears of those tied to them: nothing before the registration place has confirmed."""

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Left, MainChanged
from events.catalogue.person import Changed, Deceased, Registered
from events.catalogue.values import CaseRef, Other, TieKind, town
from events.envelope import Ref
from exchange.protocol.book import Delivery
from exchange.protocol.shown.notices import notices
from tests.properties.world import OFFICES, World

A, B, D, C, _ = OFFICES
ONE, SPOUSE = "P1", "P2"


class Couple:
    """ONE of A and the SPOUSE of whatever office, married, with both sides recorded by their keepers."""

    def __init__(self, spouse_of: str, tie: TieKind = "spouse", born: str = "1980-01-01") -> None:
        self.world = World(0, skew=False)
        self.homes = {ONE: A, SPOUSE: spouse_of}
        for person, home in self.homes.items():
            entry = {"name": person, "born_on": born if person == ONE else "1980-01-01"}
            self.does(home, person, Registered(basis="first_record", registration=town(home), particulars=entry))
        turned: TieKind = {"spouse": "spouse", "parent": "child"}[tie]  # type: ignore[assignment]  # of these two kinds
        self.ties = {
            ONE: self.does(A, ONE, TieBegan(tie=tie, other=Other(person=SPOUSE, at=spouse_of), ground="other")),
            SPOUSE: self.does(spouse_of, SPOUSE, TieBegan(tie=turned, other=Other(person=ONE, at=A), ground="other")),
        }

    def does(self, office: str, person: str, fact: Fact, day: str = "2020-01-01") -> Ref:
        self.world.tick()
        made = self.world.author(office, person, day, fact)
        self.world.command(made)
        self.world.drain()
        return made.ref

    def arrives(self, person: str = ONE, *, at: str = D, kind: str = "main", day: str = "2026-01-01") -> Ref:
        home = town(self.homes[person])
        stated = {"name": person}
        fact = Arrived(kind=kind, registration=home, origin=home, stated=stated, opens=True)  # type: ignore[arg-type]  # of two
        return self.does(at, person, fact, day)

    def confirms(self, arrival: Ref, person: str = ONE) -> Ref:
        home = self.homes[person]
        return self.does(home, person, Confirmed(case=CaseRef(arrival, home, "inflow")), "2026-01-02")

    def told(self, person: str, to: str = D) -> list[Delivery]:
        """What others told the office about the person: the latest revisions, but for what an opener is told."""
        book = self.world.book(to)
        about = [each for each in book.received.values() if book.event(each.ref).person == person]
        return [each for each in about if each.ground != "opener"]

    def kinds(self, person: str, to: str = D) -> list[str]:
        """The office's notices about the person."""
        record = self.world.record(to, person)
        return [each.kind for each in notices(self.world.book(to), record)] if record is not None else []


@pytest.mark.parametrize("home", [A, B])
def test_before_the_stay_is_confirmed_its_town_hears_of_nobody(home):
    couple = Couple(home)
    couple.arrives()
    assert couple.told(SPOUSE) == []
    assert couple.told(ONE) == []


@pytest.mark.parametrize("home", [A, B])
def test_with_the_confirmation_it_hears_who_they_are_in_one_notice_of_that_act(home):
    couple = Couple(home)
    answer = couple.confirms(couple.arrives())
    assert couple.kinds(SPOUSE) == ["family"]
    told = couple.told(SPOUSE)
    assert {each.teller for each in told} == {A}
    assert {each.act for each in told} == {couple.world.book(A).event(answer).frame.submission}
    assert any("identity" in each.parts for each in told)
    assert not any("address" in each.parts for each in told)


def test_what_happens_to_them_later_is_passed_on_by_whoever_keeps_the_newcomer():
    couple = Couple(B)
    couple.confirms(couple.arrives())
    name = couple.does(B, SPOUSE, Changed(set={"name": "P2 anew"}), "2026-02-01")
    death = couple.does(B, SPOUSE, Deceased(), "2026-03-01")
    assert {(each.ref, each.teller) for each in couple.told(SPOUSE)} >= {(name, A), (death, A)}
    assert couple.kinds(SPOUSE) == ["family"] * 3


def test_a_stay_that_a_keeper_denies_is_no_reason_to_tell_its_town_anything():
    couple = Couple(B)
    couple.arrives()
    couple.does(B, SPOUSE, Changed(set={"name": "P2 anew"}), "2026-02-01")
    assert couple.told(SPOUSE) == []


def test_what_follows_from_the_town_s_own_act_comes_without_a_notice():
    couple = Couple(B)
    couple.confirms(couple.arrives(at=C))
    stay = couple.arrives(kind="further", day="2026-01-05")
    couple.confirms(stay)
    assert couple.told(SPOUSE) == []
    couple.does(D, ONE, MainChanged(stay=stay), "2026-02-01")
    assert couple.told(SPOUSE) != []
    assert couple.kinds(SPOUSE) == []


def test_of_newcomers_confirmed_one_after_the_other_each_has_one_notice():
    couple = Couple(A)
    first, second = couple.arrives(), couple.arrives(SPOUSE)
    couple.confirms(first)
    assert couple.told(SPOUSE) == []
    couple.confirms(second, SPOUSE)
    assert (couple.kinds(ONE), couple.kinds(SPOUSE)) == (["reply"], ["reply"])


def test_the_keeper_of_the_other_hears_though_it_says_that_the_person_lives_there_too():
    couple = Couple(B)
    couple.arrives(at=B)
    death = couple.does(A, ONE, Deceased(), "2026-03-01")
    assert death in {each.ref for each in couple.told(ONE, B)}


def test_a_tie_that_ends_is_told_to_the_town_by_whoever_told_it_that_it_began():
    couple = Couple(B)
    couple.confirms(couple.arrives())
    end = couple.does(B, SPOUSE, TieEnded(tie="spouse", other=Other(person=ONE), ground="divorce"), "2026-02-01")
    assert (end, A) in {(each.ref, each.teller) for each in couple.told(SPOUSE)}


def test_whoever_has_the_other_as_a_resident_too_passes_on_what_the_statement_does_not_say():
    """In its record the keeper's statement has taken the place of the facts."""
    couple = Couple(B)
    couple.confirms(couple.arrives(SPOUSE, at=A), SPOUSE)
    couple.confirms(couple.arrives())
    assert (couple.ties[SPOUSE], A) in {(each.ref, each.teller) for each in couple.told(SPOUSE)}
    end = couple.does(B, SPOUSE, TieEnded(tie="spouse", other=Other(person=ONE), ground="divorce"), "2026-02-01")
    assert (end, A) in {(each.ref, each.teller) for each in couple.told(SPOUSE)}


def test_a_tie_taken_back_takes_with_it_what_the_town_was_told_for_its_sake():
    couple = Couple(B)
    couple.confirms(couple.arrives())
    couple.does(B, SPOUSE, Retracted(target=couple.ties[SPOUSE]), "2026-02-01")
    assert {each.parts for each in couple.told(SPOUSE)} == {frozenset()}


def test_the_town_to_which_a_child_comes_of_age_hears_nothing_of_the_parents():
    couple = Couple(B, "parent", "2008-01-01")
    stay = couple.arrives(day="2025-12-31")
    couple.confirms(stay)
    assert couple.told(SPOUSE) != []
    couple.does(D, ONE, Left(stay=stay), "2026-02-01")
    couple.confirms(couple.arrives(at=C, day="2026-02-02"))
    assert couple.told(SPOUSE, C) == []
