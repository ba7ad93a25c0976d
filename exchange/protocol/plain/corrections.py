"""Corrections that leave a life plain: of values that lie in parts, so that no clear fact changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from events.catalogue import TYPES
from events.envelope import Part
from events.parts import PART_OF, part_of
from exchange.protocol.plain.line import Line

PARTICULARS: frozenset[Part] = frozenset({"identity", "cohort", "contact"})
_HOLDING = frozenset({"person.registered", "person.changed", "movement.arrived"})  # particulars, whichever they are
# By the types that can be corrected so, the sealed fields that stand beside the particulars.
BESIDE: Mapping[str, frozenset[str]] = {
    type_: frozenset(PART_OF).intersection(TYPES[type_].__struct_fields__)
    for type_ in (*_HOLDING, "movement.returned", "movement.moved_within")
}
_NONE: frozenset[str] = frozenset()


def sets_sealed_values(correction: Line, target: Line) -> bool:
    """Whether it corrects values of its author's earlier fact that lie in parts, and that such a fact can have."""
    if correction.facts.set or correction.author != target.author or correction.stamp <= target.stamp:
        return False
    beside, fields = BESIDE.get(target.type, _NONE), correction.facts.fields
    held = target.type in _HOLDING
    return bool(fields) and all(f in beside or (held and part_of(f) in PARTICULARS) for f in fields)
