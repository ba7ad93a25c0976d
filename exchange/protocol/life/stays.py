"""Stays: the fold of the movements (DESIGN.md K3 and K5). Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar

import msgspec

from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import Deceased, Registered
from events.catalogue.values import Place, StayKind, StayName, town
from events.envelope import Ref
from events.standing import Standing
from exchange.protocol.record import Announcement, Contradiction, Stay


class Movements:
    """The mutable state of one fold over the facts in the order of K3."""

    def __init__(self, held: Collection[Ref] = ()) -> None:
        self.held = held  # all events of the book, in force or not
        self.missing: set[Ref] = set()
        self.stays: dict[Ref, Stay] = {}
        self.announced: list[Announcement] = []
        self.died: Standing | None = None
        self.contradictions: set[Contradiction] = set()

    def fold(self, facts: Iterable[Standing]) -> None:
        """Take facts in force, all of kinds in STEPS, in order."""
        for standing in sorted(facts, key=lambda s: s.order):
            self.STEPS[type(standing.payload)](self, standing, standing.payload)

    def _arrived(self, standing: Standing, payload: Arrived) -> None:
        self._begin(standing, payload.kind, payload.origin, payload.ends, payload.continues)

    def _returned(self, standing: Standing, payload: Returned) -> None:
        self._begin(standing, "main", payload.origin, payload.ends, None)

    def _registered(self, standing: Standing, payload: Registered) -> None:
        if payload.kind is not None:
            self._begin(standing, payload.kind, None, (), None)

    def _begin(
        self,
        standing: Standing,
        kind: StayKind,
        origin: Place | None,
        ends: tuple[StayName, ...],
        continues: StayName | None,
    ) -> None:
        payload = standing.payload
        day, ref = standing.day, standing.ref
        address = payload.address if isinstance(payload, Arrived | Returned | Registered) else None
        until = payload.stay_until if isinstance(payload, Arrived) else None
        rivals: list[Ref] = []
        for stay in list(self.stays.values()):
            if not stay.open:
                continue
            named = _names(ends, stay) or (continues is not None and _names((continues,), stay))
            if named:
                self._end(stay, standing, town(standing.author))
            elif kind == "further" or stay.kind == "further":
                continue
            elif stay.main_since < day or isinstance(payload, Returned):
                if ends:
                    self.stays[stay.id] = msgspec.structs.replace(stay, kind="further", demoted_by=ref)
                else:
                    self._end(stay, standing, town(standing.author))
            else:
                rivals.append(stay.id)
        for rival in rivals:
            stay = self.stays[rival]
            self.stays[rival] = msgspec.structs.replace(stay, contests=(*stay.contests, ref))
            self.contradictions.add(Contradiction("contested_stays", tuple(sorted((rival, ref)))))
        if self.died is not None and day > self.died.day:
            self.contradictions.add(Contradiction("moved_after_death", tuple(sorted((self.died.ref, ref)))))
        self.stays[ref] = Stay(
            id=ref,
            office=standing.author,
            kind=kind,
            began=day,
            stamp=standing.stamp,
            main_since=day,
            origin=origin,
            address=address,
            until=until,
            contests=tuple(rivals),
        )
        self._arrive(standing, kind)

    def _end(self, stay: Stay, standing: Standing, destination: Place | None) -> None:
        self.stays[stay.id] = msgspec.structs.replace(
            stay, ended=standing.day, ended_by=standing.ref, destination=stay.destination or destination
        )

    def _arrive(self, standing: Standing, kind: StayKind) -> None:
        """Every announcement that still waits has found its end, by a further stay only at the town that it named; the
        one that named this town its match.
        """
        for index, announcement in enumerate(self.announced):
            named = announcement.to == standing.author
            if announcement.waits and (named or kind == "main"):
                end = {"arrival": standing.ref} if named else {"ended_by": standing.ref}
                self.announced[index] = msgspec.structs.replace(announcement, waits=False, **end)

    def _announce(self, standing: Standing, to: str) -> None:
        """Announce; where a stay goes on in that town already, it is the match, whatever ends it later."""
        here = next((s for s in self.stays.values() if s.open and s.office == to), None)
        waits = self.died is None
        matched = here.id if here is not None and waits else None
        self.announced.append(Announcement(standing.ref, standing.author, to, waits and here is None, matched))

    def _depart(self, standing: Standing, payload: Departed) -> None:
        destination = payload.destination
        if destination.kind == "town":
            if destination.code is not None:
                self._announce(standing, destination.code)
            stay = self._named(standing, payload.stay)
            if stay is not None:
                self.stays[stay.id] = msgspec.structs.replace(
                    stay, destination=destination, touched_by=(*stay.touched_by, standing.ref)
                )
            return
        if payload.stay is None:
            leaving = [s for s in self.stays.values() if s.kind == "main"]
        else:
            # Who may not know the stay that it names knows other stays, which go on.
            stay = self._named(standing, payload.stay)
            leaving = [stay] if stay is not None else []
        for left in leaving:
            if left.open:
                self._end(left, standing, destination)

    def _leave(self, standing: Standing, payload: Left) -> None:
        stay = self._named(standing, payload.stay)
        if stay is not None and stay.open:
            self._end(stay, standing, payload.destination)
        if payload.destination is not None and payload.destination.code is not None:
            self._announce(standing, payload.destination.code)

    def _named(self, standing: Standing, ref: Ref | None) -> Stay | None:
        """The stay that a fact names; one that did not begin by then is a contradiction."""
        if ref is None:
            return None
        stay = self.stays.get(ref)
        if stay is None and ref not in self.held:
            # A departure or leaving announces also to an office that may not know the stay.
            if not isinstance(standing.payload, Departed | Left):
                self.missing.add(ref)
        elif stay is None:
            self.contradictions.add(Contradiction("left_without_arrival", tuple(sorted((ref, standing.ref)))))
        return stay

    def _touch(self, standing: Standing, payload: MovedWithin | Extended) -> None:
        stay = self._named(standing, payload.stay)
        if stay is None:
            return
        touched = (*stay.touched_by, standing.ref)
        if isinstance(payload, MovedWithin):
            stay = msgspec.structs.replace(stay, address=payload.address, touched_by=touched)
        else:
            stay = msgspec.structs.replace(stay, until=payload.stay_until, touched_by=touched)
        self.stays[stay.id] = stay

    def _change_main(self, standing: Standing, payload: MainChanged) -> None:
        chosen = self._named(standing, payload.stay)
        if chosen is None or not chosen.open:
            return
        for stay in list(self.stays.values()):
            if stay.open and stay.kind == "main" and stay.id != chosen.id:
                self.stays[stay.id] = msgspec.structs.replace(stay, kind="further", demoted_by=standing.ref)
        self.stays[chosen.id] = msgspec.structs.replace(
            chosen, kind="main", main_since=standing.day, touched_by=(*chosen.touched_by, standing.ref)
        )

    def _die(self, standing: Standing, _payload: Deceased) -> None:
        self.died = self.died or standing
        for stay in list(self.stays.values()):
            if stay.open:
                self._end(stay, standing, None)
        for index, announcement in enumerate(self.announced):
            if announcement.waits:
                self.announced[index] = msgspec.structs.replace(announcement, waits=False, ended_by=standing.ref)

    STEPS: ClassVar[Mapping[type[Fact], Callable[[Movements, Standing, Any], None]]] = {
        Arrived: _arrived,
        Returned: _returned,
        Registered: _registered,
        Departed: _depart,
        Left: _leave,
        MovedWithin: _touch,
        Extended: _touch,
        MainChanged: _change_main,
        Deceased: _die,
    }


def begins_stay(payload: Registered) -> bool:
    """A kind of stay begins a stay at the author's office.

    An address makes it main when it is recorded: who may not see the address must see that a stay began.
    """
    return payload.kind is not None


def _names(names: tuple[StayName, ...], stay: Stay) -> bool:
    return any(name.stay == stay.id or (name.stay is None and name.town == stay.office) for name in names)
