"""The basis of a record: what the facts of one dossier in a book say, whatever was told. Pure and total, as a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.person import Protected, Stated, Unprotected
from events.catalogue.values import Place
from events.envelope import Ref
from events.once import once
from events.standing import Facts, Standing, stand
from exchange.protocol.book import Book
from exchange.protocol.dossier import Dossier, concerned, dossiers
from exchange.protocol.inheriting import inherited
from exchange.protocol.life.chain import chain, is_opening, keeper, openers, registration
from exchange.protocol.life.contradictions import contradictions
from exchange.protocol.life.particulars import latest_statement, particulars
from exchange.protocol.life.stays import Movements
from exchange.protocol.life.ties import ties, two_spouses
from exchange.protocol.questions.false_statements import without_false_statements
from exchange.protocol.questions.one_document import rivals
from exchange.protocol.record import Contradiction, Link, Stay, Tie


class Given(msgspec.Struct, frozen=True):
    """All that a basis is made of, in a book that is read by one list of offices."""

    facts: Facts
    dossier: Dossier
    rivalled: frozenset[Contradiction]
    idle: tuple[Ref, ...]
    waiting: tuple[Ref, ...]


class Course(msgspec.Struct, frozen=True):
    """The life as the facts of one dossier tell it."""

    registration: Place | None
    movements: Movements
    stays: tuple[Stay, ...]
    protected: Ref | None
    ties: tuple[Tie, ...]
    contradictions: tuple[Contradiction, ...]
    incomplete: tuple[Ref, ...]
    withdrawn: bool

    @property
    def died_on(self) -> str | None:
        return self.movements.died.day if self.movements.died is not None else None


class Basis(msgspec.Struct, dict=True):
    """What follows from the facts of one dossier alone, whatever was told: first who opened it and who keeps it, which
    is all that is asked of most; the rest once it is asked for.
    """

    given: Given
    office: str
    facts: Facts
    dossier: Dossier
    links: tuple[Link, ...]
    openers: tuple[str, ...]
    keeper: str | None

    @once
    def course(self) -> Course:
        """What became of the person."""
        return _course(self)

    @once
    def particulars(self) -> Mapping[str, Any]:
        """As this office holds them; whoever replays the clear facts never asks."""
        return particulars(self.facts, self.dossier.survivor, self.office, self.keeper)


def bases(book: Book, before: Sequence[Basis] = ()) -> Iterator[Basis]:
    """What the facts of each dossier in the book say, whatever was told.

    `before`: those of the same book, read by the same list of offices, as it was. Where the same is given, they stay.
    """
    kept = {basis.dossier.survivor: basis for basis in before}
    for given in _given(book, kept):
        was = kept.get(given.dossier.survivor)
        yield was if was is not None and was.given == given else _basis(book, given)


def _given(book: Book, kept: Mapping[str, Basis]) -> Iterator[Given]:
    standing = inherited(stand(book.events(), book.offices.author), book.offices)
    found = dossiers(standing.facts)
    if len(found) == 1:
        yield Given(standing.facts, found[0], frozenset(), standing.idle, standing.waiting)
        return
    about = concerned(standing.facts)
    groups: list[Facts] = []
    shared: dict[str, list[tuple[Ref, Standing]]] = {}
    of = {person: shared.setdefault(dossier.survivor, []) for dossier in found for person in dossier.persons}
    for ref, one in standing.facts.items():
        if (its := of.get(about.get(ref, one.event.person))) is not None:
            its.append((ref, one))
    for dossier in found:
        facts, was = dict(shared[dossier.survivor]), kept.get(dossier.survivor)
        groups.append(was.given.facts if was is not None and was.given.facts == facts else Facts(facts))
    for facts, dossier, rivalled in zip(groups, found, rivals(groups, book.office), strict=True):
        idle, waiting = ([ref for ref in refs if ref in facts] for refs in (standing.idle, standing.waiting))
        yield Given(facts, dossier, rivalled, tuple(idle), tuple(waiting))


def _basis(book: Book, given: Given) -> Basis:
    facts, dossier = given.facts, given.dossier
    links = chain(facts, dossier)
    opened = openers(facts, dossier)
    kept_by = keeper(links, opened, dossier, book.offices)
    facts = without_false_statements(facts, links, opened, kept_by, book.offices)
    return Basis(given, book.office, facts, dossier, links, opened, kept_by)


def _course(basis: Basis) -> Course:
    facts, given = basis.facts, basis.given
    movements = Movements(facts)
    movements.fold(facts.in_force(*Movements.STEPS))
    stated = () if basis.office == basis.keeper else facts.in_force(Stated)
    bonds = ties(facts.of(TieBegan, TieEnded), latest_statement(stated, basis.keeper))
    rivalled = given.rivalled | two_spouses(bonds.in_force, facts)
    return Course(
        registration=registration(basis.links, basis.keeper),
        movements=movements,
        stays=tuple(sorted(movements.stays.values(), key=lambda s: (s.began, s.stamp, s.id))),
        protected=_protection(facts),
        ties=bonds.all,
        contradictions=contradictions(movements, basis.links, facts, given.idle, rivalled),
        incomplete=tuple(sorted({ref for ref in given.waiting if ref in facts} | movements.missing)),
        withdrawn=not basis.openers and any(is_opening(s) for s in facts.values()),
    )


def _protection(facts: Facts) -> Ref | None:
    """In force for all as soon as one office says so, until the same or another lifts it later.

    That its last day went by ends one protection alone, and only while that is its last day.
    """
    said = sorted(facts.in_force(Protected, Unprotected), key=lambda s: (s.stamp, s.ref))
    over = {lift.event.frame.because for lift in said if lift.event.frame.automatic and _lapsed(lift, facts)}
    found: Ref | None = None
    for standing in said:
        if isinstance(standing.payload, Protected):
            found = standing.ref if standing.ref not in over else found
        elif not standing.event.frame.automatic:
            found = None
    return found


def _lapsed(lift: Standing, facts: Facts) -> bool:
    """Whether the last day of what it ended, as it is by now, was over then."""
    ended = facts.get(lift.event.frame.because) if lift.event.frame.because is not None else None
    until = ended.payload.until if ended is not None and isinstance(ended.payload, Protected) else None
    return until is not None and until < lift.day
