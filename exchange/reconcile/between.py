"""The checks between any two areas, or over the whole tree: the ledger down the tree of buckets, then all four."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import asdict
from sqlalchemy import or_, select

from exchange.everybody import ids
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

    @property
    def ledgers(self) -> Ledgers:
        """The comparison of the ledgers alone."""
        return Ledgers(**{name: getattr(self, name) for name in Ledgers.__struct_fields__})


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
        areas = [_Area(node, area, part.differences) for area in (one, other)]
        yield part.only(found for found in part.differences if _concerns(found, *areas))
        done += len(persons)
        tell(done)


def _batches(node: Node, one: str, other: str) -> Iterator[list[str]]:
    """Persons of whom either area shows anything: one of them may owe the other what neither has."""
    after = ""
    while True:
        with node.uow.look() as session:
            shown = select(records.c.person).where(or_(within(records.c.office, one), within(records.c.office, other)))
            query = shown.where(records.c.person > after).distinct().order_by(records.c.person).limit(BATCH)
            found = ids(session.sql.execute(query).scalars())
        if not found:
            return
        yield found
        after = found[-1]


class _Area:
    """How the codes of its offices begin, and of whom of these faults it shows anything."""

    def __init__(self, node: Node, code: str, faults: Sequence[Difference]) -> None:
        self.code = code
        persons = {fault.person for fault in faults if not fault.other}
        shown = select(records.c.person).where(within(records.c.office, code), records.c.person.in_(persons))
        self._shown: set[str] = set()
        if persons and code:
            with node.uow.look() as session:
                self._shown.update(session.sql.execute(shown).scalars())

    def knows(self, fault: Difference) -> bool:
        """Whether the fault is at one of its offices, or about somebody of whom it shows anything."""
        return fault.office.startswith(self.code) or fault.person in self._shown


def _concerns(found: Difference, one: _Area, other: _Area) -> bool:
    """Whether it stands between the two areas; or, where no other office is named, on one side and about somebody whom
    both know: who oversees the one learns nothing of what the other has to do with nobody of it.
    """
    at, beside = found.office, found.other
    if not beside:
        return at.startswith((one.code, other.code)) and one.knows(found) and other.knows(found)
    sides = ((one.code, other.code), (other.code, one.code))
    return any(at.startswith(here) and beside.startswith(there) for here, there in sides)
