"""Likely duplicates, side by side."""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.person import PurposeQuery
from schemas.v1.wire import Wire


class DuplicatesQuery(PageQuery, PurposeQuery):
    """Which pairs, and why: they show persons."""

    person = fields.identifier(metadata={"description": "Only pairs with this entry."})


class SideSchema(Wire):
    """One of two entries, as its office holds it."""

    person = fields.identifier(required=True)
    office = fields.office(required=True)
    keeper = fields.office(allow_none=True)
    state = fields.Text(required=True)
    roles = fields.Many(fields.Text(), required=True)


class ComparedFieldSchema(Wire):
    """One field in both entries."""

    field = fields.Text(required=True)
    one = fields.Anything(allow_none=True)
    other = fields.Anything(allow_none=True)
    relation = fields.choice(
        "equal",
        "alike",
        "different",
        "one_side",
        required=True,
        metadata={"description": "The same; nearly, as by ear or by a slip; something else; held by one side alone."},
    )


class ActSchema(Wire):
    """An event that the office may record of the pair, ready to be sent."""

    office = fields.office(required=True)
    type = fields.Text(required=True)
    person = fields.identifier(required=True)
    with_ = fields.Open(data_key="with", attribute="with", required=True)


class ProposalSchema(Wire):
    """Two entries that may be one human."""

    exact = fields.Flag(required=True, metadata={"description": "One document stands on both."})
    score = fields.Count(
        required=True, metadata={"description": "What the fields speak for, less what they speak against."}
    )
    one = fields.Inner(SideSchema, required=True)
    other = fields.Inner(SideSchema, required=True)
    fields_ = fields.Many(fields.Inner(ComparedFieldSchema), data_key="fields", attribute="fields", required=True)
    acts = fields.Many(fields.Inner(ActSchema), required=True)


class ProposalsSchema(Page):
    """A page of pairs, the likeliest first."""

    items = fields.Many(fields.Inner(ProposalSchema), required=True, most=200)
