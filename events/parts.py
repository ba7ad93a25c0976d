"""Which part each field of a payload lies in, and how a payload is split into clear facts and parts.

A value lies in its field's part wherever it stands (DESIGN.md section 2), also inside `particulars`, `set`,
`stated`, `wanted`, `given`, `facts` and `deviations`, and where it is stated of the other person of a tie. What is left
are clear facts: ids, office codes, days, stays, kinds, codes that describe the act, and the names of fields.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from events.envelope import PARTS, Part

PART_OF: dict[str, Part] = {
    "name": "identity",
    "born_on": "identity",
    "birth_place": "identity",
    "sex": "cohort",
    "ethnic_group": "cohort",
    "marital_status": "cohort",
    "education": "cohort",
    "nationality": "cohort",
    "reason": "cohort",
    "address": "address",
    "occupation": "contact",
    "phone": "contact",
    "note": "remarks",
    "text": "remarks",
}
CONTAINERS = ("particulars", "set", "stated", "wanted", "given", "facts")
NESTED = frozenset({*CONTAINERS, "deviations"})  # which a correction sets as a whole, with the values in them
OTHER, TIES = "other", "ties"  # what is stated of another person lies in its fields' parts, the rest is clear
_SCATTERED = frozenset({OTHER, TIES, *NESTED})
_OF_A_PERSON = frozenset({"particulars", "stated"})
HOISTED = ("stay", "target")  # they stand in the envelope, not among the facts
# A dispute's reason describes the act; an arrival's reason describes the person.
_CLEAR_REASON = ("case.", "notification.")


def part_of(field: str, type_: str = "") -> Part | None:
    """The part that a field's value lies in; None where it is a clear fact."""
    if type_.startswith("jurisdiction.") or (field == "reason" and type_.startswith(_CLEAR_REASON)):
        return None
    if field.startswith("document."):
        return "identity"
    return PART_OF.get(field)


def split(type_: str, content: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Part, dict[str, Any]]]:
    """Clear facts, and the personal data by part. `merge` is its inverse."""
    facts: dict[str, Any] = {}
    parts: dict[Part, dict[str, Any]] = {}
    for key, value in content.items():
        if key in CONTAINERS:
            _split_container(key, value, facts, parts)
        elif key == "deviations":
            _split_deviations(value, facts, parts)
        elif _is_scattered(key, value):
            facts[key], stated = _gathered(key, value)
            for named, held in stated.items():
                parts.setdefault(named, {})[key] = held
        elif (part := part_of(key, type_)) is not None:
            parts.setdefault(part, {})[key] = value
        else:
            facts[key] = value
    return facts, parts


def within(type_: str, content: Mapping[str, Any], held: Collection[Part]) -> dict[str, Any]:
    """The content as far as these parts tell it: `merge` of what `split` finds, without what they do not hold."""
    if "deviations" in content or OTHER in content or TIES in content or _scatters(content):
        facts, parts = split(type_, content)
        return merge(facts, {part: parts[part] for part in PARTS if part in parts and part in held})
    found: dict[str, Any] = {}
    for key, value in content.items():
        if key in CONTAINERS:
            if told := _container_within(key, value, held):
                found[key] = told
        elif (part := part_of(key, type_)) is None or part in held:
            found[key] = value
    return found


def _scatters(content: Mapping[str, Any]) -> bool:
    """Whether something in a container is stated of other persons, or holds fields itself."""
    return any(key in content and not _SCATTERED.isdisjoint(content[key]) for key in CONTAINERS)


def _container_within(key: str, value: Mapping[str, Any], held: Collection[Part]) -> dict[str, Any]:
    told = {field: item for field, item in value.items() if (part := part_of(field)) is None or part in held}
    if key in _OF_A_PERSON and "born_on" in value:
        if "born_on" in told:
            told.pop("born_year", None)
        elif "cohort" in held:
            told["born_year"] = str(value["born_on"])[:4]
    return told


def _split_container(
    key: str, value: Mapping[str, Any], facts: dict[str, Any], parts: dict[Part, dict[str, Any]]
) -> None:
    for field, item in value.items():
        if _is_scattered(field, item):
            facts.setdefault(key, {})[field], stated = _gathered(field, item)
            for named, held in stated.items():
                parts.setdefault(named, {}).setdefault(key, {})[field] = held
            continue
        if key == "set" and _is_nested(field, item):
            clear, sealed = split("", {field: item})
            if clear or not sealed:
                facts.setdefault(key, {}).update(clear or {field: item})
            for named, held in sealed.items():
                parts.setdefault(named, {}).setdefault(key, {}).update(held)
            continue
        part = part_of(field)
        target = facts if part is None else parts.setdefault(part, {})
        target.setdefault(key, {})[field] = item
        if key in _OF_A_PERSON and field == "born_on":
            # The year alone is part of the cohort: statistics never need the identity.
            parts.setdefault("cohort", {}).setdefault(key, {})["born_year"] = str(item)[:4]


