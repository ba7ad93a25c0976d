"""The gate before every route: nobody gets behind it who shows no key in the way that is asked for."""

from __future__ import annotations

from typing import cast

import pytest
from flask import Flask

from exchange.access.keys import Keys, Unauthenticated
from exchange.http.allows import allows, public
from exchange.http.gate import UndeclaredRoute, install


class NoKey:
    """Keys of which none is ever right; each that was presented is noted."""

    def __init__(self) -> None:
        self.presented: list[str] = []

    def authenticate(self, token: str) -> None:
        self.presented.append(token)
        raise Unauthenticated(rule="access_key.unknown")


@pytest.fixture
def keys() -> NoKey:
    return NoKey()


@pytest.fixture
def app(keys: NoKey) -> Flask:
    app = Flask(__name__)
    app.testing = True
    app.add_url_rule("/v1/open", "open", public(lambda: "open"))
    app.add_url_rule("/v1/shut", "shut", allows("clerk")(lambda: "shut"))
    app.add_url_rule("/v1/silent", "silent", lambda: "silent")
    install(app, cast("Keys", keys))
    return app


def test_a_route_that_says_nothing_of_who_may_call_it_lets_nobody_through(app):
    with pytest.raises(UndeclaredRoute):
        app.test_client().get("/v1/silent")


def test_a_public_one_asks_for_no_key(app, keys):
    assert app.test_client().get("/v1/open").text == "open"
    assert keys.presented == []


@pytest.mark.parametrize(
    ("header", "rule", "presented"),
    [
        ({}, "access_key.missing", []),
        ({"Authorization": "Bearer"}, "access_key.missing", []),
        ({"Authorization": "Basic abc"}, "access_key.scheme", []),
        ({"Authorization": "Bearer abc"}, "access_key.unknown", ["abc"]),
        ({"Authorization": "bearer abc "}, "access_key.unknown", ["abc"]),
    ],
)
def test_any_other_asks_for_one_by_its_scheme(app, keys, header, rule, presented):
    with pytest.raises(Unauthenticated) as refused:
        app.test_client().get("/v1/shut", headers=header)
    assert (refused.value.rule, keys.presented) == (rule, presented)
