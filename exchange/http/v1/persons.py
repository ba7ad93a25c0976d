"""Finding a person, and reading the office's record of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from exchange.http import etag, paging
from exchange.http.allows import allows
from exchange.http.gate import caller, purpose
from exchange.http.problems import language
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from exchange.translations import text
from schemas.v1.person import (
    FindSchema,
    FoundListSchema,
    HistoryQuery,
    HistorySchema,
    PrefilledSchema,
    PrefillSchema,
    PurposeQuery,
    RecordQuery,
    SheetSchema,
)

resource = Resource("persons", "What your office holds of a person.", "本单位掌握的人员情况。")


@resource.post(
    "/persons/find",
    summary=("Find a person by identity document", "凭身份证件查找人员"),
    query=PurposeQuery,
    body=FindSchema,
    asks={"resident": {"kind": "resident", "number": "110105199104170025"}},
    answer=FoundListSchema,
    example={
        "items": [
            {
                "person": examples.PERSON,
                "name": "林一禾",
                "state": "open",
                "document": "1101 **** **** 0025",
                "unreadable": False,
            }
        ]
    },
    purpose=True,
)
@allows("clerk", "confirmer")
def find_person(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Looks among the persons whom the caller's own office holds, and nowhere else. None found is an empty list."""
    return {"items": use_cases().find(caller(), purpose(query.get("purpose")), body["kind"], body["number"])}


@resource.post(
    "/persons/prefill",
    summary=("Look up a newcomer, with consent", "经本人同意查询新来人员的登记信息"),
    body=PrefillSchema,
    asks={"resident": {"kind": "resident", "number": "110105199104170025", "name": "林", "consent": True}},
    answer=PrefilledSchema,
    example={
        "held": True,
        "keeper": examples.HOME,
        "registration": {"kind": "town", "code": examples.HOME},
        "stated": {"name": {"full": "林一禾"}, "sex": "F", "born_on": "1991-04-17", "ethnic_group": "01"},
    },
    problems=(429,),
)
@allows("clerk", "confirmer")
def prefill_registration(body: dict[str, Any]) -> Mapping[str, Any]:
    """What the keeper of a newcomer holds: exactly the fields for the purpose `registration`, to be reviewed.

    Each look-up is kept with its purpose, also one that finds nobody, and their number within an hour is limited.
    A name that does not fit the document is answered as somebody who is not held.
    """
    return use_cases().prefill(caller(), body)


@resource.get(
    "/persons/<uuid:person>/record",
    summary=("The office's record of a person", "人员记录"),
    query=RecordQuery,
    answer=SheetSchema,
    example=examples.SHEET,
    problems=(404, 410),
    purpose=True,
    headers=("If-None-Match",),
)
@allows("clerk", "confirmer", "supervisor", "auditor")
def read_record(query: dict[str, Any], person: UUID) -> Response | tuple[Mapping[str, Any], int, dict[str, str]]:
    """What the office sees of the person, with its version as ETag: today, or of another day, or as it was known then.

    Both times may be asked together. Of a day before anything held, the state is `none`; of a moment at which the
    office knew nothing of the person, nothing is said (404).
    """
    known_at = datetime.fromisoformat(query["known_at"]) if "known_at" in query else None
    why, office = purpose(query.get("purpose")), query.get("office")
    found, version = use_cases().sheet(caller(), why, str(person), office, as_of=query.get("as_of"), known_at=known_at)
    headers = {"ETag": etag.quoted(version), "Cache-Control": "private, no-cache"}
    if etag.unchanged(version):
        return Response(status=304, headers=headers)
    spoken = language()
    told = [{**each, "says": text(f"contradiction.{each['kind']}", spoken)} for each in found.get("contradictions", ())]
    return {**found, "contradictions": told}, 200, headers


@resource.get(
    "/persons/<uuid:person>/history",
    summary=("How the record came about", "记录的由来"),
    query=HistoryQuery,
    answer=HistorySchema,
    example={
        "items": [
            {
                "id": examples.EVENT,
                "author": examples.TOWN,
                "type": "movement.arrived",
                "person": examples.PERSON,
                "actor": "key.0a1b2c3d4e5f",
                "effective_on": "2026-03-02",
                "stamp": 1772409600000000,
                "recorded_at": "2026-03-02T03:04:05.000000Z",
                "known_at": "2026-03-02T03:04:05.100000Z",
                "parts": ["address", "cohort", "identity"],
                "with": examples.ARRIVED["with"],
                "standing": "in_force",
                "did": {"state": [None, "open"]},
            }
        ],
        "next": None,
    },
    problems=(404, 410),
    purpose=True,
)
@allows("clerk", "confirmer", "supervisor", "auditor")
def read_history(query: dict[str, Any], person: UUID) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The events of the office's own book about the person, in the order in which they count."""
    start = paging.number(query.get("cursor"), "history")
    why = purpose(query.get("purpose"))
    found = use_cases().history(caller(), why, str(person), query.get("office"), start, query["limit"])
    return paging.page(found, "history")
