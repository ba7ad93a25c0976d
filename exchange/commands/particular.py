"""Particulars in their one spelling, each by its own rule. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from events import codes, documents, names, partial_date
from events.errors import Malformed
from exchange.jurisdictions.codes import parse as parse_code


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
    if unknown := held.keys() - {"number", "valid_from", "valid_until", "as_printed", "country"}:
        raise Malformed(field=f"{path}.{min(unknown)}", rule="document.value")
    printed = held.get("as_printed") is True
    parsed = documents.parse(kind, held["number"], field=f"{path}.number", as_printed=printed, as_of=day)
    for field in ("valid_from", "valid_until"):
        if held.get(field) is not None:
            partial_date.parse(held[field], field=f"{path}.{field}")
    return {**held, "number": parsed.number}


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
        return parse_code(value, path)
    return codes.check("country", value, path)


def _nationality(value: Any, path: str) -> list[str]:
    held = [codes.check("country", each, f"{path}.{at}") for at, each in enumerate(items(value, path))]
    return sorted(set(held))


def text(value: Any, path: str, most: int = 100) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise Malformed(field=path, rule="text.length", most=most)
    return value.strip()


_RULES: Mapping[str, Callable[[Any, str], Any]] = {
    "name": _name,
    "birth_place": _birth_place,
    "nationality": _nationality,
    "occupation": text,
    "phone": partial(text, most=40),
    **{field: partial(codes.check, field) for field in ("sex", "marital_status", "ethnic_group", "education")},
}
PARTICULARS = frozenset({"born_on", *_RULES})


def items(value: object, path: str) -> list[Any]:
    """A list. Raises Malformed: `value.list`."""
    if not isinstance(value, list | tuple):
        raise Malformed(field=path, rule="value.list")
    return list(value)
