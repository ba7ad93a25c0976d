"""What a caller can see at the most, whatever is asked: the second wall is set by it, and not by the question."""

from __future__ import annotations

from exchange.access.caller import Caller
from exchange.jurisdictions.codes import stem
from exchange.protocol.offices import Offices


def area(caller: Caller) -> str:
    """The caller's office; of those who oversee, what all codes in their area begin with."""
    return stem(caller.office) if caller.roles & {"supervisor", "auditor", "operator"} else caller.office


def sight(caller: Caller, offices: Offices) -> frozenset[str]:
    """The caller's area, and every office that one in it took over."""
    own = area(caller)
    found = {own}
    while more := {
        code
        for code, step in offices.successions.items()
        if code not in found and any(heir in found or heir.startswith(own) for heir in step.to)
    }:
        found |= more
    return frozenset(found)
