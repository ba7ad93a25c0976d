"""What the columns of a table hold, by its definition: in SQLite, whoever has the file can write anything into any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column

R = TypeVar("R", bound=Sequence[Any])

NO_NUMBER = 2**63 - 1
NO_TEXT = "\ufffd"  # stands for each byte that belongs to no text, too
_NOTHING: Mapping[type, Any] = {int: NO_NUMBER, str: NO_TEXT, bytes: b""}  # what no column of ours ever holds


class Form:
    """The form of rows of these columns. `or_none`: likewise, where there may be nothing beside the others."""

    def __init__(self, columns: Iterable[Column[Any]], or_none: Iterable[Column[Any]] = ()) -> None:
        self._kinds = [_Kind(column.type.python_type, bool(column.nullable)) for column in columns]
        self._kinds += [_Kind(column.type.python_type, or_none=True) for column in or_none]
        self._known: set[tuple[type, ...]] = set()  # types of rows that fit, as nearly all rows have them

    def fits(self, row: Sequence[Any]) -> bool:
        """Whether every column holds what it may."""
        types = tuple(map(type, row))
        if types in self._known:
            return True
        if all(kind.takes(found) for kind, found in zip(self._kinds, types, strict=True)):
            self._known.add(types)
            return True
        return False

    def mended(self, row: Sequence[Any]) -> Sequence[Any]:
        """The row; where a column holds what it cannot hold, with what no row has there, so that it equals no other."""
        if self.fits(row):
            return row
        told = zip(self._kinds, row, strict=True)
        return tuple(value if kind.takes(type(value)) else _NOTHING[kind.wanted] for kind, value in told)

    def all(self, rows: Sequence[R]) -> Sequence[R | Sequence[Any]]:
        """These rows, each mended. They are looked at by columns, which is quick where all of them fit."""
        columns = zip(self._kinds, zip(*rows, strict=True), strict=False)
        if all(kind.takes(found) for kind, column in columns for found in set(map(type, column))):
            return rows
        return list(map(self.mended, rows))


class _Kind(NamedTuple):
    """What one column holds. `or_none`: or nothing."""

    wanted: type
    or_none: bool

    def takes(self, found: type) -> bool:
        return self.or_none if found is type(None) else issubclass(found, self.wanted)
