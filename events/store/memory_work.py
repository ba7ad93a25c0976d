"""What must be read again, and which ids make one dossier: of a store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from events.store.contract import COUNTED, Dirty


class MemoryWork:
    """The part of a session that keeps marks and links."""

    _dirty: dict[str, Dirty]
    _failed: dict[str, None]
    _dossiers: dict[str, tuple[str, ...]]

    def mark_dirty(self, persons: Iterable[str], at: datetime) -> None:
        for person in sorted(set(persons)):
            before = self._dirty.get(person, Dirty(person, at, 0))
            self._dirty[person] = Dirty(person, before.since, before.marks + 1)

    def claim(self, limit: int) -> tuple[Dirty, ...]:
        return tuple(self._dirty.values())[:limit]

    def done(self, claimed: Iterable[Dirty]) -> None:
        for one in claimed:
            if self._dirty.get(one.person) == one:
                del self._dirty[one.person]
            self._failed.pop(one.person, None)

    def fail(self, claimed: Iterable[Dirty]) -> None:
        self._failed |= {one.person: None for one in claimed if one.person in self._dirty}

    def failed(self) -> int:
        return len({self.linked(person)[0] for person in self._failed})

    def marked(self, most: int = COUNTED) -> int:
        return min(len(self._dirty), most + 1)

    def oldest_dirty(self) -> datetime | None:
        return next((one.since for one in self._dirty.values()), None)

    def link(self, person: str, other: str) -> None:
        joined = tuple(sorted({*self.linked(person), *self.linked(other)}))
        self._dossiers |= dict.fromkeys(joined, joined)

    def linked(self, person: str) -> tuple[str, ...]:
        return self._dossiers.get(person, (person,))

    def dossiers(self, persons: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        return {person: self.linked(person) for person in persons}
