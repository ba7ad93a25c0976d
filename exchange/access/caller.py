"""Who asks: an office, the person or system acting for it, and what their key allows."""

from __future__ import annotations

from typing import Literal

import msgspec

from events.envelope import SYSTEM_ACTOR
from events.errors import ExchangeError, Malformed
from exchange.jurisdictions import codes

Role = Literal["clerk", "confirmer", "supervisor", "auditor", "operator"]
ROLES: tuple[Role, ...] = ("clerk", "confirmer", "supervisor", "auditor", "operator")


class Forbidden(ExchangeError):
    """The key does not allow this; nothing is said of whether the thing exists."""

    code = "forbidden"
    status = 403


class Caller(msgspec.Struct, frozen=True):
    """`office`: the jurisdiction spoken for, 12 digits; a supervisor's, an auditor's and an operator's holds its area.

    Raises Malformed where the actor bears the name under which the exchange itself records.
    """

    office: str
    actor: str
    roles: frozenset[Role]
    key_id: str = ""
    language: str = "zh-CN"

    def __post_init__(self) -> None:
        if not self.actor or self.actor == SYSTEM_ACTOR:
            raise Malformed(field="actor", rule="actor.reserved")

    def require(self, *roles: Role) -> None:
        """Raises Forbidden unless the caller has one of these roles."""
        if self.roles.isdisjoint(roles):
            raise Forbidden(field="roles", rule="role.missing", needs=", ".join(roles))

    def office_read(self, office: str | None) -> str:
        """The office whose book is read: the own, or one within the area of who oversees. Raises Forbidden."""
        if office is None or office == self.office:
            return self.office
        self.require("supervisor", "auditor")
        if not codes.is_within(office, self.office):
            raise Forbidden(field="office", rule="office.outside_area", office=office)
        return office
