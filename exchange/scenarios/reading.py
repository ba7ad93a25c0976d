"""Reading a scenario file, strictly: an unknown key, word, letter or label makes it invalid, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from exchange.scenarios import words
from exchange.scenarios.crosschecks import check
from exchange.scenarios.document import Fields, ScenarioInvalid, load, many, word
from exchange.scenarios.model import By, Day, Item, Office, Outcome, Person, Point, Scenario, Step, StepKind, Tell

_TOP = (
    "scenario", "id", "title", "title_zh", "tags", "story", "unlisted", "day_zero", "offices", "persons", "start",
    "steps", "end", "views", "cases",
)  # fmt: skip
_KINDS: tuple[StepKind, ...] = ("event", "together", "line", "again", "pass", "send", "looks_up")
_ITEM = ("event", "person", "day", "with", "of", "step")
_MEMBER = ("person", "with", "step")
_TOLD = ("person", "event", "with", "step")
_HOUSEHOLD = ("members", "joins")
_LINE = ("line", "rest", "except")
_LOOKING = ("looks_up", "gives")
_STEP = (
    *_ITEM, "by", "together", *_HOUSEHOLD, *_LINE, "again", "pass", "send", "outcome", "error", "tells", "silent",
    *_LOOKING,
)  # fmt: skip
_TELL = (
    "to", "kind", "about", "expects", "outcome", "reason", "place", "fields", "fields_include", "lacks", "received",
    "line", "may",
)  # fmt: skip
_PATH = re.compile(r"/v1/[!-.0-~][!-~]*")
LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def read(file: Path) -> Scenario:
    """The scenario of a file, whose name is its id. Raises ScenarioInvalid."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioInvalid(field=str(file), rule="scenario.unreadable", value=error) from error
    return parse(text, file.stem)


def parse(text: str, name: str) -> Scenario:
    """The scenario of a text. Raises ScenarioInvalid, naming the place and the rule."""
    return scenario_of(load(text), name)


def scenario_of(data: Any, name: str) -> Scenario:
    """The scenario of a document. Raises as `parse` does."""
    top = Fields(data, "$", _TOP)
    if top.need("scenario") != words.FORMAT:
        raise ScenarioInvalid(field="$.scenario", rule="scenario.version", value=str(top.need("scenario")))
    if top.need("id") != name:
        raise ScenarioInvalid(field="$.id", rule="scenario.name", value=str(top.need("id")), name=name)
    top.need("title"), top.need("story"), top.need("steps"), top.need("end")
    found = Scenario(
        id=name,
        title=str(top.text("title")),
        title_zh=top.text("title_zh") or "",
        tags=top.words("tags"),
        story=str(top.text("story")),
        unlisted_allowed=top.word("unlisted", ("refused", "allowed"), "refused") == "allowed",
        day_zero=_date(top.data["day_zero"], "$.day_zero") if "day_zero" in top else None,
        offices={each.letter: each for each in _offices(top.need("offices"))},
        persons={each.letter: each for each in _persons(top.need("persons"))},
        start=tuple(_step(each, f"$.start.{at}", plain=True) for at, each in _list(top, "start")),
        steps=tuple(_step(each, f"$.steps.{at}") for at, each in _list(top, "steps")),
        end=tuple(_end(top.need("end"))),
        views=tuple(_view(each, f"$.views.{at}") for at, each in _list(top, "views")),
        cases={key: many(v, f"$.cases.{key}", words.CASE_STATES) for key, v in _mapping(top, "cases").items()},
    )
    check(found)
    return found


def _offices(data: Any) -> Iterator[Office]:
    if isinstance(data, list):
        data = {letter: {} for letter in many(data, "$.offices")}
    for letter, told in _free(data, "$.offices").items():
        fields = Fields(told, f"$.offices.{letter}", ("in", "code", "level", "outside"))
        code = fields.data.get("code")
        level = fields.word("level", words.LEVELS, "town")
        named = None if code is None else str(code)
        yield Office(letter, named, fields.text("in"), str(level), bool(fields.flag("outside")))


