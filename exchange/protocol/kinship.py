"""Kinship: what an office's own books say of the persons tied to one, and whose notices concern their offices. Pure.

Invariant: who is told what of a person follows from the office's record of that person and from its records of those
tied to them, and from nothing else; so it is the same on one node and on many, and whatever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from events import partial_date
from events.catalogue.person import Deceased
from events.catalogue.values import TieKind
from events.envelope import Ref
from events.errors import Malformed
from events.standing import Standing
from exchange.protocol.record import Record, Tie

GROUND = "family"  # of telling: for the sake of somebody tied to the person
OF_AGE = 18
YOUNGER: frozenset[TieKind] = frozenset({"child", "ward"})  # their offices are told while they are minors
OLDER: frozenset[TieKind] = frozenset({"parent", "guardian"})  # theirs while the person is one
ENDED_BY_DEATH: frozenset[TieKind] = frozenset({"spouse", "guardian", "ward"})


class Death(msgspec.Struct, frozen=True):
    """A death as a fact: its day, its stamp, and what took it back, where it was."""

    ref: Ref
    day: str
    stamp: int
    taken_back_by: Ref | None = None


class Kin(msgspec.Struct, frozen=True):
    """Somebody tied to a person, as the office's own book tells. `deaths`: recorded ones, also those taken back."""

    offices: tuple[str, ...]  # who keeps them, then where they mainly live
    unconfirmed: frozenset[str]  # of these the offices of stays that no keeper has confirmed, as far as is known here
    born_on: str | None
    deaths: tuple[Death, ...] = ()

    @property
    def died(self) -> Death | None:
        """The death that stands."""
        return next((death for death in self.deaths if death.taken_back_by is None), None)


def kinship(record: Record, records: Iterable[Record]) -> dict[str, Kin]:
    """Those tied to the person of `record`, as far as the office holds them, by the id that the tie names."""
    held = [other for other in records if other.person != record.person and other.holds and not other.withdrawn]
    found: dict[str, Kin] = {}
    for person in tied_to(record):
        other = next((each for each in held if person in each.persons), None)
        if other is not None:
            found[person] = _kin(other)
    return found


def tied_to(record: Record) -> list[str]:
    """The persons whom any tie of the record names by id."""
    return sorted({tie.other.person for tie in record.ties if tie.other.person is not None})


def _kin(record: Record) -> Kin:
    keeper = [record.keeper] if record.keeper is not None else []
    mains = {stay.office: record.recognised(stay) for stay in record.main_stays}
    offices = tuple(dict.fromkeys([*keeper, *sorted(mains)]))
    unconfirmed = frozenset(office for office, recognised in mains.items() if not recognised)
    deaths = sorted(
        (_death(s) for s in record.facts.values() if isinstance(s.payload, Deceased)), key=lambda d: (d.stamp, d.ref)
    )
    born_on = record.particulars.get("born_on")
    return Kin(offices, unconfirmed, born_on if isinstance(born_on, str) else None, tuple(deaths))


def _death(standing: Standing) -> Death:
    taken_back = standing.retraction or (standing.ref if standing.void else None)
    return Death(standing.ref, standing.day, standing.stamp, taken_back)


def is_minor(born_on: object, day: str) -> bool:
    """Under 18 on that day, as far as the birth date tells: who may be a minor is one. Without a date nobody is."""
    if not isinstance(born_on, str):
        return False
    try:
        latest = partial_date.latest(born_on)
    except Malformed:
        return False
    return day < f"{int(latest[:4]) + OF_AGE:04}{latest[4:]}"


def concerns(tie: Tie, day: str, record: Record, kin: Mapping[str, Kin]) -> bool:
    """Whether what happens to the person on that day concerns the offices of the other."""
    other = kin.get(tie.other.person or "")
    if other is not None and other.died is not None and other.died.day < day:
        return False
    if tie.tie in YOUNGER:
        held = other.born_on if other is not None else None
        return is_minor(held or tie.other.stated.get("born_on"), day)
    return tie.tie not in OLDER or is_minor(record.particulars.get("born_on"), day)


def offices_of(tie: Tie, kin: Mapping[str, Kin]) -> tuple[str, ...]:
    """The offices of the other person by the office's own book; where it tells of none, the one said to hold them."""
    held = kin.get(tie.other.person or "")
    if held is not None and held.offices:
        return held.offices
    return (tie.other.at,) if tie.other.at is not None else ()
