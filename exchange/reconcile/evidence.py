"""The evidence of one dossier: what tellers say they told, what the books hold, and what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from events.errors import ExchangeError
from events.store.contract import StoredDelivery
from exchange.audit.rebuild import unsettled
from exchange.pipeline.project import held_rows
from exchange.pipeline.relatives import Relatives
from exchange.pipeline.settled import Settled
from exchange.pipeline.settling import Settling
from exchange.protocol.comparing.agreement import Finding, findings
from exchange.protocol.duties import RULES
from exchange.protocol.settle import Settlement, settle
from exchange.reconcile.entitlement import check_entitlement
from exchange.reconcile.finding import Difference
from exchange.reconcile.known import Rows
from exchange.reconcile.ledger import check_ledger, check_replaced, is_held_as_told
from exchange.reconcile.views import check_views, compare_views
from exchange.tables.books import BookRow
from exchange.tables.records import RecordRow
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Account = Literal["held", "told"]
_IN_THOUGHT = datetime(1970, 1, 1, tzinfo=UTC)


class Evidence:
    """What is known of one dossier from all sides, and what the four checks find in it."""

    def __init__(
        self, node: Node, one: Settled, held: Sequence[BookRow], stored: Sequence[RecordRow], relatives: Relatives
    ) -> None:
        self._node, self._one, self._held, self._stored, self._relatives = node, one, held, stored, relatives
        agreed = _agreed(node, one.done)
        self.pairs = [finding.state for finding in agreed]
        self.differences = [
            *self._ledger_and_views(),
            *check_entitlement(one, node, relatives),
            *_disagreements(agreed),
        ]

    @classmethod
    def read(cls, node: Node, session: SqlSession, dossiers: Sequence[Settled], rows: Rows) -> Iterator[Evidence]:
        """Beside each dossier what the books hold and the records that are stored."""
        relatives = Relatives(node, session, [one.shelf for one in dossiers])
        lists = rows.lists()
        for one in dossiers:
            found = cls(node, one, rows.held(one.persons), rows.records(one.persons), relatives)
            if not found.differences:  # else what the lists lack may follow from these, and is written anew with them
                found.differences = [
                    Difference("view", o, person, lacking=(n,)) for o, person, n in lists.differing(node, one)
                ]
            yield found

    def _ledger_and_views(self) -> Iterator[Difference]:
        """Where the books hold exactly what was told, they are read once: the view of the one is that of the other."""
        one, held, node = self._one, self._held, self._node
        if not node.offices.successions and is_held_as_told(one, held, node.serves):
            yield from check_replaced(one, node.serving)
            yield from compare_views(one, self._stored)
        else:
            yield from check_ledger(one, held, node.serving)
            yield from check_views(one, held, self._stored, node.serving)

    def by(self, accounts: Iterable[tuple[Difference, Account]]) -> Evidence:
        """As it would be if of each of these tellings one side's account were also the other's.

        The teller's account is the delivery, the holder's is what its book has.
        """
        deliveries, held = list(self._one.deliveries), list(self._held)
        for found, account in accounts:
            key = (found.event, found.other, found.office)
            if account == "held":
                rows = [row for row in held if (row.ref, row.teller, row.office) == key]
                last = max((row.told.revision for row in rows), default=1)
                deliveries = [d for d in deliveries if (d.ref, d.teller, d.to) != key or d.revision < last]
                deliveries += [_delivery(row) for row in rows if row.ref in self._one.stored]
            else:
                told = [d for d in self._one.shelf.latest if (d.ref, d.teller, d.to) == key]
                held = [row for row in held if (row.ref, row.teller, row.office) != key]
                held += held_rows(self._node, [self._one], told)
        twin = unsettled(self._node, self._one.shelf.telling(deliveries))
        return Evidence(self._node, twin, held, self._stored, self._relatives)

    def after_telling(self) -> list[Difference]:
        """What would be found of records if everything due were told first; as it is where that is not possible."""
        shelf = self._one.shelf
        settling = Settling(self._node, shelf, self._node.clock(), self._relatives)
        settling.rules = RULES
        own = {office: shelf.book(office) for office in self._one.books}
        try:
            done = settle(settling, own)
        except (ExchangeError, RuntimeError):
            return self.differences
        after = Settled(shelf, own, done, settling.sealed)
        return [*compare_views(after, self._stored), *_disagreements(_agreed(self._node, done))]


def _agreed(node: Node, done: Settlement) -> list[Finding]:
    """Between those who take part: an office that closed is told nothing any more."""
    return findings({office: records for office, records in done.records.items() if node.offices.within(office)})


def _disagreements(agreed: Iterable[Finding]) -> list[Difference]:
    return [
        Difference("agreement", f.other, f.person, f.keeper, lacking=f.fields) for f in agreed if f.state == "different"
    ]


def _delivery(row: BookRow) -> StoredDelivery:
    told = msgspec.structs.replace(row.told, parts=row.parts)
    return StoredDelivery(**msgspec.structs.asdict(told), position=0, at=_IN_THOUGHT)
