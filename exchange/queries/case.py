"""One case, as the caller's office knows it: the question, both sides' particulars, what differs, and the thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from events.catalogue import content_of
from events.catalogue.case import EnquiryOpened
from events.envelope import Ref
from events.parts import TIES
from events.standing import Standing
from exchange.access.caller import Caller
from exchange.clock import day_of
from exchange.pipeline.relatives import Relatives
from exchange.protocol.comparing.equal import all_differences, own_differences
from exchange.protocol.comparing.held_beside import held_beside
from exchange.protocol.life.kinship import Kin
from exchange.protocol.questions.answering import allowed
from exchange.protocol.questions.asking import quoting, sentence
from exchange.protocol.questions.enquiry import Prepared
from exchange.protocol.questions.proposing import proposed
from exchange.protocol.record import CaseState, Record
from exchange.protocol.refusals import NoSuchCase
from exchange.protocol.shown.sheet import sheet, shown
from exchange.queries.days import dated, row_shown
from exchange.queries.offer import offer
from exchange.queries.open_dossier import Opened, open_dossier
from exchange.tables import cases as table
from exchange.tables.cases import CaseRow
from exchange.translations import Language, choose, text

if TYPE_CHECKING:
    from exchange.node import Node


def case(node: Node, caller: Caller, case_id: str, purpose: str = "case", office: str | None = None) -> dict[str, Any]:
    """Everything that whoever answers it must see. Raises NoSuchCase, and as `open_dossier` does."""
    row = _row(node, caller, case_id, office)
    held_by = row.office
    opened = open_dossier(node, caller, purpose, row.person, ("case",), office=office)
    record = opened.record
    state = next(
        (c for c in shown(record) if (c.ref.opening, c.ref.asked, c.ref.kind) == (row.opening, row.asked, row.kind)),
        None,
    )
    if state is None:
        raise NoSuchCase(field="case_id")
    opening = record.facts.get(row.opening)
    today = day_of(node.clock())
    stated = _stated(opening)
    asked = held_by == row.asked
    ours = held_beside(record, row.opening) if asked else dict(record.particulars)
    differ = own_differences if asked else all_differences
    offered = None
    if held_by == state.ref.asked and opening is not None and isinstance(opening.payload, EnquiryOpened):
        offered = offer(node, caller, purpose, opening.payload, opened)
    return {
        **row_shown(node, row),
        "asks": _asks(record, state, choose(caller.language)),
        "allowed": list(allowed(state.ref, today.isoformat(), held_by, record, node.deadlines.periods["deferrals"])),
        "question": _event(opening),
        "ours": ours,
        "stated": stated,
        "differing": msgspec.to_builtins(differ(record, opening, stated, _kin(node, caller, opened, stated))),
        "missing": sorted(field for field in stated if field != TIES and field not in ours),
        "deviations": msgspec.to_builtins(state.deviations),
        "insisted": list(state.insisted),
        "accepted": list(state.accepted),
        "reopened": list(state.reopened),
        **_offered(offered),
        "place": msgspec.to_builtins(state.place),
        "redirected_to": state.redirected_to,
        "proposes": proposed(record, state, held_by),
        "recognised": state.recognised,
        "on_paper": state.on_paper,
        "thread": [_event(record.facts.get(ref)) for ref in state.thread],
        "aside": [_event(record.facts.get(ref)) for ref in state.aside],
        "record": sheet(record),
        "etag": opened.etag,
    }


def _asks(record: Record, state: CaseState, language: Language) -> str:
    """The sentence; quoted for a reader to whom it does not speak."""
    asks, around = text(sentence(record, state), language), quoting(record, state)
    return asks if around is None else text(around, language, question=asks)


def listed(node: Node, caller: Caller, case_id: str) -> dict[str, Any]:
    """What stands in the clear: the sides, the kind, and how it stands. Nothing of the person. Raises NoSuchCase."""
    return dated(node, row_shown(node, _row(node, caller, case_id, None)))


def _row(node: Node, caller: Caller, case_id: str, office: str | None) -> CaseRow:
    with node.look(caller) as session:
        row = table.one(session.sql, caller.office_read(office), case_id)
    if row is None:
        raise NoSuchCase(field="case_id")
    return row


def _offered(offer: Prepared | None) -> dict[str, Any]:
    """What may be recorded as it is; and beside it what is for the office asked alone."""
    if offer is None:
        return {"offers": None, "among": [], "unclear": False}
    said = msgspec.to_builtins(offer)
    among, unclear = list(said.pop("among")), said.pop("unclear")
    return {"among": among, "unclear": unclear, "offers": None if unclear else said}


def _stated(opening: Standing | None) -> dict[str, Any]:
    """The particulars that the question states, as they now stand."""
    if opening is None:
        return {}
    content = content_of(opening.payload)
    return dict(content.get("stated") or content.get("particulars") or content.get("given") or {})


def _kin(node: Node, caller: Caller, opened: Opened, stated: Mapping[str, Any]) -> Mapping[str, Kin]:
    """Those tied to the person, where the question states ties that are compared with theirs."""
    if not stated.get(TIES):
        return {}
    with node.look(caller) as session:
        return Relatives(node, session, [opened.shelf]).kin(opened.office, opened.record)


def _event(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    frame = standing.event.frame
    ref: Ref = frame.ref
    return {
        "author": ref.author,
        "id": ref.id,
        "type": frame.type,
        "day": standing.day,
        "recorded_at": frame.recorded_at,
        "automatic": frame.automatic,
        "void": standing.void,
        "corrections": msgspec.to_builtins(standing.corrections),
        "content": msgspec.to_builtins(content_of(standing.payload)),
    }
