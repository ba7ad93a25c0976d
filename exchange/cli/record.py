"""`exchange record`: what an office holds of a person, of any day; and what it knew at a moment, beside today's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from events.errors import Malformed
from exchange.access.caller import Caller
from exchange.access.purposes import PURPOSES
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.node import acting, check_served, on_node, opened, settings_of
from exchange.clock import SHANGHAI, day_of
from exchange.columns import column, width
from exchange.console.sheet_rows import sheet_rows
from exchange.console.words import Words
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import UnknownPerson
from exchange.queries.record import record as read

_PURPOSES = tuple(name for name, roles in PURPOSES.items() if "clerk" in roles)
_YEARS = range(1900, 2200)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OF_THE_READING = frozenset({"as_of", "known_at", "etag", "version"})
_LABEL, _VALUE = 24, 28  # columns of a terminal

Sheet = Mapping[str, Any]


@click.command(cls=Command, help="cli.record")
@click.argument("person")
@option("--office", required=True, help="cli.option.office")
@option("--purpose", required=True, type=click.Choice(_PURPOSES), help="cli.option.purpose")
@option("--as-of", metavar="DAY", help="cli.record.option.as_of")
@option("--known-at", metavar="DAY|MOMENT", help="cli.record.option.known_at")
@on_node
def record(
    person: str,
    office: str,
    purpose: str,
    as_of: str | None,
    known_at: str | None,
    data: Path | None,
    settings_file: Path | None,
) -> None:
    caller, human = acting(office, "clerk"), _person(person)
    day = None if as_of is None else _day(as_of, "--as-of").isoformat()
    until = None if known_at is None else _moment(known_at)
    with opened(settings_of(settings_file, data=data), made=False) as node:
        check_served(node, caller)
        advance(node)
        now = _read(node, caller, purpose, human, day)
        then = None if until is None else _read(node, caller, purpose, human, day, _passed(until, node.clock()))
    if now is None and then is None:
        raise UnknownPerson(field="PERSON")
    words = Words(speech.language())
    if known_at is None:
        speech.say({"record": now}, *(column(label, _LABEL) + told for label, told in _rows(words, now)))
    else:
        speech.say(
            {"record": then, "today": now, "differs": _differing(then, now)}, *_beside(words, known_at, then, now)
        )


def _read(
    node: Node, caller: Caller, purpose: str, person: str, day: str | None, moment: datetime | None = None
) -> Sheet | None:
    """The record; None where the office knew nothing of the person."""
    try:
        return read(node, caller, purpose, person, as_of=day, known_at=moment)
    except UnknownPerson:
        return None


def _rows(words: Words, sheet: Sheet | None) -> Iterator[tuple[str, str]]:
    return iter(()) if sheet is None else sheet_rows(words, sheet)


def _differing(then: Sheet | None, now: Sheet | None) -> list[str]:
    """The fields in which what was known then is not what is known today."""
    held, known = then or {}, now or {}
    return sorted(key for key in {*held, *known} - _OF_THE_READING if held.get(key) != known.get(key))


def _beside(words: Words, known_at: str, then: Sheet | None, now: Sheet | None) -> Iterator[str]:
    held, known = dict(_rows(words, then)), dict(_rows(words, now))
    wide = max([_VALUE, *(width(told) + 2 for told in held.values())])
    heads = speech.words("record.then", moment=known_at), speech.words("record.now")
    yield "  " + column("", _LABEL) + column(heads[0], wide) + heads[1]
    for label in dict.fromkeys([*known, *held]):
        told = held.get(label, "–"), known.get(label, "–")
        mark = "  " if told[0] == told[1] else "≠ "
        yield mark + column(label, _LABEL) + column(told[0], wide) + told[1]


def _person(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError as error:
        raise Malformed(field="PERSON", rule="cli.record.person", value=given) from error


def _day(given: str, option: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = date.min
    if found.year not in _YEARS or len(given) != len("YYYY-MM-DD"):
        raise Malformed(field=option, rule="schema.day", value=given)
    return found


def _passed(until: datetime, now: datetime) -> datetime:
    """Today has no end yet: what is known now."""
    today = datetime.combine(day_of(now), time.max, SHANGHAI)
    return now if until == today else until


def _moment(given: str) -> datetime:
    """A moment with its offset; a day is its end in Asia/Shanghai."""
    if _DAY.fullmatch(given):
        return datetime.combine(_day(given, "--known-at"), time.max, SHANGHAI)
    try:
        found: datetime | None = datetime.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        raise Malformed(field="--known-at", rule="cli.record.moment", value=given)
    return found
