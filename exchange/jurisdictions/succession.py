"""Who answers today for an office that was merged, split or closed, and what an office was called on a day. Pure.

Read from facts about offices (12-digit codes). Codes in events never change; these functions say whose they are now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Opened:
    """An office opens, or opens anew under a code that had ended."""

    code: str
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Renamed:
    """The office has another name from this day on."""

    code: str
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Succeeded:
    """From this day the offices `to_codes` follow `from_codes`; `allotment` gives dossiers to one of them by id."""

    from_codes: tuple[str, ...]
    to_codes: tuple[str, ...]
    day: date
    allotment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """The office ends without a successor."""

    code: str
    day: date


Fact = Opened | Renamed | Succeeded | Closed


class Succession:
    """The facts in the order of their days; those of one day in the order given."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = sorted(facts, key=lambda fact: fact.day)

    def successor(self, code: str, day: date | None = None, dossier: str | None = None) -> str:
        """The office that answers for `code` on `day` (None: after all facts); the code itself where nobody followed.

        Day after day, each fact at most once, so a ring ends: a merger that was undone leads back, and a code that
        opened anew stands for itself again. A split leads to its first office unless the allotment names the dossier.
        """
        holder = code
        for _, facts in groupby(self._until(day), key=lambda fact: fact.day):
            today = list(facts)
            if any(isinstance(fact, Opened) and fact.code == code for fact in today):
                holder = code
            moves = [fact for fact in today if isinstance(fact, Succeeded) and fact.to_codes]
            while move := next((each for each in moves if holder in each.from_codes), None):
                moves.remove(move)
                holder = move.allotment.get(dossier or "", move.to_codes[0])
        return holder

    def name_of(self, code: str, day: date | None = None) -> str | None:
        """The name of the office on `day`, also after it ended; None before it opened."""
        names = [fact.name for fact in self._until(day) if isinstance(fact, (Opened, Renamed)) and fact.code == code]
        return names[-1] if names else None

    def is_open(self, code: str, day: date | None = None) -> bool:
        """Whether the office exists on `day`: it opened, and neither closed nor passed to others since."""
        state = False
        for fact in self._until(day):
            match fact:
                case Opened(code=opened) if opened == code:
                    state = True
                case Closed(code=closed) if closed == code:
                    state = False
                case Succeeded(from_codes=before, to_codes=after) if code in (*before, *after):
                    state = code in after
                case _:
                    pass
        return state

    def _until(self, day: date | None) -> Iterable[Fact]:
        return (fact for fact in self._facts if day is None or fact.day <= day)
