"""Between an event and its stored form: canonical bytes of the clear frame, and the sealed parts beside them.

The frame's fields that say nothing (None, no touches, no commitments) are left out; `facts` always stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events import canonical
from events.envelope import Envelope, Part
from events.errors import Conflict, Erased, Malformed, Tampered
from events.event import NO_FACT, Event, opened, restricted
from events.vault.seal import Binding, open_bytes, open_parts, same_content, seal, seal_bytes

# What a request says. Order, time, actor and act are given when it is taken, and differ when it comes again.
_SAID = ("type", "schema", "subject", "touches", "stay", "effective_on", "target", "because")

_thaw = msgspec.json.Decoder(Envelope).decode


class SealedEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event as it is stored and sent: its frame, the very bytes that are hashed, and the sealed parts."""

    frame: Envelope
    body: bytes
    sealed: bytes


def freeze(frame: Envelope) -> bytes:
    """The canonical bytes of a clear frame. Raises Malformed where it holds what canonical JSON cannot."""
    body, _ = _frozen(frame)
    return body


def _frozen(frame: Envelope) -> tuple[bytes, Envelope]:
    """The same, and the frame that stands in them."""
    try:
        body = canonical.encode_known(frame)
        said = _thaw(body)
        # Read back by its types it is the same: only what is of no exact type can be anything but canonical JSON.
        objects, numbers = (frame.facts, frame.commitments), (frame.schema, frame.stamp, frame.version)
        if said == frame and canonical.is_known(body, objects, numbers):
            return body, said
    except (msgspec.DecodeError, TypeError, ValueError):
        pass
    body = canonical.encode(msgspec.to_builtins(frame))  # which says what it is
    return body, thaw(body)


def thaw(body: bytes) -> Envelope:
    """The frame in stored bytes. Raises Tampered where they are none."""
    try:
        return _thaw(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Tampered(field="frame", rule="frame.form") from error


def foreign(body: bytes) -> Envelope:
    """The frame in bytes that came from elsewhere. Raises Malformed unless `freeze` makes just these of it."""
    canonical.decode(body)
    try:
        frame = _thaw(body)
    except msgspec.DecodeError as error:
        raise Malformed(field="frame", rule="frame.form") from error
    if freeze(frame) != body:
        raise Malformed(field="frame", rule="frame.form")
    return frame


def binding(frame: Envelope) -> Binding:
    """What the sealed parts of this frame are bound to."""
    return Binding(frame.id, frame.author, frame.subject.id, frame.type, frame.schema)


def sealed_event(frame: Envelope, parts: Mapping[Part, Mapping[str, Any]], cipher: AESGCM | None) -> SealedEvent:
    """The event with its parts sealed under fresh salts, and their commitments in its frame.

    Raises Erased where there are parts and no key to seal them, Malformed where a part is no canonical JSON.
    """
    if cipher is None:
        if parts:
            raise Erased(person=frame.subject.id)
        return _framed(frame, seal_bytes({}, binding(frame), _NO_CIPHER).column, {})
    closed = seal(_named(parts), binding(frame), cipher)
    return _framed(frame, closed.column, closed.commitments)


def resealed(body: bytes, parts: Mapping[str, bytes], cipher: AESGCM) -> SealedEvent:
    """An event from elsewhere with the parts that came with it, under our own key; the frame's bytes stay as they are.

    Raises Malformed where the frame is not canonical, Tampered where a part is not the one that it committed to.
    """
    frame = foreign(body)
    closed = seal_bytes(parts, binding(frame), cipher)
    if any(frame.commitments.get(name) != found for name, found in closed.commitments.items()):
        raise Tampered(field="parts", rule="part.commitment")
    return SealedEvent(frame=frame, body=body, sealed=closed.column)


def opened_event(stored: SealedEvent, cipher: AESGCM | None, allowed: Collection[Part] | None = None) -> Event:
    """The event as far as `allowed` parts (all, if None) tell it; without a key, as far as the clear facts do.

    Raises Tampered where a part does not open or is not the one that the frame committed to, or the frame says nothing
    that an event can say.
    """
    frame = stored.frame
    if cipher is None or (allowed is not None and not allowed):
        return restricted(_typed(frame, {}), frozenset())
    parts = open_parts(stored.sealed, binding(frame), cipher, frame.commitments, allowed) if frame.commitments else {}
    event = _typed(frame, cast("dict[Part, dict[str, Any]]", parts))
    return event if allowed is None else restricted(event, frozenset(allowed))


def _typed(frame: Envelope, parts: Mapping[Part, Mapping[str, Any]]) -> Event:
    try:
        return opened(frame, parts)
    except NO_FACT as error:
        raise Tampered(field="frame", rule="frame.form") from error


def require_repeat(
    stored: SealedEvent,
    frame: Envelope,
    parts: Mapping[Part, Mapping[str, Any]],
    cipher: AESGCM | None,
    derived: Collection[str] = (),
) -> None:
    """Nothing, where a request that names a stored event says the same again: its commitments under the stored salts
    are equal. `derived`: facts that the exchange adds itself, and which may come out otherwise the second time.

    Raises Conflict where it says something else, Erased where that cannot be told any more.
    """
    if stored.frame.commitments and cipher is None:
        raise Erased(person=stored.frame.subject.id)
    if _said(stored.frame, derived) != _said(frame, derived) or stored.frame.commitments.keys() != parts.keys():
        raise Conflict(author=stored.frame.author, id=stored.frame.id)
    if cipher is None or not parts:
        return
    held = open_bytes(stored.sealed, binding(stored.frame), cipher, stored.frame.commitments)
    if not same_content(_named(parts), held):
        raise Conflict(author=stored.frame.author, id=stored.frame.id)


def _named(parts: Mapping[Part, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return cast("Mapping[str, Mapping[str, Any]]", parts)  # a Part is a str, which a mapping's key type hides


def _said(frame: Envelope, derived: Collection[str]) -> bytes:
    said = {name: getattr(frame, name) for name in _SAID}
    facts = {name: value for name, value in frame.facts.items() if name not in derived}
    return canonical.encode(msgspec.to_builtins({**said, "facts": facts}))


def _framed(frame: Envelope, column: bytes, commitments: dict[str, str]) -> SealedEvent:
    if frame.commitments:
        raise ValueError("commitments are made here")
    body, said = _frozen(msgspec.structs.replace(frame, commitments=commitments))
    return SealedEvent(frame=said, body=body, sealed=column)


_NO_CIPHER = AESGCM(bytes(32))  # seals nothing: for events without parts
