"""What is no page of the console is refused to a browser in words as any page, and to systems as documented."""

from typing import Any

import pytest

from events.errors import ExchangeError
from exchange.console.pages import console
from exchange.http.app import create_app
from exchange.http.metrics import metrics
from tests.integration.browser import Reader, pages_of
from tests.integration.towns import ZHIFANG

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Away(ExchangeError):
    code, status = "unavailable", 503


def broken(*_: object) -> Any:
    raise Away


@pytest.fixture
def app(node):
    made = create_app(node, [console(node), metrics(node)])
    made.extensions |= {name: each for name, each in pages_of(node).extensions.items() if name.endswith("_of_the_test")}
    return made


def test_metrics_ask_a_browser_to_sign_in_and_then_show_what_was_wanted(app):
    reader = Reader(app)
    reader.page = reader.client.get("/metrics?lang=en", headers=BROWSER)
    assert (reader.page.status_code, reader.page.mimetype) == (401, "text/html")
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["operator"])
    assert reader.sends(reader.form("Sign in"), key=secret) == 200
    assert "exchange_waiting" in reader.text


@pytest.mark.parametrize(("lang", "said"), [("en", "does not allow"), ("zh-CN", "无权")])
def test_a_key_that_does_not_open_them_is_refused_in_words(app, lang, said):
    reader = Reader(app, lang).signs_in(ZHIFANG)
    answer = reader.client.get(f"/metrics?lang={lang}", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert said in answer.text.split("<h1>")[1]


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
@pytest.mark.parametrize(("error", "status"), [(Away, 503), (RuntimeError, 500)], ids=["away", "ours"])
def test_documents_that_cannot_be_shown_say_so_in_words(app, path, error, status):
    def fails() -> Any:
        raise error

    app.extensions["exchange_contract"] = fails
    answer = app.test_client().get(path, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/openmetrics-text;version=1.0.0,*/*;q=0.1"]
)
def test_systems_get_problem_details(app, accept):
    app.extensions["exchange_contract"] = broken
    for path, status in (("/metrics", 401), ("/docs", 503)):
        answer = app.test_client().get(path, headers={"Accept": accept} if accept else {})
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_the_api_answers_a_browser_as_it_answers_everybody(app):
    answer = app.test_client().get("/v1/inbox", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
