"""Finding a person, and what the office sees of one."""

from __future__ import annotations

from typing import get_args

from exchange.protocol.record import ContradictionKind
from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.wire import Wire

KINDS = ("resident", "passport", "permit", "foreign", "birth")


class PurposeQuery(Wire):
    """Every read of a person states why; a header `Exchange-Purpose` says the same."""

    purpose = fields.code(metadata={"description": "Why the person is read; or the header Exchange-Purpose."})


class OfficeQuery(PurposeQuery):
    """Supervisors and auditors read with the eyes of an office in their area."""

    office = fields.office(metadata={"description": "For supervisors and auditors: the office whose record to read."})


class RecordQuery(OfficeQuery):
    """Of which day the record speaks, and what of it was known when."""

    as_of = fields.Day(
        metadata={
            "description": "What held on this day in the world (Asia/Shanghai), by what is known; today if left out.",
            "example": "2026-03-01",
        }
    )
    known_at = fields.Moment(
        metadata={
            "description": "What the office knew at this moment, which is not ahead; now if left out. With its offset; "
            "in an address the plus sign is written %2B.",
            "example": "2026-03-02T11:04:05+08:00",
        }
    )


class HistoryQuery(PageQuery, OfficeQuery):
    """As a record, in pages."""


class FindSchema(Wire):
    """An identity document; it stands in the body so that no log of addresses ever holds it."""

    kind = fields.choice(*KINDS, required=True)
    number = fields.Text(most=60, required=True)


class FoundSchema(Wire):
    """A person whom the caller's office holds; the number is masked."""

    person = fields.identifier(required=True)
    name = fields.Text(required=True, allow_none=True)
    state = fields.Text(required=True)
    document = fields.Text(required=True)
    unreadable = fields.Flag(
        metadata={"description": "Something of the person was altered, so that nobody can say who it is."}
    )


class FoundListSchema(Wire):
    """Those found; several where offices recorded the same document for different people."""

    items = fields.Many(fields.Inner(FoundSchema), required=True)


class PrefillSchema(FindSchema):
    """A newcomer's document and family name, and that they agreed; in the body, as every document."""

    name = fields.Text(
        most=100,
        required=True,
        metadata={"description": "The family name, as it stands on the document; or the full name."},
    )
    consent = fields.Flag(
        required=True, metadata={"description": "The person agreed, and the office keeps that on record."}
    )


class PrefilledSchema(Wire):
    """What the keeper holds, as `movement.arrived` takes it; nothing where nobody is held."""

    held = fields.Flag(required=True, metadata={"description": "Whether such a person is kept, by document and name."})
    keeper = fields.office(allow_none=True, metadata={"description": "The office that keeps the registration."})
    registration = fields.Open(allow_none=True, metadata={"description": "For `registration` of the arrival."})
    stated = fields.Open(metadata={"description": "For `stated` of the arrival, once reviewed with the person."})


class ContradictionSchema(Wire):
    """What cannot all be true, under an id that is the same wherever it is seen."""

    id = fields.identifier(required=True)
    kind = fields.choice(*get_args(ContradictionKind), required=True)
    events = fields.Many(fields.Reference(), required=True, metadata={"description": "Those that cannot all be true."})
    says = fields.Text(metadata={"description": "The kind in the language of the answer."})


class SheetSchema(Wire):
    """The record: what the office sees of the person."""

    office = fields.office(required=True)
    person = fields.identifier(required=True)
    persons = fields.Many(fields.Text(), required=True, metadata={"description": "All ids joined by merges."})
    state = fields.choice("open", "closed", "none", "withdrawn", "merged", required=True)
    roles = fields.Many(fields.Text(), required=True)
    keeper = fields.office(allow_none=True)
    registration = fields.Open(allow_none=True)
    lives_at = fields.Open(allow_none=True)
    came_from = fields.Open(allow_none=True)
    went_to = fields.Open(allow_none=True)
    since = fields.Text(allow_none=True)
    until = fields.Text(allow_none=True)
    further_at = fields.Many(fields.office())
    particulars = fields.Open()
    address = fields.Text(allow_none=True)
    insisted = fields.Open(metadata={"description": "Deviations that the other side insists on."})
    objected = fields.Many(fields.Text(), metadata={"description": "Fields in an open case: under objection."})
    ties = fields.Many(fields.Open(), metadata={"description": "What others are to the person: those in force."})
    protection = fields.Open()
    died_on = fields.Text(allow_none=True)
    stays = fields.Many(fields.Open())
    announcements = fields.Many(fields.Open())
    cases = fields.Many(fields.Open())
    matters = fields.Count(
        metadata={"description": "Open cases to which the office is a side, and its messages that were rejected."}
    )
    contradictions = fields.Many(fields.Inner(ContradictionSchema))
    rejections = fields.Many(
        fields.Open(), metadata={"description": "Messages rejected as messages; `ended` is null while one is open."}
    )
    incomplete = fields.Many(fields.Reference())
    version = fields.Count(required=True)
    as_of = fields.Text(allow_none=True, metadata={"description": "The day of which it speaks, where one was asked."})
    known_at = fields.Text(allow_none=True, metadata={"description": "The moment of which it speaks, likewise."})


class HistoryItemSchema(Wire):
    """One event as the office came to know it, with what it did to the record."""

    id = fields.identifier(required=True)
    author = fields.office(required=True)
    type = fields.Text(required=True)
    person = fields.identifier(required=True)
    actor = fields.Text(allow_none=True, metadata={"description": "Of an own event; others' actors are their matter."})
    effective_on = fields.Text(required=True)
    stamp = fields.Count(required=True)
    recorded_at = fields.Text(required=True)
    known_at = fields.Text(allow_none=True, metadata={"description": "None while an own event waits for the log."})
    told_by = fields.office(allow_none=True)
    kind = fields.Text(allow_none=True)
    because = fields.Reference(allow_none=True)
    parts = fields.Many(fields.Text())
    with_ = fields.Open(data_key="with", attribute="with", metadata={"description": "As far as the office was told."})
    standing = fields.choice("in_force", "corrected", "retracted", required=True)
    did = fields.Open(metadata={"description": "Fields of the record that it changed: [before, after]."})


class HistorySchema(Page):
    """The events of the office's own book about the person, as it came to know them."""

    items = fields.Many(fields.Inner(HistoryItemSchema), required=True, most=200)
