"""E1. For every two offices: what one delivered is what the other's own book holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

from events.envelope import Ref
from events.log.leaf import leaf_of
from events.store.contract import NewDelivery
from exchange.books import as_told
from exchange.jurisdictions.served import Serving
from exchange.pipeline.settled import Settled
from exchange.protocol.book import Delivery
from exchange.protocol.comparing.ledger import Entry, differences
from exchange.reconcile.finding import Difference
from exchange.tables.books import BookRow

_fields = attrgetter(*NewDelivery.__struct_fields__)

Pair = tuple[str, str]  # teller, told
Key = tuple[Ref, str, str]  # event, teller, told


def is_held_as_told(one: Settled, held: Sequence[BookRow], serves: Callable[[str], bool]) -> bool:
    """Whether what the books hold of one dossier is, field by field, what was last told; nothing less and no more."""
    told = {(d.ref, d.teller, d.to): d for d in one.shelf.latest if serves(d.to)}
    if one.shelf.lost or len(told) != len(held):
        return False
    leaves = {ref: leaf_of(event.body) for ref, event in one.stored.items()}
    for row in held:
        delivery = told.get((row.ref, row.teller, row.office))
        if delivery is None or _fields(row.told) != _fields(delivery):
            return False
        if (row.person, row.parts, row.leaf) != (delivery.person, delivery.parts, leaves[row.ref]):
            return False
    return True


def check_replaced(one: Settled, serving: Serving) -> list[Difference]:
    """The differences that remain where everything is held as it was last told: what was told before and is lost."""
    person = {delivery.ref: delivery.person for delivery in one.shelf.latest}
    return [
        Difference("ledger", office, person[ref], teller, ref, ("earlier",))
        for ref, teller, office in sorted(_gaps(one))
        if serving.serves(office)
    ]


def check_ledger(one: Settled, held: Iterable[BookRow], serving: Serving) -> list[Difference]:
    """The differences between deliveries and books of one dossier."""
    told: dict[Pair, set[Entry]] = {}
    kept: dict[Pair, set[Entry]] = {}
    person: dict[Ref, str] = {}
    made: dict[Key, Delivery] = {}
    taken: dict[Key, Delivery] = {}
    lost = {(delivery.ref, delivery.teller, delivery.to): delivery.person for delivery in one.shelf.lost}
    person |= {ref: about for (ref, _, _), about in lost.items()}
    for delivery in one.shelf.latest:
        person[delivery.ref] = delivery.person
        made[delivery.ref, delivery.teller, delivery.to] = as_told(delivery)
        leaf = leaf_of(one.stored[delivery.ref].body)
        pair = (delivery.teller, delivery.to)
        told.setdefault(pair, set()).add(_entry(delivery.ref, pair, leaf, delivery.parts, delivery.person))
    for row in held:
        person[row.ref] = row.person
        if (row.ref, row.teller, row.office) in lost:
            continue  # its event is gone, which is the fault
        taken[row.ref, row.teller, row.office] = as_told(row.told)
        pair = (row.teller, row.office)
        kept.setdefault(pair, set()).add(_entry(row.ref, pair, row.leaf, row.parts, row.person))
    lacks = {key: "same" for key in made.keys() & taken.keys() if made[key] != taken[key]}
    lacks |= dict.fromkeys(_gaps(one), "earlier")
    for pair in told.keys() | kept.keys():
        lacks |= _compare(pair, told.get(pair, set()), kept.get(pair, set()))
    lacks |= dict.fromkeys(lost, "event")
    return [
        Difference("ledger", office, person[ref], teller, ref, (what,))
        for (ref, teller, office), what in sorted(lacks.items())
        if serving.serves(office)
    ]


def _compare(pair: Pair, told: set[Entry], kept: set[Entry]) -> dict[Key, str]:
    not_held, not_told = differences(told, kept)
    held, delivered = ({Ref(e.author, e.id) for e in entries} for entries in (not_held, not_told))
    return {
        (ref, *pair): "same" if ref in held & delivered else "held" if ref in held else "delivered"
        for ref in held | delivered
    }


def _gaps(one: Settled) -> Iterator[Key]:
    """The tellings of which a revision is lost that a later one replaced; those of offices taken over count in."""
    if len(one.deliveries) == len(one.shelf.latest) and all(each.revision == 1 for each in one.deliveries):
        return  # as nearly all do: nothing was ever told anew
    seen: dict[Key, set[int]] = {}
    for delivery in one.deliveries:
        today = one.shelf.told(delivery)
        seen.setdefault((today.ref, today.teller, today.to), set()).add(delivery.revision)
    for delivery in one.shelf.latest:
        today = one.shelf.told(delivery)
        if len(seen[today.ref, today.teller, today.to]) < delivery.revision:
            yield delivery.ref, delivery.teller, delivery.to


def _entry(ref: Ref, pair: Pair, leaf: bytes, parts: Iterable[str], person: str) -> Entry:
    return Entry(leaf.hex(), ref.author, ref.id, *pair, tuple(sorted(parts)), person)
