"""The four checks, for those who may ask: an operator of the node, a supervisor or an auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import ExchangeError
from exchange import reconcile
from exchange.access.caller import Caller, Forbidden
from exchange.jurisdictions import codes
from exchange.reconcile import Between, Checked, Report

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


def between(node: Node, caller: Caller, one: str, other: str | None) -> Between:
    """The checks between two areas. Who oversees the one may name any other. Raises Forbidden, Malformed."""
    caller.require("supervisor", "auditor", "operator")
    first, second = codes.parse(one, "one"), None if other is None else codes.parse(other, "other")
    if "operator" not in caller.roles and not codes.is_within(first, caller.office):
        raise Forbidden(field="one", rule="office.outside_area", office=first)
    return reconcile.between(node, codes.stem(first), "" if second is None else codes.stem(second))


def last_report(node: Node, caller: Caller) -> Report:
    """What the checks found when they last ran by themselves. Raises Forbidden, NoReport."""
    caller.require("supervisor", "auditor", "operator")
    found = reconcile.latest(node)
    if found is None:
        raise NoReport
    return found
