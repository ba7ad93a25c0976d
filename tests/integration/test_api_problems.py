"""Every error is problem details with a stable code, in the caller's language, and none shows our insides."""

import pytest
from structlog.testing import capture_logs

from events.errors import Tampered
from events.store.errors import Unavailable
from exchange.http.v1 import examples
from tests.integration.api import Api, api

served = pytest.fixture(api, name="served")
SECRET = "林一禾 110105199104170025"


def test_a_fault_of_ours_tells_a_reference_and_nothing_else(served: Api):
    served.cases.fault = RuntimeError(SECRET)
    with capture_logs() as logs:
        answer = served.client().get("/v1/inbox?purpose=case", headers=served.bearer())
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (500, "application/problem+json", "error")
    assert set(answer.json) == {"type", "code", "status", "title", "detail", "instance"}
    assert not any(word in answer.text for word in (SECRET, "RuntimeError", "Traceback", ".py"))
    [entry] = [each for each in logs if each["event"] == "unexpected"]
    assert entry["reference"] == answer.json["instance"] == answer.headers["X-Request-Id"]
    assert "RuntimeError" in entry["trace"]


def test_a_fault_of_ours_with_a_name_keeps_its_details_to_the_log(served: Api):
    served.cases.fault = Tampered(field="leaf", rule="log.leaf_form", path="secret")
    with capture_logs() as logs:
        answer = served.client().get("/v1/inbox?purpose=case", headers=served.bearer())
    assert (answer.status_code, answer.json["code"]) == (500, "tampered")
    assert "secret" not in answer.text
    assert "errors" not in answer.json
    assert [each["code"] for each in logs if each["event"] == "failed"] == ["tampered"]


def test_a_database_that_is_away_has_one_short_line_for_each_request_with_its_cause(served: Api):
    away = Unavailable(rule="store.lost")
    away.__cause__ = ConnectionError("connection refused" + "!" * 500 + "\nat line 2")
    served.cases.fault = away
    with capture_logs() as logs:
        answer = served.client().get("/v1/inbox?purpose=case", headers=served.bearer())
    assert (answer.status_code, answer.headers["Retry-After"], "refused" in answer.text) == (503, "2", False)
    [entry] = [each for each in logs if each["event"] == "failed"]
    assert (entry["code"], entry["rule"], "trace" in entry) == ("unavailable", "store.lost", False)
    assert entry["why"] == "connection refused" + "!" * 182


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/persons/林一禾/record", 404, "not_found"),
        ("DELETE", "/v1/events", 405, "method_not_allowed"),
        ("GET", "/v1/inbox", 401, "unauthenticated"),
    ],
)
def test_what_the_framework_refuses_has_the_same_form(served: Api, method, path, status, code):
    answer = served.client().open(path, method=method)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (status, "application/problem+json", code)
    assert answer.json["instance"] == answer.headers["X-Request-Id"]
    assert answer.json["type"] == f"/docs#problem-{code}"


def test_a_wrong_method_is_told_the_right_ones(served: Api):
    assert "POST" in served.client().delete("/v1/events").headers["Allow"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh-CN", "需要有效的接口密钥。"), ("en", "A valid API key is needed."), ("fr", "A valid API key is needed.")],
)
def test_texts_follow_the_language_and_codes_do_not(served: Api, language, title):
    answer = served.client().get("/v1/inbox?purpose=case", headers={"Accept-Language": language})
    assert (answer.json["title"], answer.json["code"]) == (title, "unauthenticated")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("given", ["order-2026-0001", examples.EVENT])
def test_a_well_formed_reference_of_the_caller_is_kept(served: Api, given):
    assert served.client().get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["short", "with space in it", "x" * 65, "<script>alert(1)"])
def test_any_other_gets_one_of_ours(served: Api, given):
    assert served.client().get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given


def test_a_word_of_the_caller_is_not_echoed_into_a_text_as_a_format(served: Api):
    answer = served.client().get("/v1/jurisdictions/{__class__}", headers=served.bearer())
    assert answer.status_code == 422
    assert "class 'str'" not in answer.text
