"""The words that a scenario file may use, by CATALOGUE.md and SCENARIOS.md; what this version cannot try is marked."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from events.catalogue import TYPES

FORMAT = 1

# What a step says by itself (`of`, `person`, `day`) or the exchange fills in stands in no `with`.
_NOT_IN_WITH = frozenset({"case", "target", "merge", "notification", "teller", "opens"})
_FILLED = {"movement.departed": frozenset({"given"}), "movement.left": frozenset({"given"})}
# Types of the catalogue that the typed catalogue does not have yet.
_LATER: Mapping[str, frozenset[str]] = {
    "person.erased": frozenset({"ground"}),
}
_SPOKEN = {name: frozenset({"from"}) for name in TYPES if name.startswith("jurisdiction.")}
FIELDS: Mapping[str, frozenset[str]] = {
    **{
        name: frozenset(each.encode_name for each in msgspec.structs.fields(kind))
        .difference(_NOT_IN_WITH, _FILLED.get(name, ()))
        .union(_SPOKEN.get(name, ()))
        for name, kind in TYPES.items()
    },
    **{name: fields for name, fields in _LATER.items() if name not in TYPES},
}
ABOUT_SEVERAL = frozenset({"enquiry.opened", "enquiry.answered"})
OPENING = frozenset({"person.registered", "movement.arrived"})
BEGINS_STAY = frozenset({"person.registered", "movement.arrived", "movement.returned"})

LOOKED_UP = "looked_up"  # in what an arrival states: what a look-up gave, but for what else is said

TIES = frozenset({"tie.began", "tie.ended"})
TIE_KINDS = frozenset({"spouse", "parent", "child", "guardian", "ward"})

KINDS = frozenset({
    "inflow", "moved-on", "contested", "outflow", "left", "registration", "family", "update", "correction",
    "retraction", "matched", "withdrawn", "reply", "enquiry", "request", "rejected", "reminder", "overdue",
    "escalated", "letter",
})  # fmt: skip
OUTCOMES = frozenset({
    "confirmed", "deviations", "disputed", "redirected", "deferred", "noted", "reopened", "answered", "refused",
    "settled",
})  # fmt: skip
CASE_STATES = frozenset({
    "open", "confirmed", "deviations", "disputed", "redirected", "settled", "answered", "deferred", "matched",
    "withdrawn", "overdue", "not_reachable",
})  # fmt: skip
CLOSED_STATES = frozenset({"confirmed", "settled", "answered", "redirected", "matched", "withdrawn", "not_reachable"})
RECORDS = frozenset({"open", "closed", "none", "withdrawn", "merged"})
ROLES = frozenset({"registration", "main", "further", "former", "expected", "family"})
LEVELS = frozenset({"province", "prefecture", "county", "town"})
DOCUMENTS = frozenset({"resident", "passport", "permit", "none"})

PARTICULARS = frozenset({
    "name", "sex", "ethnic_group", "marital_status", "education", "born_on", "birth_place", "nationality",
    "occupation", "phone",
})  # fmt: skip
PLACE_WORDS = frozenset({"abroad", "unknown", "no_fixed_abode", "birth", "none"})
VIEW_PLACES = frozenset({"lives_at", "came_from", "went_to"})
VIEW = frozenset({
    "record", "roles", "since", "until", "further_at", "ties", "deviations", "address", "protection", "matters",
    *VIEW_PLACES, *PARTICULARS,
})  # fmt: skip


def is_particular(field: str) -> bool:
    """Whether the field is in the catalogue's table of particulars."""
    return field in PARTICULARS or field.startswith("document.")
