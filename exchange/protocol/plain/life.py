"""A plain life: the common facts of a person, folded line by line out of stored frames. Pure.

What is not plain (an amendment of more than sealed values, a merge, a dispute, stays that contest each other, a fact
that names what is not there) ends the fold, for only `view` knows all rules. So few rules stand here twice, and tests
hold them against `view`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from events.catalogue.values import StayKind
from events.envelope import Ref
from events.upcasts import UPCASTS
from exchange.protocol.plain.corrections import sets_sealed_values
from exchange.protocol.plain.line import Line


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
    `corrected`: the lines that correct one, the last in force last.
    """

    __slots__ = (
        "addresses", "arrivals", "at", "chain", "corrected", "corrections", "died_on", "openings", "protection",
        "stays", "told",
    )  # fmt: skip

    def __init__(self) -> None:
        self.at = 0  # the line that is being taken
        self.stays: dict[Ref, Residence] = {}
        self.addresses: dict[Ref, int] = {}
        self.chain: list[Line] = []
        self.openings: list[Line] = []
        self.arrivals: list[int] = []
        self.protection: list[Line] = []
        self.told: list[int] = []
        self.corrections: list[int] = []
        self.corrected: dict[int, list[int]] = {}
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
    if life.corrections:
        _correct(life, lines)
    return life


def _correct(life: Life, lines: Sequence[Line]) -> None:
    numbers = {Ref(line.author, line.id): number for number, line in enumerate(lines)}
    for number in sorted(life.corrections, key=lambda n: (lines[n].stamp, lines[n].id)):  # all of one author
        correction = lines[number]
        target = numbers.get(correction.target) if correction.target is not None else None
        if target is None or not sets_sealed_values(correction, lines[target]):
            raise NotPlain
        life.corrected.setdefault(target, []).append(number)


def _not_plain(life: Life, line: Line) -> None:
    raise NotPlain


def _registered(life: Life, line: Line) -> None:
    if any(before.type == line.type for before in life.chain):
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


def _corrected(life: Life, line: Line) -> None:
    life.corrections.append(life.at)


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
    "event.corrected": _corrected,
    **dict.fromkeys(_IDLE.split()),
}
