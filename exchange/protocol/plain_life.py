"""A plain life: the common facts of a person, folded line by line out of stored frames. Pure.

What is not plain (an amendment, a merge, a dispute, stays that contest each other, a fact that names what is not there)
ends the fold, for only `view` knows all rules. So few rules stand here twice, and tests hold them against `view`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from events.catalogue.values import Place, StayKind
from events.envelope import Part, Ref
from events.parts import TIES
from events.upcasts import UPCASTS

Parts = Mapping[str, Mapping[str, Any]]  # by the name of the part
_NOTHING: Mapping[str, Any] = {}
Open = Callable[[int, "Line", frozenset[Part]], Parts]


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A place as it is stored, its codes unchecked: what is in the log was checked when it came."""

    kind: Literal["town", "abroad", "unknown", "no_fixed_abode", "birth"]
    code: str | None = None
    country: str | None = None
    last: str | None = None

    def place(self) -> Place:
        return Place(self.kind, self.code, self.country, self.last)


class Named(msgspec.Struct, frozen=True, gc=False):
    """The name of a stay as it is stored."""

    stay: Ref | None = None
    town: str | None = None


class Facts(msgspec.Struct, frozen=True, gc=False):
    """The clear facts that are read of a line, of whatever type."""

    kind: StayKind | None = None
    registration: Spot | None = None
    ends: tuple[Named, ...] = ()
    continues: Named | None = None
    destination: Spot | None = None
    opens: bool = False
    from_: Spot | None = msgspec.field(name="from", default=None)
    to: Spot | str | None = None
    stay_until: str | None = None
    tie: str | None = None
    particulars: Mapping[str, Any] = {}
    set: Mapping[str, Any] = {}
    stated: Mapping[str, Any] = {}


class Line(msgspec.Struct, frozen=True):
    """One stored frame, as far as a plain life reads it."""

    id: str
    type: str
    schema: int
    subject: tuple[str, str]
    author: str
    effective_on: str
    stamp: int
    facts: Facts
    stay: Ref | None = None
    commitments: msgspec.Raw = msgspec.Raw()


line_of = msgspec.json.Decoder(Line).decode


class NotPlain(Exception):
    """Only the whole view can tell."""


class Residence(msgspec.Struct):
    """One stay. `address`: only where parts were opened."""

    id: Ref
    office: str
    kind: StayKind
    began: str
    main_since: str
    stamp: int
    address: str | None = None
    until: str | None = None
    ended: str | None = None
    ended_by: Ref | None = None


class Life:
    """The mutable state of the fold. Lines are named by their numbers; a stay's address stands in the line named last.

    `chain`: of registrations. `openings`: on which the dossier stands. `told`: of particulars, the entry first.
    """

    __slots__ = ("addresses", "arrivals", "at", "chain", "died_on", "openings", "protection", "stays", "told")

    def __init__(self) -> None:
        self.at = 0  # the line that is being taken
        self.stays: dict[Ref, Residence] = {}
        self.addresses: dict[Ref, int] = {}
        self.chain: list[Line] = []
        self.openings: list[Line] = []
        self.arrivals: list[int] = []
        self.protection: list[Line] = []
        self.told: list[int] = []
        self.died_on: str | None = None


def lived(lines: Sequence[Line]) -> Life:
    """The life that the clear facts of these lines, all of one person, tell. Raises NotPlain."""
    life = Life()
    order = [(x.effective_on, x.stamp, x.author, x.id, n) for n, x in enumerate(lines)]  # K3
    order.sort()
    for _, _, _, _, number in order:
        line = lines[number]
        if line.facts.tie == "spouse":
            _not_plain(life, line)  # the marital status follows from it
        step = STEPS.get(line.type, _not_plain)
        if step is None:
            continue
        if UPCASTS and (line.type, line.schema) in UPCASTS:
            raise NotPlain
        life.at = number
        step(life, line)
    return life


def _not_plain(life: Life, line: Line) -> None:
    raise NotPlain


def _registered(life: Life, line: Line) -> None:
    if life.chain and any(before.type == line.type for before in life.chain):
        raise NotPlain  # two first registrations
    life.chain.append(line)
    life.openings.append(line)
    life.told.insert(0, life.at)
    if line.facts.kind is not None:
        _begin(life, line, line.facts.kind)


def _arrived(life: Life, line: Line) -> None:
    facts = line.facts
    if facts.kind is None or facts.continues is not None:
        raise NotPlain
    life.arrivals.append(life.at)
    if facts.opens:
        life.openings.append(line)
    _begin(life, line, facts.kind)


def _returned(life: Life, line: Line) -> None:
    _begin(life, line, "main")


