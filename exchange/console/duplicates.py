"""Likely duplicates as a page shows them: two entries side by side, what differs marked, and what may be recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exchange.access.caller import Caller
from exchange.console.words import Words
from exchange.queries.duplicates import duplicates

if TYPE_CHECKING:
    from exchange.node import Node

PURPOSE = {False: "registration", True: "supervision"}  # of an office, and of who oversees
MERGED, APART = "person.merged", "person.kept_apart"
_PLACES = frozenset({"registration", "birth_place"})


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both; `relation` says how they compare, and `mark` whether that is to be seen at once."""

    field: str
    one: str | None
    other: str | None
    relation: str
    mark: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What the reader's office may record at once: of this person, with that other. `says`: what follows from it."""

    person: str
    other: str
    keeper: str
    button: str
    says: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries. `acts`: what other offices may record of them; `merges`, `apart`: what the reader may."""

    finding: str
    merges: tuple[Act, ...]
    apart: Act | None
    one: str
    other: str
    one_id: str
    other_id: str
    rows: tuple[Row, ...]
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A page of them, and where the next one begins."""

    shown: tuple[Pair, ...]
    next: str | None


def pairs(node: Node, words: Words, caller: Caller, cursor: str | None) -> Pairs:
    """Raises as `queries.duplicates`."""
    page = duplicates(node, caller, PURPOSE["supervisor" in caller.roles], None, cursor)
    return Pairs(tuple(_pair(words, each, caller) for each in page.rows), page.next)


def _pair(words: Words, found: Mapping[str, Any], caller: Caller) -> Pair:
    one, other = found["one"], found["other"]
    own = [each for each in found["acts"] if each["office"] == caller.office and "clerk" in caller.roles]
    others = [each for each in found["acts"] if each["office"] != caller.office or "clerk" not in caller.roles]
    merges = [_act(words, each, one["person"]) for each in own if each["type"] == MERGED]
    return Pair(
        merges=tuple(merges),
        apart=next((_act(words, each, one["person"]) for each in own if each["type"] == APART), None),
        finding=words.say("duplicates.exact" if found["exact"] else "duplicates.likely"),
        one=words.office(one["office"]),
        other=words.office(other["office"]),
        one_id=one["person"],
        other_id=other["person"],
        rows=tuple(_rows(words, found["fields"])),
        acts=tuple(dict.fromkeys(_acts(words, others))),
    )


def _act(words: Words, act: Mapping[str, Any], left: str) -> Act:
    content, side = act["with"], "left" if act["person"] == left else "right"
    keeper = content.get("keeper", "")
    if act["type"] == MERGED:
        button = words.say(f"duplicates.merge.{side}")
        says = words.say("duplicates.merge.says", office=words.office(keeper))
    else:
        button, says = words.say("duplicates.apart"), words.say("duplicates.apart_says")
    return Act(act["person"], content["other"], keeper, button, says)


def _rows(words: Words, fields: list[Mapping[str, Any]]) -> Iterator[Row]:
    for each in fields:
        one, other = (_value(words, each["field"], each[side]) for side in ("one", "other"))
        relation = words.say(f"duplicates.relation.{each['relation']}")
        yield Row(words.field(each["field"]), one, other, relation, each["relation"] in {"alike", "different"})


def _value(words: Words, field: str, value: Any) -> str | None:
    if value is None:
        return None
    if field in _PLACES and str(value).isdigit():
        return words.office(str(value))
    return words.value(field, value)


def _acts(words: Words, acts: list[Mapping[str, Any]]) -> Iterator[str]:
    for act in acts:
        kind = act["type"].removeprefix("person.")
        yield words.by(words.office(act["office"]), words.say(f"duplicates.act.{kind}"))
