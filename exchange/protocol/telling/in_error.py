"""Whom what was handed over reached by an error: a registration moved by mistake, or two persons taken for one. Pure.

What they were told of the person they keep in its clear facts; the parts are withdrawn, as far as nothing else lets
them be told of the person.
"""

from __future__ import annotations

from events.catalogue.person import Unmerged
from exchange.protocol.life.without_part import by_links, parted, without_part
from exchange.protocol.telling.due import Sight


def told_in_error(sight: Sight) -> frozenset[str]:
    """The offices that have no part in the person's life, where what they were told may rest on what stands no more."""
    return without_part(sight.record, by_links(sight.record) | _by_merges(sight))


def _by_merges(sight: Sight) -> set[str]:
    """All that were told of the person, where a merge with another one was undone."""
    if parted(sight.book.events_of(Unmerged)).isdisjoint(sight.record.persons):
        return set()
    return {to for ref, to in sight.told.all() if ref in sight.record.facts}
