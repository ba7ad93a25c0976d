"""Signing in to the pages with a key, and out again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from events.errors import ExchangeError
from exchange.access.caller import ROLES, Caller
from exchange.access.keys import Keys, Unauthenticated
from exchange.access.passes import LASTS
from exchange.console.held import Held, carried
from exchange.console.opens import home, leads_somewhere, opening
from exchange.console.words import Words
from exchange.http import problems
from exchange.http.allows import allows, public
from exchange.http.gate import COOKIE, caller_of
from exchange.translations import language_of

if TYPE_CHECKING:
    from exchange.node import Node

INBOX, SIGN_IN, SIGN_OUT = "/inbox", "/sign-in", "/sign-out"
KEPT = ("Allow", "Retry-After")  # of what is said to machines, where a page says it to people
SAID = ("confirmed", "answered", "left", "acknowledged", "sent", "recorded")  # how many, once something was sent


def words() -> Words:
    """How this reader is spoken to: as the address says, else as the browser does."""
    g.language = language_of(request.args.get("lang", "")) or problems.language()
    return Words(g.language)


def here(**changed: str | None) -> str:
    """This page with some of its query changed, without what it says of something that was sent."""
    query = {**{name: value for name, value in request.args.items() if name not in SAID}, **changed}
    # Quoted: before "\\", which a browser takes for "/", an address would be one of another site.
    return f"{quote(request.path)}?{urlencode({name: value for name, value in query.items() if value is not None})}"


def signing(blueprint: Blueprint, node: Node) -> None:
    """The routes of signing in and out."""
    keys = Keys(node.uow, node.clock, node.hear_of)

    opening(blueprint, words)

    def held_page(said: Words, held: Held, reader: Caller, shown: str) -> str:
        """For whoever has signed in with the pass that is shown."""
        beside = {"held": held, "signed_in": reader, "form_token": node.passes.form(shown, reader.office)}
        return render_template("console/held.html", words=said, **beside)

    def again(said: Words, wanted: str, held: Held | None) -> str:
        """What was carried on, for whoever reads: to be sent, or to sign in first."""
        shown = request.cookies.get(COOKIE, "")
        try:
            found = node.passes.read(shown)
            reader = caller_of(keys.authenticate(found.token), found.office, found.actor)
        except ExchangeError:
            return sign_in_page(said, wanted, held=held)
        if held is None or held.office != reader.office:
            return sign_in_page(said, wanted, held=held)
        return held_page(said, held, reader, shown)

    @blueprint.get(SIGN_IN)
    @public
    def sign_in() -> str:
        """Asks for a key."""
        return sign_in_page(words(), next_page(request.args.get("next")))

    @blueprint.post(SIGN_IN)
    @public
    def signed_in() -> Answer:
        """A pass for whoever has a valid key, and the page that was wanted; without any key the same once more."""
        said, wanted = words(), next_page(request.form.get("next"))
        if "key" not in request.form:  # the page that carries something is to be read in another language
            wanted = in_language(wanted, said.language)
            return make_response(again(said, wanted, carried(wanted)))
        held = carried(wanted)
        answer: Answer
        token, office = request.form.get("key", "").strip(), request.form.get("office", "").strip() or None
        actor = request.form.get("actor", "").strip() or None
        try:
            reader = caller_of(keys.authenticate(token), office, actor)
        except ExchangeError as error:
            told = problems.handled(error)
            answer = make_response(sign_in_page(said, wanted, told.get_json(), office, actor, held), error.status)
            answer.headers.extend((name, told.headers[name]) for name in KEPT if name in told.headers)
            return answer
        issued = node.passes.issue(token, office, actor)
        if held is not None and held.office != reader.office:
            other = {"detail": said.say("held.of_other", office=said.office(held.office))}
            return make_response(sign_in_page(said, wanted, other, office, actor, held), 403)
        if not leads_somewhere(reader, wanted):
            answer = redirect(url_for(home(reader), lang=said.language), 303)
        elif held is None:
            answer = redirect(wanted, 303)
        else:
            answer = make_response(held_page(said, held, reader, issued))
        _keep(answer, issued)
        return answer

    _signing_out(blueprint, node)


def _signing_out(blueprint: Blueprint, node: Node) -> None:
    @blueprint.post(SIGN_OUT)
    @allows(*ROLES)
    def sign_out() -> Answer:
        """The pass is over, and the browser forgets it."""
        with suppress(Unauthenticated):  # none was shown, or it is over
            node.passes.end(request.cookies.get(COOKIE, ""))
        answer = redirect(f"{SIGN_IN}?{urlencode({'lang': words().language})}", 303)
        forget(answer)
        return answer


def forget(answer: Answer) -> None:
    """The browser forgets the pass."""
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")


def sign_in_page(
    said: Words,
    wanted: str,
    problem: Any = None,
    office: str | None = None,
    actor: str | None = None,
    held: Held | None = None,
) -> str:
    """Asks for a key, to go on with the page that was wanted, and with what was `held` of a form."""
    known = {"problem": problem, "office": office or "", "actor": actor or "", "held": held, "signed_in": None}
    return render_template("console/sign_in.html", words=said, wanted=wanted, **known)


def next_page(wanted: str | None) -> str:
    """Where to go then: a page of ours, whatever the address says."""
    ours = wanted is not None and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours and wanted is not None and wanted.isprintable() else f"{INBOX}?lang={g.language}"


def in_language(address: str, language: str) -> str:
    """The same page of ours in that language."""
    path, _, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "lang"]
    return f"{path}?{urlencode([*kept, ('lang', language)])}"


def _keep(answer: Answer, issued: str) -> None:
    """Of no use to any script or other site; over a line that is sealed, sent over none that is not."""
    sealed = request.is_secure or request.headers.get("Origin", "").startswith("https://")
    answer.set_cookie(
        COOKIE, issued, max_age=int(LASTS.total_seconds()), httponly=True, samesite="Strict", secure=sealed
    )
