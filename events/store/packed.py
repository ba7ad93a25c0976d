"""Many rows in the binary form in which PostgreSQL takes them, packed here at once instead of value by value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from struct import Struct

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_BYTEA, _INT8, _TEXT, _BOOL = 17, 20, 25, 16  # the numbers of types, the same in every database
_ARRAY = Struct("!iIIii")  # dimensions, whether any is NULL (the reader looks for itself), type, length, first index
_EMPTY = Struct("!iII")
_number = Struct("!iq").pack  # with its length before it
_length = Struct("!i").pack
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


def encoded(values: Sequence[bytes]) -> Packed:
    """A `text[]` of what is in the database's encoding already."""
    return _array(_TEXT, values)


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


def copied(rows: Iterable[Sequence[bytes]], together: int) -> Iterator[bytes]:
    """These rows for `COPY … (FORMAT BINARY)`, each value in the bytes of its type; so many in each piece, which is
    made when it is asked for.
    """
    left = iter(rows)
    yield _BEGIN
    while some := list(islice(left, together)):
        columns = list(zip(*some, strict=True))
        fields = chain.from_iterable((_lengths(column), column) for column in columns)
        yield b"".join(chain.from_iterable(zip(repeat(_FIELDS(len(columns))), *fields, strict=False)))
    yield _END


def _lengths(values: Sequence[bytes]) -> Iterator[bytes]:
    return map(_length, map(len, values))


def _array(type_: int, values: Sequence[bytes | None]) -> Packed:
    there = [value for value in values if value is not None]
    if len(there) == len(values):
        packed = b"".join(chain.from_iterable(zip(_lengths(there), there, strict=True)))
    else:
        packed = b"".join(_NULL if value is None else _length(len(value)) + value for value in values)
    return _whole(type_, len(values), packed)


def _whole(type_: int, size: int, packed: bytes) -> Packed:
    return Packed((_ARRAY.pack(1, 0, type_, size, 1) if size else _EMPTY.pack(0, 0, type_)) + packed)
