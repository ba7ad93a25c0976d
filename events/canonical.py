"""Canonical JSON: the one byte form in which facts are stored, hashed and sent (RFC 8785, restricted).

Allowed are null, booleans, integers within ±(2^53 - 1), strings without NUL and lone surrogates, arrays, and objects
with ASCII keys; no floats. Within that, sorting keys by code point equals RFC 8785's order of UTF-16 code units.
What `encode` makes, `decode` takes: both keep the same rules and limits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from events.errors import Malformed

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
MAX_BYTES = 1 << 20
WHOLE = "$"  # the field named where the document as a whole is to blame

_encode = msgspec.json.Encoder(order="sorted").encode
_encode_as_given = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class _Broken(Exception):
    """A rule does not hold; `path` grows from the inside out while the walk unwinds."""

    def __init__(self, rule: str, *within: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.path = list(within)


class _Twice:
    """Stands where an object had one key twice, so that the walk can tell where that is."""

    def __init__(self, key: str) -> None:
        self.key = key


def encode(value: object, *, limit: int = MAX_BYTES) -> bytes:
    """The canonical bytes of plain data. Raises Malformed naming the field and the `json.…` rule."""
    _require(value)
    data = _encode(value)
    _require_size(data, limit)
    return data


def encode_known(value: object) -> bytes:
    """The same bytes, unchecked, for what was folded from facts that were checked. Never for an event's own bytes."""
    return _encode(value)


def is_known(data: bytes, objects: Iterable[Mapping[str, object]], numbers: Iterable[int]) -> bool:
    """Whether `encode` would have made these bytes, and `encode_known` did: of an object whose values have types that
    allow no more than canonical JSON, but for these objects and numbers in it.
    """
    try:
        for each in objects:
            if each:
                _walk(each, MAX_DEPTH - 1)
    except _Broken:
        return False
    for number in numbers:
        if type(number) is not int or not -MAX_INTEGER <= number <= MAX_INTEGER:
            return False
    return len(data) <= MAX_BYTES and not (b"\\" in data and b"\\u0000" in data)


def decode(data: bytes, *, limit: int = MAX_BYTES) -> Any:
    """The value of JSON bytes, canonical or not. Raises Malformed naming the field and the `json.…` rule."""
    if len(data) > MAX_BYTES:  # more than any event's own: to read it twice would take its memory twice
        _require_size(data, limit)
        return _decode_slowly(data)
    value, _ = _read(data, limit)
    return value


def decode_canonical(data: bytes, *, limit: int = MAX_BYTES) -> Any:
    """The value of bytes in canonical form. Raises Malformed as `decode` does, and for any other spelling."""
    value, canonical = _read(data, limit)
    if not canonical:
        raise Malformed(field=WHOLE, rule="json.canonical")
    return value


def is_canonical(data: bytes, *, limit: int = MAX_BYTES) -> bool:
    """Whether `data` is exactly what `encode` makes of its value."""
    try:
        decode_canonical(data, limit=limit)
    except Malformed:
        return False
    return True


def _read(data: bytes, limit: int) -> tuple[Any, bool]:
    """The value, and whether the bytes are its canonical form."""
    _require_size(data, limit)
    try:
        value = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_slowly(data), False
    _require(value)
    if _encode(value) == data:
        return value, True
    # Only bytes that differ from what the value makes can hide a doubled key behind the last one.
    if _encode_as_given(value) == data:
        return value, False
    return _decode_slowly(data), False


def _require_size(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise Malformed(field=WHOLE, rule="json.size", limit=limit)


def _require(value: object) -> None:
    try:
        _walk(value, MAX_DEPTH)
    except _Broken as broken:
        raise Malformed(field=".".join(reversed(broken.path)) or WHOLE, rule=broken.rule) from None


def _walk(value: object, room: int) -> None:
    # Exact types: a bool is no integer here, and no subclass smuggles in an encoding of its own.
    if type(value) is str:
        _walk_text(value)
    elif type(value) is dict:
        _walk_object(value, room - 1)
    elif type(value) is list or type(value) is tuple:
        _walk_array(value, room - 1)
    elif type(value) is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise _Broken("json.integer")
    elif type(value) is float:
        raise _Broken("json.float")
    elif type(value) is _Twice:
        raise _Broken("json.duplicate_key", *([value.key] if value.key.isascii() else []))
    elif value is not None and type(value) is not bool:
        raise _Broken("json.type")


def _walk_text(value: str) -> None:
    if "\0" in value:
        raise _Broken("json.nul")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Broken("json.surrogate") from None


def _walk_object(value: dict[object, object], room: int) -> None:
    if room < 0:
        raise _Broken("json.depth")
    for key, item in value.items():
        if type(key) is not str or not key.isascii() or "\0" in key:
            raise _Broken("json.key")
        # Plain strings, numbers and nothing are most of it; a call for each would double the cost of the walk.
        if type(item) is str:
            if item.isascii() and "\0" not in item:
                continue
        elif item is None or (type(item) is int and -MAX_INTEGER <= item <= MAX_INTEGER):
            continue
        try:
            _walk(item, room)
        except _Broken as broken:
            broken.path.append(key)
            raise


def _walk_array(value: list[object] | tuple[object, ...], room: int) -> None:
    if room < 0:
        raise _Broken("json.depth")
    for index, item in enumerate(value):
        if type(item) is str and item.isascii() and "\0" not in item:
            continue
        try:
            _walk(item, room)
        except _Broken as broken:
            broken.path.append(str(index))
            raise


def _decode_slowly(data: bytes) -> Any:
    """What the fast parser refuses or may overlook: takes the same values, and can say what is wrong and where."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_once, parse_int=_integer, parse_constant=float)
    except UnicodeDecodeError as error:
        raise Malformed(field=WHOLE, rule="json.utf8") from error
    except RecursionError as error:
        raise Malformed(field=WHOLE, rule="json.depth") from error
    except json.JSONDecodeError as error:
        raise Malformed(field=WHOLE, rule="json.syntax", position=error.pos) from None
    _require(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    return _Twice(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]


def _integer(digits: str) -> int:
    # Turning endless digits into a number takes quadratic time; any number out of range tells the same.
    return int(digits) if len(digits) <= 17 else MAX_INTEGER + 1