def _persons(data: Any) -> Iterator[Person]:
    for letter, told in _free(data, "$.persons").items():
        fields = Fields(told, f"$.persons.{letter}", ("sex", "born_on", "name", "document", "same_human_as"))
        born = fields.data.get("born_on")
        yield Person(
            letter=letter,
            sex=fields.word("sex", ("F", "M")),
            born_on=None if born is None else str(born),
            name=fields.text("name"),
            document=fields.word("document", words.DOCUMENTS),
            same_human_as=fields.text("same_human_as"),
        )


def _step(data: Any, where: str, *, plain: bool = False) -> Step:
    fields = Fields(data, where, _STEP[: _STEP.index("outcome")] if plain else _STEP)
    kinds = [kind for kind in _KINDS if kind in fields]
    if len(kinds) != 1:
        raise ScenarioInvalid(field=where, rule="scenario.one_kind", value=", ".join(kinds) or "-")
    kind: StepKind = "members" if "members" in fields and kinds == ["event"] else kinds[0]
    for part, whole in ((_HOUSEHOLD, "members"), (_LINE, "line"), (_LOOKING, "looks_up")):
        if odd := [key for key in part if key in fields and kind != whole]:
            raise ScenarioInvalid(field=fields.at(odd[0]), rule="scenario.unknown_key", value=odd[0])
    outcome = fields.word("outcome", ("accepted", "refused", "either"), "accepted")
    if "error" in fields and outcome == "accepted":
        raise ScenarioInvalid(field=fields.at("error"), rule="scenario.error_alone")
    passing = Fields(data["pass"], f"{where}.pass", ("days", "working_days")) if kind == "pass" else None
    sent = Fields(data["send"], f"{where}.send", ("to", "body")) if kind == "send" else None
    return Step(
        where=where,
        kind=kind,
        label=_label(fields),
        by=None if kind == "pass" else _by(fields.need("by"), f"{where}.by"),
        items=tuple(_items(fields, kind)),
        shared=_item(fields) if kind == "members" else None,
        joins=fields.text("joins"),
        line=fields.text("line"),
        rest=str(fields.word("rest", ("equal", "all"), "equal")),
        again=fields.text("again"),
        days=passing.number("days") if passing else 0,
        working_days=passing.number("working_days") if passing else 0,
        path=_path(sent) if sent else "",
        body=sent.need("body") if sent else None,
        looks_up=_looks_up(fields) if kind == "looks_up" else ("", True, None),
        gives=frozenset(fields.words("gives")) if "gives" in fields else None,
        outcome=cast("Outcome", outcome),
        errors=fields.words("error"),
        tells=tuple(_tell(each, f"{where}.tells.{at}") for at, each in _list(fields, "tells")),
        silent=frozenset(fields.words("silent")),
    )


def _path(sent: Fields) -> str:
    """On the node itself: a file by others sends the office's key nowhere else."""
    path = str(sent.need("to"))
    if not _PATH.fullmatch(path):
        raise ScenarioInvalid(field=sent.at("to"), rule="scenario.path", value=path)
    return path


def _looks_up(fields: Fields) -> tuple[str, bool, str | None]:
    """A letter, or the person with what is asked otherwise."""
    if isinstance(fields.data["looks_up"], str):
        return str(fields.data["looks_up"]), True, None
    told = Fields(fields.data["looks_up"], fields.at("looks_up"), ("person", "consent", "name"))
    return str(told.need("person")), bool(told.flag("consent")) if "consent" in told else True, told.text("name")


def _items(fields: Fields, kind: StepKind) -> Iterator[Item]:
    if kind == "event":
        yield from _each(fields)
    elif kind == "together":
        for at, each in _list(fields, "together"):
            yield from _each(Fields(each, f"{fields.where}.together.{at}", _ITEM))
    elif kind == "members":
        for at, each in _list(fields, "members"):
            own = {"person": each} if isinstance(each, str) else Fields(each, fields.at(f"members.{at}"), _MEMBER).data
            yield _item(Fields({"event": fields.need("event"), **own}, fields.at(f"members.{at}"), _ITEM))
    elif kind == "line":
        for at, each in _list(fields, "except"):
            told = Fields(each, fields.at(f"except.{at}"), _TOLD).data
            yield _item(Fields({**told, "of": fields.need("line")}, fields.at(f"except.{at}"), _ITEM))


