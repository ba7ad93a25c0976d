"""A reader of the pages: keeps cookies, reads forms as they stand in a page, and sends them filled in."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask

from exchange.access.keys import Keys
from exchange.console.pages import console
from exchange.http.app import create_app
from exchange.node import Node
from exchange.pipeline.advance import advance

# What the policy of the pages keeps out: whatever stands inside of them, but for the one script, and what is elsewhere.
AGAINST_POLICY = re.compile(r'style=|<script(?! src="/static/console\.js" defer></script>)|https?://')


@dataclass
class Form:
    """One form: where it goes, and what is filled in before anybody touches it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    button: str = ""

    def value(self, name: str) -> str:
        """What stands under that name."""
        return dict(self.fields)[name]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._inside: Form | None = None
        self._select: str | None = None
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        form = self._inside
        if tag == "form":
            self._inside = Form(given["action"] or "")
            self.found.append(self._inside)
        elif form is None:
            return
        elif tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in {"checkbox", "radio"} or "checked" in given:
                form.fields.append((str(given["name"]), given.get("value") or ""))
        elif tag == "textarea":
            if given.get("name"):
                form.fields.append((str(given["name"]), ""))
                self._text = []
        elif tag == "select":
            self._select = str(given["name"])
        elif tag == "option" and self._select is not None:
            chosen = (self._select, given.get("value") or "")
            if form.fields[-1:] and form.fields[-1][0] == self._select:
                form.fields[-1:] = [chosen] if "selected" in given else form.fields[-1:]
            else:
                form.fields.append(chosen)  # the first one, unless another is selected
        elif tag == "button":
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea" and self._inside is not None and self._text is not None:
            written = "".join(self._text).removeprefix("\n")  # as browsers read it
            self._inside.fields[-1], self._text = (self._inside.fields[-1][0], written), None
        elif tag == "select":
            self._select = None
        elif tag == "button" and self._inside is not None and self._text is not None:
            self._inside.button, self._text = "".join(self._text).strip(), None


class Reader:
    """Somebody at a browser. `lang`: of the pages that are opened."""

    def __init__(self, app: Flask, lang: str = "en") -> None:
        self.app = app
        self.lang = lang
        self.client: Any = app.test_client()
        self.page: Any = None

    @property
    def text(self) -> str:
        """The page that is open."""
        return str(self.page.text)

    def opens(self, path: str, status: int = 200) -> str:
        joined = "&" if "?" in path else "?"
        self.page = self.client.get(path if "lang=" in path else f"{path}{joined}lang={self.lang}")
        assert self.page.status_code == status, self.text
        return self.text

    def forms(self) -> list[Form]:
        """Those of the page."""
        parser = _Forms()
        parser.feed(self.text)
        return parser.found

    def form(self, button: str) -> Form:
        """The one with that button."""
        [found] = [each for each in self.forms() if each.button == button]
        return found

    def sends(self, form: Form, /, *, follow: bool = True, headers: dict[str, str] | None = None, **filled: Any) -> int:
        """As a browser does, from the page that is open. `filled`: a value by name, or several; None unticks."""
        names = {name.replace("__", "."): value for name, value in filled.items()}
        fields = [(name, value) for name, value in form.fields if name not in names]
        for name, value in names.items():
            fields += [(name, each) for each in (value if isinstance(value, list) else [value]) if each is not None]
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        sent = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        self.page = self.client.post(form.action, data=data, headers=sent)
        advance(self.app.extensions["node_of_the_test"])
        if follow and self.page.status_code == 303:
            self.page = self.client.get(self.page.headers["Location"])
        return int(self.page.status_code)

    def signs_in(self, office: str, *roles: Any, actor: str = "") -> "Reader":
        keys: Keys = self.app.extensions["keys_of_the_test"]
        _, secret = keys.issue("a key of a test", [office], roles or ("clerk", "confirmer"))
        self.opens("/sign-in")
        assert self.sends(self.form({"en": "Sign in"}.get(self.lang, "登录")), key=secret, actor=actor) == 200
        return self


def pages_of(node: Node) -> Flask:
    """The app of a node with its pages, and with the keys for readers."""
    app = create_app(node, [console(node)])
    app.extensions["exchange_checker"].wait()
    app.extensions["keys_of_the_test"] = Keys(node.uow, node.clock)
    app.extensions["node_of_the_test"] = node
    return app
