"""The form of a message in a queue of ours, on Redis: what our own tasks look like when sent, and nothing else.

Celery takes much of a message at its word (time limits, compression, what is to be called afterwards), so that one with
the right name and a wrong word can stop all the processes of a worker.
"""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from exchange.wakes.broker import ADVANCE, CHECK, SWEEP


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No field at all."""


class _Headers(msgspec.Struct, forbid_unknown_fields=True):
    task: Literal[ADVANCE, SWEEP, CHECK]  # type: ignore[valid-type]  # the very constants
    id: str
    lang: Literal["py"]
    root_id: str
    argsrepr: str
    kwargsrepr: str
    origin: str
    ignore_result: bool
    expires: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    parent_id: str | None = None
    reference: str | None = None
    redelivered: bool = False
    retries: Literal[0] = 0
    replaced_task_nesting: Literal[0] = 0
    timelimit: tuple[None, None] = (None, None)
    stamps: _Nothing = _Nothing()
    shadow: None = None
    eta: None = None
    group: None = None
    group_index: None = None
    stamped_headers: None = None


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    exchange: str
    routing_key: Literal[ADVANCE, SWEEP, CHECK]  # type: ignore[valid-type]  # likewise
    redelivered: bool = False


class _Properties(msgspec.Struct, forbid_unknown_fields=True):
    correlation_id: str
    reply_to: str
    delivery_mode: int
    delivery_info: _Place
    delivery_tag: str
    body_encoding: Literal["base64"]
    priority: Literal[0] = 0
    expiration: str | None = None


class _Message(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    body: str
    headers: _Headers
    properties: _Properties
    content_type: Literal["application/json"]
    content_encoding: Literal["utf-8"]


class _Afterwards(msgspec.Struct, forbid_unknown_fields=True):
    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


_arguments = msgspec.json.Decoder(tuple[list[int | str | None], _Nothing, _Afterwards]).decode


def require_ours(raw: Any) -> None:
    """Raises ValueError or msgspec.ValidationError unless this is a message as we send them."""
    _arguments(b64decode(msgspec.convert(raw, _Message).body, validate=True))
