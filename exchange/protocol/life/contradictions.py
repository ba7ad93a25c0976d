"""What cannot all be true (DESIGN.md K6): shown, never refused. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Place
from events.envelope import Ref
from events.standing import Standing
from exchange.ids import derived_id
from exchange.protocol.life.stays import Movements
from exchange.protocol.record import Contradiction, Link


def contradictions(
    movements: Movements,
    links: Sequence[Link],
    facts: Mapping[Ref, Standing],
    idle: Iterable[Ref],
    rivals: Iterable[Contradiction] = (),
) -> tuple[Contradiction, ...]:
    """All contradictions of a record, in a stable order. `rivals`: those with other persons of the book."""
    found = set(rivals)
    found |= {c for c in movements.contradictions if c.kind != "contested_stays" or _still(c, movements)}
    found |= {Contradiction("idle_amendment", (ref,)) for ref in idle if ref in facts}
    served = [link for link in links if not link.from_arrival and _first_entry(facts[link.ref])]
    for index, one in enumerate(served):
        for other in served[index + 1 :]:
            if set(one.named) & set(other.named) or _ended_between(one, other, links):
                continue
            if not _moved_together(one, other, links, facts):
                found.add(Contradiction("two_registrations", tuple(sorted((one.ref, other.ref)))))
    return tuple(sorted(found))


def _still(contradiction: Contradiction, movements: Movements) -> bool:
    """Contested stays contest each other while more than one of them goes on as main."""
    stays = [movements.stays[ref] for ref in contradiction.events]
    return all(stay.open and stay.kind == "main" for stay in stays)


def _first_entry(standing: Standing) -> bool:
    """A registration that did not follow from another: two of them cannot both be the first."""
    return isinstance(standing.payload, Registered) and standing.payload.registration is not None


def _ended_between(one: Link, other: Link, links: Iterable[Link]) -> bool:
    """Whether the registration had ended before the other was entered: then that one is restored, and no second one."""
    first, last = sorted((one.stamp, other.stamp))
    entered = max(one, other, key=lambda link: link.stamp).day
    return any(link.place is None and first < link.stamp < last and link.day <= entered for link in links)


def _moved_together(one: Link, other: Link, links: Sequence[Link], facts: Mapping[Ref, Standing]) -> bool:
    """Whether the registration moved from the one place to the other, or from both to one: then all say where it is."""
    moves = [(link.stamp, move) for link in links if isinstance(move := facts[link.ref].payload, RegistrationChanged)]
    direct = {(one.place, other.place), (other.place, one.place)} & {(move.from_, move.to) for _, move in moves}
    return bool(direct) or _led_to(one, moves) == _led_to(other, moves)


def _led_to(entry: Link, moves: Iterable[tuple[int, RegistrationChanged]]) -> Place | None:
    """Where the registration is by the moves since, each from where the one before led."""
    place = entry.place
    for stamp, move in moves:
        if stamp > entry.stamp and move.from_ == place:
            place = move.to
    return place


def contradiction_id(contradiction: Contradiction) -> str:
    """The same wherever it is seen."""
    return derived_id("contradiction", contradiction.kind, *map(str, contradiction.events))


@lru_cache(maxsize=10_000)
def case_id(case: CaseRef) -> str:
    """A case's id, derived from opening event, office asked and kind."""
    return derived_id("case", case.opening.author, case.opening.id, case.asked, case.kind)
