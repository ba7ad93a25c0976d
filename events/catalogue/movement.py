"""Movements: departures, arrivals and what happens to a stay."""

from __future__ import annotations

from typing import Literal

from events.catalogue.fact import Fact
from events.catalogue.values import Address, Code, Day, Particulars, Place, StayKind, StayName
from events.envelope import Ref


class Departed(Fact, frozen=True, tag="movement.departed", kw_only=True):
    """Outflow: to a town it announces; abroad or to unknown it ends the stay at once."""

    stay: Ref | None = None
    destination: Place
    expected_on: Day | None = None
    given: Particulars = {}  # filled from the record: what the town announced needs to recognise the person


class Arrived(Fact, frozen=True, tag="movement.arrived", kw_only=True):
    """A stay begins; the event's id is the stay's id."""

    kind: StayKind
    registration: Place | None = None
    origin: Place | None = None
    continues: StayName | None = None
    ends: tuple[StayName, ...] = ()
    address: Address | None = None
    reason: Code | None = None
    stay_until: Day | None = None
    stated: Particulars = {}  # with `ties`, where the newcomer names any
    opens: bool = False  # the author's book did not hold the person: the fact opens a dossier


class MovedWithin(Fact, frozen=True, tag="movement.moved_within", kw_only=True):
    """A new address inside the town."""

    stay: Ref
    address: Address | None = None


class Extended(Fact, frozen=True, tag="movement.extended", kw_only=True):
    """The stay lasts longer."""

    stay: Ref
    stay_until: Day


class MainChanged(Fact, frozen=True, tag="movement.main_changed", kw_only=True):
    """Another stay is now the main one; nobody moves."""

    stay: Ref


class Left(Fact, frozen=True, tag="movement.left", kw_only=True):
    """A stay ends."""

    stay: Ref
    destination: Place | None = None
    basis: Literal["own_word", "ex_officio", "lapsed"] = "own_word"
    ground: Code | None = None
    given: Particulars = {}  # as of a departure


class Returned(Fact, frozen=True, tag="movement.returned", kw_only=True):
    """Back at the registration place; begins a main stay there."""

    address: Address | None = None
    origin: Place | None = None
    ends: tuple[StayName, ...] = ()
