"""E1. For every two offices: what one delivered is what the other's own book holds."""

from __future__ import annotations

from collections.abc import Iterable

from events.envelope import Ref
from events.log.leaf import leaf_of
from exchange.jurisdictions.served import Serving
from exchange.pipeline.settled import Settled
from exchange.protocol.ledger import Entry, lacking
from exchange.reconcile.finding import Difference
from exchange.tables.books import BookRow

Pair = tuple[str, str]  # teller, told


def check_ledger(one: Settled, held: Iterable[BookRow], serving: Serving) -> list[Difference]:
    """The differences between deliveries and books of one dossier."""
    told: dict[Pair, set[Entry]] = {}
    kept: dict[Pair, set[Entry]] = {}
    person: dict[Ref, str] = {}
    for delivery in one.shelf.latest():
        person[delivery.ref] = delivery.person
        leaf = leaf_of(one.stored[delivery.ref].body)
        told.setdefault((delivery.teller, delivery.to), set()).add(_entry(delivery.ref, leaf, delivery.parts))
    for row in held:
        person[row.ref] = row.person
        kept.setdefault((row.teller, row.office), set()).add(_entry(row.ref, row.leaf, row.parts))
    found: list[Difference] = []
    for pair in sorted(told.keys() | kept.keys()):
        if serving.serves(pair[1]):
            found += _compare(pair, told.get(pair, set()), kept.get(pair, set()), person)
    return found


def _compare(pair: Pair, told: set[Entry], kept: set[Entry], person: dict[Ref, str]) -> list[Difference]:
    teller, office = pair
    not_held, not_told = lacking(told, kept)
    wrong = {(e.author, e.id) for e in not_held} & {(e.author, e.id) for e in not_told}
    found = {}
    for entries, what in ((not_held, "held"), (not_told, "delivered")):
        for entry in entries:
            ref = Ref(entry.author, entry.id)
            lacks = "same" if (entry.author, entry.id) in wrong else what
            found[ref] = Difference("ledger", office, person[ref], teller, ref, (lacks,))
    return list(found.values())


def _entry(ref: Ref, leaf: bytes, parts: Iterable[str]) -> Entry:
    return Entry(ref.author, ref.id, leaf.hex(), tuple(sorted(parts)))