def _begin(life: Life, line: Line, kind: StayKind) -> None:
    if life.died_on is not None:
        raise NotPlain
    day, ref, ends = line.effective_on, Ref(line.author, line.id), line.facts.ends
    for stay in life.stays.values():
        if stay.ended is not None:
            continue
        if ends and any(name.stay == stay.id or (name.stay is None and name.town == stay.office) for name in ends):
            _end(stay, line)
        elif kind == "main" == stay.kind:
            if stay.main_since >= day and line.type != "movement.returned":
                raise NotPlain  # they contest each other
            if ends:
                stay.kind = "further"
            else:
                _end(stay, line)
    life.stays[ref] = Residence(ref, line.author, kind, day, day, line.stamp, until=line.facts.stay_until)
    life.addresses[ref] = life.at


def _end(stay: Residence, line: Line) -> None:
    stay.ended = line.effective_on
    stay.ended_by = Ref(line.author, line.id)


def _stay_of(life: Life, line: Line) -> Residence:
    stay = life.stays.get(line.stay) if line.stay is not None else None
    if stay is None:
        raise NotPlain
    return stay


def _departed(life: Life, line: Line) -> None:
    named = [_stay_of(life, line)] if line.stay is not None else None
    if line.facts.destination is None or line.facts.destination.kind == "town":
        return  # only announced
    for stay in named or [s for s in life.stays.values() if s.kind == "main"]:
        if stay.ended is None:
            _end(stay, line)


def _left(life: Life, line: Line) -> None:
    stay = _stay_of(life, line)
    if stay.ended is None:
        _end(stay, line)


def _moved_within(life: Life, line: Line) -> None:
    life.addresses[_stay_of(life, line).id] = life.at


def _extended(life: Life, line: Line) -> None:
    _stay_of(life, line).until = line.facts.stay_until


def _deceased(life: Life, line: Line) -> None:
    life.died_on = life.died_on or line.effective_on
    for stay in life.stays.values():
        if stay.ended is None:
            _end(stay, line)


def _changed(life: Life, line: Line) -> None:
    life.told.append(life.at)


def _protected(life: Life, line: Line) -> None:
    life.protection.append(line)


def _registration_changed(life: Life, line: Line) -> None:
    life.chain.append(line)


# None: of no effect on what an outline tells. What does not stand here is not plain.
_IDLE = (
    "tie.began tie.ended person.stated person.held person.kept_apart case.confirmed case.deferred case.noted "
    "case.reminded case.escalated case.settled case.withdrawn enquiry.opened enquiry.answered request.opened "
    "notification.rejected"
)
STEPS: Mapping[str, Callable[[Life, Line], None] | None] = {
    "person.registered": _registered,
    "movement.arrived": _arrived,
    "movement.returned": _returned,
    "movement.departed": _departed,
    "movement.left": _left,
    "movement.moved_within": _moved_within,
    "movement.extended": _extended,
    "registration.changed": _registration_changed,
    "person.deceased": _deceased,
    "person.changed": _changed,
    "person.protected": _protected,
    "person.unprotected": _protected,
    **dict.fromkeys(_IDLE.split()),
}


def read_parts(life: Life, lines: Sequence[Line], opened: Open) -> dict[str, Any]:
    """The particulars as whoever keeps the person holds them; and sets the address of each stay, for both may lie in
    one line.

    Only what still stands is opened. What arrivals state counts where nothing else was told.
    """
    wanted = dict.fromkeys(life.told, _PARTICULARS)
    for number in life.addresses.values():
        wanted[number] = wanted[number] | _ADDRESS if number in wanted else _ADDRESS
    parts = {n: opened(n, lines[n], names) for n, names in wanted.items()}
    for stay, number in life.addresses.items():
        life.stays[stay].address = parts[number].get("address", _NOTHING).get("address")
    held: dict[str, Any] = {}
    for number in life.told:
        _take(held, lines[number].facts, parts[number])
    for number in () if held else life.arrivals:
        _take(held, lines[number].facts, opened(number, lines[number], _PARTICULARS))
    held.pop(TIES, None)  # whom newcomers state as theirs are no particulars
    if "born_on" in held:
        held.pop("born_year", None)
    return {field: value for field, value in held.items() if value is not None}


def _take(held: dict[str, Any], facts: Facts, parts: Parts) -> None:
    """The particulars of one line, wherever they lie."""
    for clear in (facts.particulars, facts.set, facts.stated):
        held.update(clear)
    for part in parts.values():
        for name in _CONTAINERS:
            if name in part:
                held.update(part[name])


_CONTAINERS = ("particulars", "set", "stated")
_ADDRESS: frozenset[Part] = frozenset({"address"})
_PARTICULARS: frozenset[Part] = frozenset({"identity", "cohort", "contact"})
