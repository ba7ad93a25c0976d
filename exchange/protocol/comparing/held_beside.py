"""What an office holds of a person beside what others said who asked about that person, or announced them. Pure."""

from __future__ import annotations

from typing import Any

from events.catalogue.movement import Arrived, Departed, Left
from events.envelope import Ref
from events.standing import Facts
from exchange.protocol.life.particulars import particulars
from exchange.protocol.record import Record


def held_beside(record: Record, question: Ref) -> dict[str, Any]:
    """Particulars by facts that state what the office holds: its own, its keeper's, and entries that name it.

    Of whom it holds nothing else a record takes what arrivals and announcements say, and a question would be compared
    with itself, or with what somebody asks about elsewhere.
    """
    said = {s.ref for s in record.facts.of(Arrived, Departed, Left) if s.author != record.office}
    facts = Facts((ref, s) for ref, s in record.facts.items() if ref != question and ref not in said)
    return particulars(facts, record.person, record.office, record.keeper)
