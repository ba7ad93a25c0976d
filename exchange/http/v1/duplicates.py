"""Likely duplicates, side by side."""

from __future__ import annotations

from typing import Any

from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.gate import caller, purpose
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from schemas.v1.duplicate import DuplicatesQuery, ProposalsSchema

resource = Resource("duplicates", "Entries that may be one human.", "可能重复的人员记录。")
_OTHER = "8c1f7a52-6d0e-4f3b-9a37-5e0b1c2d3f40"
_SIDE = {"office": examples.HOME, "keeper": examples.HOME, "state": "open", "roles": ["registration"]}
_PROPOSAL: dict[str, Any] = {
    "exact": False,
    "score": 17,
    "one": {**_SIDE, "person": examples.PERSON},
    "other": {**_SIDE, "person": _OTHER},
    "fields": [
        {"field": "name", "one": {"full": "林一禾"}, "other": {"full": "林一和"}, "relation": "alike"},
        {"field": "born_on", "one": "1991-04-17", "other": "1991-04-17", "relation": "equal"},
    ],
    "acts": [
        {
            "office": examples.HOME,
            "type": "person.kept_apart",
            "person": examples.PERSON,
            "with": {"other": _OTHER},
        }
    ],
}


@resource.get(
    "/duplicates",
    summary=("Likely duplicates, side by side", "疑似重复记录对照"),
    query=DuplicatesQuery,
    answer=ProposalsSchema,
    example={"items": [_PROPOSAL], "next": None},
    purpose=True,
)
@allows("clerk", "confirmer", "supervisor", "auditor")
def list_duplicates(query: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Pairs among the entries that the caller's office holds, or among those of the area that it oversees.

    Likeness never merges: record that the two are one, or two, by an event; the pair is not proposed again.
    """
    where = paging.position(query.pop("cursor", None), "duplicates")
    limit, why = query.pop("limit"), purpose(query.pop("purpose", None))
    return paging.page(use_cases().duplicates(caller(), why, query.get("person"), where, limit), "duplicates")
