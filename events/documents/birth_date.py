"""The birth date inside a number."""

from __future__ import annotations

from events import partial_date
from events.errors import Malformed


def birth_date(eight: str, field: str, as_of: str | None) -> str:
    """A day out of YYYYMMDD. Raises Malformed: `document.date` if there is no such day, `document.future`."""
    day = f"{eight[:4]}-{eight[4:6]}-{eight[6:]}"
    try:
        partial_date.parse(day, field=field)
    except Malformed as error:
        raise Malformed(field=field, rule="document.date") from error
    if as_of is not None and day > as_of:
        raise Malformed(field=field, rule="document.future", as_of=as_of)
    return day
