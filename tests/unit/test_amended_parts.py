"""An amendment is told with the parts of what it amends, whenever these come: else the wrong value goes on standing."""

from __future__ import annotations

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from exchange.protocol.duties import duties
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.telling.owing import DueKey, add
from tests.properties.checks import direct_faults
from tests.properties.world import OFFICES, World

HOME, NEW = OFFICES[:2]


class Recording:
    """HOME keeps somebody; what each office records comes to all whom it concerns."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.entry = self.record(
            HOME, Registered(basis="first_record", registration=town(HOME), particulars={"name": "甲"})
        )

    def record(self, office: str, fact: Fact, because: Ref | None = None) -> Ref:
        event = self.world.author(office, "P1", "2026-03-02", fact, because=because)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def known(self, *refs: Ref) -> list[bool]:
        """Of which NEW holds the part with the name."""
        return ["identity" in self.world.books[NEW].parts(ref) for ref in refs]


def test_a_correction_of_a_correction_goes_with_the_parts_that_a_hand_over_brings():
    """NEW opened the dossier, too, and so knows the chain, without a part, until the registration moves there: it kept
    the person under the first name (histories of three persons, seed 9702494).
    """
    told = Recording()
    told.record(NEW, Arrived(kind="main", stated={"name": "甲"}, opens=True))
    first = told.record(HOME, Corrected(target=told.entry, set={"name": "乙"}, fields=("name",)))
    second = told.record(HOME, Corrected(target=first, set={"set": {"name": "丙"}}, fields=("set",)))
    assert told.known(told.entry, first, second) == [False] * 3
    told.record(HOME, RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"))
    assert told.known(told.entry, first, second) == [True] * 3
    kept = told.world.record(NEW, "P1")
    assert kept is not None
    assert (kept.keeper, kept.particulars["name"]) == (NEW, "丙")
    assert direct_faults(told.world) == []


def test_so_does_a_correction_that_does_what_was_requested():
    """Whoever asked for it is told for that reason, too, by a rule that sends no part."""
    told = Recording()
    stay = told.record(NEW, Arrived(kind="main", registration=town(HOME), stated={"name": "甲"}, opens=True))
    told.record(HOME, Confirmed(case=CaseRef(stay, HOME, "inflow")))
    changed = told.record(HOME, Changed(set={"name": "乙"}))
    request = told.record(NEW, RequestOpened(to=HOME, asks="amendment", about=changed, wanted={"name": "丙"}))
    done = told.record(HOME, Corrected(target=changed, set={"name": "丙"}, fields=("name",)), because=request)
    assert told.known(changed, done) == [True, True]
    assert direct_faults(told.world) == []


def test_what_amends_an_amendment_is_due_together_with_it_whatever_their_names():
    """One look tells all three: what is amended is looked at before what amends it."""
    told = Recording()
    entry, first, second = (Ref(HOME, f"{number}0000000-0000-7000-8000-000000000000") for number in (9, 5, 1))
    facts = (
        Registered(basis="first_record", registration=town(HOME), particulars={"name": "甲"}),
        Corrected(target=entry, set={"name": "乙"}, fields=("name",)),
        Corrected(target=first, set={"set": {"name": "丙"}}, fields=("set",)),
        RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"),
    )
    for ref, fact in zip((entry, first, second, Ref(HOME, "1")), facts, strict=True):
        told.world.command(told.world.author(HOME, "P2", "2026-03-02", fact, id_=ref.id))
    record = told.world.record(HOME, "P2")
    assert record is not None
    owed = duties(Sight(told.world.books[HOME], record))
    assert ["identity" in owed[ref, NEW].parts for ref in (entry, first, second) if (ref, NEW) in owed] == [True] * 3


def test_a_question_put_beside_another_stays_whatever_else_the_event_is_due_for():
    told = Recording()
    record = told.world.record(HOME, "P1")
    assert record is not None
    sight = Sight(told.world.books[HOME], record)
    owed: dict[DueKey, Due] = {}
    for due in (
        Due(ref=told.entry, to=NEW, ground="a", kind="inflow", asks=True),
        Due(ref=told.entry, to=NEW, ground="b", kind="contested", asks=True, apart=True),
        Due(ref=told.entry, to=NEW, ground="c", kind="update"),
    ):
        add(owed, sight, due)
    found = owed[told.entry, NEW]
    assert found.also is not None
    assert (found.kind, found.also.kind) == ("inflow", "contested")
