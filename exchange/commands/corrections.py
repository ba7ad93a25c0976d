"""What a correction may say: the fields of its target, and particulars, each by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from events import codes
from events.catalogue import content_of
from events.catalogue.act_codes import LIST_OF
from events.catalogue.fact import Fact
from events.errors import Malformed, Several
from events.faults import Faults
from events.parts import TIES
from events.standing import apply
from exchange.commands import days
from exchange.commands.consistency import together
from exchange.commands.particular import is_particular

_OF_PARTICULARS = frozenset({"particulars", "stated", "wanted", "given", "facts"})
# Stated among the particulars, and none of them.
_STATED: Mapping[str, frozenset[str]] = {"movement.arrived": frozenset({TIES})}
# Filled in when the event is recorded, whatever the caller gave.
_DERIVED: Mapping[str, frozenset[str]] = {
    "movement.arrived": frozenset({"opens"}),
    "movement.departed": frozenset({"given"}),
    "movement.left": frozenset({"given"}),
    "event.corrected": frozenset({"fields"}),
}


def require_fit(target: Fact, day: str, changes: Mapping[str, Any], today: date) -> None:
    """The target with the changes set is a payload of its type, and its day one that it may have.

    Raises Malformed for each change that is wrong: as `require_fields`, schema, date.ahead, date.absurd.
    """
    require_fields(target, changes)
    faults = Faults()
    for name, value in changes.items():
        with faults:
            _set(target, day, name, value)
    faults.settle()
    amended, then = apply(target, day, changes)
    content = content_of(amended)
    if then != day or "destination" in changes:
        days.effective(amended.type, content, then, "set.effective_on", today)
    known = {each.rule for each in _apart(target.type, content_of(target), day)}
    if found := [each for each in _apart(amended.type, content, then) if each.rule not in known]:
        raise Several([Malformed(field=f"set.{each.field}", rule=each.rule, **each.details) for each in found])


def _apart(type_: str, content: Mapping[str, Any], day: str) -> Sequence[Malformed]:
    """What the fields say against each other; what was so before is not the correction's fault."""
    try:
        together(type_, content, day)
    except Malformed as error:
        return error.faults
    return ()


def require_fields(target: Fact, changes: Mapping[str, Any]) -> None:
    """A correction changes something, and only what its target has.

    Particulars are named one by one, never as a whole: that would take away all that is not named again.
    Raises Malformed: correction.empty, correction.no_such_field.
    """
    if not changes:
        raise Malformed(field="set", rule="correction.empty")
    own = fields_of(target)
    faults = Faults()
    for name in changes:
        with faults:
            if name not in own and not is_particular(name):
                raise Malformed(field=f"set.{name}", rule="correction.no_such_field")
    faults.settle()


def fields_of(fact: Fact) -> frozenset[str]:
    """What can be wrong with a fact beside its particulars: its own fields as callers write them, and its day."""
    own = {each.encode_name for each in msgspec.structs.fields(type(fact))} | _STATED.get(fact.type, frozenset())
    return frozenset(own | {"effective_on"}) - _OF_PARTICULARS - _DERIVED.get(fact.type, frozenset())


def fit(target: Fact, day: str, name: str, value: Any) -> None:
    """The value is one that the field can have, and nothing beside it. Raises Malformed, by the path from the field."""
    if value is not None and (target.type, name) in LIST_OF:
        codes.check(LIST_OF[target.type, name], value, name)
    try:
        amended, _ = apply(target, day, {name: value})
    except Malformed as error:
        at = error.field if error.field is not None and error.field.split(".")[0] == name else name
        raise Malformed(field=at, rule=error.rule, **error.details) from None
    content = content_of(amended)
    held = content["stated"] if name in _STATED.get(target.type, ()) else content
    if name in fields_of(target) - {"effective_on"} and _said(held.get(name)) != _said(value):
        raise Malformed(field=name, rule="schema.unknown")


def _said(value: Any) -> Any:
    """The value without what says nothing, as a payload holds it."""
    if isinstance(value, Mapping):
        return {name: _said(each) for name, each in value.items() if each is not None}
    return [_said(each) for each in value] if isinstance(value, list | tuple) else value


def _set(target: Fact, day: str, name: str, value: Any) -> None:
    try:
        fit(target, day, name, value)
    except Malformed as error:
        raise Malformed(field=f"set.{error.field}", rule=error.rule, **error.details) from None
