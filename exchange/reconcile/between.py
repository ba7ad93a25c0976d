"""The checks between any two areas, or over the whole tree: the ledger down the tree of buckets, then all four."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import asdict
from sqlalchemy import or_, select

from exchange.progress import Tell, nobody
from exchange.reconcile.checks import BATCH, checks
from exchange.reconcile.finding import Checked, Difference, in_one
from exchange.reconcile.ledgers import Ledgers, ledgers
from exchange.reconcile.reporting import stepwise
from exchange.tables.paging import within
from exchange.tables.schema import records

if TYPE_CHECKING:
    from exchange.node import Node


class Between(Ledgers, frozen=True, kw_only=True):
    """What was compared between two areas. `checked`: the four checks over the dossiers that either area holds, as far
    as they concern both; of the whole tree, over everybody.
    """

    checked: Checked

    @property
    def equal(self) -> bool:
        """Whether neither the ledgers nor the checks differ."""
        return self.alike and self.checked.equal


def between(node: Node, one: str, other: str = "", tell: Tell = nobody, *, trusted: bool = True) -> Between:
    """Compare two areas; `other` empty: the one with everybody. `tell`: how many persons were checked so far.

    `trusted`: as of `checks`.
    """
    found = ledgers(node, one, other, trusted=trusted)
    return Between(**asdict(found), checked=in_one(node.clock(), _parts(node, one, other, tell, trusted=trusted)))


def everywhere(node: Node, tell: Tell = nobody, *, trusted: bool = True, processes: int = 1) -> Between:
    """The ledger of the whole tree, and the four checks over everybody and everything, as of `stepwise`."""
    found = ledgers(node, trusted=trusted)
    return Between(**asdict(found), checked=stepwise(node, tell, trusted=trusted, processes=processes))


def _parts(node: Node, one: str, other: str, tell: Tell, *, trusted: bool) -> Iterator[Checked]:
    done = 0
    for persons in _batches(node, one, other):
        part = checks(node, persons, trusted=trusted)
        yield part.only(found for found in part.differences if _concerns(found, one, other))
        done += len(persons)
        tell(done)


def _batches(node: Node, one: str, other: str) -> Iterator[list[str]]:
    """Persons of whom either area shows anything: one of them may owe the other what neither has."""
    after = ""
    while True:
        with node.uow.look() as session:
            shown = select(records.c.person).where(or_(within(records.c.office, one), within(records.c.office, other)))
            query = shown.where(records.c.person > after).distinct().order_by(records.c.person).limit(BATCH)
            found = list(session.sql.execute(query).scalars())
        if not found:
            return
        yield found
        after = found[-1]


def _concerns(found: Difference, one: str, other: str) -> bool:
    """Whether it stands between the two areas, or on one side where no other is named."""
    at, beside = found.office, found.other
    if not beside:
        return at.startswith((one, other))
    return (at.startswith(one) and beside.startswith(other)) or (at.startswith(other) and beside.startswith(one))
