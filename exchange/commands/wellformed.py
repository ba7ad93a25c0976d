"""First tier of legality: what can never be right is refused everywhere, for ever (DESIGN.md section 5).

Nothing here looks at a book. Values come back in their one spelling: names, document numbers, codes, references.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from events import canonical, codes
from events.catalogue import TYPES
from events.errors import Malformed
from events.parts import CONTAINERS
from exchange.commands import references
from exchange.commands.particular import is_particular, items, particular, text
from exchange.jurisdictions.codes import Level, level
from exchange.jurisdictions.codes import parse as parse_code
from exchange.jurisdictions.lookup import divisions

FIRST_DAY = "1900-01-01"
MOST_AHEAD = timedelta(days=366)  # a departure may be announced, not foretold
# What the exchange itself or the operator records, never a caller.
NOT_FOR_CALLERS = frozenset({"person.stated"})
_OFFICES = ("to", "keeper", "teller", "town")
_PLACES = ("registration", "origin", "destination", "from", "to", "place")
_CASE = frozenset({"asked"})


def wellformed(type_: str, day: str, content: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The content in its one spelling. Raises Malformed naming field and rule."""
    if type_ not in TYPES or type_.startswith("jurisdiction.") or type_ in NOT_FOR_CALLERS:
        raise Malformed(field="type", rule="type.unknown", value=type_)
    _day(day, "effective_on", today)
    canonical.encode(dict(content))
    found = references.normal(content)
    both = sorted(set(found.get("accepted") or ()) & set(found.get("insisted") or ()))
    if both:
        raise Malformed(field="insisted", rule="settled.both", value=both[0])
    for field, value in found.items():
        if value is not None:
            found[field] = _field(type_, field, value, day, today)
    return found


def _field(type_: str, field: str, value: Any, day: str, today: date) -> Any:
    if field in CONTAINERS:
        return _container(type_, field, value, day, today)
    if field == "deviations":
        return [_deviation(item, f"deviations.{at}", day) for at, item in enumerate(items(value, field))]
    if field in {"ends", "continues"}:
        for name in value if isinstance(value, list) else [value]:
            if name.get("town") is not None:
                _town(name["town"], f"{field}.town")
        return value
    if field == "case" and isinstance(value, Mapping):
        return {**value, **{name: _office(value[name], f"case.{name}") for name in _CASE & value.keys()}}
    if field == "allotment":
        return value
    return _single(type_, field, value, field, today)


def _container(type_: str, field: str, value: Any, day: str, today: date) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed(field=field, rule="value.mapping")
    found: dict[str, Any] = {}
    for name, item in value.items():
        path = f"{field}.{name}"
        amended = type_ == "event.corrected"
        if item is None and field == "set":
            found[name] = None  # a correction may take a value away
        elif amended and name in {"ends", "continues", "deviations"}:
            found[name] = _field(type_, name, item, day, today)
        elif amended and name == "set":  # of an earlier correction
            found[name] = _container(type_, name, item, day, today)
        elif amended and not is_particular(name):
            found[name] = _single(type_, name, item, path, today)
        else:
            found[name] = particular(name, item, path, day)
    return found


def _single(type_: str, field: str, value: Any, path: str, today: date) -> Any:
    if field in _PLACES and isinstance(value, Mapping):
        return _place(value, path)
    if field in _OFFICES and isinstance(value, str):
        return _office(value, path)
    if field in {"expected_on", "stay_until", "until", "since", "effective_on"}:
        _day(value, path, today, ahead=field in {"expected_on", "stay_until", "until"})
    if field == "reason" and type_ in {"movement.arrived", "event.corrected"}:
        return codes.check("reason", value, path)
    if field == "other" and isinstance(value, str):
        return value
    if field == "address":
        return text(value, path, 300)
    return value


def _deviation(value: Any, path: str, day: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not isinstance(value.get("field"), str):
        raise Malformed(field=path, rule="deviation.field")
    found = dict(value)
    if is_particular(value["field"]):
        for side in ("ours", "yours"):
            if found.get(side) is not None:
                found[side] = particular(value["field"], found[side], f"{path}.{side}", day)
    return found


def _place(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    kind, code = value.get("kind"), value.get("code")
    if kind == "town" and code is None:
        raise Malformed(field=f"{path}.code", rule="place.town_without_code")
    if kind != "town" and code is not None:
        raise Malformed(field=f"{path}.code", rule="place.code_without_town")
    if kind == "birth" and not path.endswith("origin"):
        raise Malformed(field=path, rule="place.birth_only_origin")
    if value.get("country") is not None:
        codes.check("country", value["country"], f"{path}.country")
    return {**value, **{name: _town(value[name], f"{path}.{name}") for name in ("code", "last") if value.get(name)}}


def _town(value: object, path: str) -> str:
    code = _office(value, path)
    if level(code) is not Level.TOWN:
        raise Malformed(field=path, rule="place.not_town", value=code)
    return code


def _office(value: object, path: str) -> str:
    code = parse_code(value, path) if isinstance(value, str) else ""
    if not code or divisions().get(code) is None:
        raise Malformed(field=path, rule="division.unknown", value=value)
    return code


def _day(value: object, path: str, today: date, *, ahead: bool = False) -> None:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None:
        raise Malformed(field=path, rule="date.form")
    if found.isoformat() < FIRST_DAY or (not ahead and found > today + MOST_AHEAD):
        raise Malformed(field=path, rule="date.absurd", value=found.isoformat())
