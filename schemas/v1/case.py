"""Cases, and the replies that move them."""

from __future__ import annotations

from typing import get_args

from events.catalogue.case import DisputeReason
from events.catalogue.values import NoteKind
from exchange.protocol.record import CaseStatus
from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.wire import Wire


class CasesQuery(PageQuery):
    """Which cases."""

    status = fields.choice(*get_args(CaseStatus))
    kind = fields.choice(*get_args(NoteKind))
    side = fields.choice("asked", "asker", metadata={"description": "Whether the office was asked, or asks."})
    person = fields.identifier()


class CaseSchema(Wire):
    """One question between two offices."""

    id = fields.identifier(required=True)
    kind = fields.Text(required=True)
    opening = fields.Reference(required=True)
    asked = fields.office(required=True)
    asker = fields.office(required=True)
    person = fields.identifier()
    status = fields.Text(required=True)
    open = fields.Flag(required=True)
    due_on = fields.Text(allow_none=True)
    overdue = fields.Flag()
    recognised = fields.Flag()
    automatic = fields.Flag()
    deviations = fields.Many(fields.Open())
    accepted = fields.Many(fields.Text())
    insisted = fields.Many(fields.Text())
    reason = fields.Text(allow_none=True)
    place = fields.Open(allow_none=True)
    redirected_to = fields.office(allow_none=True)
    reopened = fields.Many(fields.Text())
    thread = fields.Many(fields.Reference())
    aside = fields.Many(fields.Reference(), metadata={"description": "Replies that came too late: kept, no effect."})


class CasesSchema(Page):
    """A page of cases."""

    items = fields.Many(fields.Inner(CaseSchema), required=True)


class PlaceSchema(Wire):
    """A town, abroad, unknown or no fixed abode."""

    kind = fields.choice("town", "abroad", "unknown", "no_fixed_abode", required=True)
    code = fields.office()
    country = fields.Formed(r"^[A-Z]{2}$", "schema.country")
    last = fields.office()


class DeviationSchema(Wire):
    """A field where the office asked holds something else."""

    field = fields.Formed(r"^[a-z][a-z_.]{0,59}$", "schema.code", required=True)
    ours = fields.Anything(allow_none=True)
    yours = fields.Anything(allow_none=True)


class ReplySchema(Wire):
    """What every reply may say: its own id, and its day (today where none is given)."""

    id = fields.event_id(metadata={"description": "UUIDv7 chosen by the client; makes a repeated request harmless."})
    effective_on = fields.Day()


class ConfirmSchema(ReplySchema):
    """The same is held, or what differs."""

    sees = fields.Many(fields.Reference(), metadata={"description": "The amendments that the reply knew."})
    deviations = fields.Many(fields.Inner(DeviationSchema))
    note = fields.Text(most=2000)


class DisputeSchema(ReplySchema):
    """It is not held so."""

    reason = fields.choice(*get_args(DisputeReason), required=True)
    place = fields.Inner(PlaceSchema)
    since = fields.Day()
    sees = fields.Many(fields.Reference())
    note = fields.Text(most=2000)


class RedirectSchema(ReplySchema):
    """Another office should be asked."""

    to = fields.office(required=True)


class SettleSchema(ReplySchema):
    """Ends what a reply left open."""

    accepted = fields.Many(fields.Text(most=60))
    insisted = fields.Many(fields.Text(most=60))
    whole = fields.choice("accepted", "insisted")


class ReopenSchema(ReplySchema):
    """The case is open again."""

    reason = fields.code(required=True)
    fields_ = fields.Many(fields.Text(most=60), data_key="fields", attribute="fields")


class WithdrawSchema(ReplySchema):
    """The question no longer stands."""

    ground = fields.code(required=True)
