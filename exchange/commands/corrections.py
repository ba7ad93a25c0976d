"""What a correction may name: the fields of its target, and particulars, each by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from events.catalogue.fact import Fact
from events.errors import Malformed
from exchange.commands.particular import is_particular

_OF_PARTICULARS = frozenset({"particulars", "stated", "wanted"})


def require_fields(target: Fact, changes: Mapping[str, Any]) -> None:
    """A correction changes something, and only what its target has.

    Particulars are named one by one, never as a whole: that would take away all that is not named again.
    Raises Malformed: correction.empty, correction.no_such_field.
    """
    if not changes:
        raise Malformed(field="set", rule="correction.empty")
    own = {each.encode_name for each in msgspec.structs.fields(type(target))} - _OF_PARTICULARS
    for name in changes:
        if name not in own and name != "effective_on" and not is_particular(name):
            raise Malformed(field=f"set.{name}", rule="correction.no_such_field")
