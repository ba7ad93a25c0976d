"""The outline of a person: what the log as a whole says, whoever was told of it. Pure.

It is what `view` says of a book that holds every event. A plain life is folded straight from the stored frames, many
times as fast; whatever is not plain goes through `view`. Both say the same wherever both answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from events.catalogue.values import Place
from events.envelope import Ref
from events.event import Event
from exchange.protocol.basis import Basis, bases
from exchange.protocol.book import book_of
from exchange.protocol.life.particulars import particulars
from exchange.protocol.offices import Offices
from exchange.protocol.plain.life import Life, NotPlain, Residence, lived
from exchange.protocol.plain.line import Line, Spot, line_of
from exchange.protocol.plain.parts import Open, read_parts

_NOBODY = ""  # whose book it is says nothing about facts, only about particulars
_ONE_AND_ITS_END = 2  # of the facts about a protection, those that a plain life may have
_CODE = re.compile(rb'"(\d{12})"')


class Outline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the log says of one person. `chain`: its links; `particulars`: those of the parts that were opened."""

    person: str
    keeper: str | None
    registration: Place | None
    chain: tuple[Ref, ...]
    stays: tuple[Residence, ...]
    died_on: str | None
    protected: Ref | None
    contradictions: int
    facts: int
    particulars: Mapping[str, Any]

    @property
    def lives_at(self) -> str | None:
        """The office of the main stay that goes on."""
        stays = [stay for stay in self.stays if stay.ended is None and stay.kind == "main"]
        return max(stays, key=lambda stay: (stay.main_since, stay.stamp)).office if stays else None


def outlines(
    bodies: Sequence[bytes], whole: Callable[[], Iterable[Event]], offices: Offices, opened: Open | None = None
) -> tuple[Outline, ...]:
    """The outlines of one dossier, one a person, by the stored frames of all its events.

    `whole`: the same events as `view` takes them. `opened`: the parts of the event with this number; None: only the
    clear facts are read.
    """
    found = _plain(bodies, offices, opened)
    return viewed(list(whole()), offices, parts=opened is not None) if found is None else (found,)


def viewed(events: Sequence[Event], offices: Offices, *, parts: bool) -> tuple[Outline, ...]:
    """The same by `view` alone."""
    found = bases(book_of(_NOBODY, offices, events))
    return tuple(_outline_of(basis, _as_kept(basis) if parts else {}) for basis in found)


def _as_kept(basis: Basis) -> Mapping[str, Any]:
    """The particulars as the keeper would hold them who knew all this."""
    if basis.keeper is None:
        return basis.particulars
    return particulars(basis.facts, basis.dossier.survivor, basis.keeper, basis.keeper)


def _outline_of(basis: Basis, held: Mapping[str, Any]) -> Outline:
    fields = Residence.__struct_fields__
    return Outline(
        person=basis.dossier.survivor,
        keeper=basis.keeper,
        registration=basis.course.registration,
        chain=tuple(link.ref for link in basis.links),
        stays=tuple(Residence(**{name: getattr(stay, name) for name in fields}) for stay in basis.course.stays),
        died_on=basis.course.died_on,
        protected=basis.course.protected,
        contradictions=len(basis.course.contradictions),
        facts=len(basis.facts),
        particulars=held,
    )


def _plain(bodies: Sequence[bytes], offices: Offices, opened: Open | None) -> Outline | None:
    """The outline of a plain life whom no office that was succeeded had to do with; else None."""
    if offices.successions and _succeeded(bodies, offices):
        return None
    try:
        lines = [line_of(body) for body in bodies]
        life = lived(lines)
    except (NotPlain, msgspec.ValidationError):
        return None
    person = lines[0].subject
    if [line for line in lines if line.subject != person]:
        return None  # a merge once joined several
    links = life.chain or _stated_link([lines[number] for number in life.arrivals])
    if len(links) > 1:
        links = sorted(links, key=_stamped)
    keeper = _keeper(links, life, offices)
    if keeper is None:
        return None
    if len(life.protection) > _ONE_AND_ITS_END:
        return None  # of several, one may go on where another's last day is over
    latest = max(life.protection, key=_stamped) if life.protection else None
    last = _place(links[-1]) if links else None
    return Outline(
        person=person[1],
        keeper=keeper,
        registration=last.place() if last is not None else None,
        chain=tuple([Ref(line.author, line.id) for line in links]),
        stays=tuple(life.stays.values()),
        died_on=life.died_on,
        protected=Ref(latest.author, latest.id) if latest is not None and latest.type == "person.protected" else None,
        contradictions=0,
        facts=len(lines),
        particulars=read_parts(life, lines, opened) if opened is not None else {},
    )


def _succeeded(bodies: Sequence[bytes], offices: Offices) -> bool:
    """Whether any of these events names an office that was succeeded."""
    codes = {code.encode() for code in offices.successions}
    return not all(codes.isdisjoint(_CODE.findall(body)) for body in bodies)


def _stamped(line: Line) -> tuple[int, str, str]:
    return (line.stamp, line.author, line.id)


def _stated_link(arrivals: Sequence[Line]) -> list[Line]:
    """While nobody registered the person, what the latest arrival states that states any."""
    latest = max((each for each in arrivals if each.facts.registration is not None), key=_stamped, default=None)
    return [latest] if latest is not None else []


def _place(link: Line) -> Spot | None:
    if link.type != "registration.changed":
        return link.facts.registration
    return link.facts.to if isinstance(link.facts.to, Spot) else None


def _keeper(links: Sequence[Line], life: Life, offices: Offices) -> str | None:
    """The latest office of the chain that takes part, else the one that opened the dossier; if that closed, who did
    after.
    """
    for link in reversed(links):
        before = link.facts.from_
        given_up = None if before is None else before.code or link.author
        place = _place(link)
        for office in (place.code if place is not None else None, given_up):
            if office is not None and offices.within(office):
                return office
    opened = [line.author for line in sorted(life.openings, key=_stamped)]
    return next((office for office in opened if office not in offices.closed), opened[0]) if opened else None
