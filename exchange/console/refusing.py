"""What stands on every page, and what a page says where it cannot be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from events.errors import ExchangeError
from exchange.access.caller import Forbidden
from exchange.access.passes import FOREIGN
from exchange.console.held import Held, sent
from exchange.console.opens import home, opens
from exchange.console.signing import KEPT, SIGN_IN, SIGN_OUT, forget, here, next_page, sign_in_page, words
from exchange.http import problems
from exchange.http.gate import API, COOKIE
from exchange.http.headers import PAGES

if TYPE_CHECKING:
    from exchange.node import Node


def refusing(blueprint: Blueprint, node: Node) -> None:
    """For the pages of this blueprint, and for addresses that no page has."""

    def form_token(office: str) -> str:
        return node.passes.form(request.cookies.get(COOKIE, ""), office)

    def beside() -> dict[str, Any]:
        reader = g.get("caller")
        return {
            "signed_in": reader,
            "here": here,
            "home": home(reader),
            "form_token": form_token("" if reader is None else reader.office),
            "opens": lambda endpoint: reader is None or opens(reader, endpoint),
        }

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
            page = make_response(sign_in_page(said, next_page(_wanted()), over, held=_sent()), 401)
        elif request.path == SIGN_OUT and answer.status_code >= 500:  # here it is forgotten, if it cannot be ended
            told = {**details, "detail": said.say("sign_in.not_ended")}
            page = make_response(sign_in_page(said, next_page(None), told), answer.status_code)
            forget(page)
        else:
            again = _sent() if answer.status_code >= 500 else _of_another_pass(error)
            if again is not None and answer.status_code < 500:
                details = {**details, "title": (why := said.say("held.earlier")), "detail": why, "errors": ()}
            shown: dict[str, Any] = {"problem": details, "held": again}
            if again is not None:  # not to be sent for another office, also where it is not known who reads
                shown["form_token"] = form_token(again.office)
            page = make_response(render_template("console/error.html", words=said, **shown))
            page.status_code = answer.status_code
        page.headers["Content-Security-Policy"] = PAGES
        page.headers["Cache-Control"] = "no-store"
        page.headers["Referrer-Policy"] = "same-origin"
        page.headers.extend((name, answer.headers[name]) for name in KEPT if name in answer.headers)
        return page

    def elsewhere(error: Exception) -> Answer:
        """Words for whoever reads; for systems, and under the API, what its documents say."""
        told = request.accept_mimetypes
        page = not request.path.startswith(API) and told.quality("text/html") > told.quality("application/json")
        return refused(error) if page else problems.handled(error)

    blueprint.app_context_processor(beside)  # also where what is asked for is no page of ours, and refused as one
    blueprint.after_request(complete)
    blueprint.register_error_handler(Exception, refused)
    for kind in (ExchangeError, HTTPException, Exception):  # metrics, documents, and addresses that nothing has
        blueprint.app_errorhandler(kind)(elsewhere)


def _wanted() -> str | None:
    """The page that was asked for, or from which something was sent; none where somebody only wanted to leave."""
    return None if request.path == SIGN_OUT else here()


def _of_another_pass(error: Exception) -> Held | None:
    """What was filled in by whoever has signed in again since the page was made, for the same office."""
    held = _sent() if isinstance(error, Forbidden) and error.rule == FOREIGN and "caller" in g else None
    return held if held is not None and held.office == g.caller.office else None


def _sent() -> Held | None:
    """What was filled in, with its id: sent twice, it is one act. A key that was filled in is none of it."""
    return sent(here()) if request.method == "POST" and request.path not in {SIGN_IN, SIGN_OUT} else None
