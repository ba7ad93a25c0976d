"""The one gate before every route: who calls, and may they? Refused by default."""

from __future__ import annotations

import re

from flask import Flask, current_app, g, request

from events.errors import Malformed
from exchange.access import purposes
from exchange.access.caller import Caller, Forbidden
from exchange.access.keys import Key, Keys, Unauthenticated
from exchange.access.passes import FOREIGN, Pass, Passes
from exchange.http.allows import PUBLIC, declared
from exchange.http.routes import use_cases
from exchange.jurisdictions import codes
from exchange.translations import choose

OFFICE = "Exchange-Office"
ACTOR = "Exchange-Actor"
PURPOSE = "Exchange-Purpose"
COOKIE = "exchange_pass"
API = "/v1/"
LARGEST_FORM = 64 * 1024
_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class UndeclaredRoute(RuntimeError):
    """A route says nothing of who may call it. It is ours to repair, so nobody gets through."""


def install(app: Flask, keys: Keys, passes: Passes | None = None) -> None:
    """Nothing behind this is reached without passing it. `passes`: what opens the pages to a browser, never the API."""

    def admit() -> None:
        if request.endpoint is None:
            return  # no such route, or no such method: the answer says so without asking for a key
        allowed = declared(current_app.view_functions[request.endpoint])
        if allowed is None:
            raise UndeclaredRoute(request.endpoint)
        page = not request.path.startswith(API)
        if page and _writes():
            _require_own_form()
        if allowed != PUBLIC:
            shown = request.cookies.get(COOKIE) if page and "Authorization" not in request.headers else None
            g.caller = _by_key(keys) if passes is None or not shown else _by_pass(keys, passes.read(shown))
            if passes is not None and shown and _writes():
                # What is sent along by itself says nothing of who filled in a form, so the form must.
                passes.require_form(shown, g.caller.office, request.form.get("form", ""))
            g.caller.require(*sorted(allowed))

    app.before_request(admit)


def caller() -> Caller:
    """Who calls; only behind the gate of a route that is not public."""
    found: Caller = g.caller
    return found


def purpose(stated: str | None) -> str:
    """Why a person is read, by query or header. Raises Malformed: purpose.missing, purpose.twice, and as `purposes`."""
    header = request.headers.get(PURPOSE)
    if stated and header and stated != header:
        raise Malformed(field="purpose", rule="purpose.twice")
    if not (given := stated or header):
        raise Malformed(field="purpose", rule="purpose.missing", allowed=", ".join(purposes.allowed(caller())))
    return purposes.require(caller(), given)


def _writes() -> bool:
    return request.method not in {"GET", "HEAD", "OPTIONS"}


def own_form() -> bool | None:
    """Whether a form comes from a page of ours, as browsers say; None where whoever sends it says nothing of it."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site:
        return site == "same-origin"
    return None if origin is None else origin.partition("://")[2] == request.host


def _require_own_form() -> None:
    """A browser says from where it sends a form, and no page of somebody else can say otherwise. Raises Forbidden.

    Whoever says nothing of it is no browser: what it sends is known by the form itself.
    """
    request.max_content_length = LARGEST_FORM
    if own_form() is False:
        raise Forbidden(field="form", rule=FOREIGN)
    for name, value in request.form.items(multi=True):
        if "\0" in value or "\0" in name:
            raise Malformed(field=name, rule="text.control")  # which no page sends and no store can be asked for


def _by_key(keys: Keys) -> Caller:
    key = keys.authenticate(_presented())
    return caller_of(key, request.headers.get(OFFICE), request.headers.get(ACTOR))


def _by_pass(keys: Keys, found: Pass) -> Caller:
    """Whoever signed in."""
    return caller_of(keys.authenticate(found.token), found.office, found.actor)


def _presented() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token:
        raise Unauthenticated(rule="access_key.missing")
    if scheme.lower() != "bearer":
        raise Unauthenticated(rule="access_key.scheme")
    return token.strip()


def caller_of(key: Key, office: str | None, actor: str | None) -> Caller:
    """Whoever presents this key, for that office and under that name. Raises Malformed, and Forbidden."""
    named = f"key.{key.id}" if actor is None else actor
    if not _ACTOR.fullmatch(named):
        raise Malformed(field=ACTOR, rule="header.actor")
    language = choose(request.headers.get("Accept-Language"))
    return Caller(office=_office(key, office), actor=named, roles=key.roles, key_id=key.id, language=language)


def _office(key: Key, named: str | None) -> str:
    """The office spoken for: the one named, inside the key's areas; without a name, the key's only area.

    The key of a town that was succeeded is its successor's from then on; of several, of the one that has the rest.
    Who names the old office still gets the old office, of which nothing is left.
    """
    if named is None:
        if len(key.scopes) > 1:
            raise Malformed(field=OFFICE, rule="header.office_needed")
        return _heir(key, key.scopes[0])
    if not re.fullmatch(r"[0-9]{12}", named):
        raise Malformed(field=OFFICE, rule="schema.office")
    if not key.covers(named) and named not in {_heir(key, scope) for scope in key.scopes}:
        raise Forbidden(field=OFFICE, rule="office.outside_area", office=named)
    return named


def _heir(key: Key, office: str) -> str:
    """Who has the office's keys today: those for that town alone, for an area goes on with what lies in it."""
    if office not in key.scopes or codes.level(office) != codes.Level.TOWN:
        return office
    return use_cases().offices().successor(office)
