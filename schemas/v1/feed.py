"""The feed: what the office was told, as CloudEvents 1.0 in the order of their positions."""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.person import PurposeQuery
from schemas.v1.wire import Wire


class FeedQuery(PageQuery, PurposeQuery):
    """From where, and why: what was told speaks of persons."""


class CloudEventSchema(Wire):
    """One delivery (CloudEvents 1.0, JSON format)."""

    specversion = fields.choice("1.0", required=True)
    id = fields.Text(required=True)
    source = fields.Text(required=True)
    type = fields.Text(required=True)
    subject = fields.Text(required=True)
    time = fields.Text(required=True)
    datacontenttype = fields.choice("application/json", required=True)
    sequence = fields.Text(required=True, metadata={"description": "Position in the office's feed."})
    data = fields.Open(required=True)


class FeedSchema(Page):
    """Deliveries after the cursor. `next` stands also at the end of the feed: ask again with it for what is new."""

    items = fields.Many(fields.Inner(CloudEventSchema), required=True)
    more = fields.Flag(required=True, metadata={"description": "Whether more is there already."})
