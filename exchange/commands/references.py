"""References as people and programs write them, brought to the one form that the catalogue reads. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from events.errors import Malformed
from events.faults import Faults

_OFFICE = re.compile(r"[0-9]{12}")


def normal(field: str, value: Any, path: str) -> Any:
    """The field's value with every reference as [author, id]. Raises Malformed: `ref.form`, `id.uuid`.

    Also taken are "author/id" and {"author": …, "id": …}.
    """
    form = _FORMS.get(field)
    return value if form is None or value is None else form(value, path)


def uuid_of(text: object, field: str = "id") -> str:
    """A UUID in its usual lowercase spelling. Raises Malformed: `id.uuid`."""
    try:
        found = str(uuid.UUID(text)) if isinstance(text, str) else ""
    except ValueError:
        found = ""
    if not found or found != text:
        raise Malformed(field=field, rule="id.uuid")
    return found


def _each(form: Callable[[object, str], Any]) -> Callable[[object, str], list[Any]]:
    def listed(value: object, path: str) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise Malformed(field=path, rule="ref.form")
        faults, found = Faults(), []
        for index, item in enumerate(value):
            with faults:
                found.append(form(item, f"{path}.{index}"))
        faults.settle()
        return found

    return listed


def _ref(value: object, path: str) -> list[str]:
    if isinstance(value, str):
        author, _, id_ = value.partition("/")
    elif isinstance(value, Mapping):
        author, id_ = str(value.get("author", "")), str(value.get("id", ""))
    elif isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(item, str) for item in value):
        author, id_ = value
    else:
        raise Malformed(field=path, rule="ref.form")
    if not _OFFICE.fullmatch(author):
        raise Malformed(field=path, rule="ref.form")
    return [author, uuid_of(id_, path)]


def _stay_name(value: object, path: str) -> dict[str, Any]:
    """A stay by its event, or by its town: {"stay": ref}, {"town": code}, or one of these alone."""
    if isinstance(value, str) and _OFFICE.fullmatch(value):
        return {"town": value}
    if isinstance(value, Mapping) and "author" not in value:
        if value.get("stay") is not None:
            return {**value, "stay": _ref(value["stay"], f"{path}.stay")}
        return dict(value)
    return {"stay": _ref(value, path)}


def _case(value: object, path: str) -> object:
    if isinstance(value, Mapping) and value.get("opening") is not None:
        return {**value, "opening": _ref(value["opening"], f"{path}.opening")}
    return value


_FORMS: Mapping[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("stay", "target", "previous", "about", "merge", "notification"), _ref),
    "continues": _stay_name,
    "ends": _each(_stay_name),
    "sees": _each(_ref),
    "case": _case,
}
