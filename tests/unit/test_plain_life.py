"""A plain life, folded line by line: what it says of stays, death and what only the whole view can tell."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import Changed, Deceased, Merged, Protected, Registered, Unprotected
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, UNKNOWN, CaseRef, Other, Place, StayName, town
from events.codec import freeze
from events.envelope import Ref
from events.event import Event, parts_of
from events.upcasts import UPCASTS
from exchange.protocol.offices import Offices, Succession
from exchange.protocol.plain.life import Residence
from exchange.protocol.plain.line import Line
from exchange.protocol.plain.outline import Outline, outlines, viewed
from exchange.protocol.plain.parts import Parts
from tests.unit.made_up import event

HOME, NEW, OTHER, OUTSIDE = "110101001000", "110108001000", "420115001000", "330106001000"
INSIDE = Offices([HOME, NEW, OTHER])


class Told:
    """What happened to a person, as it is stored; what is said later has the higher stamp, whatever its day."""

    def __init__(self, offices: Offices = INSIDE) -> None:
        self.events: list[Event] = []
        self.offices = offices
        self.opened: list[tuple[int, frozenset[str]]] = []

    def says(self, office: str, day: str, fact: Fact, *, about: str = "p") -> Ref:
        said = event(fact, office, about, len(self.events) + 1, day=day)
        self.events.append(said)
        return said.ref

    def _part(self, number: int, _line: Line, wanted: frozenset[str]) -> Parts:
        self.opened.append((number, wanted))
        return {name: held for name, held in parts_of(self.events[number].payload)[1].items() if name in wanted}

    def outline(self) -> Outline | None:
        """By the fold alone, which is what `view` says of the same; None where only that can tell."""
        found = outlines([freeze(each.frame) for each in self.events], tuple, self.offices, self._part)
        assert found in ((), viewed(self.events, self.offices, parts=True))
        return found[0] if found else None

    def plain(self) -> Outline:
        found = self.outline()
        assert found is not None
        return found

    def stay(self, ref: Ref) -> Residence:
        return next(stay for stay in self.plain().stays if stay.id == ref)


def registered(**more: Any) -> Registered:
    return Registered(**{"basis": "first_record", "registration": town(HOME), "particulars": {"name": "甲"}, **more})


def arrived(kind: Any = "main", **more: Any) -> Arrived:
    return Arrived(kind=kind, registration=town(HOME), **more)


def moved(to: Place | None, from_: Place | None = None) -> RegistrationChanged:
    return RegistrationChanged(from_=from_ or town(HOME), to=to, ground="moved")


@pytest.fixture
def told() -> Told:
    """Somebody registered in HOME."""
    told = Told()
    told.says(HOME, "2020-01-01", registered())
    return told


@pytest.fixture
def lives(told: Told) -> Ref:
    """... who lives in NEW since March."""
    return told.says(NEW, "2026-03-01", arrived())


class TestAMainStay:
    def test_lasts_until_a_main_arrival_of_a_later_day(self, told, lives):
        there = told.says(OTHER, "2026-04-01", arrived())
        assert (told.stay(lives).ended, told.stay(lives).ended_by) == ("2026-04-01", there)
        assert told.plain().lives_at == OTHER

    def test_goes_on_beside_a_further_one(self, told, lives):
        further = told.says(OTHER, "2026-04-01", arrived("further"))
        assert (told.stay(lives).ended, told.stay(further).kind) == (None, "further")
        assert told.plain().lives_at == NEW

    def test_that_begins_leaves_a_further_one_as_it_is(self, told):
        further = told.says(NEW, "2026-03-01", arrived("further"))
        told.says(OTHER, "2026-04-01", arrived())
        assert (told.stay(further).ended, told.stay(further).kind) == (None, "further")

    @pytest.mark.parametrize("by_town", [False, True])
    def test_that_ends_another_makes_the_one_that_goes_on_a_further_one(self, told, lives, by_town):
        further = told.says(OTHER, "2026-03-02", arrived("further"))
        name = StayName(town=OTHER) if by_town else StayName(stay=further)
        there = told.says(HOME, "2026-04-01", arrived(ends=(name,)))
        assert (told.stay(lives).ended, told.stay(lives).kind) == (None, "further")
        assert (told.stay(further).ended, told.stay(further).ended_by) == ("2026-04-01", there)

    def test_that_is_named_by_its_id_is_the_one_that_ends_whatever_town_is_named_with_it(self, told, lives):
        further = told.says(OTHER, "2026-03-02", arrived("further"))
        told.says(HOME, "2026-04-01", arrived(ends=(StayName(stay=further, town=NEW),)))
        assert (told.stay(lives).ended, told.stay(further).ended) == (None, "2026-04-01")

    def test_ends_by_a_return_of_the_same_day(self, told, lives):
        told.says(HOME, "2026-03-01", Returned(address="6 Lake"))
        assert told.stay(lives).ended == "2026-03-01"
        assert told.plain().lives_at == HOME

    def test_of_the_same_day_as_another_contests_it_which_only_the_view_can_tell(self, told, lives):
        told.says(OTHER, "2026-03-01", arrived())
        assert told.outline() is None

    def test_contests_none_that_was_over_by_then(self, told, lives):
        left = told.says(NEW, "2026-03-01", Left(stay=lives, destination=UNKNOWN))
        told.says(OTHER, "2026-03-01", arrived())
        assert told.stay(lives).ended_by == left

    def test_contests_none_of_the_day_that_it_ends_by_name(self, told, lives):
        told.says(OTHER, "2026-03-01", arrived(ends=(StayName(stay=lives),)))
        assert told.stay(lives).ended == "2026-03-01"

    def test_that_continues_another_only_the_view_can_tell(self, told, lives):
        told.says(OTHER, "2026-04-01", arrived(continues=StayName(stay=lives)))
        assert told.outline() is None

    def test_of_an_earlier_day_that_is_recorded_late_ends_by_the_later_one(self, told, lives):
        early = told.says(OTHER, "2026-02-01", arrived())
        assert (told.stay(early).ended, told.stay(lives).ended) == ("2026-03-01", None)

    def test_begins_with_the_entry_that_says_what_kind_it_is(self):
        told = Told()
        entry = told.says(HOME, "2020-01-01", registered(kind="main", address="6 Lake"))
        assert (told.stay(entry).kind, told.stay(entry).address) == ("main", "6 Lake")


class TestWhatEndsAStay:
    def test_is_its_leaving(self, told, lives):
        left = told.says(NEW, "2026-04-01", Left(stay=lives, destination=UNKNOWN))
        assert (told.stay(lives).ended, told.stay(lives).ended_by) == ("2026-04-01", left)
        assert told.plain().lives_at is None

    def test_is_the_first_that_ended_it(self, told, lives):
        there = told.says(OTHER, "2026-04-01", arrived())
        told.says(NEW, "2026-05-01", Left(stay=lives, destination=UNKNOWN))
        assert told.stay(lives).ended_by == there

    def test_is_no_departure_to_a_town_which_only_announces(self, told, lives):
        told.says(HOME, "2026-04-01", Departed(destination=town(OTHER)))
        assert told.stay(lives).ended is None

    def test_is_a_departure_abroad_for_every_main_stay(self, told, lives):
        further = told.says(OTHER, "2026-03-02", arrived("further"))
        told.says(HOME, "2026-04-01", Departed(destination=ABROAD))
        assert (told.stay(lives).ended, told.stay(further).ended) == ("2026-04-01", None)

    def test_is_a_departure_abroad_for_the_stay_that_it_names_alone(self, told, lives):
        further = told.says(OTHER, "2026-03-02", arrived("further"))
        told.says(OTHER, "2026-04-01", Departed(stay=further, destination=ABROAD))
        assert (told.stay(lives).ended, told.stay(further).ended) == (None, "2026-04-01")

    def test_is_no_departure_after_it_was_over(self, told, lives):
        there = told.says(OTHER, "2026-04-01", arrived())
        told.says(HOME, "2026-05-01", Departed(destination=ABROAD))
        assert (told.stay(lives).ended_by, told.stay(there).ended) == (there, "2026-05-01")

    def test_is_a_death_for_all_that_go_on(self, told, lives):
        further = told.says(OTHER, "2026-03-02", arrived("further"))
        told.says(HOME, "2026-04-01", Deceased())
        assert (told.stay(lives).ended, told.stay(further).ended) == ("2026-04-01", "2026-04-01")

    def test_is_no_death_after_it_was_over(self, told, lives):
        left = told.says(NEW, "2026-04-01", Left(stay=lives, destination=UNKNOWN))
        told.says(HOME, "2026-05-01", Deceased())
        assert told.stay(lives).ended_by == left

    @pytest.mark.parametrize(
        "fact",
        [
            Left(stay=Ref(NEW, "e99"), destination=UNKNOWN),
            MovedWithin(stay=Ref(NEW, "e99"), address="2 Lane"),
            Extended(stay=Ref(NEW, "e99"), stay_until="2027-01-01"),
            Departed(stay=Ref(NEW, "e99"), destination=ABROAD),
            Departed(stay=Ref(NEW, "e99"), destination=town(OTHER)),
        ],
        ids=lambda fact: fact.type,
    )
    def test_and_whatever_names_a_stay_that_is_not_there_only_the_view_can_tell(self, told, lives, fact):
        told.says(NEW, "2026-04-01", fact)
        assert told.outline() is None


class TestWhatIsKnownOfAStay:
    def test_until_when_it_is_to_last_is_what_was_said_last(self, told):
        lives = told.says(NEW, "2026-03-01", arrived(stay_until="2026-09-01"))
        assert told.stay(lives).until == "2026-09-01"
        told.says(NEW, "2026-04-01", Extended(stay=lives, stay_until="2027-09-01"))
        assert told.stay(lives).until == "2027-09-01"

    def test_the_address_is_that_of_the_latest_move_within_the_town(self, told):
        lives = told.says(NEW, "2026-03-01", arrived(address="1 Lane"))
        assert told.stay(lives).address == "1 Lane"
        told.says(NEW, "2026-04-01", MovedWithin(stay=lives, address="2 Lane"))
        assert told.stay(lives).address == "2 Lane"

    def test_the_main_one_that_goes_on_and_began_last_is_where_the_person_lives(self):
        def residence(office: str, since: str, stamp: int, **more: Any) -> Residence:
            return Residence(Ref(office, "e"), office, more.pop("kind", "main"), since, since, stamp, **more)

        def lives_at(*stays: Residence) -> str | None:
            return Outline(
                person="p", keeper=None, registration=None, chain=(), stays=stays, died_on=None, protected=None,
                contradictions=0, facts=1, particulars={},
            ).lives_at  # fmt: skip

        first, last = residence(HOME, "2026-01-01", 2), residence(NEW, "2026-02-01", 1)
        assert lives_at(last, first) == lives_at(first, last) == NEW
        assert lives_at(residence(HOME, "2026-01-01", 1), residence(NEW, "2026-01-01", 2)) == NEW
        assert lives_at(first, residence(NEW, "2026-02-01", 1, ended="2026-03-01")) == HOME
        assert lives_at(first, residence(NEW, "2026-02-01", 1, kind="further")) == HOME
        assert lives_at() is None


class TestADeath:
    def test_is_of_the_day_of_the_first_that_tells_it(self, told):
        told.says(HOME, "2026-04-02", Deceased())
        told.says(NEW, "2026-04-01", Deceased())
        assert told.plain().died_on == "2026-04-01"

    @pytest.mark.parametrize("fact", [arrived(), arrived("further"), Returned(address="6 Lake")])
    def test_with_a_movement_after_it_only_the_view_can_tell(self, told, fact):
        told.says(HOME, "2026-04-01", Deceased())
        told.says(HOME, "2026-05-01", fact)
        assert told.outline() is None


class TestWhatOnlyTheViewCanTell:
    @pytest.mark.parametrize(
        "fact",
        [
            TieBegan(tie="spouse", other=Other(person="q"), ground="marriage"),
            Merged(other="q", keeper=HOME),
            MainChanged(stay=Ref(NEW, "e02")),
            Retracted(target=Ref(NEW, "e02"), ground="mistake"),
            Disputed(case=CaseRef(Ref(NEW, "e02"), HOME, "inflow"), reason="person_unknown"),
        ],
        ids=lambda fact: fact.type,
    )
    def test_is_whatever_changes_more_than_one_line_says(self, told, lives, fact):
        told.says(NEW, "2026-04-01", fact)
        assert told.outline() is None

    @pytest.mark.parametrize(
        "fact",
        [
            TieBegan(tie="child", other=Other(person="q"), ground="birth"),
            Confirmed(case=CaseRef(Ref(NEW, "e02"), HOME, "inflow")),
        ],
        ids=lambda fact: fact.type,
    )
    def test_is_nothing_that_an_outline_does_not_speak_of(self, told, lives, fact):
        told.says(HOME, "2026-04-01", fact)
        assert told.plain().facts == 3

    def test_are_two_first_registrations(self, told):
        told.says(NEW, "2026-04-01", registered())
        assert told.outline() is None

    def test_is_no_registration_that_moves(self, told):
        told.says(HOME, "2026-04-01", moved(town(NEW)))
        assert told.plain().keeper == NEW

    def test_is_a_fact_of_a_version_that_is_read_otherwise_today(self, told, lives, monkeypatch):
        monkeypatch.setitem(UPCASTS, ("movement.arrived", 1), lambda content: content)
        assert told.outline() is None

    def test_is_none_that_others_of_its_dossier_are_read_so(self, told, monkeypatch):
        monkeypatch.setitem(UPCASTS, ("movement.arrived", 1), lambda content: content)
        assert told.outline() is not None

    def test_are_two_persons(self, told):
        told.says(NEW, "2026-04-01", Changed(set={"name": "乙"}), about="q")
        found = outlines([freeze(each.frame) for each in told.events], tuple, INSIDE, told._part)
        assert found == ()

    def test_is_whom_an_office_had_to_do_with_that_was_succeeded_since(self, told, lives):
        told.offices = Offices([HOME, NEW, OTHER], {NEW: Succession((OTHER,))})
        assert told.outline() is None
        told.offices = Offices([HOME, NEW, OTHER], {OUTSIDE: Succession((OTHER,))})
        assert told.outline() is not None

    def test_is_a_correction_of_a_clear_fact(self, told):
        told.says(HOME, "2026-04-01", Corrected(target=told.events[0].ref, set={"kind": "main"}))
        assert told.outline() is None

    def test_is_a_correction_of_what_is_not_there(self, told):
        told.says(HOME, "2026-04-01", Corrected(target=Ref(HOME, "e99"), set={"name": "乙"}, fields=("name",)))
        assert told.outline() is None


class TestWhatIsNotPlain:
    """... is what `view` says of the whole events, who was told of them being all one."""

    @pytest.fixture
    def contested(self, told: Told, lives: Ref) -> Told:
        told.says(OTHER, "2026-03-01", arrived(address="2 Lane"))
        return told

    def _said(self, told: Told, opened: Any) -> Outline:
        [found] = outlines([freeze(each.frame) for each in told.events], lambda: told.events, INSIDE, opened)
        return found

    def test_is_told_with_what_cannot_all_be_true_and_the_particulars_of_the_keeper(self, contested):
        found = self._said(contested, contested._part)
        assert (found.contradictions, found.keeper, found.particulars) == (1, HOME, {"name": "甲"})

    def test_is_told_without_particulars_where_no_part_is_asked_for(self, contested):
        assert self._said(contested, None).particulars == {}


class TestTheKeeper:
    def test_is_the_place_that_the_chain_names_last_by_the_order_of_recording(self):
        """Of a chain the stamp counts, not the day (K3)."""
        told = Told()
        told.says(HOME, "2026-01-02", registered())
        told.says(HOME, "2026-01-01", moved(town(NEW)))
        assert told.plain().keeper == NEW
        assert [ref.id for ref in told.plain().chain] == ["e01", "e02"]

    @pytest.mark.parametrize("to", [town(OUTSIDE), ABROAD, None])
    def test_is_who_gave_the_registration_up_to_a_place_that_takes_no_part(self, told, to):
        told.says(HOME, "2026-04-01", moved(to))
        assert (told.plain().keeper, told.plain().registration) == (HOME, to)

    def test_is_the_author_of_the_move_where_it_came_from_no_town(self, told):
        told.says(NEW, "2026-04-01", moved(town(OUTSIDE), UNKNOWN))
        assert told.plain().keeper == NEW

    def test_falls_back_along_the_chain(self, told):
        told.says(HOME, "2026-04-01", moved(town(OUTSIDE)))
        told.says(HOME, "2026-05-01", moved(ABROAD, town(OUTSIDE)))
        assert told.plain().keeper == HOME

    def test_is_the_town_that_the_move_came_from_and_not_its_author(self, told):
        told.says(HOME, "2026-04-01", moved(ABROAD, town(NEW)))
        assert told.plain().keeper == NEW

    def test_is_who_opened_the_dossier_where_nobody_says_where_the_person_is_registered(self):
        told = Told()
        told.says(NEW, "2026-04-01", Arrived(kind="main", opens=True))
        assert (told.plain().keeper, told.plain().registration, told.plain().chain) == (NEW, None, ())

    def test_is_who_opened_the_dossier_where_the_registration_place_is_outside(self):
        told = Told()
        told.says(NEW, "2026-04-01", Arrived(kind="main", registration=town(OUTSIDE), opens=True))
        told.says(OTHER, "2026-03-01", Arrived(kind="further", registration=town(OUTSIDE), opens=True))
        assert told.plain().keeper == NEW

    def test_is_who_opened_it_next_where_that_office_closed(self):
        told = Told(Offices([HOME, OTHER], closed=[NEW]))
        told.says(NEW, "2026-03-01", Arrived(kind="main", registration=town(OUTSIDE), opens=True))
        told.says(OTHER, "2026-04-01", Arrived(kind="further", registration=town(OUTSIDE), opens=True))
        assert told.plain().keeper == OTHER

    def test_is_the_first_of_those_who_opened_it_where_all_of_them_closed(self):
        told = Told(Offices([HOME], closed=[NEW, OTHER]))
        told.says(NEW, "2026-03-01", Arrived(kind="main", registration=town(OUTSIDE), opens=True))
        told.says(OTHER, "2026-04-01", Arrived(kind="further", registration=town(OUTSIDE), opens=True))
        assert told.plain().keeper == NEW

    def test_is_whom_the_latest_arrival_names_that_names_any_while_nobody_registered_the_person(self):
        told = Told()
        told.says(NEW, "2026-03-02", Arrived(kind="main", registration=town(HOME), opens=True))
        told.says(NEW, "2026-03-01", Arrived(kind="further", registration=town(OTHER)))
        told.says(OTHER, "2026-04-01", Arrived(kind="main"))
        assert (told.plain().keeper, told.plain().registration) == (OTHER, town(OTHER))
        assert [ref.id for ref in told.plain().chain] == ["e02"]

    def test_is_nobody_where_no_fact_opened_the_dossier_which_only_the_view_can_tell(self):
        told = Told()
        told.says(NEW, "2026-03-01", Arrived(kind="main", registration=town(OUTSIDE)))
        assert told.outline() is None


class TestProtection:
    def test_is_in_force_until_it_is_lifted(self, told):
        began = told.says(NEW, "2026-03-01", Protected(ground="threat"))
        assert told.plain().protected == began
        told.says(NEW, "2026-04-01", Unprotected(ground="lifted"))
        assert told.plain().protected is None

    def test_that_began_after_another_was_lifted_only_the_view_can_tell(self, told):
        for fact in (Protected(ground="threat"), Unprotected(ground="lifted"), Protected(ground="threat")):
            told.says(NEW, "2026-03-01", fact)
        assert told.outline() is None
