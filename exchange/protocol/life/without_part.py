"""Who has no part in a person's life, and once seemed to: by a registration, or a merge, that was an error. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from events.catalogue.amendment import Corrected
from events.catalogue.case import Redirected, Reply
from events.catalogue.movement import Arrived
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.event import Event
from events.standing import Facts, Standing
from exchange.protocol.naming import named_ever, named_offices
from exchange.protocol.questions.redirecting import astray
from exchange.protocol.record import Record

_NOBODY: frozenset[str] = frozenset()


def without_part(record: Record, once: set[str]) -> frozenset[str]:
    """Those of them that have no part in the person's life."""
    if not once:
        return _NOBODY
    facts = [standing for standing in record.facts.values() if not standing.void]
    said = (s for s in facts if not s.event.frame.automatic)
    own = {s.author for s in said if not isinstance(s.payload, Reply | Merged | Unmerged)}
    left = once - own - {record.keeper, *record.openers, *(stay.office for stay in record.stays)}
    if not left:  # as of most: nobody has to look at what every fact names
        return _NOBODY
    naming = (s for s in facts if not isinstance(s.payload, Merged) and not _sends_astray(s, record.facts))
    return frozenset(left.difference(*[named_offices(s.payload) for s in naming]))


def by_links(record: Record) -> set[str]:
    """Those that a link named which was taken back, or names another by now; an arrival which does; or a redirect by
    which the question comes to them no more.
    """
    facts = record.facts
    corrected = bool(facts.of(Corrected))
    links = (link for link in facts.of(Registered, RegistrationChanged) if link.void or corrected)
    arrivals = facts.in_force(Arrived) if corrected else ()
    named = {office for each in (*links, *arrivals) for office in named_ever(each, facts, "inflow")}
    return named | {office for sent in facts.of(Redirected) for office in _astray(sent, facts)}


def _astray(sent: Standing, facts: Facts) -> set[str]:
    opening = sent.payload.case.opening if isinstance(sent.payload, Redirected) else None
    return {o for o in named_ever(sent, facts) if astray(facts, opening, o)} if opening is not None else set()


def _sends_astray(standing: Standing, facts: Facts) -> bool:
    return isinstance(standing.payload, Redirected) and standing.payload.to in _astray(standing, facts)


def parted(events: Iterable[Event]) -> set[str]:
    """The persons who were taken for one, and are not."""
    undone = (event for event in events if isinstance(event.payload, Unmerged))
    return {person for event in undone for person in (event.person, getattr(event.payload, "other", ""))}


def taken_for_theirs(record: Record, records: Sequence[Record], apart: Collection[str]) -> frozenset[str]:
    """The offices that somebody tied to a person seemed to have, and never had, as far as an office's own records tell:
    those of an error in the registration, or of a stranger with whom the other was merged. `apart`: who was parted.
    """
    once, apart = by_links(record), frozenset(apart)
    if not apart.isdisjoint(record.persons):
        strangers = (each for each in records if each.person != record.person and not apart.isdisjoint(each.persons))
        once |= {office for each in strangers for office in _offices_of(each)}
    return without_part(record, once)


def _offices_of(record: Record) -> set[str]:
    kept = {record.keeper} if record.keeper is not None else set()
    return kept | {stay.office for stay in record.stays} | {o for link in record.chain for o in link.named}
