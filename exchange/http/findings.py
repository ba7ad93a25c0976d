"""What the checks found, as rows of plain data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import msgspec

from exchange.http.use_cases import Row
from exchange.reconcile.finding import Check, Checked, Difference
from exchange.reconcile.ledgers import Ledgers

CHECKS: tuple[Check, ...] = get_args(Check)
MOST_DIFFERENCES = 1000


def moment(of: datetime) -> str:
    """In UTC."""
    return of.astimezone(UTC).isoformat().replace("+00:00", "Z")


def ledger(found: Ledgers | None) -> Row:
    """The ledgers that were compared, as a member of what is told beside the checks."""
    if found is None:
        return {}
    told = {name: getattr(found, name) for name in ("shared", "trips", "exchanged", "read")}
    differing = [_difference(each) for each in found.differing[:MOST_DIFFERENCES]]
    return {"ledger": {**told, "count": found.differing_in_all, "differing": differing}}


def checked(found: Checked) -> Row:
    """The four checks, with the first of what they found."""
    faults, followed = found.checks, found.consequences
    return {
        "at": moment(found.at),
        "equal": found.equal,
        "persons": found.persons,
        "waiting": found.waiting,
        "pairs": found.pairs,
        "checks": [
            {
                "check": name,
                "passed": not faults[name] and not followed[name],
                "differences": faults[name],
                "consequences": followed[name],
            }
            for name in CHECKS
        ],
        "differences": [_difference(each) for each in found.differences[:MOST_DIFFERENCES]],
    }


def _difference(found: Difference) -> Row:
    followed = [_finding(each) for each in found.consequences]  # which have none: they follow from the fault
    return {**_finding(found), "consequences": followed}


def _finding(found: Difference) -> Row:
    """What is told of it; an office or a person that nobody knows is left out."""
    plain: Row = msgspec.to_builtins(found)
    return {name: value for name, value in plain.items() if value != "" and name != "consequences"}
