"""What a key opens, as its holder reads it: the pages, and the calls of the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from exchange.access.caller import ROLES, Caller
from exchange.console.words import Words
from exchange.http.allows import PUBLIC, allows, declared
from exchange.http.docs import operations
from exchange.http.gate import caller

INBOX, KEY = "console.inbox_page", "console.key_page"
PAGES = {INBOX: "nav.inbox", "console.duplicates_page": "nav.duplicates", "metrics.exposed": "opens.metrics"}


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of the API."""

    method: str
    path: str
    says: str


def opens(reader: Caller, endpoint: str) -> bool:
    """Whether the reader's key opens this page, which not every process serves."""
    view = current_app.view_functions.get(endpoint)
    allowed = None if view is None else declared(view)
    return allowed is not None and (allowed == PUBLIC or not allowed.isdisjoint(reader.roles))


def home(reader: Caller | None) -> str:
    """Where work begins: at the inbox, for whose office there is one; else at what the key opens."""
    return INBOX if reader is None or opens(reader, INBOX) else KEY


def leads_somewhere(reader: Caller, wanted: str) -> bool:
    """Whether this is the address of a page that the reader's key opens."""
    adapter = current_app.create_url_adapter(request)
    try:
        found = None if adapter is None else adapter.match(unquote(urlsplit(wanted).path), method="GET")
    except HTTPException:
        return False
    return found is not None and opens(reader, found[0])


def opening(blueprint: Blueprint, words: Any) -> None:
    """The route. `words`: how the reader is spoken to."""

    @blueprint.get("/key")
    @allows(*ROLES)
    def key_page() -> str:
        """What the reader's key opens."""
        said, reader = words(), caller()
        pages = [
            (url_for(endpoint, lang=said.language), said.say(name))
            for endpoint, name in PAGES.items()
            if opens(reader, endpoint)
        ]
        roles = said.listed(said.say(f"opens.{role}") for role in ROLES if role in reader.roles)
        shown = {"pages": pages, "roles": roles, "calls": list(_calls(said, reader)), "inbox": opens(reader, INBOX)}
        return render_template("console/key.html", words=said, **shown)


def _calls(words: Words, reader: Caller) -> Iterator[Call]:
    for each in operations(current_app.extensions["exchange_contract"]()):
        if not reader.roles.isdisjoint(each["x-roles"]):
            yield Call(each["method"], each["path"], each["x-summary-zh"] if words.chinese else each["summary"])
