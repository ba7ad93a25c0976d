"""Whom the town of a newcomer hears of in a history, and that it hears of nobody too early.

Said of the books directly, without the code that is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from events.catalogue.family import TieBegan
from events.envelope import Ref
from exchange.protocol.duties import RULES, Rule
from exchange.protocol.record import Record, Stay
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.view import view
from tests.properties.world import World

FAMILY = "keeper_tells_family"


def confirmed(record: Record, stay: Stay) -> bool:
    """Whether the keeper agreed to the stay, or nobody ever asked it."""
    about = [c for c in record.cases.values() if c.ref.opening == stay.id and c.ref.kind in {"inflow", "registration"}]
    inside = [case for case in about if case.status != "not_reachable" and not case.on_paper]
    asked = [case for case in inside if not case.by_document]
    return stay.office == record.keeper or any(case.recognised for case in about) or not asked


def _asked_before(world: World, record: Record, stay: Stay) -> bool:
    """Whether who kept the person before was asked, and has not answered: the keeper need not hold that question."""
    before = {office for link in record.chain for office in link.named} - {record.keeper}
    cases = (c for office in before & world.books.keys() for r in world.records(office) for c in r.cases.values())
    return any(c.ref.opening == stay.id and c.ref.kind == "inflow" and c.open and c.ref.asked in before for c in cases)


def tied(record: Record, records: tuple[Record, ...]) -> Iterator[Record]:
    """Those of the office's other records whom a tie of this one names: one in force, or as it was recorded, for the
    keeper's statement may not know of it yet.
    """
    began = (s.payload for s in record.facts.values() if not s.void and isinstance(s.payload, TieBegan))
    named = {tie.other.person for tie in record.ties_in_force} | {fact.other.person for fact in began}
    yield from (r for r in records if r.person != record.person and not r.withdrawn and not named.isdisjoint(r.persons))


def too_early(sight: Sight, to: str) -> bool:
    """Whether an office is told that keeps nobody who is tied to the person, and has none of them by a confirmed stay,
    or has the person as well, and has had no answer about that.
    """
    record, others = sight.record, list(tied(sight.record, view(sight.book)))
    said = {tie.other.at for tie in record.ties_in_force}
    if to in said or any(other.keeper == to for other in others):
        return False
    kept = (other for other in others if other.keeper == sight.me)
    lives = any(stay.office == to and confirmed(other, stay) for other in kept for stay in other.main_stays)
    asked = any(stay.office == to and not confirmed(record, stay) for stay in record.open_stays)
    return not lives or asked


def untold(world: World) -> list[str]:
    """Towns of which the keeper of a newcomer knows that they live there, and that do not hold the spouse's tie."""
    holders: dict[Ref, set[str]] = {}
    for office, book in world.books.items():
        for event in book.events():
            holders.setdefault(event.ref, set()).add(office)
    faults: list[str] = []
    for office in world.books:
        own = world.records(office)
        for record in own:
            for other in tied(record, own) if not record.withdrawn else ():
                began = _marriage(record, other) if other.keeper == office else []
                for stay in other.main_stays if began else ():
                    here = [each for each in record.open_stays if each.office == stay.office]
                    known = confirmed(other, stay) and not _asked_before(world, other, stay)
                    known = known and all(confirmed(record, each) for each in here)
                    if known and not any(stay.office in holders[ref] for ref in began):
                        faults.append(f"{stay.office} holds none of {began}")
    return faults


def _marriage(record: Record, other: Record) -> list[Ref]:
    """The facts that say so, of a marriage that goes on; a statement of it alone cannot be passed on."""
    if not any(tie.tie == "spouse" and tie.other.person in other.persons for tie in record.ties_in_force):
        return []
    said = ((s.ref, s.payload) for s in record.facts.values() if not s.void)
    ties = ((ref, fact) for ref, fact in said if isinstance(fact, TieBegan) and fact.tie == "spouse")
    return [ref for ref, fact in ties if fact.other.person in other.persons]


class Watch:
    """Judges a history while it is made with `rules`, and once it has ended."""

    def __init__(self) -> None:
        self.early: list[str] = []
        self.rules: Mapping[str, Rule] = {**RULES, FAMILY: self._watched}

    def _watched(self, sight: Sight) -> Iterator[Due]:
        for due in RULES[FAMILY](sight):
            if not sight.mine(due.to) and too_early(sight, due.to):
                self.early.append(f"{sight.me} tells {due.to} of {due.ref} too early")
            yield due

    def faults(self, world: World) -> list[str]:
        """What was told too early, and what was never told."""
        return [*self.early, *untold(world)]
