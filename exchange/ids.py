"""The one place that makes ids: UUIDv7 for what people do, derived ids for what follows from a cause."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

_NAMESPACE = uuid.UUID("6f1d3c1e-6f0e-5d0b-9c55-0d2f7a8b9a10")


def new_id(moment: datetime) -> str:
    """A UUIDv7 (RFC 9562, section 5.7) for `moment`."""
    milliseconds = int(moment.timestamp() * 1000)
    chance = secrets.randbits(74)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= chance >> 62 << 64
    value |= 0b10 << 62
    value |= chance & ((1 << 62) - 1)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def derived_id(*parts: str) -> str:
    """The id of an automatic fact or of a case: a UUIDv5 of its cause, the same however often it is made."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def new_person_id() -> str:
    """A random UUID that says nothing of the person."""
    return str(uuid.uuid4())
