"""Many rows in the binary form in which PostgreSQL takes them, packed here at once instead of value by value."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_BYTEA, _INT8, _TEXT, _BOOL = 17, 20, 25, 16  # the numbers of types, the same in every database
_ARRAY = Struct("!iIIii")  # dimensions, whether any is NULL (the reader looks for itself), type, length, first index
_EMPTY = Struct("!iII")
_number = Struct("!iq").pack  # with its length before it
_length = Struct("!i").pack
_LENGTHS = tuple(map(_length, range(4096)))
_NULL = _length(-1)
_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_FIELDS = Struct("!h").pack
_END = _FIELDS(-1)


class Packed(bytes):
    """An array in binary, whose type the statement names."""

    __slots__ = ()


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> Packed:
        return obj


def understand_packed(driver: Connection[object]) -> None:
    """From now on statements on this connection may be given what is packed here."""
    driver.adapters.register_dumper(Packed, _AsItIs)


def texts(values: Iterable[str | None]) -> Packed:
    """A `text[]`."""
    return _array(_TEXT, [None if value is None else value.encode() for value in values])


def blobs(values: Iterable[bytes]) -> Packed:
    """A `bytea[]`."""
    return _array(_BYTEA, list(values))


def numbers(values: Iterable[int | None]) -> Packed:
    """An `int8[]`."""
    packed = [_NULL if value is None else _number(8, value) for value in values]
    return _whole(_INT8, len(packed), b"".join(packed))


def truths(values: Iterable[bool]) -> Packed:
    """A `bool[]`."""
    return _array(_BOOL, [b"\x01" if value else b"\x00" for value in values])


def copied(rows: Iterable[tuple[bytes, ...]]) -> bytes:
    """Rows for `COPY … (FORMAT BINARY)`, each value in the bytes of its type."""
    pieces = [_BEGIN]
    add = pieces.append
    for row in rows:
        add(_FIELDS(len(row)))
        for value in row:
            size = len(value)
            add(_LENGTHS[size] if size < 4096 else _length(size))
            add(value)
    add(_END)
    return b"".join(pieces)


def _array(type_: int, values: list[bytes | None] | list[bytes]) -> Packed:
    pieces: list[bytes] = []
    add = pieces.append
    for value in values:
        if value is None:
            add(_NULL)
        else:
            size = len(value)
            add(_LENGTHS[size] if size < 4096 else _length(size))
            add(value)
    return _whole(type_, len(values), b"".join(pieces))


def _whole(type_: int, size: int, packed: bytes) -> Packed:
    return Packed((_ARRAY.pack(1, 0, type_, size, 1) if size else _EMPTY.pack(0, 0, type_)) + packed)
