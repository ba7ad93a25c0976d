"""What a correction may say: the fields of its target, and particulars, each by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from events.catalogue import content_of
from events.catalogue.fact import Fact
from events.errors import Malformed
from events.faults import Faults
from events.standing import apply
from exchange.commands import days
from exchange.commands.particular import is_particular

_OF_PARTICULARS = frozenset({"particulars", "stated", "wanted", "given", "facts"})


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
    if then != day or "destination" in changes:
        days.effective(amended.type, content_of(amended), then, "set.effective_on", today)


def require_fields(target: Fact, changes: Mapping[str, Any]) -> None:
    """A correction changes something, and only what its target has.

    Particulars are named one by one, never as a whole: that would take away all that is not named again.
    Raises Malformed: correction.empty, correction.no_such_field.
    """
    if not changes:
        raise Malformed(field="set", rule="correction.empty")
    own = {each.encode_name for each in msgspec.structs.fields(type(target))} - _OF_PARTICULARS
    faults = Faults()
    for name in changes:
        with faults:
            if name not in own and name != "effective_on" and not is_particular(name):
                raise Malformed(field=f"set.{name}", rule="correction.no_such_field")
    faults.settle()


def _set(target: Fact, day: str, name: str, value: Any) -> None:
    try:
        apply(target, day, {name: value})
    except Malformed as error:
        at = error.field if error.field is not None and error.field.split(".")[0] == name else name
        raise Malformed(field=f"set.{at}", rule=error.rule, **error.details) from None
