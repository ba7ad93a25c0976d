"""A number as it may be shown."""

from __future__ import annotations

from events.documents.document import Document


def mask(document: Document) -> str:
    """Enough to recognise a card at hand, never the birth date: `4209 **** **** 0023`, `E1****78`."""
    number = document.number
    if len(number) >= 15:
        return f"{number[:4]} **** **** {number[-4:]}"
    shown = 2 if len(number) >= 8 else 1
    return f"{number[:shown]}****{number[-shown:]}"
