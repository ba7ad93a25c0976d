"""Entries that were joined, as a page shows them: what each came from, and what parting them again has to give away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from events.catalogue import content_of
from events.standing import Standing
from exchange.access.caller import Caller
from exchange.console.duplicates import PURPOSE
from exchange.console.ledger import title
from exchange.console.words import Words
from exchange.queries.merges import Merge, merges

if TYPE_CHECKING:
    from exchange.node import Node


@dataclass(frozen=True, slots=True)
class Since:
    """One event that is given to one of the two."""

    ref: str
    says: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Two entries that are one. `parts`: whether the reader's office may part them."""

    name: str
    person: str
    other: str
    opened: str
    other_opened: str
    says: str
    merge: str
    parts: bool
    since: tuple[Since, ...]


@dataclass(frozen=True, slots=True)
class JoinedPage:
    """A page of them, and where the next one begins."""

    shown: tuple[Joined, ...]
    next: str | None


def joined(node: Node, words: Words, caller: Caller, cursor: str | None) -> JoinedPage:
    """Raises as `queries.merges`."""
    page = merges(node, caller, PURPOSE["supervisor" in caller.roles], cursor)
    return JoinedPage(tuple(_joined(words, each, caller) for each in page.rows), page.next)


def _joined(words: Words, found: Merge, caller: Caller) -> Joined:
    return Joined(
        name=found.name or words.say("inbox.nameless"),
        person=found.person,
        other=found.other,
        opened=_event(words, found.opened),
        other_opened=_event(words, found.other_opened),
        says=words.say("joined.by", office=words.office(found.merge.author), day=words.day(found.merge.day)),
        merge=str(found.merge.ref),
        parts=found.merge.author == caller.office and "clerk" in caller.roles,
        since=tuple(Since(str(each.ref), _event(words, each)) for each in found.since),
    )


def _event(words: Words, event: Standing | None) -> str:
    """What happened, who recorded it, and for which day."""
    if event is None:
        return words.say("duplicates.not_held")
    content = msgspec.to_builtins(content_of(event.payload))
    said = title(words, event.event.frame.type, content, automatic=event.event.frame.automatic)
    return " · ".join((said, words.office(event.author), words.day(event.day)))
