"""Letters to offices outside the exchange, for the office that asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.gate import caller, purpose
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from schemas.v1.letter import LettersQuery, LettersSchema
from schemas.v1.person import PurposeQuery

resource = Resource("letters", "Printable letters to offices outside the exchange.", "致未接入单位的函件。")
_PDF = "application/pdf"


@resource.get(
    "/letters",
    summary=("Letters to be sent", "待寄函件"),
    query=LettersQuery,
    answer=LettersSchema,
    example={
        "items": [
            {
                "case": examples.CASE,
                "reference": "330106-5B7CBB0E",
                "person": examples.PERSON,
                "kind": "inflow",
                "sender": examples.TOWN,
                "to": examples.HOME,
                "written_on": "2026-03-02",
                "due_on": "2026-03-23",
                "due_provisional": False,
                "about": [{"label": "姓名 Name", "value": "林一禾 (Lin Yihe)"}],
                "facts": [{"label": "登记事项 Recorded", "value": "流入 (Arrival)"}],
                "holds": ["name"],
            }
        ],
        "next": None,
    },
    purpose=True,
)
@allows("clerk", "confirmer")
def list_letters(query: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One letter for each case of the office that is not reachable, with no more than the office asked may be told."""
    where = paging.position(query.pop("cursor", None), "letters")
    limit, why = query.pop("limit"), purpose(query.pop("purpose", None))
    return paging.page(use_cases().letters(caller(), why, where, limit), "letters")


@resource.get(
    "/cases/<uuid:case>/letter",
    summary=("The letter of a case, to be printed", "打印函件"),
    query=PurposeQuery,
    file=_PDF,
    problems=(404,),
    purpose=True,
)
@allows("clerk", "confirmer")
def print_letter(query: dict[str, Any], case: UUID) -> Response:
    """The letter as PDF, in Chinese and English, with today's date. Only where the case is not reachable."""
    document = use_cases().letter(caller(), purpose(query.get("purpose")), str(case))
    named = {"Content-Disposition": f'inline; filename="letter-{case}.pdf"', "Cache-Control": "private, no-store"}
    return Response(document, mimetype=_PDF, headers=named)
