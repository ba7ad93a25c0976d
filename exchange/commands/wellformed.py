"""First tier of legality: what can never be right is refused everywhere, for ever (DESIGN.md section 5).

Nothing here looks at a book. Values come back in their one spelling: names, document numbers, codes, references.
Judging goes on after a fault: all fields that are wrong are named together, each by its path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from events import canonical, codes, text
from events.catalogue import AUTOMATIC, TYPES
from events.catalogue.act_codes import LIST_OF
from events.catalogue.values import Tied
from events.errors import Malformed
from events.faults import Faults
from events.form import misfit
from events.parts import CONTAINERS, OTHER, TIES
from exchange.commands import days
from exchange.commands.consistency import together
from exchange.commands.particular import is_particular, items, particular
from exchange.commands.references import normal
from exchange.jurisdictions.codes import Level, level
from exchange.jurisdictions.codes import parse as parse_code
from exchange.jurisdictions.lookup import divisions
from exchange.protocol.questions.enquiry import BESIDES

_OFFICES = ("to", "keeper", "teller", "town")
_PLACES = ("registration", "origin", "destination", "from", "to", "place")
_LONGEST = {"address": 300, "note": 2000, "text": 2000}


def wellformed(type_: str, day: str, content: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The content in its one spelling. Raises Malformed for each field that is wrong, naming it and its rule."""
    if type_ not in TYPES or type_.startswith("jurisdiction.") or type_ in AUTOMATIC:
        raise Malformed(field="type", rule="type.unknown", value=type_)
    canonical.encode(dict(content))
    faults = Faults()
    meant = today.isoformat()  # by which the rest is judged where the day itself is wrong
    with faults:
        days.effective(type_, content, day, "effective_on", today)
        meant = day
    found = {}
    with faults:
        found = _Judge(type_, meant, today).fields(content, "")
    faults.settle()
    together(type_, found, day)
    return found


def _asked_for(value: object, path: str) -> str:
    if not isinstance(value, str) or not (value in BESIDES or is_particular(value)):
        raise Malformed(field=path, rule="particular.unknown", value=value)
    return value


