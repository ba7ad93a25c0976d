"""Which part each field of a payload lies in, and how a payload is split into clear facts and parts.

A value lies in its field's part wherever it stands (DESIGN.md section 2), also inside `particulars`, `set`,
`stated`, `wanted`, `given`, `facts` and `deviations`. What is left are clear facts: ids, office codes, days, stays,
kinds, codes that describe the act, and the names of fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        elif (part := part_of(key, type_)) is not None:
            parts.setdefault(part, {})[key] = value
        else:
            facts[key] = value
    return facts, parts


def _split_container(
    key: str, value: Mapping[str, Any], facts: dict[str, Any], parts: dict[Part, dict[str, Any]]
) -> None:
    for field, item in value.items():
        part = part_of(field)
        target = facts if part is None else parts.setdefault(part, {})
        target.setdefault(key, {})[field] = item
        if key in {"particulars", "stated"} and field == "born_on":
            # The year alone is part of the cohort: statistics never need the identity.
            parts.setdefault("cohort", {}).setdefault(key, {})["born_year"] = str(item)[:4]


def _split_deviations(
    value: Iterable[Mapping[str, Any]], facts: dict[str, Any], parts: dict[Part, dict[str, Any]]
) -> None:
    facts["deviations"] = [item["field"] for item in value]
    for item in value:
        part = part_of(item["field"])
        target = facts if part is None else parts.setdefault(part, {})
        target.setdefault("differs", {})[item["field"]] = {k: item[k] for k in ("ours", "yours") if k in item}


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
                content.setdefault(key, {}).update(value)
            else:
                content[key] = value
    if "deviations" in facts:
        content["deviations"] = [{"field": name, **differs.get(name, {})} for name in facts["deviations"]]
    for key in ("particulars", "stated"):
        held = cast("dict[str, Any]", content.get(key, {}))
        if "born_on" in held:
            held.pop("born_year", None)
    return content