def _each(fields: Fields) -> Iterator[Item]:
    """One event is about one person: an enquiry about several is one of each."""
    item = _item(fields)
    if item.event in words.ABOUT_SEVERAL and len(item.persons) > 1:
        yield from (replace(item, persons=(person,)) for person in item.persons)
    else:
        yield item


def _item(fields: Fields) -> Item:
    event = str(word(fields.need("event"), fields.at("event"), words.FIELDS))
    content = Fields(fields.data.get("with", {}), fields.at("with"), words.FIELDS[event]).data
    return Item(event, _label(fields), fields.words("person"), _day(fields, "day"), content, fields.text("of"))


def _tell(data: Any, where: str) -> Tell:
    fields = Fields(data, where, _TELL)
    return Tell(
        to=str(fields.need("to")),
        kinds=many(fields.need("kind"), f"{where}.kind", words.KINDS),
        about=fields.words("about") if "about" in fields else None,
        expects=fields.word("expects", ("reply", "nothing")),
        outcome=fields.word("outcome", words.OUTCOMES),
        reason=fields.text("reason"),
        place=fields.data.get("place"),
        fields=frozenset(fields.words("fields")) if "fields" in fields else None,
        fields_include=frozenset(fields.words("fields_include")),
        lacks=frozenset(fields.words("lacks")),
        received=fields.flag("received"),
        line=fields.number("line") if "line" in fields else None,
        may=bool(fields.flag("may")),
    )


def _end(data: Any) -> Iterator[Point]:
    for office, shown in _free(data, "$.end").items():
        for person, expected in _free(shown, f"$.end.{office}").items():
            where = f"$.end.{office}.{person}"
            yield Point(where, office, person, _expected(expected, where))


def _view(data: Any, where: str) -> Point:
    fields = Fields(data, where, ("office", "person", "as_of", "known_at", "expect"))
    expected = _expected(fields.need("expect"), f"{where}.expect")
    office, person = str(fields.need("office")), str(fields.need("person"))
    return Point(where, office, person, expected, _day(fields, "as_of"), fields.text("known_at"))


def _expected(data: Any, where: str) -> Mapping[str, Any]:
    keys = [key for key in data if not str(key).startswith("document.")] if isinstance(data, Mapping) else []
    documents = set(data) - set(keys) if isinstance(data, Mapping) else set()
    return Fields(data, where, words.VIEW | documents).data


def _by(data: Any, where: str) -> By:
    if isinstance(data, str):
        return By(data)
    return By(str(Fields(data, where, ("supervisor_of",)).need("supervisor_of")), supervisor=True)


def _label(fields: Fields) -> str | None:
    label = fields.text("step")
    if label is not None and not LABEL.fullmatch(label):
        raise ScenarioInvalid(field=fields.at("step"), rule="scenario.label", value=label)
    return label


def _day(fields: Fields, key: str) -> Day:
    return day(fields.data.get(key), fields.at(key))


def day(value: Any, where: str) -> Day:
    """A date, or a number of days from `day_zero`."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return _date(value, where)


def _date(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ScenarioInvalid(field=where, rule="scenario.day", value=str(value)) from error


def _list(fields: Fields, key: str) -> Iterator[tuple[int, Any]]:
    value = fields.data.get(key, [])
    if not isinstance(value, list):
        raise ScenarioInvalid(field=fields.at(key), rule="scenario.list")
    return iter(enumerate(value))


def _mapping(fields: Fields, key: str) -> Mapping[str, Any]:
    return _free(fields.data.get(key, {}), fields.at(key))


def _free(data: Any, where: str) -> Mapping[str, Any]:
    """A mapping whose keys are the story's own."""
    return Fields(data, where, data if isinstance(data, Mapping) else ()).data
