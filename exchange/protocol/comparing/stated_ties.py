"""Ties as a newcomer states them, beside those that the keeper holds (catalogue, rule 4). Pure.

That either side names somebody whom the other does not is no difference, and what is not known of somebody says
nothing. Only one can be the spouse; of several children or parents it must be certain which of them is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from events.catalogue.values import Deviation, Other, Tied
from events.parts import TIES
from exchange.protocol.comparing.compare import differences
from exchange.protocol.life.kinship import Kin
from exchange.protocol.record import Record, Tie


def tie_deviation(
    record: Record, stated: Mapping[str, Any], kin: Mapping[str, Kin], day: str | None = None
) -> tuple[Deviation, ...]:
    """The field `ties`, where one that is stated differs. `kin`: what the office's own books say of those tied.

    `day`: of the statement; a tie that ended later was right.
    """
    said = _said(stated.get(TIES))
    held = [t if t.until is None or day is None or t.until <= day else replace(t, until=None) for t in record.ties]
    if not any(_differs(each, held, kin) for each in said):
        return ()
    return (Deviation(TIES, msgspec.to_builtins(ties_held(record)), stated[TIES]),)


def ties_held(record: Record) -> tuple[Tied, ...]:
    """Those in force, as a statement carries them."""
    return tuple(Tied(tie=tie.tie, other=tie.other, since=tie.since) for tie in record.ties_in_force)


def _said(value: object) -> tuple[Tied, ...]:
    try:
        return msgspec.convert(value, tuple[Tied, ...])
    except msgspec.ValidationError:
        return ()  # of a foreign fact that nobody judged; it can be compared with nothing


def _differs(said: Tied, ties: Iterable[Tie], kin: Mapping[str, Kin]) -> bool:
    of_kind = [tie for tie in ties if tie.tie == said.tie]
    held = [_compared(tie, said.other, kin) for tie in of_kind if tie.until is None]
    if any(each.may_be for each in held):
        return False
    if any(said.tie == "spouse" or each.of_one_name for each in held):
        return True
    ended = (_compared(tie, said.other, kin) for tie in of_kind if tie.until is not None)
    return any(each.may_be and each.of_one_name for each in ended)


class _Compared(NamedTuple):
    """Whether the one who is held and the one who is stated may be the same, and whether both are called so."""

    may_be: bool
    of_one_name: bool


def _compared(tie: Tie, said: Other, kin: Mapping[str, Kin]) -> _Compared:
    known = kin.get(tie.other.person or "")
    if tie.other.person is not None and said.person is not None:
        same = said.person in (tie.other.person, *(known.persons if known is not None else ()))
        return _Compared(same, same)
    held = known.identity if known is not None else tie.other.stated
    faults = {each.field for each in differences(held, said.stated)}
    return _Compared(not faults, "name" in held and "name" in said.stated and "name" not in faults)
