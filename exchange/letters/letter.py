"""A letter as lines of text, each in Chinese and English, before anything is drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from events.names import pinyin
from exchange.console.words import Words
from exchange.jurisdictions.codes import ancestors, parent
from exchange.protocol.life.contradictions import case_id
from exchange.protocol.questions.asking import question
from exchange.protocol.questions.letters import Written
from exchange.translations import CHINESE, DEFAULT, Language, text

_DAYS = ("expected_on", "stay_until")
_PLACES = ("registration", "origin", "destination", "from", "to")
_TEXTS = ("address", "note")
_NO_AREAS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})  # levels that only codes have
ANSWERS = ("confirmed", "differs", "unknown", "elsewhere")


class Line(msgspec.Struct, frozen=True):
    """One line of a table: what it is called, and what it says."""

    label: str
    value: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """`question`, `answers`, `closing`: in Chinese, then in English. `holds`: the fields whose value stands on it."""

    case: str
    reference: str
    person: str
    kind: str
    sender: str
    to: str
    written_on: str
    due_on: str
    due_provisional: bool
    head: tuple[Line, ...]
    question: tuple[str, str]
    about: tuple[Line, ...]
    facts: tuple[Line, ...]
    holds: tuple[str, ...]
    answers: tuple[str, ...]
    closing: tuple[str, str]


def letter(
    written: Written, written_on: str, due_on: str, *, provisional: bool = False, closed: bool = False
) -> Letter:
    """The letter of this day. `due_on`: until when the office written to should answer; `closed`: whether that one
    closed, so that whoever is above it is written to. Above a province there is nobody.
    """
    case, above = case_id(written.case), parent(written.case.asked) if closed else None
    reference = f"{written.asker[:6]}-{case[:8].upper()}"
    return Letter(
        case=case,
        reference=reference,
        person=written.person,
        kind=written.case.kind,
        sender=written.asker,
        to=written.case.asked,
        written_on=written_on,
        due_on=due_on,
        due_provisional=provisional,
        head=(
            Line(_label("reference"), reference),
            Line(_label("sender"), _office(written.asker)),
            Line(_label("recipient"), _office(written.case.asked)),
            *((Line(_label("closed"), _office(above)),) if above is not None else ()),
            Line(_label("written_on"), _day(written_on)),
            Line(
                _label("due_on"),
                " ".join([_day(due_on), *_both("letter.provisional")]) if provisional else _day(due_on),
            ),
        ),
        question=_both(question(written.case.kind, written.type, written.content.get("asks"))),
        about=tuple(_about(written.identity)),
        facts=tuple(_facts(written)),
        holds=tuple(sorted({*written.identity, *written.content, *written.content.get("wanted", ())})),
        answers=tuple(" ".join(_both(f"letter.answer.{each}")) for each in ANSWERS),
        closing=_both("letter.closing"),
    )


def _about(identity: Mapping[str, Any]) -> Iterator[Line]:
    order = ["name", "born_on", "birth_place"]
    for field in sorted(identity, key=lambda each: (order.index(each) if each in order else len(order), each)):
        yield Line(_field(field), _value(field, identity[field]))


def _facts(written: Written) -> Iterator[Line]:
    yield Line(_label("what"), _pair(*(text(f"letter.type.{written.type}", each) for each in _LANGUAGES)))
    yield Line(_label("day"), _day(written.day))
    content = written.content
    for field in _PLACES:
        if isinstance(content.get(field), Mapping) or hasattr(content.get(field), "kind"):
            place = msgspec.to_builtins(content[field])
            yield Line(_label(field), _pair(*(words.place(place) for words in _WORDS)))
    for field in _DAYS:
        if content.get(field):
            yield Line(_label(field), _day(str(content[field])))
    for field in _TEXTS:
        if content.get(field):
            yield Line(_label(field), str(content[field]))
    if content.get("fields"):
        yield Line(_label("fields"), _pair(*(words.fields(list(content["fields"])) for words in _WORDS)))
    stated = msgspec.to_builtins(content.get("other")) or {}
    if isinstance(stated, Mapping) and stated.get("stated"):
        yield Line(_label("other"), ", ".join(line.value for line in _about(stated["stated"])))
    for field, value in sorted(dict(content.get("wanted", {})).items()):
        yield Line(f"{_label('wanted')} · {_field(field)}", _value(field, value))


_LANGUAGES: tuple[Language, ...] = (CHINESE, DEFAULT)
_WORDS = tuple(Words(each) for each in _LANGUAGES)


def _value(field: str, value: Any) -> str:
    """As people read it; a document whole, for it is what the person is found by in a file of paper."""
    if field.startswith("document."):
        return str(value.get("number", "")) if isinstance(value, Mapping) else str(value)
    if field == "name":
        return _pair(_WORDS[0].value(field, value), pinyin(value))
    return _pair(*(words.value(field, value) for words in _WORDS))


def _field(field: str) -> str:
    kind = field.removeprefix("document.") if field.startswith("document.") else None
    return _label(f"document.{kind}") if kind else " ".join(words.field(field) for words in _WORDS)


def _label(name: str) -> str:
    return " ".join(_both(f"letter.label.{name}"))


def _both(key: str) -> tuple[str, str]:
    chinese, english = (text(key, each) for each in _LANGUAGES)
    return chinese, english


def _office(code: str) -> str:
    """By its whole name, as an envelope needs it."""
    above = [each for each in ancestors(code) if _WORDS[0].area(each) not in _NO_AREAS]
    chinese, english = ([words.area(each) for each in (*above, code)] for words in _WORDS)
    return _pair("".join(chinese), ", ".join(reversed(english)))


def _day(iso: str) -> str:
    return _pair(*(words.day(iso) for words in _WORDS))


def _pair(chinese: str, english: str) -> str:
    return chinese if chinese == english else f"{chinese} ({english})"
