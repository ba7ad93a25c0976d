"""What an office told, as one decision sees it: which of it was looked at is noted. Pure.

Whoever decided without a look at whether some event was told to some office decides the same once it was.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from events.envelope import Ref
from exchange.protocol.book import Delivery


class Told:
    """The deliveries that the office made, by event and recipient."""

    def __init__(self, made: Mapping[tuple[Ref, str], Delivery]) -> None:
        self._made = made
        self._to: dict[Ref, list[str]] | None = None
        self._looked_for: set[tuple[Ref, str]] = set()
        self._looked_at: set[Ref] = set()  # whomever it was told
        self._looked_through = False

    def of(self, ref: Ref, to: str) -> Delivery | None:
        """How this event was told to the office."""
        key = (ref, to)
        self._looked_for.add(key)
        return self._made.get(key)

    def to(self, ref: Ref) -> Iterable[str]:
        """Whom it was told, in the order in which they were."""
        self._looked_at.add(ref)
        if self._to is None:
            self._to = {}
            for each, to in self._made:
                self._to.setdefault(each, []).append(to)
        return self._to.get(ref, ())

    def besides(self, owed: Container[tuple[Ref, str]]) -> list[tuple[Ref, str]]:
        """What was told, and is owed no more: nothing that is told because it is owed changes that."""
        return [key for key in self._made if key not in owed]

    def all(self) -> Mapping[tuple[Ref, str], Delivery]:
        """Everything."""
        self._looked_through = True
        return self._made

    def bears_on(self, more: Iterable[Delivery]) -> bool:
        """Whether a decision looked at what these change."""
        return any(
            self._looked_through or each.ref in self._looked_at or (each.ref, each.to) in self._looked_for
            for each in more
        )
