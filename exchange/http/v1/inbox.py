"""The inbox of the caller's office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from exchange.commands.answer_line import Answer
from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.gate import caller, purpose
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from exchange.http.v1.cases import compared
from exchange.http.v1.events import REPLAYED, refused_whole
from schemas.v1.case import AnswerLineSchema, LineAnsweredSchema
from schemas.v1.inbox import AcknowledgementSchema, InboxQuery, InboxSchema, SentAgainSchema

resource = Resource("inbox", "What other offices told yours, and what they ask.", "其他单位的通报与询问。")


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
                "due_provisional": False,
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
                            "due_provisional": False,
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
    "/inbox/<position:position>/acknowledge",
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
    "/inbox/<position:position>/send-again",
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


@resource.post(
    "/inbox/<position:position>/answer",
    summary=("Answer a line of the inbox in one act", "一次答复收件箱中的一条"),
    body=AnswerLineSchema,
    asks={
        "household": {
            "id": examples.REPLY,
            "answers": [{"case": examples.CASE, "type": "case.disputed", "with": {"reason": "person_unknown"}}],
        }
    },
    answer=LineAnsweredSchema,
    example={
        "submission": examples.REPLY,
        "results": [
            {"case": examples.CASE, "became": "answered", "fields": [], "error": None},
            {"case": examples.PERSON, "became": "confirmed", "fields": [], "error": None},
        ],
    },
    status=201,
    repeats=True,
    problems=(404, 409, 410, 412),
)
@allows("confirmer", "supervisor")
def answer_line(body: dict[str, Any], position: int) -> Response | tuple[Mapping[str, Any], int, dict[str, str]]:
    """Answers all that one act asked, in one act: `answers` to some in particular, a confirmation to the rest.

    The exchange compares: the rest is confirmed where nothing differs, and an enquiry answered with what is held and
    may be told; all others stay as they are, with why. One reply refused, all refused: each at fault is named.
    """
    told = [Answer(each["case"], each["type"], each["with_"]) for each in body["answers"]]
    day, act = body.get("effective_on"), body.get("id")
    found = use_cases().answer_line(caller(), position, told, body["rest"], day, act)
    if any(each.became == "refused" for each in found.outcomes):
        places = {answer.case: f"answers.{number}" for number, answer in enumerate(told)}
        at = [places.get(each.case, f"cases.{each.case}") for each in found.outcomes]
        return refused_whole([each.error for each in found.outcomes], at)
    became = {each.became for each in found.outcomes}
    new = not became.isdisjoint({"confirmed", "answered"})
    replayed = REPLAYED if "repeated" in became and not new else {}
    rows = [compared(each) for each in found.outcomes]
    return {"submission": found.submission, "results": rows}, 201 if new else 200, replayed
