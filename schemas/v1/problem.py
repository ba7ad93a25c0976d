"""Problem details (RFC 9457), the one form of every error."""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.wire import Wire


class FaultSchema(Wire):
    """One invalid field."""

    field = fields.Text(
        most=300, required=True, metadata={"description": "Where it stands, dotted, `$` for the whole."}
    )
    rule = fields.Text(required=True, metadata={"description": "The rule that it breaks; stable."})
    value = fields.Text(metadata={"description": "What stands there, where it is no personal data."})
    message = fields.Text(most=2000, required=True, metadata={"description": "The same for people, in their language."})


class ProblemSchema(Wire):
    """An error: `code` is stable, `title` and `detail` are for people, `instance` is the reference of the request."""

    type = fields.Text(required=True)
    code = fields.Text(required=True)
    status = fields.Count(required=True)
    title = fields.Text(required=True)
    detail = fields.Text(most=2000, required=True)
    instance = fields.Text(required=True)
    errors = fields.Many(fields.Inner(FaultSchema))
