"""The four checks, for those who may ask: an operator of the node, a supervisor or an auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import ExchangeError, Malformed
from exchange import reconcile
from exchange.access.caller import Caller, Forbidden
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.reconcile import Between, Checked, Report
from exchange.registers.places import area_of

if TYPE_CHECKING:
    from exchange.node import Node


class NoReport(ExchangeError):
    """The checks have not run by themselves yet."""

    code = "no_report"
    status = 404


def checks(node: Node, caller: Caller | None = None) -> Checked:
    """E1 to E4 over everybody whom the node knows. `caller`: None for the operator's own command line.

    Raises Forbidden.
    """
    if caller is not None:
        caller.require("supervisor", "auditor", "operator")
    return reconcile.checks(node)


def between(node: Node, caller: Caller, one: str | None, other: str | None) -> Between:
    """The checks between two areas, or over the whole tree. Who oversees the one may name any other.

    Raises Forbidden, Malformed.
    """
    if one is None:
        caller.require("operator")
    caller.require("supervisor", "auditor", "operator")
    first, second = area_with_offices(one, "one"), area_with_offices(other, "other")
    if "operator" not in caller.roles and not first.startswith(codes.stem(caller.office)):
        raise Forbidden(field="one", rule="office.outside_area", office=first.ljust(Level.VILLAGE, "0"))
    return reconcile.between(node, first, second)


def area_with_offices(text: str | None, field: str) -> str:
    """How the codes of all offices in an area begin, by its code of 2, 4, 6, 9 or 12 digits or its name; of the whole
    tree nothing. Raises Malformed as `area_of`, and division.no_office.
    """
    if text is None:
        return ""
    code = area_of(text, field)
    if codes.level(code) > Level.TOWN:
        raise Malformed(field=field, rule="division.no_office", value=code)
    return codes.stem(code)


def last_report(node: Node, caller: Caller) -> Report:
    """What the checks found when they last ran by themselves. Raises Forbidden, NoReport."""
    caller.require("supervisor", "auditor", "operator")
    found = reconcile.latest(node)
    if found is None:
        raise NoReport
    return found
