"""The inbox of the caller's office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.gate import caller, purpose
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from schemas.v1.inbox import AcknowledgementSchema, InboxQuery, InboxSchema, SentAgainSchema

resource = Resource("inbox", "What other offices told yours, and what they ask.", "其他单位的通报与查询。")


@resource.get(
    "/inbox",
    summary=("The inbox", "收件箱"),
    query=InboxQuery,
    answer=InboxSchema,
    example={
        "items": [
            {
                "position": 42,
                "at": "2026-03-02T03:04:05Z",
                "kind": "inflow",
                "person": examples.PERSON,
                "name": "林一禾",
                "unreadable": False,
                "teller": examples.TOWN,
                "state": "open",
                "expects_reply": True,
                "case": examples.CASE,
                "due_on": "2026-03-23",
                "together": {
                    "persons": 2,
                    "asked": 2,
                    "open": 1,
                    "state": "partly_answered",
                    "members": [
                        {
                            "position": 41,
                            "person": examples.CASE,
                            "name": "林小满",
                            "kind": "inflow",
                            "state": "answered",
                            "case": examples.REPLY,
                            "outcome": "confirmed",
                        },
                        {
                            "position": 42,
                            "person": examples.PERSON,
                            "name": "林一禾",
                            "kind": "inflow",
                            "state": "open",
                            "case": examples.CASE,
                            "due_on": "2026-03-23",
                        },
                    ],
                },
            }
        ],
        "next": examples.CURSOR,
    },
    purpose=True,
)
@allows("clerk", "confirmer", "supervisor")
def list_inbox(query: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Notifications of the caller's office, filtered and in pages: what one act told of several persons is one line.

    A line is found by any of its members, and the newest of those that were looked for stands for it.
    """
    where = paging.position(query.pop("cursor", None), "inbox")
    limit, why = query.pop("limit"), purpose(query.pop("purpose", None))
    return paging.page(use_cases().inbox(caller(), why, query, where, limit), "inbox")


@resource.post(
    "/inbox/<int(signed=True, max=9007199254740991):position>/acknowledge",
    summary=("Acknowledge a notification", "签收通报"),
    answer=AcknowledgementSchema,
    example={
        "position": 42,
        "acknowledged_at": "2026-03-03T01:20:00Z",
        "acknowledged_by": "key.0a1b2c3d4e5f",
    },
    problems=(404,),
)
@allows("clerk", "confirmer", "supervisor")
def acknowledge(position: int) -> Mapping[str, Any]:
    """Says that the message was received; it agrees to nothing. Twice is as good as once."""
    return use_cases().acknowledge(caller(), position)


@resource.post(
    "/inbox/<int(signed=True, max=9007199254740991):position>/send-again",
    summary=("Send a rejected message again", "重新发送被拒收的消息"),
    answer=SentAgainSchema,
    example={
        "position": 42,
        "event": [examples.TOWN, examples.EVENT],
        "to": examples.HOME,
        "rejection": [examples.HOME, examples.REPLY],
    },
    problems=(404, 409),
)
@allows("clerk", "confirmer", "supervisor")
def send_again(position: int) -> Mapping[str, Any]:
    """Sends the message once more to the office whose notice at this position rejects it. Twice is as good as once."""
    return use_cases().send_again(caller(), position)
