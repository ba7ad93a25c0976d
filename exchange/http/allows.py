"""Who may call a route. A route that says nothing is refused, and a convention test finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from exchange.access.caller import Role

View = TypeVar("View", bound=Callable[..., Any])
Allowed = frozenset[Role]

_MARK = "_allowed_roles"
PUBLIC: Allowed = frozenset()


def allows(*roles: Role) -> Callable[[View], View]:
    """The route may be called with a key that has one of these roles."""
    if not roles:
        raise ValueError("a route for nobody is no route; one for everybody is declared with public()")
    return _marked(frozenset(roles))


def public(view: View) -> View:
    """The route may be called by anybody, without a key."""
    return _marked(PUBLIC)(view)


def declared(view: Callable[..., Any]) -> Allowed | None:
    """The roles that a view declares: empty for a public one, None for one that says nothing."""
    found: Allowed | None = getattr(view, _MARK, None)
    return found


def _marked(roles: Allowed) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, roles)
        return view

    return mark
