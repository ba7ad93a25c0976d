"""What is due, and the sight from which a rule decides it. Pure data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Escalated
from events.catalogue.fact import Fact
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import NoteKind
from events.envelope import Part, Ref
from events.once import once
from events.standing import Facts, Standing
from exchange.protocol.book import ALL_PARTS, NO_PARTS, Book
from exchange.protocol.life.causes import Cause, made_keeper, naming_the_keeper
from exchange.protocol.life.kinship import Kin
from exchange.protocol.record import CaseState, Record, Stay
from exchange.protocol.routing_table import Cell
from exchange.protocol.telling.told import Told

IDENTITY: frozenset[Part] = frozenset({"identity"})
PARTICULAR_PARTS: frozenset[Part] = frozenset({"identity", "cohort", "contact"})


class Due(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """This event is due to this office, with these parts, on this ground (the name of the rule)."""

    ref: Ref
    to: str
    ground: str
    parts: frozenset[Part] = NO_PARTS
    kind: NoteKind | None = None
    asks: bool = False
    trigger: Ref | None = None  # the event because of which it is due, where that is another
    by: Cause | None = None  # where that event is about somebody tied to the person
    apart: bool = False  # asked by an act of its own, whatever else the office is asked of the event
    also: Due | None = None  # such a question, where the office is asked another one

    def puts(self, kind: NoteKind) -> bool:
        """Whether it asks this."""
        return (self.asks and self.kind == kind) or (self.also is not None and self.also.kind == kind)


class Sight:
    """One record of one book, and what its office told: all that a rule of telling may look at (K2)."""

    def __init__(
        self,
        book: Book,
        record: Record,
        kin: Mapping[str, Kin] | None = None,
        sheltered: frozenset[Ref] = frozenset(),
    ) -> None:
        self.book = book
        self.record = record
        self.kin = kin or {}  # what the office's own books say of those tied to the person
        self.sheltered = sheltered  # answers that tell of somebody in another dossier who is protected
        self.me = book.office
        self.keeper = record.keeper
        self.is_keeper = record.keeper == book.office
        self.of = record.facts.in_force  # the facts in force of some kinds
        self.in_force = self.of(Fact)
        self.own = [standing for standing in self.in_force if standing.author == book.office]
        self.merges = self.of(Merged, Unmerged)  # those in force, and what undid them
        self.told = Told(book.told)  # rules ask this, and not the book

    def withholds_address(self, ref: Ref) -> bool:
        """Whether the address in this fact goes nowhere: the person, or whom it tells of, is protected."""
        return self.record.protected is not None or ref in self.sheltered

    # Each of these is asked by several rules, for many facts: found once.

    def own_of(self, kind: type[Fact], *more: type[Fact]) -> list[Standing]:
        """The office's own of them."""
        return [standing for standing in self.of(kind, *more) if self.mine(standing.author)]

    @once
    def merge_keepers(self) -> frozenset[str]:
        """Offices that merges in force name as keeper: whoever holds the merge alone takes them for it."""
        return frozenset(s.payload.keeper for s in self._joined if isinstance(s.payload, Merged))

    def mine(self, office: str) -> bool:
        """The office itself; whom it succeeded, a record calls by its own code already."""
        return office == self.me

    def told_anything(self) -> tuple[str, ...]:
        """Offices that were told any event of this record, and not just asked to see to a case."""
        facts = self.record.facts
        told = (to for ref, to in self.told.all() if ref in facts and not isinstance(facts[ref].payload, Escalated))
        return tuple(dict.fromkeys(told))

    @once
    def recognised_by_keeper(self) -> bool:
        """Whether the keeper has confirmed a stay of this office (or needs not): further parts may flow to it.

        While two offices each entered the registration first, what the one confirmed says nothing for the other.
        """
        record = self.record
        own = [stay for stay in record.stays if self.mine(stay.office)]
        if any(found.kind == "two_registrations" for found in record.contradictions):
            asked = (case for stay in own for case in record.questions_about(stay.id))
            return any(case.recognised and case.ref.asked == self.keeper for case in asked)
        return any(record.recognised(stay) or self._taken_over(stay) for stay in own)

    def _taken_over(self, stay: Stay) -> bool:
        """An opening balance from a town's register, which asks nothing unless the import says so."""
        payload = self.record.facts[stay.id].payload
        return isinstance(payload, Registered) and payload.basis == "register" and not payload.ask

    @once
    def stay_offices(self) -> tuple[str, ...]:
        """Offices of open stays to which the keeper's side may flow: confirmed, or brought by a hand-over."""
        return tuple(dict.fromkeys([s.office for s in self.record.open_stays if self.record.confirmed(s)]))

    def became_keeper(self, standing: Standing) -> Ref | None:
        """What made another office keeper after the fact was recorded: because of it the fact is due."""
        latest = self._keeper_maker
        by = naming_the_keeper(self.record, latest) if latest is not None else None
        return by.ref if by is not None and by.stamp > standing.stamp else None

    def gained_since(self, standing: Standing) -> bool:
        """Whether the keeper itself recorded, later than the fact, that it gained the registration of this person.

        The stays that it thereby takes over count as confirmed: it asked for them, and is not asked about them.
        """
        latest = self._keeper_maker
        gain = latest is not None and isinstance(latest.payload, RegistrationChanged) and latest.author == self.keeper
        return gain and latest is not None and latest.stamp > standing.stamp and not self.inflow_cases(standing.ref)

    @once
    def _keeper_maker(self) -> Standing | None:
        return made_keeper(self.record)

    def since(self, stay: Stay, standing: Standing) -> Ref | None:
        """What let the keeper's side flow to a stay, where the fact is older than that: what is told of another entry,
        not before the two were merged.
        """
        facts = self.record.facts
        confirmed = [
            facts[ref]
            for case in self.inflow_cases(stay.id)
            for ref in case.thread
            if isinstance(facts[ref].payload, Confirmed) and not facts[ref].void
        ]
        merged = self._joined if standing.event.person != facts[stay.id].event.person else []
        began = max((*confirmed, *merged), key=lambda s: (s.stamp, s.ref), default=facts[stay.id])
        return began.ref if began.stamp > standing.stamp else None

    @once
    def _joined(self) -> list[Standing]:
        """The merges that make entries one."""
        undone = {s.payload.merge for s in self.merges if isinstance(s.payload, Unmerged)}
        return [s for s in self.merges if isinstance(s.payload, Merged) and s.ref not in undone]

    def amended_after(self, standing: Standing, before: int | None = None) -> Ref | None:
        """The amendment or merge, recorded later, and before that stamp, that changed whom the fact concerns."""
        acts = self.record.facts.of(Corrected, Retracted, Merged, Unmerged)
        later = [s for s in acts if s.stamp > standing.stamp and (before is None or s.stamp < before)]
        return max(later, key=lambda s: (s.stamp, s.ref)).ref if later else None

    def inflow_cases(self, arrival: Ref) -> list[CaseState]:
        """The cases that asked whether the fact that began this stay is right."""
        return self.record.questions_about(arrival)

    def due(
        self,
        standing: Standing,
        to: str,
        ground: str,
        cell: Cell | None = None,
        *,
        parts: frozenset[Part] = NO_PARTS,
        trigger: Ref | None = None,
        by: Cause | None = None,
        apart: bool = False,
    ) -> Due:
        """A due entry, with the kind of a routing cell."""
        kind, asks = (cell.kind, cell.asks) if cell is not None else (None, False)
        return Due(
            ref=standing.ref,
            to=to,
            ground=ground,
            parts=parts,
            kind=kind,
            asks=asks,
            trigger=trigger,
            by=by,
            apart=apart,
        )


def amendments_of(facts: Facts) -> dict[Ref, list[Standing]]:
    """Target -> its amendments that the book holds, in force or not."""
    found: dict[Ref, list[Standing]] = {}
    for standing in facts.of(Corrected, Retracted):
        if isinstance(standing.payload, Corrected | Retracted):
            found.setdefault(standing.payload.target, []).append(standing)
    return found


__all__ = ["ALL_PARTS", "IDENTITY", "NO_PARTS", "PARTICULAR_PARTS", "Due", "Sight", "amendments_of"]
