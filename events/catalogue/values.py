"""Values that several events share: days, office codes, places, particulars, cases."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from events.envelope import Ref

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Office = Annotated[str, msgspec.Meta(pattern=r"^\d{12}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]

# field -> value, as in the catalogue's table of particulars; a field whose part is withheld is absent.
Particulars = dict[str, Any]

StayKind = Literal["main", "further"]
TieKind = Literal["spouse", "parent", "child", "guardian", "ward"]  # what the other is to the person
# In the order in which routing prefers them (catalogue, rule 2 of routing).
NoteKind = Literal[
    "reply",
    "registration",
    "inflow",
    "contested",
    "moved-on",
    "outflow",
    "enquiry",
    "request",
    "retraction",
    "correction",
    "matched",
    "withdrawn",
    "rejected",
    "overdue",
    "escalated",
    "reminder",
    "left",
    "update",
    "family",
]


class Place(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """A town, abroad (country and last town here if known), unknown, no fixed abode or, as origin only, birth."""

    kind: Literal["town", "abroad", "unknown", "no_fixed_abode", "birth"]
    code: Office | None = None
    country: Country | None = None
    last: Office | None = None


def town(code: str) -> Place:
    """The place that is the town of this office."""
    return Place("town", code)


ABROAD = Place("abroad")
UNKNOWN = Place("unknown")
BIRTH = Place("birth")


class CaseRef(msgspec.Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """What identifies a case: the event that opened it, the office asked, and the kind of question."""

    opening: Ref
    asked: Office
    kind: NoteKind


class Deviation(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A field where the office asked holds something else; values are absent where their part is withheld."""

    field: str
    ours: Any = None
    yours: Any = None


class StayName(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """A stay, by the event that began it or, where the author's book does not hold it, by its town."""

    stay: Ref | None = None
    town: Office | None = None


class Other(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The other person of a tie: an id that the author's book holds, or what is stated of them; and who holds them."""

    person: str | None = None
    at: Office | None = None
    stated: Particulars = {}


class Tied(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A tie as a statement or an arrival carries it."""

    tie: TieKind
    other: Other
    since: Day | None = None
