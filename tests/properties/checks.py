"""What must hold of a world that has drained (DESIGN.md section 5). Each check returns the faults that it found."""

from __future__ import annotations

from exchange.protocol.agreement import findings
from exchange.protocol.duties import duties, new_deliveries
from exchange.protocol.view import view
from tests.properties.world import World


def ledger_faults(world: World) -> list[str]:
    """E1: what one delivered is what the other's book holds."""
    faults: list[str] = []
    for office, book in world.books.items():
        for (ref, to), delivery in book.told.items():
            held = world.book(to).received.get((ref, office))
            if held is None or held.parts != delivery.parts:
                faults.append(f"E1 {office}->{to} {ref}")
    return faults


def entitlement_faults(world: World) -> list[str]:
    """E3: due ⊆ delivered, and nothing new when the duties run again."""
    faults: list[str] = []
    records = {office: view(book) for office, book in world.books.items()}
    matches = world.match(records)
    for office, own in records.items():
        book = world.books[office]
        for record in own:
            extra = [d for d in matches.get(office, ()) if d.ref in record.facts]
            owed = duties(book, record, world.rules, extra)
            faults.extend(f"E3 {d.teller}->{d.to} {d.ref} {d.ground}" for d in new_deliveries(book, record, owed))
    return faults


def agreement_faults(world: World) -> list[str]:
    """E4: the keeper and every confirmed open stay show the same."""
    records = {office: view(book) for office, book in world.books.items()}
    return [
        f"E4 {f.keeper} vs {f.other} {f.person}: {','.join(f.fields)}"
        for f in findings(records)
        if f.state == "different"
    ]
