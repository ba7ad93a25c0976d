"""Whom what was handed over reached by an error: a registration moved by mistake, or two persons taken for one. Pure.

What they were told of the person they keep in its clear facts; the parts are withdrawn, as far as nothing else lets
them be told of the person.
"""

from __future__ import annotations

from events.catalogue.amendment import Corrected
from events.catalogue.case import Reply
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from exchange.protocol.naming import named_ever, named_offices
from exchange.protocol.record import Record
from exchange.protocol.telling.due import Sight

_NOBODY: frozenset[str] = frozenset()


def told_in_error(sight: Sight) -> frozenset[str]:
    """The offices that have no part in the person's life, where what they were told may rest on what stands no more."""
    record = sight.record
    once = _by_links(record) | _by_merges(sight)
    if not once:
        return _NOBODY
    facts = [standing for standing in record.facts.values() if not standing.void]
    now = {office for s in facts if not isinstance(s.payload, Merged) for office in named_offices(s.payload)}
    said = (s for s in facts if not s.event.frame.automatic)
    own = {s.author for s in said if not isinstance(s.payload, Reply | Merged | Unmerged)}
    parts = {record.keeper, *record.openers, *(stay.office for stay in record.stays)}
    return frozenset(once - now - own - parts)


def _by_links(record: Record) -> set[str]:
    """Those that a link named which was taken back, or names another by now."""
    corrected = bool(record.facts.of(Corrected))
    links = record.facts.of(Registered, RegistrationChanged)
    return {o for link in links if link.void or corrected for o in named_ever(link, record.facts)}


def _by_merges(sight: Sight) -> set[str]:
    """All that were told of the person, where a merge with another one was undone."""
    undone = (event for event in sight.book.events() if isinstance(event.payload, Unmerged))
    persons = {p for event in undone for p in (event.person, getattr(event.payload, "other", ""))}
    if persons.isdisjoint(sight.record.persons):
        return set()
    return {to for ref, to in sight.told.all() if ref in sight.record.facts}
