"""Cases, and the replies that move them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from exchange.commands.act import Item
from exchange.commands.asked import Outcome
from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.etag import if_match
from exchange.http.gate import caller, purpose
from exchange.http.problems import problem
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from exchange.http.v1.events import single
from schemas.v1.case import (
    AnswerSchema,
    CaseSchema,
    CasesQuery,
    CasesSchema,
    ConfirmedEqualSchema,
    ConfirmEqualSchema,
    ConfirmSchema,
    DeferSchema,
    DisputeSchema,
    NoteSchema,
    RedirectSchema,
    ReopenSchema,
    SettleSchema,
    WithdrawSchema,
)
from schemas.v1.event import ResultSchema
from schemas.v1.person import PurposeQuery
from schemas.v1.wire import Wire

Answered = tuple[Mapping[str, Any], int, dict[str, str]]

resource = Resource("cases", "Questions between two offices, and their answers.", "单位之间的询问与答复。")


@resource.get(
    "/cases",
    summary=("Cases of the office", "本单位的案件"),
    query=CasesQuery,
    answer=CasesSchema,
    example={"items": [examples.CASE_ROW], "next": None},
)
@allows("clerk", "confirmer", "supervisor")
def list_cases(query: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Cases in which the caller's office asked or was asked."""
    where = paging.position(query.pop("cursor", None), "cases")
    limit = query.pop("limit")
    return paging.page(use_cases().cases(caller(), query, where, limit), "cases")


@resource.get(
    "/cases/<uuid:case>",
    summary=("One case", "案件详情"),
    query=PurposeQuery,
    answer=CaseSchema,
    example={**examples.CASE_ROW, "stated": {"name": {"full": "林一禾"}}, "record": examples.SHEET, "etag": "1-1"},
    problems=(404,),
    purpose=True,
)
@allows("clerk", "confirmer", "supervisor")
def read_case(query: dict[str, Any], case: UUID) -> Mapping[str, Any]:
    """The case as the office's own book tells it."""
    return use_cases().case(caller(), purpose(query.get("purpose")), str(case))


def _reply(
    act: str, type_: str, summary: tuple[str, str], body: type[Wire], example: Mapping[str, Any], says: str
) -> None:
    """The route of one reply; all of them are an event about the case."""

    def reply(body: dict[str, Any], case: UUID) -> Answered:
        identifier = body.pop("id", None)
        day = body.pop("effective_on", "")
        content = {**body, "case_id": str(case)}
        item = Item(type=type_, day=day, content=content, id=identifier, if_match=if_match())
        return single(use_cases().reply(caller(), str(case), item), within="")

    reply.__name__ = f"{act}_case"
    reply.__doc__ = says
    route = resource.post(
        f"/cases/<uuid:case>/{act}",
        summary=summary,
        body=body,
        asks={act: example},
        answer=ResultSchema,
        example={**examples.RECORDED, "id": examples.REPLY},
        status=201,
        repeats=True,
        problems=(404, 409, 410, 412),
        headers=("If-Match",),
    )
    route(allows("confirmer", "supervisor")(reply))


@resource.post(
    "/cases/confirm",
    summary=("Confirm many cases in which nothing differs", "批量确认无差异的案件"),
    body=ConfirmEqualSchema,
    asks={"two": {"id": examples.REPLY, "cases": [examples.CASE, examples.PERSON]}},
    answer=ConfirmedEqualSchema,
    example={
        "confirmed": 1,
        "results": [
            {"case": examples.CASE, "became": "confirmed", "fields": [], "error": None},
            {"case": examples.PERSON, "became": "differs", "fields": ["born_on"], "error": None},
        ],
    },
)
@allows("confirmer", "supervisor")
def confirm_equal_cases(body: dict[str, Any]) -> dict[str, Any]:
    """The exchange compares; cases in which nothing differs are confirmed, all others stay as they are.

    Each case stands for itself, and has a result of its own. The same id again gives the first results.
    """
    found = use_cases().confirm_equal(caller(), body["cases"], body.get("id"))
    rows = [compared(each) for each in found]
    return {"confirmed": sum(each.became in {"confirmed", "repeated"} for each in found), "results": rows}


def compared(found: Outcome) -> dict[str, Any]:
    """What became of one case, on the wire."""
    error = None if found.error is None else problem(found.error)
    return {"case": found.case, "became": found.became, "fields": list(found.fields), "error": error}


_reply(
    "confirm",
    "case.confirmed",
    ("Confirm, with deviations where something differs", "确认（可附差异）"),
    ConfirmSchema,
    {"id": examples.REPLY, "deviations": [{"field": "name", "ours": {"full": "林一和"}, "yours": {"full": "林一禾"}}]},
    "The office asked holds the same; `deviations` name the fields where it holds something else. Left out, they "
    "are those that the exchange finds by comparing; an empty list says that nothing differs.",
)
_reply(
    "dispute",
    "case.disputed",
    ("Dispute with a reason", "提出异议"),
    DisputeSchema,
    {"id": examples.REPLY, "reason": "moved_elsewhere", "place": {"kind": "town", "code": examples.HOME}},
    "The office asked does not hold it so. `moved_elsewhere` with a town proposes whom to ask.",
)
_reply(
    "answer",
    "enquiry.answered",
    ("Answer an enquiry", "答复信息查询"),
    AnswerSchema,
    {"id": examples.REPLY, "held": True, "facts": {"born_on": "1991-04-17", "ethnic_group": "01"}},
    "The office asked tells facts that it was asked for, says that it holds no such person, or why it does not tell.",
)
_reply(
    "redirect",
    "case.redirected",
    ("Redirect to another office", "转询其他单位"),
    RedirectSchema,
    {"id": examples.REPLY, "to": examples.HOME},
    "Another office should be asked.",
)
_reply(
    "settle",
    "case.settled",
    ("Settle what a reply left open", "了结差异或异议"),
    SettleSchema,
    {"id": examples.REPLY, "accepted": ["name"]},
    "The asker accepts fields, which corrects them in the same act, insists on fields, or either for the whole.",
)
_reply(
    "defer",
    "case.deferred",
    ("Defer the answer, once", "申请延期（一次）"),
    DeferSchema,
    {"id": examples.REPLY, "until": "2026-04-10", "reason": "still_looking"},
    "The office asked is still looking, or needs longer: until a later day than the one on which the answer is due.",
)
_reply(
    "note",
    "case.noted",
    ("Ask back or remark", "留言"),
    NoteSchema,
    {"id": examples.REPLY, "text": "请核对出生月份"},
    "A question or remark of either side inside an open case. It goes to the other side and changes nothing.",
)
_reply(
    "reopen",
    "case.reopened",
    ("Open a case again", "重新打开"),
    ReopenSchema,
    {"id": examples.REPLY, "reason": "new_evidence"},
    "The case is open again, for these fields or for the whole.",
)
_reply(
    "withdraw",
    "case.withdrawn",
    ("Withdraw the question", "撤销询问"),
    WithdrawSchema,
    {"id": examples.REPLY, "ground": "asked_in_error"},
    "The question no longer stands.",
)
