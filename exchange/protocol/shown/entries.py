"""The entries that are one person: what each of them says by which the person is found. Pure.

A merge gives an entry up, and its particulars with it: the record shows those of the surviving entry alone. But whoever
asks knows the human by the name and the document that they were shown, which may be those of the other entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.standing import Facts
from exchange.protocol.life.particulars import particulars
from exchange.protocol.record import Record


def entries(record: Record) -> tuple[Mapping[str, Any], ...]:
    """The particulars of the record, and those that each entry given up would have, as far as the office holds it."""
    if not record.merged:
        return (record.particulars,)
    given_up = (
        Facts((ref, standing) for ref, standing in record.facts.items() if standing.event.person == person)
        for person in record.merged
    )
    # As who kept the entry folds it, and as who was told of it does: whichever of the two the office was.
    views = ((facts, keeper) for facts in given_up for keeper in (record.office, None))
    found = [particulars(facts, "", record.office, keeper) for facts, keeper in views]
    return (record.particulars, *(each for each in found if each))
