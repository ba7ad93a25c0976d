"""What whoever was taken for the keeper by an error said as keeper: it shares the error's fate, as what followed from a
fact that was taken back shares that fact's. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Redirected
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Registered, Stated
from events.catalogue.registration import RegistrationChanged
from events.standing import Facts, Standing
from exchange.protocol.chain import named
from exchange.protocol.naming import asked_by, named_ever, town_of
from exchange.protocol.record import Link

_LINKS = (Registered, RegistrationChanged, Arrived)  # what says who keeps the registration, or once did
_AS_KEEPER = "inflow"  # of an arrival, which names offices as other things, too


def without_false_statements(
    facts: Facts, links: Sequence[Link], openers: Collection[str], keeper: str | None
) -> Facts:
    """The facts, with what those said as keeper void whom nothing that stands names as that, and something once did.

    `links`: the chain. Who opened the dossier kept the person where no link names anybody. Whoever is keeper says it
    rightly, though no link names it: it stands in for a place outside, or by a merge.
    """
    statements = [*facts.in_force(Stated), *(s for s in facts.in_force(Departed) if _as_keeper(s))]
    if not statements or not facts.of(Corrected, Retracted):
        return facts
    false = _named_once(facts).difference(_named(facts, links), () if named(links) else openers, {keeper})
    out = [s for s in statements if s.author in false and (not _as_keeper(s) or _made_keeper(s, facts))]
    if not out:
        return facts
    return Facts({**facts, **{s.ref: msgspec.structs.replace(s, void=True) for s in out}})


def _as_keeper(departure: Standing) -> bool:
    """Whether nobody but the keeper may have recorded it: whoever has the stay names it."""
    return isinstance(departure.payload, Departed) and departure.payload.stay is None


def _made_keeper(departure: Standing, facts: Facts) -> bool:
    """Whether something before it made its author the keeper. A town to which somebody is announced hears only of later
    moves: one that was taken back, by which the author only gave the registration up, is no reason to doubt its word.
    """
    before = (each for each in facts.of(*_LINKS, Redirected) if each.stamp < departure.stamp)
    return any(departure.author in _gaining(each, facts) for each in before)


def _gaining(link: Standing, facts: Facts) -> frozenset[str]:
    """Those that it ever named as keeper, but for whoever it only named as giving that up."""
    moves = [said for said in (link.event.payload, link.payload) if isinstance(said, RegistrationChanged)]
    gained = {town_of(move.to) for move in moves}
    return named_ever(link, facts, _AS_KEEPER).difference({town_of(move.from_) for move in moves} - gained)


def _named_once(facts: Facts) -> set[str]:
    """By links and redirects as they were first recorded, or as any correction of them says, and no longer."""
    once: set[str] = set()
    for each in facts.of(*_LINKS, Redirected):
        now = frozenset() if each.void else asked_by(each.payload, _AS_KEEPER)
        once |= named_ever(each, facts, _AS_KEEPER) - now
    return once


def _named(facts: Facts, chain: Sequence[Link]) -> set[str]:
    """By links as they stand; also who kept the person only until the registration moved on stated it rightly.

    What arrivals state names nobody while the chain has an entry or a move: those all hold who must agree, and an
    arrival is told to few. A merge names whom its author takes for the keeper: it has that from such a link, and
    shares its error.
    """
    by_arrival = all(link.from_arrival for link in chain)
    standing = facts.in_force(*_LINKS) if by_arrival else facts.in_force(Registered, RegistrationChanged)
    links = {office for link in standing for office in asked_by(link.payload, _AS_KEEPER)}
    sent_on = {s.payload.to for s in facts.in_force(Redirected) if isinstance(s.payload, Redirected)}
    return links | sent_on
