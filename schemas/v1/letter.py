"""Letters to offices outside the exchange."""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.paging import Page, PageQuery
from schemas.v1.person import PurposeQuery
from schemas.v1.wire import Wire


class LettersQuery(PageQuery, PurposeQuery):
    """Which page, and why: letters name persons."""


class LineSchema(Wire):
    """One line of a letter, in Chinese and English."""

    label = fields.Text(required=True)
    value = fields.Text(most=4000, required=True)


class LetterSchema(Wire):
    """What stands on one letter; the case is the one that is not reachable."""

    case = fields.identifier(required=True)
    reference = fields.Text(required=True)
    person = fields.identifier(required=True)
    kind = fields.Text(required=True)
    sender = fields.office(required=True)
    to = fields.office(required=True)
    written_on = fields.Text(required=True)
    due_on = fields.Text(required=True)
    due_provisional = fields.provisional()
    about = fields.Many(fields.Inner(LineSchema), required=True)
    facts = fields.Many(fields.Inner(LineSchema), required=True)
    holds = fields.Many(fields.Text(), required=True, metadata={"description": "Fields whose value stands on it."})


class LettersSchema(Page):
    """A page of letters, one for each case that is not reachable."""

    items = fields.Many(fields.Inner(LetterSchema), required=True, most=200)
