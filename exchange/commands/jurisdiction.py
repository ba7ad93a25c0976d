"""Record what becomes of an office: renamed, succeeded, closed, opened. A fact in every book, by who oversees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from events.catalogue import content_of, fact_of
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed, Opened, Succeeded
from events.codec import opened_event, require_repeat, sealed_event
from events.envelope import Envelope, Ref, Subject
from events.errors import Illegal, Malformed
from events.stamp import next_stamp
from events.store.contract import StoredEvent
from exchange.access.caller import Caller, Forbidden
from exchange.clock import day_of, microseconds
from exchange.commands import allotment
from exchange.commands.act import Result, Status
from exchange.commands.references import uuid_of
from exchange.ids import new_id
from exchange.jurisdictions import codes
from exchange.jurisdictions.office_name import office_name
from exchange.pipeline.joining import read_everybody_again
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

TYPES = ("jurisdiction.renamed", "jurisdiction.succeeded", "jurisdiction.closed", "jurisdiction.opened")


class JurisdictionRefused(Illegal):
    """What was to be recorded about the office does not fit what stands about it or its successor."""

    code = "jurisdiction_refused"


def record_office(
    node: Node, caller: Caller, office: str, type_: str, day: str, content: Mapping[str, Any], id_: str | None = None
) -> Result:
    """Record it under the parent's code. For an operator of its area, and a supervisor of an area around the office.

    Raises Forbidden, Malformed, JurisdictionRefused, and Conflict where the id says something else.
    """
    office = codes.parse(office, "code")
    _authorise(caller, office)
    fact = _fact(office, type_, content)
    _day(day, day_of(node.clock()))
    author = codes.parent(office) or office
    identifier = new_id(node.clock()) if id_ is None else uuid_of(id_)
    with node.uow.begin() as session:
        node.learn_offices(session)
        stored = session.event(Ref(author, identifier))
        moment = node.clock()
        fact = _as_recorded(stored, fact) if stored is not None else _required(node, session, caller, office, fact)
        frame = Envelope(
            id=identifier,
            type=fact.type,
            schema=type(fact).schema,
            subject=Subject("jurisdiction", office),
            author=author,
            actor=caller.actor,
            effective_on=day,
            stamp=stored.frame.stamp if stored else _stamp(session, microseconds(moment)),
            recorded_at=moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            version=stored.frame.version if stored else session.head(author, office) + 1,
            submission=identifier,
            facts=content_of(fact),  # an office's name is no person's: it stands in the clear
        )
        if stored is not None:
            require_repeat(stored, frame, {}, None)
        else:
            session.append([sealed_event(frame, {}, None)])
            if isinstance(fact, Succeeded):
                concerned = {person for person, _ in allotment.concerned(session, node.offices, office)}
                session.mark_dirty(sorted(concerned), moment)
            elif isinstance(fact, Closed | Opened):
                read_everybody_again(session, office)
        node.learn_offices(session)
    status: Status = "repeated" if stored is not None else "recorded"
    return Result(id=identifier, person=None, status=status, version=frame.version, stamp=frame.stamp)


def _authorise(caller: Caller, office: str) -> None:
    caller.require("supervisor", "operator")
    itself = caller.office == office and "operator" not in caller.roles
    if itself or not codes.is_within(office, caller.office):
        raise Forbidden(field="office", rule="office.outside_area", office=office)


def _fact(office: str, type_: str, content: Mapping[str, Any]) -> Fact:
    if type_ not in TYPES:
        raise Malformed(field="type", rule="type.unknown", value=type_)
    told = dict(content)
    if told.pop("from", office) != office:
        raise Malformed(field="from", rule="jurisdiction.from")
    if "name" in told:
        told["name"] = office_name(told["name"])
    fact = fact_of(type_, told)
    if isinstance(fact, Succeeded):
        if not fact.to:
            raise Malformed(field="to", rule="jurisdiction.nobody")
        if len(set(fact.to)) < len(fact.to):
            raise Malformed(field="to", rule="jurisdiction.twice")
    return fact


def _as_recorded(stored: StoredEvent, fact: Fact) -> Fact:
    """What is stored, where a repeat says no more than that: an allotment was made whole when it was recorded."""
    kept = opened_event(stored, None).payload
    if isinstance(kept, Succeeded) and isinstance(fact, Succeeded) and kept.to == fact.to:
        return kept if fact.allotment.items() <= kept.allotment.items() else fact
    return fact


def _day(day: str, today: date) -> None:
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise Malformed(field="effective_on", rule="date.form") from error
    if found > today:
        raise Malformed(field="effective_on", rule="jurisdiction.day_ahead")


def _required(node: Node, session: SqlSession, caller: Caller, office: str, fact: Fact) -> Fact:
    """The fact as it is recorded: the office stands, and so do its successors, which are others.

    A split may be recorded anew, by the operator alone: so its allotment is corrected.
    """
    if isinstance(fact, Opened):
        if office not in node.offices.closed:
            raise JurisdictionRefused(field="code", rule="jurisdiction.not_closed", office=office)
        return fact
    again = isinstance(fact, Succeeded) and len(getattr(node.offices.successions.get(office), "to", ())) > 1
    if again:
        caller.require("operator")
    else:
        _stands(node, office, "code")
    if not isinstance(fact, Succeeded):
        return fact
    for to in fact.to:
        if office in {to, node.offices.successor(to)}:
            raise JurisdictionRefused(field="to", rule="jurisdiction.ring")
        _stands(node, to, "to")
    for each in (office, *fact.to):
        if codes.level(each) != codes.Level.TOWN:
            raise JurisdictionRefused(field="to", rule="jurisdiction.no_children")
    fact = allotment.whole(node, session, office, fact)
    if again:
        allotment.require_untouched(session, node.offices, office, fact)
    return fact


def _stands(node: Node, office: str, field: str) -> None:
    if node.divisions.get(office) is None:
        raise Malformed(field=field, rule="division.unknown", value=office)
    if node.offices.ended(office):
        raise JurisdictionRefused(field=field, rule="jurisdiction.ended", office=office)
    if not node.offices.within(office):
        raise JurisdictionRefused(field=field, rule="jurisdiction.not_here", office=office)


def _stamp(session: SqlSession, now: int) -> int:
    """Above every other fact about offices: they are read in the order of their days and stamps."""
    return next_stamp(now, [stored.frame.stamp for stored in session.jurisdictions()])
