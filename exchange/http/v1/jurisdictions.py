"""Looking up jurisdictions: public knowledge, so any key may."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import NotFound

from exchange.access.caller import ROLES
from exchange.http.allows import allows
from exchange.http.routes import Resource
from exchange.jurisdictions import codes
from exchange.jurisdictions.lookup import Division, divisions
from schemas.v1.jurisdiction import JurisdictionListSchema, JurisdictionSchema, LookupQuery

resource = Resource("jurisdictions", "Areas by code, name and pinyin.", "行政区划查询。")

EXAMPLE: dict[str, Any] = {
    "code": "420115002000",
    "name": "纸坊街道",
    "english": "Zhifang Subdistrict",
    "pinyin": "zhi fang jie dao",
    "level": "town",
    "parent": "420115000000",
    "path": ["湖北省", "武汉市", "江夏区", "纸坊街道"],
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
    """The best finds first; names of areas above may stand before the name."""
    within = query.get("within")
    area = None if within is None else codes.parse(within, "within")
    return {"items": [row(each) for each in divisions().search(query["search"], query["limit"], area)]}


@resource.get(
    "/jurisdictions/<string:code>",
    summary=("One jurisdiction", "行政区划详情"),
    answer=JurisdictionSchema,
    example=EXAMPLE,
    problems=(404, 422),
)
@allows(*ROLES)
def read_jurisdiction(code: str) -> dict[str, Any]:
    """The area of a code of 2, 4, 6, 9 or 12 digits."""
    return row(_known(code))


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
    return {"items": [row(each) for each in divisions().children(_known(code).code)]}


def row(area: Division) -> dict[str, Any]:
    """An area on the wire."""
    return {
        "code": area.code,
        "name": area.name,
        "english": area.english,
        "pinyin": area.pinyin or None,
        "level": area.level.name.lower(),
        "parent": codes.parent(area.code),
        "path": divisions().path(area.code),
    }


def _known(code: str) -> Division:
    found = divisions().get(code)
    if found is None:
        raise NotFound
    return found
