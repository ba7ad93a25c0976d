"""The answer to an enquiry that the office asked can give at once: compared first, and only what the purpose allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from events.catalogue.case import EnquiryOpened
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.commands.match_person import LOOKUP
from exchange.pipeline.likening import token_of
from exchange.protocol.comparing.likeness import keys
from exchange.protocol.questions.enquiry import Prepared, fitting, knows, prepared
from exchange.protocol.questions.one_document import forms
from exchange.protocol.record import Record
from exchange.queries.open_dossier import Opened
from exchange.readable import Seen, seen
from exchange.tables.likenesses import sharing
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


def offer(node: Node, caller: Caller, purpose: str, asked: EnquiryOpened, opened: Opened) -> Prepared:
    """By the office's own books alone: the dossier in which the enquiry stands, and those with the document given."""
    with node.look(caller) as session:
        found = whom(node, session, opened.office, asked, opened.records)
        offered = prepared(asked, found)
        if not found and offered.refused is None and _unread(node, session, opened.office, asked):
            return msgspec.structs.replace(offered, unclear=True)
    if offered.facts:
        read = [(found[0].person, sorted(offered.facts))]
        access_log.note(node.uow, caller, purpose, read, node.clock(), opened.office)
    return offered


def whom(
    node: Node, session: SqlSession, office: str, asked: EnquiryOpened, records: Iterable[Record]
) -> tuple[Record, ...]:
    """As `meant`; without a document, those of that name and birth date."""
    found = meant(node, session, office, asked, records)
    if found or list(forms(asked.given)):
        return found
    return _of_that_name(node, session, office, asked)


def meant(
    node: Node, session: SqlSession, office: str, asked: EnquiryOpened, records: Iterable[Record]
) -> tuple[Record, ...]:
    """The office's records of whom an enquiry may mean: one of these, else those who bear a document that it gives."""
    if own := fitting(asked, records):
        return own
    return fitting(asked, recorded_with(node, session, office, (form for _, form in forms(asked.given))))


def recorded_with(node: Node, session: SqlSession, office: str, numbers: Iterable[str]) -> list[Record]:
    """The office's records of those who bear one of these documents, and of whoever is read together with them."""
    return bearing(node, session, office, numbers).records


def bearing(node: Node, session: SqlSession, office: str, numbers: Iterable[str]) -> Seen:
    """The same, with whoever of them cannot be read."""
    tokens = [node.index.token(LOOKUP, form) for form in numbers]
    return seen(node, session, office, {p for token in tokens for p in session.persons_with(LOOKUP, token)})


def _unread(node: Node, session: SqlSession, office: str, asked: EnquiryOpened) -> bool:
    """Whether the office may hold whom the enquiry means, and cannot say so: who bears the document cannot be read."""
    found = bearing(node, session, office, (form for _, form in forms(asked.given)))
    return bool(found.lost) or any(map(knows, found.closed))


def _of_that_name(node: Node, session: SqlSession, office: str, asked: EnquiryOpened) -> tuple[Record, ...]:
    """Of an enquiry without a document, those whom the office holds under that name and birth date.

    A person looks at it before anything is told: two humans may share both, so nothing is answered by itself.
    """
    sexes = [asked.given["sex"]] if "sex" in asked.given else ["F", "M", ""]
    sought = (key for sex in sexes for key in keys({**asked.given, "sex": sex}) if key.kind == "name")
    sharers = sharing(session.sql, {token_of(node.index, key) for key in sought}).values()
    persons = {each.person for under in sharers for each in under if each.holder == office}
    return fitting(asked, seen(node, session, office, persons).records)
