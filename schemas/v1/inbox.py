"""The inbox: what other offices told, and what they asked."""

from __future__ import annotations

from typing import get_args

from events.catalogue.values import NoteKind
from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.wire import Wire


class InboxQuery(PageQuery):
    """Which notifications."""

    state = fields.choice("new", "open", "answered", "overdue", metadata={"description": "How far it has come."})
    kind = fields.choice(*get_args(NoteKind))
    person = fields.identifier()
    search = fields.Text(most=100, metadata={"description": "Part of a name, where it was told."})


class NotificationSchema(Wire):
    """One notification: one act of one office about one person."""

    id = fields.Text(required=True)
    kind = fields.Text(required=True)
    person = fields.identifier(required=True)
    name = fields.Text(allow_none=True)
    teller = fields.Text(required=True)
    state = fields.Text(required=True)
    expects_reply = fields.Flag(required=True)
    case = fields.identifier(allow_none=True)
    case_status = fields.Text(allow_none=True)
    due_on = fields.Text(allow_none=True)
    told_at = fields.Text()
    position = fields.Count()
    acknowledged_at = fields.Text(allow_none=True)
    acknowledged_by = fields.Text(allow_none=True)
    event = fields.Reference()
    events = fields.Many(fields.Reference())
    about = fields.Reference(allow_none=True)
    fields_ = fields.Many(fields.Text(), data_key="fields", attribute="fields")
    outcome = fields.Text(allow_none=True)
    reason = fields.Text(allow_none=True)
    place = fields.Open(allow_none=True)


class InboxSchema(Page):
    """A page of the inbox."""

    items = fields.Many(fields.Inner(NotificationSchema), required=True)


class AcknowledgementSchema(Wire):
    """A receipt of the message, which says nothing about the fact."""

    id = fields.Text(required=True)
    acknowledged_at = fields.Text(required=True)
    acknowledged_by = fields.Text(required=True)
