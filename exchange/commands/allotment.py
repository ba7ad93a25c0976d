"""A split's allotment: whom each person's dossier goes to, judged and made whole before it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from events.catalogue.jurisdiction import Succeeded
from events.errors import Illegal, Malformed
from events.faults import Faults
from events.store.sql.rows import batches
from events.store.sql.schema import deliveries, events
from exchange.books import shelves
from exchange.commands.references import uuid_of
from exchange.pipeline.relatives import hanging_on
from exchange.protocol.offices import Offices, Succession
from exchange.protocol.view import view
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


class MovedOn(Illegal):
    """Since the split something happened about a person who would go to another office now."""

    code = "jurisdiction_moved_on"


def whole(node: Node, session: SqlSession, office: str, fact: Succeeded) -> Succeeded:
    """The fact with every id of each allotted dossier, and the enquiries whose answers tell where that person lives:
    whoever has the person hears of a protection. Raises Malformed, every wrong row named.

    Rules: id.uuid, jurisdiction.not_a_successor, jurisdiction.not_held, jurisdiction.allotted_twice.
    """
    held = {person for person, by in concerned(session, node.offices, office) if by == office}
    faults = Faults()
    for person, to in fact.allotment.items():
        field = f"allotment.{person}"
        with faults:
            uuid_of(person, field)
            if to not in fact.to:
                raise Malformed(field=field, rule="jurisdiction.not_a_successor", office=to)
            if person not in held:
                raise Malformed(field=field, rule="jurisdiction.not_held", office=office)
    faults.settle()
    given = dict(fact.allotment)
    for joined in _dossiers(node, session, office, fact.allotment):
        named = [person for person in joined if person in fact.allotment]
        with faults:
            if len({fact.allotment[person] for person in named}) > 1:
                raise Malformed(field=f"allotment.{named[1]}", rule="jurisdiction.allotted_twice", other=named[0])
        given |= dict.fromkeys(joined, fact.allotment[named[0]])
    faults.settle()
    with_persons = {each: heir for each, heir in _answered(session, node.offices, office, fact, given) if each in held}
    return Succeeded(to=fact.to, allotment={**with_persons, **given})


def _answered(
    session: SqlSession, offices: Offices, office: str, fact: Succeeded, given: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The dossiers in which the office told where one of these lives, each with the heir of all who may be meant."""
    _, told = hanging_on(session, given)
    its = offices.taken_over(office)
    for dossier in sorted(set().union(*told.values())):
        frames = [stored.frame for stored in session.events_of([dossier])]
        meant = {person for frame in frames if frame.author in its for person in frame.touches}
        heirs = {given.get(person, fact.to[0]) for person in meant}
        if len(heirs) == 1:
            yield dossier, heirs.pop()


def require_untouched(session: SqlSession, offices: Offices, office: str, fact: Succeeded) -> None:
    """Raises MovedOn where whoever got a dossier by an earlier split has since recorded or been told anything of it.

    From then on it passes to another office as ever: by a registration that moves, by an arrival.
    """
    earlier = offices.successions[office]
    later = Offices(successions={**offices.successions, office: Succession(fact.to, fact.allotment)})
    persons = {person for person, _ in concerned(session, offices, office)}
    moving = {
        person: before
        for person in persons
        if (before := offices.successor(office, person)) != later.successor(office, person)
    }
    touched = sorted(_touched(session, moving, earlier.stamp))
    if touched:
        first = touched[0]
        raise MovedOn(
            field=f"allotment.{first}", rule="jurisdiction.moved_on", office=moving[first], count=len(touched)
        )


def concerned(session: SqlSession, offices: Offices, office: str) -> set[tuple[str, str]]:
    """Every person of whom the office, or one that it took over, recorded, told or was told anything.

    Each with the office that answers for that today, short of what became of `office` itself.
    """
    codes = sorted(offices.taken_over(office))
    its = _short_of(offices, office)
    own = select(events.c.subject, events.c.author).where(events.c.author.in_(codes), events.c.kind == "person")
    told = select(deliveries.c.person, deliveries.c.recipient).where(deliveries.c.recipient.in_(codes))
    tells = select(deliveries.c.person, deliveries.c.teller).where(deliveries.c.teller.in_(codes))
    rows = {(person, code) for query in (own, told, tells) for person, code in session.sql.execute(query.distinct())}
    return {(person, its.successor(code, person)) for person, code in rows}


def _short_of(offices: Offices, office: str) -> Offices:
    """As it was before the office itself was succeeded."""
    return Offices(successions={code: s for code, s in offices.successions.items() if code != office})


def _dossiers(node: Node, session: SqlSession, office: str, persons: Iterable[str]) -> list[tuple[str, ...]]:
    """The ids of each dossier, by the merges in force in the office's book."""
    alone, linked = [], set()
    for person, ids in session.dossiers(persons).items():
        if len(ids) == 1:
            alone.append((person,))
        else:
            linked.add(person)
    shelved = shelves(session, node.keys, _short_of(node.offices, office), sorted(linked), pending=True)
    records = [record for shelf in shelved for record in view(shelf.book(office))]
    return [*alone, *(record.persons for record in records if not linked.isdisjoint(record.persons))]


def _touched(session: SqlSession, moving: Mapping[str, str], since: int) -> set[str]:
    """Those of whom their office recorded, told or was told anything after that stamp."""
    found: set[str] = set()
    for batch in batches(sorted(moving)):
        found |= {
            stored.frame.subject.id
            for stored in session.events_of(batch)
            if stored.frame.author == moving[stored.frame.subject.id] and stored.frame.stamp > since
        }
        between = or_(deliveries.c.recipient.in_(set(moving.values())), deliveries.c.teller.in_(set(moving.values())))
        query = select(deliveries.c.person, deliveries.c.recipient, deliveries.c.teller)
        rows = session.sql.execute(query.where(deliveries.c.person.in_(batch), deliveries.c.at > since, between))
        found |= {person for person, recipient, teller in rows if moving[person] in {recipient, teller}}
    return found