class _Judge(msgspec.Struct, frozen=True):
    """The rules of one event's fields, by its type and day."""

    type: str
    day: str
    today: date

    def fields(self, content: Mapping[str, Any], within: str) -> dict[str, Any]:
        """Each field in its one spelling. `within`: the path of what holds them, with its dot."""
        return _all(content, within, self._field)

    def _field(self, field: str, value: Any, path: str) -> Any:
        if value is None:
            return None  # nothing is said, or a correction takes a value away
        if field in CONTAINERS:
            return self._container(field, value, path)
        if field == "fields" and self.type == "enquiry.opened":
            return [_asked_for(item, f"{path}.{at}") for at, item in enumerate(items(value, path))]
        if field == "deviations":
            held = {str(at): item for at, item in enumerate(items(value, path))}
            return list(_all(held, f"{path}.", self._deviation).values())
        if field == OTHER and isinstance(value, Mapping):
            return self._other(value, path)
        if field == "allotment" or (field == OTHER and isinstance(value, str)):
            return _plain(value, path)
        found = normal(field, value, path)
        if field in {"ends", "continues"}:
            return _stays(found, path)
        if field == "case" and isinstance(found, Mapping):
            return _all(found, f"{path}.", _part_of_case)
        return self._single(field, found, path)

    def _container(self, field: str, value: Any, path: str) -> dict[str, Any]:
        value = _mapping(value, path)
        if field == "set" and self.type == "event.corrected":
            return _all(value, f"{path}.", self._amended)
        if field == "facts":
            return _all(value, f"{path}.", self._told)
        return _all(value, f"{path}.", self._particular)

    def _told(self, name: str, value: Any, path: str) -> Any:
        return self._single(name, value, path) if name in BESIDES else self._particular(name, value, path)

    def _amended(self, name: str, value: Any, path: str) -> Any:
        """What a correction sets: a particular, or any field of its target, also of an earlier correction."""
        if is_particular(name) or name == TIES:
            return self._particular(name, value, path)
        return self._field(name, value, path)

    def _other(self, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The other person of a tie: an id, or what is stated; both would leave open which of them counts."""
        if (value.get("person") is None) == (not value.get("stated")):
            raise Malformed(field=path, rule="tie.other")

        def each(name: str, held: Any, at: str) -> Any:
            if name == "stated":
                return _all(_mapping(held, at), f"{at}.", self._particular)
            return _town(held, at) if name == "at" and held is not None else _plain(held, at)

        return _all(value, f"{path}.", each)

    def _ties(self, value: Any, path: str) -> list[dict[str, Any]]:
        def each(_: str, tie: Any, at: str) -> dict[str, Any]:
            found = _all(_mapping(tie, at), f"{at}.", self._field)
            try:
                msgspec.convert(found, Tied)
            except msgspec.ValidationError as error:
                fault = misfit(error, Tied)
                raise Malformed(field=f"{at}.{fault.field}".rstrip("."), rule=fault.rule, **fault.details) from error
            return found

        return list(_all({str(n): tie for n, tie in enumerate(items(value, path))}, f"{path}.", each).values())

    def _particular(self, name: str, value: Any, path: str) -> Any:
        if name == TIES and self.type in _STATING_TIES:
            return self._ties(value, path)
        if value is None and self.type in _TAKING_AWAY:
            return None
        return particular(name, value, path, self.day)

    def _deviation(self, _: str, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not isinstance(value.get("field"), str):
            raise Malformed(field=path, rule="deviation.field")

        def side(name: str, held: Any, at: str) -> Any:
            stated = name in {"ours", "yours"} and held is not None
            return self._amended(value["field"], held, at) if stated else _plain(held, at)

        return _all(value, f"{path}.", side)

    def _single(self, field: str, value: Any, path: str) -> Any:
        if field in _PLACES and isinstance(value, Mapping):
            return _place(value, path)
        if field in _OFFICES and isinstance(value, str):
            return _office(value, path)
        if field in days.DAYS:
            days.day(field, value, path, self.today, amended=self.type in _AMENDING)
        if path == field and (self.type, field) in LIST_OF:
            return codes.check(LIST_OF[self.type, field], _plain(value, path), path)
        if field == "reason" and self.type in _OF_A_PERSON:
            return codes.check("reason", value, path)
        if field == "address":
            return text.line(value, path, _LONGEST[field])
        if field in {"note", "text"}:
            return text.lines(value, path, _LONGEST[field])
        return _plain(value, path)


# Where a reason is the person's, and not an act's.
_OF_A_PERSON = frozenset({"movement.arrived", "event.corrected", "case.confirmed"})
# Where a value may be taken away: the catalogue's corrections and changes.
_TAKING_AWAY = frozenset({"event.corrected", "person.changed"})
# Where a day is another event's, of which only that one says whether it may lie ahead.
_AMENDING = frozenset({"event.corrected", "case.confirmed"})


# An arrival tells ties as the newcomer gave them; they may have been written down wrongly, or be no others' word.
_STATING_TIES = frozenset({"movement.arrived", "event.corrected", "case.confirmed"})


def _mapping(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed(field=path, rule="value.mapping")
    return value


def _all(content: Mapping[str, Any], within: str, rule: Callable[[str, Any, str], Any]) -> dict[str, Any]:
    """What the rule makes of each value. Raises Malformed for all that it refuses."""
    faults, found = Faults(), {}
    for name, value in content.items():
        with faults:
            found[name] = rule(name, value, f"{within}{name}")
    faults.settle()
    return found


def _plain(value: Any, path: str) -> Any:
    """The value, if no text in it holds what a reader cannot see."""
    if isinstance(value, str):
        text.require_plain(value, path)
    elif isinstance(value, Mapping):
        _all(value, f"{path}.", lambda _, item, at: _plain(item, at))
    elif isinstance(value, list | tuple):
        _all({str(at): item for at, item in enumerate(value)}, f"{path}.", lambda _, item, at: _plain(item, at))
    return value


def _part_of_case(name: str, value: Any, path: str) -> Any:
    if name not in {"opening", "asked", "kind"}:
        raise Malformed(field=path, rule="schema.unknown")
    return _office(value, path) if name == "asked" else value


def _stays(found: Any, path: str) -> Any:
    def stay(name: Mapping[str, Any], at: str) -> dict[str, Any]:
        if (name.get("stay") is None) == (name.get("town") is None):
            raise Malformed(field=at, rule="stay.one_name")
        return _all(name, f"{at}.", _part_of_stay)

    if not isinstance(found, list):
        return stay(found, path)
    return list(_all({str(at): n for at, n in enumerate(found)}, f"{path}.", lambda _, n, at: stay(n, at)).values())


def _part_of_stay(name: str, value: Any, path: str) -> Any:
    if name not in {"stay", "town"}:
        raise Malformed(field=path, rule="schema.unknown")
    return _town(value, path) if name == "town" and value is not None else value


def _place(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    kind, faults = value.get("kind"), Faults()
    with faults:
        if kind == "town" and value.get("code") is None:
            raise Malformed(field=f"{path}.code", rule="place.town_without_code")
        if kind != "town" and value.get("code") is not None:
            raise Malformed(field=f"{path}.code", rule="place.code_without_town")
    found = {name: each for name, each in value.items() if each is not None}
    for field in sorted({"country", "last"} & found.keys()) if kind != "abroad" else ():
        with faults:
            found.pop(field)
            raise Malformed(field=f"{path}.{field}", rule="place.only_abroad")
    with faults:
        if kind == "abroad" and found.get("country") == "CN":
            raise Malformed(field=f"{path}.country", rule="place.not_abroad")
    with faults:
        if kind == "birth" and path.rpartition(".")[2] != "origin":
            raise Malformed(field=path, rule="place.birth_only_origin")
    with faults:
        found = _all(found, f"{path}.", _part_of_place)
    faults.settle()
    return found


def _part_of_place(name: str, value: Any, path: str) -> Any:
    if name == "country":
        return codes.check("country", value, path)
    if name in {"code", "last"}:
        return _town(value, path)
    if name != "kind":
        raise Malformed(field=path, rule="schema.unknown")
    return value


def _town(value: object, path: str) -> str:
    code = _office(value, path)
    if level(code) is not Level.TOWN:
        raise Malformed(field=path, rule="place.not_town", value=code)
    return code


def _office(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise Malformed(field=path, rule="value.text")
    code = parse_code(value, path)
    if divisions().get(code) is None:
        raise Malformed(field=path, rule="division.unknown", value=value)
    return code
