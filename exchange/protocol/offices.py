"""The list of jurisdictions as far as the `jurisdiction.*` events in every book tell it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from events.catalogue.jurisdiction import Closed, Opened, Renamed, Succeeded
from events.envelope import Ref
from events.event import Event

LEVELS = (2, 4, 6, 9, 12)


def is_area(code: str) -> bool:
    """Whether the code is that of a province, prefecture or county, which stands above offices and holds nobody."""
    return not code[6:].strip("0")


class Succession(msgspec.Struct, frozen=True):
    """What became of an office: `to[0]` takes over whatever the allotment gives to none of the others.

    `allotment`: person → successor. It goes by the id that a fact is about, and not by whom merges join with it:
    so every node and every book reads it alike, whatever each knows of the merges.
    """

    to: tuple[str, ...]
    allotment: Mapping[str, str] = {}
    ref: Ref | None = None
    stamp: int = 0
    earlier: Succession | None = None  # what was recorded of the same office before

    def heir(self, person: str | None) -> str:
        """Who follows for facts about the person; None: for whatever is about nobody."""
        return self.to[0] if person is None else self.allotment.get(person, self.to[0])

    def since(self, person: str | None) -> Succession:
        """The one that first gave the person to whoever follows now, and was only repeated by those after it."""
        first = self
        while first.earlier is not None and first.earlier.heir(person) == self.heir(person):
            first = first.earlier
        return first


class Offices:
    """Which offices are in the exchange, who succeeded whom, who closed, and who bears another name than once."""

    def __init__(
        self,
        joined: Iterable[str] = (),
        successions: Mapping[str, Succession] | None = None,
        closed: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.joined = frozenset(joined)
        self.successions = dict(successions or {})
        self.closed = frozenset(closed)
        self.names = dict(names or {})
        self._within: dict[str, bool] = {}  # found before, for every rule asks it again

    def ended(self, code: str) -> bool:
        """Whether the office records nothing any more: it was succeeded, or closed."""
        return code in self.successions or code in self.closed

    def within(self, code: str) -> bool:
        """Whether the office takes part: it, or an area above it, has joined, and it has not closed."""
        found = self._within.get(code)
        if found is None:
            joined = any(code[:digits].ljust(12, "0") in self.joined for digits in LEVELS)
            found = self._within[code] = joined and code not in self.closed
        return found

    def successor(self, code: str, person: str | None = None) -> str:
        """The office that today answers for `code` about the person; a ring ends where it began to repeat."""
        if code not in self.successions:
            return code
        seen = {code}
        while (found := self.successions.get(code)) is not None and (after := found.heir(person)) not in seen:
            seen.add(after)
            code = after
        return code

    def author(self, event: Event) -> str:
        """The office that today answers for the author of the event."""
        return self.successor(event.author, event.person) if self.successions else event.author

    def path(self, code: str, person: str | None = None) -> tuple[Succession, ...]:
        """What leads from `code` to the office that answers for it today, each as it first came to be."""
        seen, found = {code}, []
        while (step := self.successions.get(code)) is not None and step.heir(person) not in seen:
            found.append(step.since(person))
            code = step.heir(person)
            seen.add(code)
        return tuple(found)

    def taken_over(self, office: str) -> frozenset[str]:
        """The office itself and every one that came to it, of whose persons it may have been given some."""
        found = {office}
        while more := {c for c, s in self.successions.items() if c not in found and not found.isdisjoint(s.to)}:
            found |= more
        return frozenset(found)


def offices(events: Iterable[Event]) -> Offices:
    """The list of jurisdictions after these events, in the order of their days and stamps."""
    joined: set[str] = set()
    successions: dict[str, Succession] = {}
    closed: set[str] = set()
    names: dict[str, str] = {}
    latest: dict[str, int] = {}  # stamps of what opened or closed it
    for event in sorted(events, key=lambda e: (e.frame.effective_on, e.frame.stamp, e.frame.author, e.frame.id)):
        code = event.frame.subject.id
        match event.payload:
            case Opened() | Closed() as fact if latest.get(code, 0) < event.frame.stamp:
                # What is recorded later counts, of whatever day it is: here, and of successions.
                latest[code] = event.frame.stamp
                into, out_of = (joined, closed) if isinstance(fact, Opened) else (closed, joined)
                into.add(code)
                out_of.discard(code)
            case Renamed(name=name):
                names[code] = name
            case Succeeded(to=to, allotment=allotment) if to:
                # So an allotment is corrected.
                before = successions.get(code)
                if before is None or before.stamp < event.frame.stamp:
                    successions[code] = Succession(to, allotment, event.frame.ref, event.frame.stamp, before)
            case _:
                pass
    return Offices(joined, successions, closed, names)
