"""Jurisdictions: by code, name and pinyin."""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.wire import Wire

FORMERLY = "Its name in the list of divisions, where it bears another today."
NAMES = (
    "Of a county or prefecture: its names since 1980, the oldest first. "
    "1980 also stands for the years before; the last year of today's name is null."
)
STATE = "`ended`: the code of a county or prefecture that is in use no more."
SAID = "`name`; or `to`: who takes over, and `allotment`: person to one of them, all others to the first."


class LookupQuery(Wire):
    """What to look for."""

    search = fields.Text(
        most=100, required=True, metadata={"description": "Name or part of one, pinyin, initials, code."}
    )
    within = fields.Formed(r"^\d{2,12}$", "schema.area", metadata={"description": "Only inside this area."})
    limit = fields.Count(1, 100, load_default=20)


class AreaNameSchema(Wire):
    """A name that a county or prefecture bears, or bore."""

    name = fields.Text(required=True)
    first_year = fields.Count(1980, 2199, required=True)
    last_year = fields.Count(1980, 2199, required=True, allow_none=True)


class JurisdictionSchema(Wire):
    """One area."""

    code = fields.office(required=True)
    name = fields.Text(required=True)
    formerly = fields.Text(allow_none=True, metadata={"description": FORMERLY})
    english = fields.Text(required=True)
    pinyin = fields.Text(allow_none=True)
    level = fields.choice("province", "prefecture", "county", "town", "village", required=True)
    parent = fields.office(allow_none=True)
    state = fields.choice("open", "succeeded", "closed", "ended", required=True, metadata={"description": STATE})
    successor = fields.office(allow_none=True, metadata={"description": "The office that answers for it today."})
    path = fields.Many(fields.Text(), required=True, metadata={"description": "Names from the province down."})
    names = fields.Many(fields.Inner(AreaNameSchema), required=True, metadata={"description": NAMES})


class JurisdictionListSchema(Wire):
    """Areas."""

    items = fields.Many(fields.Inner(JurisdictionSchema), required=True, most=1000)


class OfficeEventSchema(Wire):
    """What becomes of an office."""

    id = fields.event_id(metadata={"description": "UUIDv7 chosen by the client; makes a repeated request harmless."})
    type = fields.choice(
        "jurisdiction.renamed",
        "jurisdiction.succeeded",
        "jurisdiction.closed",
        "jurisdiction.opened",
        required=True,
        metadata={"description": "`jurisdiction.opened`: again, of an office that had closed."},
    )
    effective_on = fields.Day(required=True, metadata={"description": "The day on which it holds in the world."})
    with_ = fields.Open(required=True, data_key="with", metadata={"description": SAID})
