"""The inbox: what other offices told, and what they asked."""

from __future__ import annotations

from typing import get_args

from events.catalogue.values import NoteKind
from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.person import PurposeQuery
from schemas.v1.wire import Wire


class InboxQuery(PageQuery, PurposeQuery):
    """Which notifications, and why: they name persons."""

    state = fields.choice(
        "new",
        "open",
        "answered",
        "overdue",
        metadata={
            "description": "Not acknowledged; still to be answered; answered; to be answered, and late. A rejected "
            "message is open until it was sent again, amended, or taken after all."
        },
    )
    kind = fields.choice(*get_args(NoteKind))
    person = fields.identifier()
    act = fields.Formed(fields.HANDLE, most=64, metadata={"description": "Only what was told by this act."})
    apart = fields.Flag(
        load_default=False,
        metadata={"description": "Each notification by itself, also where one act told of several persons."},
    )
    search = fields.Text(most=100, metadata={"description": "Part of the name or of the code of the office that told."})


class InLineSchema(Wire):
    """One of several persons of whom one act told."""

    position = fields.Count(required=True)
    person = fields.identifier(required=True)
    name = fields.Text(allow_none=True)
    unreadable = fields.Flag()
    kind = fields.Text(required=True)
    state = fields.choice("new", "open", "answered", "overdue", "read", required=True)
    case = fields.identifier(allow_none=True)
    due_on = fields.Text(allow_none=True)
    due_provisional = fields.provisional()
    outcome = fields.Text(allow_none=True)


class TogetherSchema(Wire):
    """All of whom one act told, as one line."""

    persons = fields.Count(required=True)
    asked = fields.Count(required=True, metadata={"description": "About how many an answer was asked for."})
    open = fields.Count(required=True, metadata={"description": "About how many it is still waited for."})
    state = fields.choice("open", "partly_answered", "answered", required=True, allow_none=True)
    members = fields.Many(
        fields.Inner(InLineSchema),
        required=True,
        metadata={"description": "The first fifty, in the order in which they were told; all of them by `act`."},
    )


class NotificationSchema(Wire):
    """One notification: one act of one office about one person; the newest of its line where there are several."""

    position = fields.Count(required=True, metadata={"description": "In the office's feed; acknowledges it."})
    at = fields.Text(required=True)
    kind = fields.Text(required=True)
    person = fields.identifier(required=True)
    name = fields.Text(allow_none=True, metadata={"description": "None where it was not told."})
    unreadable = fields.Flag(
        metadata={"description": "Its key or a part does not open: only what stands in the clear is shown."}
    )
    teller = fields.office(required=True)
    state = fields.choice(
        "new",
        "open",
        "answered",
        "overdue",
        "read",
        required=True,
        metadata={
            "description": "Of what is to be answered: open, overdue, answered, whether acknowledged or not. Of all "
            "else: new until it is acknowledged, then read. So the filter `new` finds open ones, too."
        },
    )
    expects_reply = fields.Flag(required=True)
    act = fields.Text()
    case = fields.identifier(allow_none=True)
    due_on = fields.Text(allow_none=True)
    due_provisional = fields.provisional()
    acknowledge_by = fields.Text(
        allow_none=True,
        metadata={"description": "Of one that asks nothing: until when to acknowledge it. Silence is receipt."},
    )
    acknowledge_provisional = fields.provisional()
    dispute_until = fields.Text(
        allow_none=True, metadata={"description": "Of the same: until when it is disputed in the ordinary way."}
    )
    acknowledged_at = fields.Text(allow_none=True)
    event = fields.Reference()
    events = fields.Many(fields.Reference())
    about = fields.Reference(allow_none=True)
    fields_ = fields.Many(
        fields.Text(), data_key="fields", attribute="fields", metadata={"description": "Of which it speaks."}
    )
    holds = fields.Many(fields.Text(), metadata={"description": "Fields whose value came with it."})
    outcome = fields.Text(allow_none=True)
    reason = fields.Text(allow_none=True)
    place = fields.Open(allow_none=True)
    together = fields.Inner(
        TogetherSchema,
        allow_none=True,
        metadata={"description": "Where the same act told of several persons: all of them."},
    )


class InboxSchema(Page):
    """A page of the inbox. With `search` or `overdue`, or lines of very many, it may be short before the last."""

    items = fields.Many(fields.Inner(NotificationSchema), required=True, most=200)


class SentAgainSchema(Wire):
    """A rejected message that was sent again: which event, to whom, and the rejection that this answers."""

    position = fields.Count(required=True)
    event = fields.Reference(required=True)
    to = fields.office(required=True)
    rejection = fields.Reference(required=True)


class AcknowledgementSchema(Wire):
    """A receipt of the message, which says nothing about the fact: the first one, by whom and when."""

    position = fields.Count(required=True)
    acknowledged_at = fields.Text(required=True)
    acknowledged_by = fields.Text(required=True)
