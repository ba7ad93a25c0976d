"""Events that the sequencer has set aside: of a store in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from events.envelope import Ref
from events.errors import Tampered
from events.store.contract import COUNTED, TOGETHER, Aside, StoredEvent
from events.store.rules import GONE, UNFIT, WAITS, frame_of


class MemoryAside(ABC):
    """The part of a session that sets aside. Of an event that is gone nobody knows whom it was about."""

    _aside: dict[Ref, Aside]
    _pending: dict[Ref, None]
    _events: dict[Ref, StoredEvent]
    _versions: dict[Ref, tuple[str, int]]  # in its stream: whom it is about, and which

    @abstractmethod
    def _next(self, limit: int, most: int) -> Sequence[Ref]:
        """What is to have the next places."""

    @abstractmethod
    def _moved_on(self, at: datetime) -> datetime: ...

    def aside(self, most: int = COUNTED) -> tuple[Aside, ...]:
        return tuple(self._aside.values())[: most + 1]

    def set_aside(self, limit: int, at: datetime, most: int = TOGETHER) -> tuple[Aside, ...]:
        chosen = set(self._next(limit, most))
        found = []
        for ref in [ref for ref in self._pending if ref in chosen]:
            if why := self._unfit(ref) or self._waits(ref):
                subject = "" if why == GONE else self._versions[ref][0]
                one = self._aside[ref] = Aside(ref, subject, why, self._moved_on(at))
                del self._pending[ref]
                found.append(one)
        return tuple(found)

    def resume(self, after: int, limit: int) -> int:
        causes = [ref for ref, one in self._aside.items() if one.why != WAITS][after : after + limit]
        back: list[Ref] = []
        for ref in causes:
            if ref in self._aside:
                back += takewhile(lambda one: not self._unfit(one), self._stream(ref))
                self._aside = {one: kept for one, kept in self._aside.items() if one not in back}
        self._pending = {**dict.fromkeys(back), **self._pending}
        return after + sum(ref in self._aside for ref in causes) if len(causes) == limit else 0

    def _require_fit(self, chosen: Sequence[Ref]) -> None:
        for ref in chosen:
            if rule := self._unfit(ref) or self._waits(ref):
                raise Tampered(field="frame", rule=rule)

    def _unfit(self, ref: Ref) -> str:
        stored = self._events.get(ref)
        if stored is None:
            return GONE
        try:
            frame_of(ref.author, ref.id, stored.body)
        except Tampered:
            return UNFIT
        return ""

    def _waits(self, ref: Ref) -> str:
        subject, version = self._versions[ref]
        stream = (ref.author, subject)
        its = [one for one, aside in self._aside.items() if (one.author, aside.subject) == stream]
        return WAITS if any(self._versions[one][1] < version for one in its) else ""

    def _stream(self, ref: Ref) -> Sequence[Ref]:
        """What is set aside of the stream of this one; itself alone where nobody knows which that is."""
        subject = self._aside[ref].subject
        its = [one for one, aside in self._aside.items() if (one.author, aside.subject) == (ref.author, subject)]
        return sorted(its, key=self._versions.__getitem__) if subject else [ref]
