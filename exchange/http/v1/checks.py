"""Do both sides agree? The four checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.http.allows import allows
from exchange.http.gate import caller
from exchange.http.routes import Resource, use_cases
from schemas.v1.node import BetweenQuery, BetweenSchema, ChecksSchema, ReportSchema

resource = Resource("checks", "The four checks of equality, each of which can fail.", "四项一致性核对。")
_NAMES = ("ledger", "view", "entitlement", "agreement")
_EXAMPLE = {
    "at": "2026-03-03T02:00:00Z",
    "equal": True,
    "persons": 1000,
    "waiting": 0,
    "pairs": {"equal": 990, "asked": 10},
    "checks": [{"check": name, "passed": True, "differences": 0, "consequences": 0} for name in _NAMES],
    "differences": [],
}
_LEDGER = {"shared": 4812, "count": 0, "trips": 1, "exchanged": 3331, "read": 0, "differing": []}


@resource.get(
    "/checks",
    summary=("Run the four checks", "执行四项核对"),
    answer=ChecksSchema,
    example=_EXAMPLE,
)
@allows("operator", "auditor")
def run_checks() -> Mapping[str, Any]:
    """Ledger, view, entitlement and agreement over all that the node holds; findings name offices and ids only."""
    return use_cases().checks(caller())


@resource.get(
    "/checks/latest",
    summary=("What the checks last found by themselves", "最近一次自动核对的结果"),
    answer=ReportSchema,
    example={**_EXAMPLE, "left_out": 0, "ledger": _LEDGER},
    problems=(404,),
)
@allows("operator", "supervisor", "auditor")
def last_report() -> Mapping[str, Any]:
    """The four checks over everybody as a worker ran them last; 404 where none has run yet."""
    return use_cases().last_report(caller())


@resource.get(
    "/checks/between",
    summary=("Run the four checks between two areas", "在两个区划之间执行四项核对"),
    query=BetweenQuery,
    answer=BetweenSchema,
    example={
        **_EXAMPLE,
        "ledger": _LEDGER,
    },
)
@allows("operator", "supervisor", "auditor")
def run_checks_between(query: dict[str, Any]) -> Mapping[str, Any]:
    """What offices of the one area told those of the other, compared with what these hold; then all four checks.
    Who oversees an area may compare it with any other; an operator, who names none, the whole tree.
    """
    return use_cases().checks_between(caller(), query.get("one"), query.get("other"))
