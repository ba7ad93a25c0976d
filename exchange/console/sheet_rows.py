"""A record as lines for people: what each field is called, and what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.console.words import Words
from exchange.translations import text

_PLACES = ("registration", "lives_at", "came_from", "went_to")
_DAYS = ("since", "until", "died_on")
_FIELDS = ("insisted", "objected")


def sheet_rows(words: Words, sheet: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and text of each field that says anything; no document in full."""
    for named, told in _rows(words, sheet):
        if told:
            yield named, told


def _rows(words: Words, sheet: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield words.say("sheet.state"), words.say(f"sheet.state.{_state(sheet)}")
    yield words.say("sheet.roles"), words.listed(words.say(f"sheet.role.{each}") for each in sheet["roles"])
    for field, value in sorted(sheet.get("particulars", {}).items()):
        yield label(words, field), words.value(field, value)
    for field in _PLACES:
        yield words.say(f"sheet.{field}"), words.place(sheet[field]) if sheet.get(field) else ""
    for field in _DAYS:
        yield words.say(f"sheet.{field}"), words.day(sheet[field]) if sheet.get(field) else ""
    yield words.say("sheet.further_at"), words.listed(map(words.office, sheet.get("further_at", ())))
    yield words.field("address"), sheet.get("address") or ""
    if sheet.get("protection", {}).get("state") == "in_force":
        yield words.say("sheet.protection"), words.say("sheet.in_force")
    yield words.field("ties"), words.ties(sheet.get("ties", ()))
    for field in _FIELDS:
        yield words.say(f"sheet.{field}"), words.listed(label(words, each) for each in sheet.get(field, ()))
    matters = sheet.get("matters", 0)
    yield words.say("sheet.matters"), words.number(matters) if matters else ""
    yield (
        words.say("sheet.contradictions"),
        words.listed(words.contradiction(each["kind"]) for each in sheet.get("contradictions", ())),
    )


def _state(sheet: Mapping[str, Any]) -> str:
    """A record is closed once only the past is left; an office may have to answer for the person all the same, where
    the registration ended and nobody else keeps one.
    """
    keeps = sheet["state"] == "closed" and sheet.get("keeper") == sheet.get("office") and not sheet.get("died_on")
    return "keeps" if keeps else str(sheet["state"])


def label(words: Words, field: str) -> str:
    """What a field is called, a document by its kind."""
    kind = field.partition(".")[2]
    return text(f"letter.label.document.{kind}", words.language) if kind else words.field(field)
