"""All that is stored of some dossiers, by the questions that there are: for stores where each of them costs little."""

from __future__ import annotations

from collections.abc import Iterable

from events.envelope import Ref
from events.store.contract import Gathered, Reader


def one_by_one(reader: Reader, persons: Iterable[str], named: Iterable[Ref] = ()) -> Gathered:
    """What the reader knows of these persons, and the events of these names."""
    dossiers = reader.dossiers(wanted) if (wanted := list(persons)) else {}
    ids = list(dict.fromkeys(one for group in dossiers.values() for one in group))
    return Gathered(
        dossiers=dossiers,
        events=reader.events_of(ids) if ids else (),
        deliveries=reader.deliveries_of(ids) if ids else (),
        keys=reader.wrapped_keys(ids) if ids else {},
        named=reader.events(named),
        offices=reader.jurisdiction_refs(),
    )
