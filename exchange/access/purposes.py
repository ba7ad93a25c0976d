"""Why somebody reads a person's data: every such read states one of these, and it is kept (DESIGN.md section 6)."""

from __future__ import annotations

from collections.abc import Mapping

from events.errors import Malformed
from exchange.access.caller import ROLES, Caller, Forbidden, Role

PURPOSES: Mapping[str, frozenset[Role]] = {
    "registration": frozenset({"clerk", "confirmer"}),
    "case": frozenset({"clerk", "confirmer", "supervisor"}),
    "correction": frozenset({"clerk", "confirmer", "supervisor"}),
    "supervision": frozenset({"supervisor"}),
    "audit": frozenset({"auditor"}),
    "resident_request": frozenset({"clerk", "supervisor", "auditor"}),
    "operation": frozenset({"operator"}),
}


def allowed(caller: Caller) -> tuple[str, ...]:
    """The purposes that the caller may state."""
    return tuple(purpose for purpose, roles in PURPOSES.items() if caller.roles & roles)


def require(caller: Caller, purpose: str) -> str:
    """The purpose. Raises Malformed where there is no such one, Forbidden where it is not for the caller's roles."""
    roles = PURPOSES.get(purpose)
    if roles is None:
        raise Malformed(field="purpose", rule="purpose.unknown", value=purpose)
    if caller.roles.isdisjoint(roles):
        needs = ", ".join(role for role in ROLES if role in roles)
        raise Forbidden(field="purpose", rule="purpose.not_for_role", value=purpose, needs=needs)
    return purpose
