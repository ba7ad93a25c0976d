"""Every route says who may call it; a route that says nothing is refused."""

import pytest
from flask import Flask

from exchange.access.caller import Role
from exchange.http.allows import PUBLIC, allows, declared, public
from exchange.http.routes import Resource
from schemas.v1.node import HealthSchema
from tests.integration.api import Api, api
from tests.integration.browser import pages_of
from tests.integration.towns import opened
from tests.paths import path_of

served = pytest.fixture(api, name="served")
PAGES = {"/sign-in", "/static/console.css", "/static/console.js", "/static/mark.svg"}
OPEN_TO_ALL = {"/", "/healthz", "/readyz", "/openapi.json", "/docs", "/static/<path:filename>"}


def undeclared(app: Flask) -> list[str]:
    return [str(r) for r in app.url_map.iter_rules() if declared(app.view_functions[r.endpoint]) is None]


def test_every_route_says_who_may_call_it(served: Api):
    assert undeclared(served.app) == []


def test_only_what_shows_nothing_of_anybody_is_public(served: Api):
    views = served.app.view_functions
    assert {str(r) for r in served.app.url_map.iter_rules() if declared(views[r.endpoint]) == PUBLIC} <= OPEN_TO_ALL


@pytest.fixture
def pages(tmp_path):
    node = opened(tmp_path)
    yield pages_of(node)
    node.close()


def test_every_page_says_who_may_see_it_and_no_other_is_public_or_shown_without_a_key(pages: Flask):
    assert undeclared(pages) == []
    views, judged = pages.view_functions, 0
    rules = [rule for rule in pages.url_map.iter_rules() if not str(rule).startswith("/v1/")]
    assert {str(rule) for rule in rules if declared(views[rule.endpoint]) == PUBLIC} == OPEN_TO_ALL | PAGES
    for rule in rules:
        if declared(views[rule.endpoint]) != PUBLIC:
            path = path_of(rule)
            for method in (rule.methods or set()) - {"OPTIONS"}:
                assert pages.test_client().open(path, method=method).status_code == 401, f"{method} {path}"
                judged += 1
    assert judged >= 10


def test_every_route_of_the_api_refuses_a_call_without_a_key(served: Api):
    client, judged = served.client(), 0
    for rule in served.app.url_map.iter_rules():
        if str(rule).startswith("/v1/"):
            path = path_of(rule)
            for method in rule.methods or ():
                answer = client.open(path, method=method)
                assert answer.status_code == 401, f"{method} {path}"
                judged += 1
    assert judged >= 40
    assert served.cases.asked == []


def test_a_route_that_says_nothing_is_found_and_refused(served: Api):
    served.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert undeclared(served.app) == ["/forgotten"]
    answer = served.client().get("/forgotten", headers=served.bearer("operator"))
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_route_of_the_api_cannot_even_be_written_without_saying_so():
    route = Resource("x", "x", "x").get("/x", summary=("x", "x"), answer=HealthSchema, example={"status": "ok"})
    with pytest.raises(ValueError, match="/x"):
        route(dict)


def test_nobody_is_no_role():
    with pytest.raises(ValueError, match="nobody"):
        allows()
    assert declared(public(lambda: None)) == PUBLIC
    assert declared(allows("clerk")(lambda: None)) == frozenset[Role]({"clerk"})
