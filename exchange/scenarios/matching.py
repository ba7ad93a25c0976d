"""Matching what was told with what was expected: one to one, complete where it can be (SCENARIOS.md, "Matching")."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from exchange.scenarios.model import Tell


@dataclass(frozen=True, slots=True)
class Heard:
    """One notification as an office got it; letters for offices and persons, `position` in the office's feed."""

    to: str
    kind: str
    about: frozenset[str]
    expects: str
    act: str = ""
    event: tuple[str, str] = ("", "")
    person: str = ""
    position: int = 0
    outcome: str | None = None
    reason: str | None = None
    place: str | None = None
    fields: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    received: bool = True
    line: int = 1

    def __str__(self) -> str:
        said = [self.outcome, self.reason, self.place, *sorted(self.fields)]
        extra = " ".join(each for each in said if each)
        asks = "?" if self.expects == "reply" else ""
        return f"{self.to}: {self.kind}{asks} about {'+'.join(sorted(self.about))}" + (f" ({extra})" if extra else "")


@dataclass(frozen=True, slots=True)
class Matched:
    """`pairs`: what each entry took. `missing`: entries without a notification; `unlisted`: the reverse, if a fault."""

    pairs: tuple[tuple[Tell, Heard], ...]
    missing: tuple[Tell, ...]
    unlisted: tuple[Heard, ...]


def match(
    tells: Sequence[Tell],
    heard: Sequence[Heard],
    differs: Callable[[Tell, Heard], Collection[str]],
    *,
    unlisted_allowed: bool = False,
    silent: Collection[str] = (),
) -> Matched:
    """The assignment with the fewest faults. `differs`: the keys that an entry says and a notification has not."""
    fits = [[at for at, each in enumerate(heard) if not differs(tell, each)] for tell in tells]
    faulty = [not unlisted_allowed or each.expects == "reply" or each.to in silent for each in heard]

    @cache
    def best(entry: int, taken: int) -> tuple[int, tuple[int | None, ...]]:
        """The fewest faults that the entries from here on can end with, and what each of them takes."""
        if entry == len(tells):
            return sum(fault and not taken >> at & 1 for at, fault in enumerate(faulty)), ()
        without, rest = best(entry + 1, taken)
        choices: list[tuple[int, tuple[int | None, ...]]] = [(without + (not tells[entry].may), (None, *rest))]
        for at in fits[entry]:
            if not taken >> at & 1:
                faults, rest = best(entry + 1, taken | 1 << at)
                choices.append((faults, (at, *rest)))
        return min(choices, key=lambda choice: choice[0])

    taken = best(0, 0)[1]
    return Matched(
        pairs=tuple((tell, heard[at]) for tell, at in zip(tells, taken, strict=True) if at is not None),
        missing=tuple(tell for tell, at in zip(tells, taken, strict=True) if at is None and not tell.may),
        unlisted=tuple(each for at, each in enumerate(heard) if at not in taken and faulty[at]),
    )


def differing(tell: Tell, heard: Heard, about: Collection[str], place: str | None) -> list[str]:
    """What the entry says and the notification has not. `about`, `place`: the entry's own, with defaults put in."""
    found = []
    if tell.to != heard.to:
        return ["to"]
    if heard.kind not in tell.kinds:
        found.append("kind")
    if about and not heard.about & set(about):
        found.append("about")
    for key in ("expects", "outcome", "reason", "received", "line"):
        wanted = getattr(tell, key)
        if wanted is not None and wanted != getattr(heard, key):
            found.append(key)
    if tell.place is not None and place != heard.place:
        found.append("place")
    if tell.fields is not None and tell.fields != heard.fields:
        found.append("fields")
    if not tell.fields_include <= heard.fields:
        found.append("fields_include")
    if tell.lacks & heard.holds:
        found.append("lacks")
    return found
