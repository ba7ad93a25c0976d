"""One person as two offices see them: both sheets field by field, and the events between them.

Every reading passes the gate of queries, as the office's own clerk and with a purpose, and is kept in its log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from events.names import full_name
from exchange.access.caller import Caller
from exchange.console.ledger import Year, ledger
from exchange.console.words import Words
from exchange.demo.keepsake import Shown
from exchange.protocol.comparing.compare import alike
from exchange.queries.history import Entry, history
from exchange.queries.record import record

if TYPE_CHECKING:
    from exchange.node import Node

PURPOSE = "registration"
ACTOR = "console.front"
_PARTICULARS = ("name", "born_on", "sex", "document.resident", "ethnic_group", "birth_place", "marital_status")

Sheet = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One field in both records; None where the office was not told. `han`: written in Chinese on every page."""

    field: str
    left: str | None
    right: str | None
    differs: bool
    han: bool = False


@dataclass(frozen=True, slots=True)
class PersonView:
    """`left`: the registration place, `right`: the residence place."""

    name: str
    reading: str
    about: str
    document: str
    left: str
    right: str
    left_short: str
    right_short: str
    agree: bool
    rows: tuple[Row, ...]
    years: tuple[Year, ...]
    contradictions: tuple[str, ...] = ()


def person_view(node: Node, words: Words, shown: Shown) -> PersonView:
    """Both records and the ledger. Raises as `open_dossier` does."""
    sheets: dict[str, Sheet] = {}
    histories: dict[str, list[Mapping[str, Any]]] = {}
    for office in (shown.left, shown.right):
        clerk = Caller(office, ACTOR, frozenset({"clerk"}), key_id="console", language=words.language)
        sheets[office] = record(node, clerk, PURPOSE, shown.person)
        histories[office] = [_plain(entry) for entry in history(node, clerk, PURPOSE, shown.person)]
    rows = tuple(_rows(words, sheets[shown.left], sheets[shown.right]))
    held = sheets[shown.left]["particulars"]
    sex = words.value("sex", held.get("sex", "U"))
    return PersonView(
        name=words.value("name", held.get("name", "")),
        reading=words.reading(held.get("name", "")),
        about=words.say("person.born", sex=sex, day=words.value("born_on", held.get("born_on", ""))),
        document=words.value("document.resident", held.get("document.resident", "")),
        left=words.office(shown.left),
        right=words.office(shown.right),
        left_short=words.area(shown.left),
        right_short=words.area(shown.right),
        agree=not any(row.differs for row in rows),
        rows=rows,
        contradictions=_contradictions(words, sheets.values()),
        years=ledger(words, shown.left, shown.right, histories),
    )


def _plain(entry: Entry) -> Mapping[str, Any]:
    return {
        "id": entry.ref.id,
        "type": entry.type,
        "author": entry.ref.author,
        "actor": entry.actor,
        "effective_on": entry.effective_on,
        "stamp": entry.stamp,
        "with": entry.content,
        "standing": entry.standing,
    }


def _contradictions(words: Words, sheets: Iterable[Sheet]) -> tuple[str, ...]:
    """What cannot all be true, by either record, each once."""
    found = {each["id"]: each["kind"] for sheet in sheets for each in sheet["contradictions"]}
    return tuple(words.contradiction(kind) for _, kind in sorted(found.items()))


def _rows(words: Words, left: Sheet, right: Sheet) -> Iterator[Row]:
    for field in _PARTICULARS:
        one, other = left["particulars"].get(field), right["particulars"].get(field)
        if one is not None or other is not None:
            differs = one is not None and other is not None and not alike(field, one, other)
            shown = [None if value is None else words.value(field, value) for value in (one, other)]
            yield Row(words.field(field), shown[0], shown[1], differs, han=field == "name")
    for field, read in (("registration", words.place), ("lives_at", words.place)):
        one, other = left[field], right[field]
        yield Row(words.field(field), read(one), read(other), one != other)
    one, other = (_main_since(sheet) for sheet in (left, right))
    if one or other:
        yield Row(words.field("since"), one and words.day(one), other and words.day(other), one != other)
    one, other = (words.ties(sheet["ties"]) or None for sheet in (left, right))
    if one or other:
        differs = sorted(map(_who, left["ties"])) != sorted(map(_who, right["ties"]))
        yield Row(words.field("ties"), one, other, differs)
    yield Row(words.field("address"), left["address"], right["address"], differs=False, han=True)


def _who(tie: Mapping[str, Any]) -> tuple[str, str]:
    other = tie["other"]
    return tie["tie"], other.get("person") or full_name(other.get("stated", {}).get("name", ""))


def _main_since(sheet: Sheet) -> str | None:
    """The first day of the main stay that goes on."""
    return max((stay["main_since"] for stay in sheet["stays"] if stay["open"] and stay["kind"] == "main"), default=None)
