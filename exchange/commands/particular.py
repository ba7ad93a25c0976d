"""Particulars in their one spelling, each by its own rule. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from events import codes, documents, names, partial_date, text
from events.errors import Malformed
from events.faults import Faults
from exchange.jurisdictions import past
from exchange.jurisdictions.codes import parse as parse_code
from exchange.jurisdictions.outside import whole_regions


def is_particular(field: str) -> bool:
    """Whether the field is in the catalogue's table of particulars."""
    return field in PARTICULARS or field.startswith("document.")


def particular(name: str, value: Any, path: str, day: str) -> Any:
    """The value in its one spelling. Raises Malformed; `day`: of the event, before which the person was born."""
    if name.startswith("document."):
        return _document(name.removeprefix("document."), value, path, day)
    if name == "born_on":
        return _born_on(value, path, day)
    rule = _RULES.get(name)
    if rule is None:
        raise Malformed(field=path, rule="particular.unknown", value=name)
    return rule(value, path)


def _document(kind: str, value: Any, path: str, day: str) -> dict[str, Any]:
    held = {"number": value} if isinstance(value, str) else value
    if not isinstance(held, Mapping) or not isinstance(held.get("number"), str):
        raise Malformed(field=path, rule="document.value")
    faults, found = Faults(), dict(held)
    for unknown in sorted(held.keys() - {"number", "valid_from", "valid_until", "as_printed", "country"}):
        with faults:
            raise Malformed(field=f"{path}.{unknown}", rule="document.value")
    with faults:
        printed = _printed(held, path)
        parsed = documents.parse(kind, held["number"], field=f"{path}.number", as_printed=printed, as_of=day)
        found["number"] = parsed.number
    with faults:
        _validity(held, path)
    with faults:
        if held.get("country") is not None:
            codes.check("country", held["country"], f"{path}.country")
    faults.settle()
    return found


def _validity(held: Mapping[str, Any], path: str) -> None:
    faults, dates = Faults(), {}
    for field in ("valid_from", "valid_until"):
        with faults:
            if held.get(field) is not None:
                dates[field] = partial_date.parse(held[field], field=f"{path}.{field}")
    faults.settle()
    if len(dates) == 2 and partial_date.is_after(dates["valid_from"], partial_date.latest(dates["valid_until"])):
        raise Malformed(field=f"{path}.valid_until", rule="document.validity")


def _printed(held: Mapping[str, Any], path: str) -> bool:
    printed = held.get("as_printed")
    if printed is not None and not isinstance(printed, bool):
        raise Malformed(field=f"{path}.as_printed", rule="schema.flag")
    return printed is True


def _name(value: Any, path: str) -> Any:
    if isinstance(value, str):
        return names.normalise(value, field=path)
    name = names.parse(value, field=path)
    held = {"full": name.full, "family": name.family, "given": name.given, "pinyin": name.pinyin}
    return {**{k: v for k, v in held.items() if v is not None}, **({"other": list(name.other)} if name.other else {})}


def _born_on(value: Any, path: str, day: str) -> str:
    born = partial_date.parse(value, field=path)
    if partial_date.is_after(born, day):
        raise Malformed(field=path, rule="born.after_event")
    return born


def _birth_place(value: Any, path: str) -> str:
    if isinstance(value, str) and value[:1].isdigit():
        code = parse_code(value, path)
        if past.area(code) is None and code not in whole_regions():
            raise Malformed(field=path, rule="division.unknown", value=value)
        return code
    return codes.check("country", value, path)


def _nationality(value: Any, path: str) -> list[str]:
    faults, found = Faults(), set()
    for at, each in enumerate(items(value, path)):
        with faults:
            found.add(codes.check("country", each, f"{path}.{at}"))
    faults.settle()
    return sorted(found)


_RULES: Mapping[str, Callable[[Any, str], Any]] = {
    "name": _name,
    "birth_place": _birth_place,
    "nationality": _nationality,
    "occupation": partial(text.line, most=100),
    "phone": partial(text.line, most=40),
    **{field: partial(codes.check, field) for field in ("sex", "marital_status", "ethnic_group", "education")},
}
PARTICULARS = frozenset({"born_on", *_RULES})


def items(value: object, path: str) -> list[Any]:
    """A list. Raises Malformed: `value.list`."""
    if not isinstance(value, list | tuple):
        raise Malformed(field=path, rule="value.list")
    return list(value)
