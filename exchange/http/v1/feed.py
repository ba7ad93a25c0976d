"""The feed of the caller's office, as CloudEvents 1.0."""

from __future__ import annotations

from typing import Any

from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.gate import caller, purpose
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from schemas.v1.feed import FeedQuery, FeedSchema

resource = Resource("feed", "Deliveries to your office, in order.", "向本单位送达的通报流。")


@resource.get(
    "/feed",
    summary=("Deliveries after a position", "某位置之后的送达"),
    query=FeedQuery,
    answer=FeedSchema,
    example={
        "items": [
            {
                "specversion": "1.0",
                "id": f"{examples.TOWN}/{examples.EVENT}",
                "source": f"/offices/{examples.TOWN}",
                "type": "movement.arrived",
                "subject": examples.PERSON,
                "time": "2026-03-02T03:04:05Z",
                "datacontenttype": "application/json",
                "sequence": "42",
                "data": {"effective_on": "2026-03-02", "kind": "inflow", "with": examples.ARRIVED["with"]},
            }
        ],
        "next": "MTpmZWVkOjQy",
        "more": False,
    },
    purpose=True,
)
@allows("clerk", "confirmer")
def read_feed(query: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """What the office was told after the cursor. Without a cursor from the beginning; keep `next` and ask again."""
    after = paging.number(query.get("cursor"), "feed", signed=True)
    found = use_cases().feed(caller(), purpose(query.get("purpose")), after, query["limit"])
    following = paging.cursor_of(found.next or str(after), "feed")
    more = len(found.rows) == query["limit"]
    headers = paging.link(following) if more else {}
    return {"items": found.rows, "next": following, "more": more}, 200, headers
