"""The node: is it well, and do both sides agree?"""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.wire import Wire


class HealthSchema(Wire):
    """The process answers, or is ready for work."""

    status = fields.choice("ok", "unready", required=True)


class StatusSchema(Wire):
    """What the node does."""

    offices = fields.Count()
    areas = fields.Many(fields.office(), most=5000)
    events = fields.Count()
    notices = fields.Count()
    open_cases = fields.Count()
    lag_events = fields.Count()
    lag_seconds = fields.Anything()
    dirty_age = fields.Anything(allow_none=True)


class CheckSchema(Wire):
    """One of the four checks."""

    check = fields.choice("ledger", "view", "entitlement", "agreement", required=True)
    passed = fields.Flag(required=True)
    compared = fields.Count(required=True)
    differences = fields.Count(required=True)
    findings = fields.Many(fields.Open(), most=1000)


class ChecksSchema(Wire):
    """The four checks."""

    checked_at = fields.Text()
    equal = fields.Flag(required=True)
    pairs = fields.Open(metadata={"description": "Pairs of offices by state."})
    checks = fields.Many(fields.Inner(CheckSchema), required=True)
