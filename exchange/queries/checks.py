"""The four checks, for those who may ask: an operator of the node, a supervisor or an auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange import reconcile
from exchange.access.caller import Caller
from exchange.reconcile import Checked

if TYPE_CHECKING:
    from exchange.node import Node


def checks(node: Node, caller: Caller | None = None) -> Checked:
    """E1 to E4 over everybody whom the node knows. `caller`: None for the operator's own command line.

    Raises Forbidden.
    """
    if caller is not None:
        caller.require("supervisor", "auditor", "operator")
    return reconcile.checks(node)
