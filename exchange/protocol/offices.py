"""The list of jurisdictions as far as the `jurisdiction.*` events in every book tell it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from events.catalogue.jurisdiction import Closed, Opened, Renamed, Succeeded
from events.event import Event

LEVELS = (2, 4, 6, 9, 12)


class Offices:
    """Which offices are in the exchange, who succeeded whom, who closed, and who bears another name than once."""

    def __init__(
        self,
        joined: Iterable[str] = (),
        successors: dict[str, str] | None = None,
        closed: Iterable[str] = (),
        names: dict[str, str] | None = None,
    ) -> None:
        self.joined = frozenset(joined)
        self.successors = dict(successors or {})
        self.closed = frozenset(closed)
        self.names = dict(names or {})

    def ended(self, code: str) -> bool:
        """Whether the office records nothing any more: it was succeeded, or closed."""
        return code in self.successors or code in self.closed

    def within(self, code: str) -> bool:
        """Whether the office takes part: it, or an area above it, has joined, and it has not closed."""
        return code not in self.closed and any(code[:digits].ljust(12, "0") in self.joined for digits in LEVELS)

    def successor(self, code: str) -> str:
        """The office that today answers for `code`; a ring ends where it began to repeat."""
        seen = {code}
        while (after := self.successors.get(code)) is not None and after not in seen:
            seen.add(after)
            code = after
        return code


def offices(events: Iterable[Event]) -> Offices:
    """The list of jurisdictions after these events, in the order of their stamps."""
    joined: set[str] = set()
    successors: dict[str, str] = {}
    closed: set[str] = set()
    names: dict[str, str] = {}
    for event in sorted(events, key=lambda e: (e.frame.effective_on, e.frame.stamp, e.frame.author, e.frame.id)):
        code = event.frame.subject.id
        match event.payload:
            case Opened():
                joined.add(code)
                closed.discard(code)
            case Renamed(name=name):
                names[code] = name
            case Succeeded(to=to) if to:
                successors[code] = to[0]
            case Closed():
                joined.discard(code)
                closed.add(code)
            case _:
                pass
    return Offices(joined, successors, closed, names)