def _split_deviations(
    value: Iterable[Mapping[str, Any]], facts: dict[str, Any], parts: dict[Part, dict[str, Any]]
) -> None:
    facts["deviations"] = [item["field"] for item in value]
    for item in value:
        part = "identity" if item["field"] in {OTHER, TIES} else part_of(item["field"])
        target = facts if part is None else parts.setdefault(part, {})
        target.setdefault("differs", {})[item["field"]] = {k: item[k] for k in ("ours", "yours") if k in item}


def _is_nested(field: str, value: Any) -> bool:
    """Whether it holds the fields of a change, of an earlier correction or of a reply, as a correction sets them."""
    if field not in NESTED:
        return False
    return isinstance(value, Mapping) or (
        isinstance(value, list | tuple) and all(isinstance(v, Mapping) for v in value)
    )


def _take(container: dict[str, Any], held: Mapping[str, Any]) -> None:
    for field, value in held.items():
        if field in {OTHER, TIES} and isinstance(value, Mapping):
            _put_back(container, field, value)
        elif field in {*CONTAINERS, "differs"}:
            nested = dict(container.get(field, {}))
            _take(nested, value)
            container[field] = nested
        else:
            container[field] = value


def _is_scattered(field: str, value: Any) -> bool:
    """Whether what is stated of other persons stands under this field; `other` may also be a mere id."""
    return (field == OTHER and isinstance(value, Mapping)) or (field == TIES and isinstance(value, list | tuple))


def _gathered(field: str, value: Any) -> tuple[Any, dict[Part, dict[str, Any]]]:
    """What is clear of it, and by part what is stated: of each tie under its number."""
    if field == OTHER:
        return _of_other(value)
    clear: list[Any] = []
    parts: dict[Part, dict[str, Any]] = {}
    for number, tie in enumerate(value):
        other, stated = _of_other(tie.get(OTHER, {}))
        clear.append({**tie, OTHER: other})
        for part, held in stated.items():
            parts.setdefault(part, {})[str(number)] = held
    return clear, parts


def _of_other(other: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Part, dict[str, Any]]]:
    parts: dict[Part, dict[str, Any]] = {}
    for field, value in other.get("stated", {}).items():
        parts.setdefault(part_of(field) or "identity", {})[field] = value
    return {key: value for key, value in other.items() if key != "stated"}, parts


def _put_back(content: dict[str, Any], field: str, held: Mapping[str, Any]) -> None:
    """The inverse of `_gathered`, for one part."""
    if field == OTHER:
        content[OTHER] = _with_stated(content.get(OTHER, {}), held)
        return
    ties = list(content.get(TIES, ()))
    for number, stated in held.items():
        at = int(number)
        if at < len(ties):
            ties[at] = {**ties[at], OTHER: _with_stated(ties[at].get(OTHER, {}), stated)}
    content[TIES] = ties


def _with_stated(other: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    return {**other, "stated": {**other.get("stated", {}), **stated}}


def _deviations(named: Iterable[Any], differs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By the names of the fields; what corrections once held in the clear stays as it is."""
    return [{"field": each, **differs.get(each, {})} if isinstance(each, str) else each for each in named]


def _corrected(held: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction sets, with the deviations in it put together."""
    found = {field: value for field, value in held.items() if field != "differs"}
    if isinstance(found.get("set"), Mapping):
        found["set"] = _corrected(found["set"])
    for key in _OF_A_PERSON.intersection(found):
        if isinstance(found[key], Mapping):
            found[key] = {field: value for field, value in found[key].items() if field != "born_year"}
    differs = held.get("differs", {})
    if isinstance(found.get("deviations"), list | tuple) and isinstance(differs, Mapping):
        found["deviations"] = _deviations(found["deviations"], differs)
    return found


def merge(facts: Mapping[str, Any], parts: Mapping[Part, Mapping[str, Any]]) -> dict[str, Any]:
    """The content of a payload as far as the parts at hand tell it."""
    content: dict[str, Any] = {key: value for key, value in facts.items() if key not in {"differs", *CONTAINERS}}
    differs: dict[str, Any] = dict(facts.get("differs", {}))
    for key in CONTAINERS:
        if key in facts:
            content[key] = dict(facts[key])
    for part in PARTS:
        for key, value in parts.get(part, {}).items():
            if key == "differs":
                differs.update(value)
            elif key in CONTAINERS:
                _take(content.setdefault(key, {}), value)
            elif key in {OTHER, TIES}:
                _put_back(content, key, value)
            else:
                content[key] = value
    if "deviations" in facts:
        content["deviations"] = _deviations(facts["deviations"], differs)
    if isinstance(content.get("set"), Mapping):
        content["set"] = _corrected(content["set"])
    for key in ("particulars", "stated"):
        held = cast("dict[str, Any]", content.get(key, {}))
        if "born_on" in held:
            held.pop("born_year", None)
    return content
