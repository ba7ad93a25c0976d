"""References as people and programs write them, brought to the one form that the catalogue reads. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from events.errors import Malformed

_SINGLE = ("stay", "target", "previous", "about", "merge", "notification")
_OFFICE = re.compile(r"\d{12}")


def normal(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with every reference as [author, id]. Raises Malformed: `ref.form`, `id.uuid`.

    Also taken are "author/id" and {"author": …, "id": …}.
    """
    found = dict(content)
    for field in _SINGLE:
        if found.get(field) is not None:
            found[field] = _ref(found[field], field)
    if found.get("continues") is not None:
        found["continues"] = _stay_name(found["continues"], "continues")
    for field, each in (("ends", _stay_name), ("sees", _ref)):
        if found.get(field) is not None:
            found[field] = _each(found[field], field, each)
    case = found.get("case")
    if isinstance(case, Mapping) and case.get("opening") is not None:
        found["case"] = {**case, "opening": _ref(case["opening"], "case.opening")}
    if isinstance(found.get("set"), Mapping):
        found["set"] = normal(found["set"])
    return found


def uuid_of(text: object, field: str = "id") -> str:
    """A UUID in its usual lowercase spelling. Raises Malformed: `id.uuid`."""
    try:
        found = str(uuid.UUID(text)) if isinstance(text, str) else ""
    except ValueError:
        found = ""
    if not found or found != text:
        raise Malformed(field=field, rule="id.uuid")
    return found


def _each(value: object, field: str, form: Callable[[object, str], Any]) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Malformed(field=field, rule="ref.form")
    return [form(item, f"{field}.{index}") for index, item in enumerate(value)]


def _ref(value: object, field: str) -> list[str]:
    if isinstance(value, str):
        author, _, id_ = value.partition("/")
    elif isinstance(value, Mapping):
        author, id_ = str(value.get("author", "")), str(value.get("id", ""))
    elif isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(item, str) for item in value):
        author, id_ = value
    else:
        raise Malformed(field=field, rule="ref.form")
    if not _OFFICE.fullmatch(author):
        raise Malformed(field=field, rule="ref.form")
    return [author, uuid_of(id_, field)]


def _stay_name(value: object, field: str) -> dict[str, Any]:
    """A stay by its event, or by its town: {"stay": ref}, {"town": code}, or one of these alone."""
    if isinstance(value, str) and _OFFICE.fullmatch(value):
        return {"town": value}
    if isinstance(value, Mapping) and "author" not in value:
        if value.get("stay") is not None:
            return {**value, "stay": _ref(value["stay"], f"{field}.stay")}
        return dict(value)
    return {"stay": _ref(value, field)}
