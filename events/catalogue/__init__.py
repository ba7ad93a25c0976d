"""The catalogue: one typed union of all payloads, each with a stable name and version."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import (
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    EnquiryOpened,
    Escalated,
    Noted,
    Redirected,
    Rejected,
    Reminded,
    Reopened,
    RequestOpened,
    Settled,
    Withdrawn,
)
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.jurisdiction import Closed, Opened, Renamed, Succeeded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import (
    Changed,
    Deceased,
    Held,
    KeptApart,
    Merged,
    Protected,
    Registered,
    Stated,
    Unmerged,
    Unprotected,
)
from events.catalogue.registration import RegistrationChanged
from events.errors import Malformed
from events.form import misfit

AnyFact = (
    Registered | Stated | Changed | Protected | Unprotected | Deceased | Merged | Unmerged | KeptApart | Held
    | RegistrationChanged
    | TieBegan | TieEnded
    | Departed | Arrived | MovedWithin | Extended | MainChanged | Left | Returned
    | Confirmed | Disputed | Redirected | Settled | Deferred | Noted | Reopened | Withdrawn
    | Reminded | Escalated | EnquiryOpened | EnquiryAnswered | RequestOpened | Rejected
    | Corrected | Retracted
    | Opened | Renamed | Succeeded | Closed
)  # fmt: skip

TYPES: dict[str, type[Fact]] = {str(kind.__struct_config__.tag): kind for kind in AnyFact.__args__}
# What the exchange itself records, never a caller: it states what a keeper holds, reminds and escalates.
AUTOMATIC = frozenset({"person.stated", "case.reminded", "case.escalated"})


def fact_of(type_: str, content: dict[str, Any]) -> Fact:
    """The typed payload of `content`. Raises Malformed naming the field and the rule."""
    kind = TYPES.get(type_)
    if kind is None:
        raise Malformed(field="type", rule="type.unknown", value=type_)
    try:
        return msgspec.convert({**content, "type": type_}, kind)
    except msgspec.ValidationError as error:
        fault = misfit(error, kind)
        raise Malformed(field=fault.field or "with", rule=fault.rule, **fault.details) from error


def content_of(fact: Fact) -> dict[str, Any]:
    """The payload as plain data, without its type."""
    content = cast("dict[str, Any]", msgspec.to_builtins(fact))
    del content["type"]
    return content
