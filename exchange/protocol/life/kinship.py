"""Kinship: what an office's own books say of the persons tied to one, and whose notices concern their offices. Pure.

Invariant: who is told what of a person follows from the office's record of that person and from its records of those
tied to them, and from nothing else; so it is the same on one node and on many, and whatever came first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from events import partial_date
from events.catalogue.case import Confirmed
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import MainChanged
from events.catalogue.person import Deceased, Unmerged
from events.catalogue.values import TieKind
from events.envelope import Ref
from events.errors import Malformed
from events.parts import part_of
from events.standing import Standing
from exchange.protocol.life.causes import Cause, cause, made_keeper, naming_the_keeper
from exchange.protocol.life.ties import ties
from exchange.protocol.life.without_part import parted, taken_for_theirs
from exchange.protocol.record import Record, Stay, Tie

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

    keeper: str | None
    kept_since: Cause | None  # what made that office their keeper, where anything did
    mains: Mapping[str, Cause]  # where they mainly live, with what told the keeper so; true by its own book alone
    born_on: str | None
    deaths: tuple[Death, ...] = ()
    persons: tuple[str, ...] = ()
    identity: Mapping[str, Any] = {}  # by what they are recognised
    in_error: frozenset[str] = frozenset()  # offices that were taken for theirs, and never were

    @property
    def died(self) -> Death | None:
        """The death that stands."""
        return next((death for death in self.deaths if death.taken_back_by is None), None)


def kinship(record: Record, records: Iterable[Record]) -> dict[str, Kin]:
    """Those tied to the person of `record`, as far as the office holds them, by the id that the tie names."""
    known = list(records)
    held = [other for other in known if other.person != record.person and other.holds and not other.withdrawn]
    by_id: dict[str, Record] = {}
    for other in held:
        for person in other.persons:
            by_id.setdefault(person, other)
    apart = parted(s.event for each in known for s in each.facts.of(Unmerged))
    return {person: _kin(by_id[person], known, apart) for person in tied_to(record) if person in by_id}


def bonds(record: Record) -> tuple[Tie, ...]:
    """All ties that began, as the facts say: of the ended ones the keeper's statement, which takes their place in the
    record of everybody else, says nothing any more.
    """
    if record.keeper == record.office:
        return record.ties
    return ties(record.facts.of(TieBegan, TieEnded), None).all


def tied_to(record: Record) -> list[str]:
    """The persons whom any tie of the record names by id, or ever did."""
    if not record.ties and not record.facts.of(TieBegan):
        return []
    named = {tie.other.person for tie in (*record.ties, *bonds(record))}
    return sorted(person for person in named if person is not None)


def _kin(record: Record, records: Sequence[Record], apart: Collection[str]) -> Kin:
    made = made_keeper(record)
    deaths = sorted(
        (_death(s) for s in record.facts.values() if isinstance(s.payload, Deceased)), key=lambda d: (d.stamp, d.ref)
    )
    born_on = record.particulars.get("born_on")
    return Kin(
        keeper=record.keeper,
        kept_since=cause(record, naming_the_keeper(record, made), made.day) if made is not None else None,
        mains={stay.office: _known_to_live(record, stay) for stay in record.main_stays if record.confirmed(stay)},
        born_on=born_on if isinstance(born_on, str) else None,
        deaths=tuple(deaths),
        persons=record.persons,
        identity={field: value for field, value in record.particulars.items() if part_of(field) == "identity"},
        in_error=taken_for_theirs(record, records, apart),
    )


def _known_to_live(record: Record, stay: Stay) -> Cause:
    """The latest of what began the stay, what made it the main one, and what confirmed it."""
    facts = record.facts
    refs = [stay.id, *stay.touched_by, *(ref for case in record.questions_about(stay.id) for ref in case.thread)]
    known = [facts[ref] for ref in refs if isinstance(facts[ref].payload, MainChanged | Confirmed)]
    latest = max((facts[stay.id], *known), key=lambda s: (s.stamp, s.ref))
    return cause(record, latest, stay.main_since)


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


class Addressee(msgspec.Struct, frozen=True):
    """An office that this one tells for the sake of a tie; `since`: what made it the other's, where that is known."""

    office: str
    since: Cause | None = None
    keeps: bool = False  # the other: that the person is said to live there, too, is then no reason to tell it less


def addressees(tie: Tie, office: str, keeper: str | None, kin: Mapping[str, Kin]) -> Iterator[Addressee]:
    """Whom an office tells what happens to a person. `keeper`: of the person.

    The keeper tells the keeper of the other, or the office said to hold them; who keeps the other tells the towns where
    they mainly live, for it alone knows whether that is so.
    """
    other = kin.get(tie.other.person or "")
    kept = other.keeper if other is not None and other.keeper is not None else tie.other.at
    if keeper == office and kept is not None:
        yield Addressee(kept, other.kept_since if other is not None else None, keeps=True)
    if other is not None and other.keeper == office:
        for town, since in sorted(other.mains.items()):
            yield Addressee(town, since)
