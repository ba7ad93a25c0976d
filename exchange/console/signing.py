"""Signing in to the pages with a key, and what a page says where it cannot be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from events.errors import ExchangeError
from exchange.access.caller import ROLES
from exchange.access.keys import Keys
from exchange.access.passes import LASTS
from exchange.console.words import Words
from exchange.http import problems
from exchange.http.allows import allows, public
from exchange.http.gate import COOKIE, caller_of
from exchange.http.headers import PAGES
from exchange.translations import language_of

if TYPE_CHECKING:
    from exchange.node import Node

INBOX, SIGN_OUT = "/inbox", "/sign-out"
SAID = ("confirmed", "answered", "left", "acknowledged", "sent", "recorded")  # how many, once something was sent


def words() -> Words:
    """How this reader is spoken to: as the address says, else as the browser does."""
    g.language = language_of(request.args.get("lang", "")) or problems.language()
    return Words(g.language)


def here(**changed: str | None) -> str:
    """This page with some of its query changed, without what it says of something that was sent."""
    query = {**{name: value for name, value in request.args.items() if name not in SAID}, **changed}
    return f"{request.path}?{urlencode({name: value for name, value in query.items() if value is not None})}"


def signing(blueprint: Blueprint, node: Node) -> None:
    """The routes of signing in and out, and how every page of this blueprint says that it cannot be shown."""
    keys = Keys(node.uow, node.clock, node.hear_of)

    def beside() -> dict[str, Any]:
        shown = request.cookies.get(COOKIE, "")
        return {"signed_in": g.get("caller"), "here": here, "form_token": node.passes.form(shown)}

    def complete(response: Response) -> Response:
        # Without the page's own address a browser says of no form from where it comes.
        response.headers["Referrer-Policy"] = "same-origin"
        if "caller" in g or request.path == "/sign-in" or response.status_code == 401:
            response.headers["Cache-Control"] = "no-store"
        return response

    def refused(error: Exception) -> Answer:
        """401 asks to sign in; everything else is said in words, with the reference under which our log knows it."""
        said = words()
        answer = problems.handled(error)
        details: dict[str, Any] = answer.get_json()
        if answer.status_code == 401:
            over = details if request.cookies.get(COOKIE) else None
            page = make_response(_sign_in(said, _next(_wanted()), over), 401)
        else:
            page = make_response(render_template("console/error.html", words=said, problem=details))
            page.status_code = answer.status_code
        page.headers["Content-Security-Policy"] = PAGES
        return page

    blueprint.context_processor(beside)
    blueprint.after_request(complete)
    blueprint.register_error_handler(Exception, refused)

    @blueprint.get("/sign-in")
    @public
    def sign_in() -> str:
        """Asks for a key."""
        return _sign_in(words(), _next(request.args.get("next")))

    @blueprint.post("/sign-in")
    @public
    def signed_in() -> Answer:
        """A pass for whoever has a valid key, and the page that was wanted."""
        said, wanted = words(), _next(request.form.get("next"))
        token, office = request.form.get("key", "").strip(), request.form.get("office", "").strip() or None
        actor = request.form.get("actor", "").strip() or None
        try:
            caller_of(keys.authenticate(token), office, actor)
        except ExchangeError as error:
            if error.status >= 500:
                raise
            details = problems.handled(error).get_json()
            return make_response(_sign_in(said, wanted, details, office, actor), error.status)
        answer = redirect(wanted, 303)
        _keep(answer, node.passes.issue(token, office, actor))
        return answer

    @blueprint.post(SIGN_OUT)
    @allows(*ROLES)
    def sign_out() -> Answer:
        """The browser forgets the pass."""
        answer = redirect(f"/sign-in?{urlencode({'lang': words().language})}", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
        return answer


def _wanted() -> str | None:
    """The page that was asked for, or from which something was sent; none where somebody only wanted to leave."""
    if request.method == "GET":
        return here()
    return None if request.path == SIGN_OUT else request.path


def _sign_in(said: Words, wanted: str, problem: Any = None, office: str | None = None, actor: str | None = None) -> str:
    return render_template(
        "console/sign_in.html", words=said, wanted=wanted, problem=problem, office=office or "", actor=actor or ""
    )


def _next(wanted: str | None) -> str:
    """Where to go then: a page of ours, whatever the address says."""
    ours = wanted is not None and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours and wanted is not None and wanted.isprintable() else f"{INBOX}?lang={g.language}"


def _keep(answer: Answer, issued: str) -> None:
    """Of no use to any script or other site; over a line that is sealed, sent over none that is not."""
    sealed = request.is_secure or request.headers.get("Origin", "").startswith("https://")
    answer.set_cookie(
        COOKIE, issued, max_age=int(LASTS.total_seconds()), httponly=True, samesite="Strict", secure=sealed
    )
