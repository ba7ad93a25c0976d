"""Looking up jurisdictions: public knowledge, so any key may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import NotFound

from exchange.access.caller import ROLES
from exchange.http.allows import allows
from exchange.http.gate import caller
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from exchange.http.v1.events import single
from exchange.jurisdictions import codes, county_history, past
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.lookup import Division, divisions
from exchange.jurisdictions.renamed import division, search
from schemas.v1.event import ResultSchema
from schemas.v1.jurisdiction import JurisdictionListSchema, JurisdictionSchema, LookupQuery, OfficeEventSchema

resource = Resource("jurisdictions", "Areas by code, name and pinyin.", "行政区划查询。")

EXAMPLE: dict[str, Any] = {
    "code": "420115002000",
    "name": "纸坊街道",
    "formerly": None,
    "english": "Zhifang Subdistrict",
    "pinyin": "zhi fang jie dao",
    "level": "town",
    "parent": "420115000000",
    "path": ["湖北省", "武汉市", "江夏区", "纸坊街道"],
    "state": "open",
    "successor": None,
    "names": [],
}

SUCCEEDED = {"type": "jurisdiction.succeeded", "effective_on": "2026-03-12", "with": {"to": ["420115001000"]}}
SPLIT = {
    **SUCCEEDED,
    "with": {"to": ["420115001000", "420115003000"], "allotment": {examples.PERSON: "420115003000"}},
}


@resource.get(
    "/jurisdictions",
    summary=("Search by code, name or pinyin", "按代码、名称或拼音查找"),
    query=LookupQuery,
    answer=JurisdictionListSchema,
    example={"items": [EXAMPLE]},
)
@allows(*ROLES)
def search_jurisdictions(query: dict[str, Any]) -> dict[str, Any]:
    """The best finds first; names of areas above may stand before the name. Counties of the past are found, too."""
    within = query.get("within")
    area = None if within is None else codes.parse(within, "within")
    found = search(query["search"], use_cases().offices().names, query["limit"], area)
    return {"items": [row(each) for each in found]}


@resource.get(
    "/jurisdictions/<string:code>",
    summary=("One jurisdiction", "行政区划详情"),
    answer=JurisdictionSchema,
    example=EXAMPLE,
    problems=(404, 422),
)
@allows(*ROLES)
def read_jurisdiction(code: str) -> dict[str, Any]:
    """The area of a code of 2, 4, 6, 9 or 12 digits; counties and prefectures also of codes that ended since 1980."""
    return row(_known(code, ever=True))


@resource.post(
    "/jurisdictions/<string:code>/events",
    summary=("Rename, merge, split or close an office", "变更单位名称、合并、拆分或撤销单位"),
    body=OfficeEventSchema,
    asks={"succeeded": SUCCEEDED, "split": SPLIT},
    answer=ResultSchema,
    example={**examples.RECORDED, "person": None},
    status=201,
    repeats=True,
    problems=(404, 409),
)
@allows("operator", "supervisor")
def record_office_event(body: dict[str, Any], code: str) -> tuple[Mapping[str, Any], int, dict[str, str]]:
    """A fact in every book. From a succession on the successor reads, answers and is told all that was the office's."""
    told = (body["type"], body["effective_on"], body["with_"], body.get("id"))
    return single(use_cases().record_office(caller(), _known(code).code, *told))


@resource.get(
    "/jurisdictions/<string:code>/children",
    summary=("The areas one level down", "下级行政区划"),
    answer=JurisdictionListSchema,
    example={"items": [EXAMPLE]},
    problems=(404, 422),
)
@allows(*ROLES)
def list_children(code: str) -> dict[str, Any]:
    """The areas one level down; for a town its villages."""
    return {"items": [row(each) for each in divisions().children(_known(code, ever=True).code)]}


def row(area: Division) -> dict[str, Any]:
    """An area on the wire, with its name of today and who answers for it."""
    offices = use_cases().offices()
    listed = past.area(area.code) or area
    called = county_history.spells(area.code) if codes.level(area.code) <= Level.COUNTY else ()
    area = division(listed, offices.names)
    successor = offices.successor(area.code)
    state = "succeeded" if successor != area.code else "closed" if area.code in offices.closed else "open"
    if called and all(spell.ended for spell in called):
        state = "ended"
    return {
        "code": area.code,
        "name": area.name,
        "formerly": listed.name if listed.name != area.name else None,
        "english": area.english,
        "pinyin": area.pinyin or None,
        "level": area.level.name.lower(),
        "parent": codes.parent(area.code),
        "path": [offices.names.get(c, d.name) for c in (*codes.ancestors(area.code), area.code) if (d := past.area(c))],
        "state": state,
        "successor": None if successor == area.code else successor,
        "names": [
            {"name": each.name, "first_year": each.first_year, "last_year": each.last_year if each.ended else None}
            for each in called
        ],
    }


def _known(code: str, *, ever: bool = False) -> Division:
    found = past.area(code) if ever else divisions().get(code)
    if found is None:
        raise NotFound
    return found
