"""Made-up events and deliveries for the contract suite."""

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.codec import SealedEvent, sealed_event
from events.envelope import Envelope, Part, Ref, Subject
from events.store.contract import NewDelivery

TOWN, OTHER_TOWN = "330110101000", "510104020000"
LIN, WANG = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
KEY = AESGCM(bytes(range(32)))


class PowerCut(Exception):
    """Ends a transaction half-way."""


_numbers = count(1)


def fresh_id() -> str:
    """Of this process and no other."""
    return f"{os.getpid():08x}-0000-7000-8000-{next(_numbers):012x}"


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def frame(
    version: int = 1,
    *,
    author: str = TOWN,
    person: str = LIN,
    kind: Literal["person", "jurisdiction"] = "person",
    submission: str | None = None,
    touches: tuple[str, ...] = (),
    id_: str | None = None,
) -> Envelope:
    return Envelope(
        id=id_ or fresh_id(),
        type="movement.moved_within",
        schema=1,
        subject=Subject(kind, person),
        touches=touches,
        stay=Ref(author, "stay"),
        author=author,
        actor="clerk",
        effective_on="2026-11-01",
        stamp=version,
        recorded_at="2026-11-24T04:00:00Z",
        version=version,
        submission=submission or fresh_id(),
        facts={},
    )


def event(version: int = 1, *, address: str = "杭州市余杭区良渚街道1号", **more: Any) -> SealedEvent:
    return sealed_event(frame(version, **more), {"address": {"address": address}}, KEY)


def told(
    of: SealedEvent | Envelope,
    to: str = OTHER_TOWN,
    *,
    revision: int = 1,
    parts: frozenset[Part] = frozenset({"address"}),
    **more: Any,
) -> NewDelivery:
    frame = of if isinstance(of, Envelope) else of.frame
    return NewDelivery(
        ref=frame.ref,
        person=frame.subject.id,
        teller=frame.author,
        to=to,
        parts=parts,
        ground="author",
        revision=revision,
        **more,
    )
