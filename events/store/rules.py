"""What every store decides alike, whatever it keeps its rows in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from events.codec import thaw
from events.envelope import Envelope
from events.errors import Conflict, Tampered
from events.store.contract import NewDelivery, StoredDelivery, StoredEvent

# Why an event is set aside: its bytes are no frame, or another's; its row is gone; what it follows is set aside.
UNFIT: Final = "frame.form"
GONE: Final = "event.gone"
WAITS: Final = "stream.waits"


def frame_of(author: str, id_: str, body: object) -> Envelope:
    """The frame in the stored bytes of this event. Raises Tampered where they are none, or another's."""
    if type(body) is bytes:
        frame = thaw(body)
        if frame.id == id_ and frame.author == author:
            return frame
    raise Tampered(field="frame", rule=UNFIT)


def log_order(stored: StoredEvent) -> tuple[bool, int, str, int, str]:
    """By log index; those that wait for one last, by author and version."""
    frame = stored.frame
    return (stored.index is None, stored.index or 0, frame.author, frame.version, frame.id)


def feed_order(delivery: StoredDelivery) -> tuple[str, int]:
    """By recipient and position."""
    return (delivery.to, delivery.position)


def concerned(frame: Envelope) -> tuple[str, ...]:
    """Those whose books an event changes: the persons, or the office, that it is about."""
    return (frame.subject.id, *frame.touches)


def unfed(new: Sequence[NewDelivery], fed: Iterable[NewDelivery]) -> list[NewDelivery]:
    """What is not among those fed. Raises Conflict where the same delivery says something else."""
    known = {delivery.key: _content(delivery) for delivery in fed}
    fresh: list[NewDelivery] = []
    for delivery in new:
        said = _content(delivery)
        if known.setdefault(delivery.key, said) != said:
            raise Conflict(rule="delivery.content", author=delivery.ref.author, id=delivery.ref.id)
        if known[delivery.key] is said:
            fresh.append(delivery)
    return fresh


def at_position(delivery: NewDelivery, position: int, at: datetime) -> StoredDelivery:
    """The delivery as it is fed."""
    return StoredDelivery(**_content(delivery), position=position, at=at)


def _content(delivery: NewDelivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in NewDelivery.__struct_fields__}
