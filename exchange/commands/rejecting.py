"""Which message a rejection means: who sent it, and which sending of it the office holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.envelope import Ref
from exchange.protocol.book import Book
from exchange.protocol.refusals import NoSuchEvent


def completed(content: Mapping[str, Any], book: Book) -> dict[str, Any]:
    """With the sender, who may be left out, and the sending. Raises NoSuchEvent where nobody sent it to the office."""
    ref = Ref(*content["notification"])
    named = content.get("teller")
    heir = book.offices.successor(named) if named is not None else None
    sent = [delivery for (told, teller), delivery in book.received.items() if told == ref and heir in {None, teller}]
    if not sent:
        raise NoSuchEvent(field="notification")
    message = min(sent, key=lambda delivery: (delivery.kind is None, delivery.teller))
    return {**content, "teller": message.teller, "revision": message.revision}
