"""A scenario as plain values: what SCENARIOS.md describes, read and checked, not yet bound to towns and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

StepKind = Literal["event", "together", "members", "line", "again", "pass", "send", "looks_up"]
Outcome = Literal["accepted", "refused", "either"]
Day = date | int | None  # a date, or days from `day_zero`


@dataclass(frozen=True, slots=True)
class Office:
    """A letter of the story. `inside`: the letter of the area that holds it."""

    letter: str
    code: str | None = None
    inside: str | None = None
    level: str = "town"
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the story; what is None is made up."""

    letter: str
    sex: str | None = None
    born_on: str | None = None
    name: str | None = None
    document: str | None = None
    same_human_as: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: the office of a letter, or the area above it."""

    letter: str
    supervisor: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One event of an act. `persons` is empty where it follows from `of`."""

    event: str
    label: str | None
    persons: tuple[str, ...]
    day: Day
    content: Mapping[str, Any]
    of: str | None


@dataclass(frozen=True, slots=True)
class Tell:
    """One notification that a step causes. What is None is not compared."""

    to: str
    kinds: tuple[str, ...]
    about: tuple[str, ...] | None = None
    expects: str | None = None
    outcome: str | None = None
    reason: str | None = None
    place: Any = None
    fields: frozenset[str] | None = None
    fields_include: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    received: bool | None = None
    line: int | None = None
    may: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One act, a stretch of time, a look-up, or raw input. `where`: its place in the file.

    Of a household `shared` is what is said of all members, and `joins` the act that they come to; the items are theirs.
    Of a look-up `gives` is exactly what it gives; where it is None that is not compared.
    Of the answer to a `line` the items are those told in particular, and `rest` says whom else to confirm.
    """

    where: str
    kind: StepKind
    label: str | None = None
    by: By | None = None
    items: tuple[Item, ...] = ()
    shared: Item | None = None
    joins: str | None = None
    line: str | None = None
    rest: str = "equal"
    again: str | None = None
    days: int = 0
    working_days: int = 0
    path: str = ""
    body: Any = None
    looks_up: tuple[str, bool, str | None] = ("", True, None)  # whom, whether they agreed, by which name
    gives: frozenset[str] | None = None
    outcome: Outcome = "accepted"
    errors: tuple[str, ...] = ()
    tells: tuple[Tell, ...] = ()
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Point:
    """What an office shows of a person: at the end, or as of a day, or as known when a step was done."""

    where: str
    office: str
    person: str
    expect: Mapping[str, Any]
    as_of: Day = None
    known_at: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story."""

    id: str
    title: str
    title_zh: str
    tags: tuple[str, ...]
    story: str
    unlisted_allowed: bool
    day_zero: date | None
    offices: Mapping[str, Office]
    persons: Mapping[str, Person]
    start: tuple[Step, ...]
    steps: tuple[Step, ...]
    end: tuple[Point, ...]
    views: tuple[Point, ...]
    cases: Mapping[str, tuple[str, ...]]  # `label.OFFICE` -> the states of which one is enough
