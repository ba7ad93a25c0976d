"""What a clerk fills in on the page of a case, as a reply. Pure.

What a reply may be is judged where it is recorded, as of any other caller; here what was filled in is put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange.commands.answer_line import Answer

# What was filled in, by name.
Form = Mapping[str, Sequence[str]]
AS_COMPARED = "equal"  # confirm, if nothing differs still


def reply_of(type_: str, form: Form, told: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a reply of that type. `told`: the case as it is read."""
    content = _CONTENTS[type_](form, told) if type_ in _CONTENTS else {}
    plain = {name: _one(form, name) for name in _PLAIN.get(type_, ())}
    return {**content, **{name: value for name, value in plain.items() if value}}


def compared_of(form: Form) -> list[str]:
    """The members of a line of whom the page said that nothing differs, and whom it was sent to confirm."""
    return [case for case in form.get("member", ()) if _one(form, f"answer.{case}") == AS_COMPARED]


def answers_of(form: Form) -> list[Answer]:
    """What some members of a line are told in particular: `case.confirmed`, or `case.disputed` with its reason."""
    found = []
    for case in form.get("member", ()):
        type_, _, reason = _one(form, f"answer.{case}").partition(":")
        if type_ and type_ != AS_COMPARED:
            found.append(Answer(case, type_, {"reason": reason} if reason else {}))
    return found


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "").strip()


def _confirmed(form: Form, told: Mapping[str, Any]) -> dict[str, Any]:
    """The differences that are told; where those are all, the exchange finds them by itself."""
    chosen, differing = form.get("deviation", ()), told["differing"]
    if {each["field"] for each in differing} == set(chosen):
        return {}
    return {"deviations": [each for each in differing if each["field"] in chosen]}


def _disputed(form: Form, _told: Mapping[str, Any]) -> dict[str, Any]:
    town = _one(form, "place")
    return {"reason": _one(form, "reason"), **({"place": {"kind": "town", "code": town}} if town else {})}


def _answered(form: Form, told: Mapping[str, Any]) -> dict[str, Any]:
    held = _one(form, "held")
    if held == "yes":
        offered = (told["offers"] or {}).get("facts", {})
        chosen = form.get("fact", ())
        return {"held": True, "facts": {field: value for field, value in offered.items() if field in chosen}}
    return {"held": False} if held == "no" else {"refused": held}


def _settled(form: Form, told: Mapping[str, Any]) -> dict[str, Any]:
    if not told["deviations"]:
        return {"whole": _one(form, "whole")}
    chosen = {each["field"]: _one(form, f"settle.{each['field']}") for each in told["deviations"]}
    sides = {side: [field for field, said in chosen.items() if said == side] for side in ("accepted", "insisted")}
    return {side: fields for side, fields in sides.items() if fields}


_CONTENTS = {
    "case.confirmed": _confirmed,
    "case.disputed": _disputed,
    "enquiry.answered": _answered,
    "case.settled": _settled,
}
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "case.confirmed": ("note", "received_on"),
    "case.disputed": ("since", "note", "received_on"),
    "enquiry.answered": ("note", "received_on"),
    "case.redirected": ("to",),
    "case.deferred": ("until", "reason"),
    "case.noted": ("text",),
    "case.reopened": ("reason",),
    "case.withdrawn": ("ground",),
}
