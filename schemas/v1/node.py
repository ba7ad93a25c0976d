"""The node: is it well, and do both sides agree?"""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.wire import Wire


class HealthSchema(Wire):
    """The process answers, or is ready for work."""

    status = fields.choice("ok", "unready", required=True)


class StatusSchema(Wire):
    """What the node does, and how far its work lies behind."""

    at = fields.Text(required=True, metadata={"description": "The moment of which it speaks, by the node's clock."})
    offices = fields.Many(fields.office(), most=5000, required=True, metadata={"description": "Areas served."})
    holding = fields.Count(required=True, metadata={"description": "Offices that hold a record."})
    events = fields.Count(required=True)
    pending = fields.Count(required=True, metadata={"description": "Events that wait for the log."})
    deliveries = fields.Count(required=True)
    notices = fields.Count(required=True)
    persons = fields.Count(required=True)
    open_cases = fields.Count(required=True)
    dirty = fields.Count(required=True, metadata={"description": "Persons whose notices wait."})
    lag_events = fields.Count(required=True)
    lag_seconds = fields.Anything(required=True)


class CheckSchema(Wire):
    """One of the four checks, each of which can fail."""

    check = fields.choice("ledger", "view", "entitlement", "agreement", required=True)
    passed = fields.Flag(required=True)
    differences = fields.Count(required=True, metadata={"description": "Faults, each counted once."})
    consequences = fields.Count(
        required=True, metadata={"description": "Found only because of a fault that another check names."}
    )


class FindingSchema(Wire):
    """What a check found: which, at whose side, beside which other office, about whom, what is lacking."""

    check = fields.Text(required=True)
    office = fields.office(metadata={"description": "Left out where nothing says whose side it is."})
    person = fields.identifier(metadata={"description": "Left out of a gap in the log or a feed."})
    other = fields.Text()
    event = fields.Reference(allow_none=True)
    lacking = fields.Many(fields.Text())


class DifferenceSchema(FindingSchema):
    """One fault, with what is found only because of it."""

    consequences = fields.Many(fields.Inner(FindingSchema))


class ChecksSchema(Wire):
    """The four checks at one moment; at most 1,000 differences are listed, all are counted."""

    at = fields.Text(required=True)
    equal = fields.Flag(required=True)
    persons = fields.Count(required=True, metadata={"description": "Compared."})
    waiting = fields.Count(required=True, metadata={"description": "Left out, since work about them is under way."})
    pairs = fields.Open(
        required=True, metadata={"description": "Pairs of offices by state; only different is a fault."}
    )
    checks = fields.Many(fields.Inner(CheckSchema), required=True)
    differences = fields.Many(fields.Inner(DifferenceSchema), required=True, most=1000)


class BetweenQuery(Wire):
    """Two areas, each by its code of 2, 4, 6, 9 or 12 digits, or by its name."""

    one = fields.Text(
        most=80, metadata={"description": "A province, prefecture, county or town; the whole tree where not given."}
    )
    other = fields.Text(most=80, metadata={"description": "The other area; everybody where it is not given."})


class LedgersSchema(Wire):
    """The ledgers of both sides, compared bucket by bucket; at most 1,000 differing entries are listed."""

    shared = fields.Count(required=True, metadata={"description": "Entries that both ledgers have."})
    count = fields.Count(required=True, metadata={"description": "Entries that one ledger has and the other has not."})
    trips = fields.Count(required=True, metadata={"description": "Questions from side to side."})
    exchanged = fields.Count(required=True, metadata={"description": "Bytes of the answers."})
    read = fields.Count(required=True, metadata={"description": "Rows that were read for it."})
    differing = fields.Many(fields.Inner(DifferenceSchema), required=True, most=1000)


class ReportSchema(ChecksSchema):
    """What a worker found; the faults beyond those listed are counted."""

    left_out = fields.Count(required=True, metadata={"description": "Faults that are not listed."})
    ledger = fields.Inner(LedgersSchema)


class BetweenSchema(ChecksSchema):
    """The four checks between two areas, over the persons of either, and their ledgers."""

    ledger = fields.Inner(LedgersSchema, required=True)
