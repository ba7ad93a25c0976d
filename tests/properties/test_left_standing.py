"""What stands beside what opened a dossier and was taken back, heard of before that or not (P4)."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived, Departed, Returned
from events.catalogue.person import Changed, Deceased, Protected, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, CaseRef, Other, town
from events.event import Event
from exchange.protocol.legality import check
from exchange.protocol.record import Record
from exchange.protocol.refusals import UnknownPerson
from tests.properties.test_histories import faults_of
from tests.properties.world import OFFICES, OUTSIDE, World

KEEPS, HERE, MOVES_TO, LIVES = OFFICES[:4]


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_an_arrival_goes_on_where_another_office_opened_the_dossier(seed: int, *, heard: bool):
    """It lives in the second town, which took its entry for the first: that was an error, the arrival was none."""
    world = World(seed, nodes=1 + seed % 2)
    first = Registered(basis="first_record", registration=town(KEEPS), particulars={"name": "甲"})
    world.command(world.author(KEEPS, "P1", "2026-01-01", first))
    world.tick()
    second = world.author(HERE, "P1", "2026-01-01", Registered(basis="first_record", registration=town(HERE)))
    world.command(second)
    arrival = world.author(HERE, "P1", "2026-01-06", Arrived(kind="main", opens=False))
    world.command(arrival)
    if heard:
        world.drain()
    world.command(world.author(HERE, "P1", "2026-01-07", Retracted(target=second.ref)))
    world.drain()
    case = CaseRef(arrival.ref, KEEPS, "inflow")
    world.command(world.author(KEEPS, "P1", "2026-01-08", Confirmed(case=case)))
    world.drain()
    assert faults_of(world) == []
    records = [world.record(office, "P1") for office in (KEEPS, HERE)]
    assert [(r.keeper, r.withdrawn, [s.id for s in r.open_stays]) for r in records if r is not None] == [
        (KEEPS, False, [arrival.ref])
    ] * 2


@pytest.mark.parametrize("asked", [False, True])
def test_so_it_does_where_the_registration_moves_before_that_office_has_answered(*, asked: bool):
    """Who was asked is asked on, as of any arrival: else nobody was, and only its own office did not see the stay."""
    world = World(1, skew=False)
    first = world.author(KEEPS, "P1", "2026-01-01", Registered(basis="first_record", registration=town(KEEPS)))
    second = world.author(HERE, "P1", "2026-01-01", Registered(basis="first_record", registration=town(HERE)))
    arrival = world.author(HERE, "P1", "2026-01-06", Arrived(kind="main", opens=False))
    for said in (first, second, arrival):
        world.command(said)
    world.command(world.author(HERE, "P1", "2026-01-07", Retracted(target=second.ref)))
    if asked:
        world.drain()
    moves = RegistrationChanged(from_=town(KEEPS), to=town(MOVES_TO), ground="moved", previous=first.ref)
    world.command(world.author(KEEPS, "P1", "2026-01-08", moves))
    world.drain()
    case = CaseRef(arrival.ref, KEEPS if asked else MOVES_TO, "inflow")
    world.command(world.author(case.asked, "P1", "2026-01-09", Confirmed(case=case)))
    world.drain()
    assert faults_of(world) == []
    records = [world.record(office, "P1") for office in (HERE, MOVES_TO)]
    assert [(r.keeper, r.withdrawn, [s.id for s in r.open_stays]) for r in records if r is not None] == [
        (MOVES_TO, False, [arrival.ref])
    ] * 2


@pytest.mark.parametrize("kept", [False, True])
def test_only_whom_a_document_finds_is_asked_on(*, kept: bool):
    """Whom the arrival names is asked nothing of a person who is withdrawn, nor is the place that it left."""
    world = World(1, skew=False)
    entry = world.author(HERE, "P1", "2026-01-01", Registered(basis="first_record", registration=town(HERE)))
    world.command(entry)
    said = {"registration": None, "origin": town(MOVES_TO)} if kept else {"registration": town(KEEPS)}
    arrival = world.author(HERE, "P1", "2026-01-06", Arrived(kind="main", opens=False, **said))
    world.command(arrival)
    world.drain()
    if kept:
        first = Registered(basis="first_record", registration=town(KEEPS))
        world.command(world.author(KEEPS, "P1", "2026-01-06", first))
    world.command(world.author(HERE, "P1", "2026-01-07", Retracted(target=entry.ref)))
    world.drain()
    record = world.record(HERE, "P1")
    assert record is not None
    assert record.withdrawn
    asked = {(ref.asked, ref.kind): case.status for ref, case in record.cases.items() if ref.opening == arrival.ref}
    assert asked == (
        {(KEEPS, "inflow"): "open", (MOVES_TO, "moved-on"): "withdrawn"} if kept else {(KEEPS, "inflow"): "withdrawn"}
    )


WHO = {"name": "甲"}
ENTRY = Registered(basis="first_record", registration=town(HERE), particulars=WHO)
ARRIVAL = Arrived(kind="further", registration=town(OUTSIDE), stated=WHO, opens=True)


class Opened:
    """KEEPS registered who lives in LIVES; HERE opens the same dossier by an error, and says something beside that."""

    def __init__(self, opening: Fact, beside: Fact, *, heard: bool) -> None:
        self.world = World(1, skew=False)
        self.does(KEEPS, Registered(basis="first_record", registration=town(KEEPS), particulars=WHO), "2026-01-01")
        stay = self.does(LIVES, Arrived(kind="main", registration=town(KEEPS), stated=WHO, opens=True), "2026-01-02")
        self.world.drain()
        self.does(KEEPS, Confirmed(case=CaseRef(stay.ref, KEEPS, "inflow")))
        self.world.drain()
        self.opening = self.does(HERE, opening, "2026-01-03")
        self.beside = self.does(HERE, beside, "2026-01-06")
        if heard:
            self.world.drain()

    def does(self, office: str, fact: Fact, day: str = "2026-01-07") -> Event:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.tick()
        return event

    def takes_back(self, said: Event) -> Event:
        back = self.does(HERE, Retracted(target=said.ref))
        self.world.drain()
        return back

    def seen(self) -> list[Record]:
        """By whoever keeps the person, and where it lives: the same, and without a fault."""
        assert faults_of(self.world) == []
        records = [self.world.record(office, "P1") for office in (KEEPS, LIVES)]
        return [record for record in records if record is not None]

    def lives_at(self, keeper: str = KEEPS) -> list[list[str]]:
        """The same by whoever keeps the person."""
        assert {record.keeper for record in self.seen()} == {keeper}
        records = [self.world.record(office, "P1") for office in (keeper, LIVES)]
        return [[stay.office for stay in record.main_stays] for record in records if record is not None]


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("opening", [ENTRY, ARRIVAL])
@pytest.mark.parametrize("beside", [Returned(address="home"), Departed(destination=ABROAD)])
def test_what_only_the_keeper_may_say_is_false_with_what_made_its_author_keeper(
    opening: Fact, beside: Fact, *, heard: bool
):
    """The one is back where nobody registered it, and the other ends a stay of which its author knows nothing."""
    told = Opened(opening, beside, heard=heard)
    back = told.takes_back(told.opening)
    assert told.lives_at() == [[LIVES]] * 2
    again = told.takes_back(back)
    keeper = HERE if opening is ENTRY else KEEPS
    restored = [HERE] if isinstance(beside, Returned) else []
    assert told.lives_at(keeper) == [restored] * 2
    told.takes_back(again)
    assert told.lives_at() == [[LIVES]] * 2


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("opening", [ENTRY, ARRIVAL])
def test_what_happened_in_the_world_reaches_whoever_keeps_the_person(opening: Fact, *, heard: bool):
    """Nothing of it was taken back: a death is asked about, as one that any other office recorded."""
    beside: dict[str, Fact] = {
        "died": Deceased(),
        "named": Changed(set={"name": "乙"}),
        "protected": Protected(ground="threat"),
        "tied": TieBegan(tie="child", other=Other(stated={"name": "子"}, at=MOVES_TO), ground="birth"),
    }
    for what, fact in beside.items():
        told = Opened(opening, fact, heard=heard)
        told.takes_back(told.opening)
        shown = [(r.died_on, r.particulars["name"], r.protected is not None, len(r.ties_in_force)) for r in told.seen()]
        died, name = "2026-01-06" if what == "died" else None, "乙" if what == "named" else "甲"
        assert shown == [(died, name, what == "protected", what == "tied")] * 2, what
        asked = [ref for record in told.seen() for ref, case in record.cases.items() if case.open]
        assert set(asked) == ({CaseRef(told.beside.ref, KEEPS, "update")} if what == "died" else set()), what


@pytest.mark.parametrize("heard", [False, True])
def test_a_death_beside_it_that_is_not_so_is_disputed(*, heard: bool):
    """The question stands though the person is withdrawn to whoever asked; it takes the death back."""
    told = Opened(ENTRY, Deceased(), heard=heard)
    told.takes_back(told.opening)
    back = Retracted(target=told.beside.ref)
    if not heard:  # nor does it learn that anybody is asked
        with pytest.raises(UnknownPerson):
            check(back, "2026-01-07", HERE, told.world.record(HERE, "P1"), "P1")
    told.does(KEEPS, Disputed(case=CaseRef(told.beside.ref, KEEPS, "update"), reason="alive"))
    told.world.drain()
    assert told.seen() != []
    records = [told.world.record(office, "P1") for office in (KEEPS, HERE)]
    states = [r.cases[CaseRef(told.beside.ref, KEEPS, "update")].status for r in records if r is not None]
    assert states == ["disputed"] * 2
    check(back, "2026-01-07", HERE, told.world.record(HERE, "P1"), "P1")
    told.takes_back(told.beside)
    assert [record.died_on for record in told.seen()] == [None, None]


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("opening", [ENTRY, ARRIVAL])
def test_whether_a_tie_beside_it_is_so_goes_on_being_asked(opening: Fact, *, heard: bool):
    """Whoever keeps the person holds the tie: the office said to hold the other one is asked in either order."""
    tie = TieBegan(tie="child", other=Other(stated={"name": "子"}, at=MOVES_TO), ground="birth")
    told = Opened(opening, tie, heard=heard)
    told.takes_back(told.opening)
    assert [len(record.ties_in_force) for record in told.seen()] == [1, 1]
    case = CaseRef(told.beside.ref, MOVES_TO, "family")
    asked = told.world.record(MOVES_TO, "P1")
    assert asked is not None
    assert asked.cases[case].status == "open"
    told.does(MOVES_TO, Disputed(case=case, reason="person_unknown"))
    told.world.drain()
    record = told.world.record(HERE, "P1")
    assert record is not None
    assert record.cases[case].status == "disputed"
    check(Retracted(target=told.beside.ref), "2026-01-07", HERE, record, "P1")
    told.takes_back(told.beside)
    assert [len(record.ties_in_force) for record in told.seen()] == [0, 0]


@pytest.mark.parametrize("opening", [ENTRY, ARRIVAL])
def test_whoever_opens_the_dossier_since_learns_nothing_of_it(opening: Fact):
    """It takes itself for the keeper until it hears who that is; while somebody is registered, a newcomer is told who
    keeps the registration, and nothing of who was there before (rule 11 of routing).
    """
    beside: tuple[Fact, ...] = (
        Changed(set={"name": "乙"}),
        TieBegan(tie="child", other=Other(stated={"name": "子"}, at=OUTSIDE), ground="birth"),
        Arrived(kind="main", stated=WHO, opens=False),
    )
    for fact in beside:
        told = Opened(opening, fact, heard=False)
        told.takes_back(told.opening)
        told.does(MOVES_TO, Arrived(kind="further", stated=WHO, opens=True))
        told.world.drain()
        assert told.seen()[0].keeper == KEEPS
        assert HERE not in {event.author for event in told.world.books[MOVES_TO].events()}, fact.type


@pytest.mark.parametrize("heard", [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize(
    "said", [Returned(address="home", origin=town(LIVES)), Departed(stay=None, destination=town(LIVES))]
)
def test_nobody_waits_for_what_the_author_of_an_entry_said_that_names_a_place_outside_by_now(
    said: Fact, heard: tuple[bool, bool]
) -> None:
    """Who was asked hears of no other entry; by that alone its author would still stand in for the place outside."""
    world = World(1, skew=False)

    def does(office: str, fact: Fact, *, drains: bool = True) -> Event:
        event = world.author(office, "P1", "2026-01-05", fact)
        world.command(event)
        world.tick()
        if drains:
            world.drain()
        return event

    does(KEEPS, Registered(basis="first_record", registration=town(KEEPS), particulars=WHO))
    entry = does(HERE, ENTRY, drains=heard[0])
    opening = does(HERE, said, drains=heard[1])
    elsewhere = {"registration": {"kind": "town", "code": OUTSIDE}}
    does(HERE, Corrected(target=entry.ref, set=elsewhere, fields=("registration",)))
    cases = {
        office: state.status
        for office in (HERE, LIVES)
        if (record := world.record(office, "P1")) is not None
        for ref, state in record.cases.items()
        if (ref.opening, ref.asked) == (opening.ref, LIVES)
    }
    assert cases in ({}, {HERE: "withdrawn", LIVES: "withdrawn"})
    assert faults_of(world) == []
