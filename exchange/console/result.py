"""The result of the checks that the root page shows: the last report, or what the page's own run found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from exchange.reconcile import Checked, Report, checks, latest
from exchange.reconcile.ledgers import Ledgers

if TYPE_CHECKING:
    from exchange.node import Node

LASTS = timedelta(hours=36)  # a report is made each night; an older one tells of a night that made none
GROWN = 20  # a report stands while the log has not grown by one in so many events since


class Result(msgspec.Struct, frozen=True):
    """`whole`: whether the log has not grown since. `nightly`: found by the check that runs by itself; such a one also
    compares the `ledger` of the whole tree. `young`: whether no night has gone by since that made none.
    """

    checked: Checked
    whole: bool
    nightly: bool = False
    ledger: Ledgers | None = None
    young: bool = True


def by_workers(node: Node) -> bool:
    """Whether workers check at night, so that web processes, which answer others meanwhile, never do."""
    return bool(node.settings.broker_url) and not node.settings.demo


def reported(node: Node) -> Result | None:
    """The last report, whatever has come since; None where none was made yet."""
    kept = latest(node)
    if kept is None:
        return None
    with node.uow.look() as session:
        whole = kept.events == session.frontier().size
    return Result(kept.checked, whole, nightly=True, ledger=kept.ledger, young=_young(node, kept))


def result(node: Node) -> Result:
    """The last report, with its time, while it is young and little has come since; else the checks run now. One that
    found nothing because it left many out says nothing of them.

    In a demo they always run: its faults are planted behind the platform's back, where no log grows.
    """
    with node.uow.look() as session:
        events = session.frontier().size
    kept = None if node.settings.demo else latest(node)
    if kept is not None and _stands(node, kept, events):
        return Result(kept.checked, kept.events == events, nightly=True, ledger=kept.ledger)
    return Result(checks(node), whole=True)


def _stands(node: Node, kept: Report, events: int) -> bool:
    if kept.checked.equal and kept.checked.partial:
        return False
    return _young(node, kept) and 0 <= (events - kept.events) * GROWN <= events


def _young(node: Node, kept: Report) -> bool:
    return node.clock() - kept.checked.at < LASTS
