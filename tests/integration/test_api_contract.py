"""The documents say what the API does: OpenAPI 3.1, an example for every operation, pages without foreign assets."""

import html
import json
import re
from typing import Any

import jsonschema_rs
import pytest

from exchange.http.contract import operations
from exchange.http.docs import resolve
from exchange.translations.contract import chinese
from schemas.v1.contents import RECORDABLE
from tests.integration.api import Api, api

served = pytest.fixture(api, name="served")


@pytest.fixture
def document(served: Api):
    return served.client().get("/openapi.json").json


def schema_in(document: Any, schema: Any) -> dict[str, Any]:
    """A schema of the document that can stand alone."""
    return {**schema, "components": document["components"]}


def test_it_is_openapi_3_1_and_covers_every_route_of_the_api(served: Api, document):
    assert document["openapi"].startswith("3.1")
    routed = {
        re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", str(r)) for r in served.app.url_map.iter_rules() if "/v1/" in str(r)
    }
    assert set(document["paths"]) == routed


def test_every_reference_leads_somewhere(document):
    for reference in re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(document)):
        assert resolve(document, {"$ref": reference}) is not None


def test_every_operation_has_examples_roles_and_documented_problems(document):
    for operation in operations(document):
        name = operation["operationId"]
        assert operation["x-roles"], name
        assert operation["x-summary-zh"], name
        assert operation["security"] == [{"key": []}], name
        success = [one for status, one in operation["responses"].items() if status in {"200", "201"}]
        assert all("example" in content for one in success for content in one["content"].values()), name
        assert {"401", "403", "500"} <= set(operation["responses"]), name
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["examples"], name
            assert {"400", "413", "415", "422"} <= set(operation["responses"]), name


def test_every_example_keeps_to_its_schema(document):
    judged = 0
    for operation in operations(document):
        contents = [
            content
            for one in operation["responses"].values()
            for content in resolve(document, one).get("content", {}).values()
        ]
        pairs = [(content["schema"], content["example"]) for content in contents]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            pairs += [(content["schema"], example["value"]) for example in content["examples"].values()]
        for schema, example in pairs:
            jsonschema_rs.validator_for(schema_in(document, schema)).validate(example)
            judged += 1
    assert judged > 50


def test_every_type_of_event_shows_its_fields(document):
    options = document["components"]["schemas"]["Event"]["oneOf"]
    assert tuple(each["title"] for each in options) == RECORDABLE
    arrived = resolve(document, next(e for e in options if e["title"] == "movement.arrived")["properties"]["with"])
    assert {"kind", "origin", "address", "ends"} <= set(arrived["properties"])
    assert arrived["required"] == ["kind"]
    left = resolve(document, next(e for e in options if e["title"] == "movement.left")["properties"]["with"])
    assert "stay" not in left.get("required", [])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_page_needs_no_script_and_nothing_from_elsewhere(served: Api, language):
    answer = served.client().get(f"/docs?lang={language}")
    assert f'<html lang="{language}">' in answer.text
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert re.findall(r'(?:src|href)="(?:https?:)?//', answer.text) == []
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_the_page_shows_each_operation_each_type_and_each_code(served: Api, document):
    page = served.client().get("/docs").text
    assert all(f'id="{operation["operationId"]}"' in page for operation in operations(document))
    assert all(f'id="type-{type_}"' in page for type_ in RECORDABLE)
    assert all(
        f'id="problem-{code}"' in page for code in ("malformed", "stale_version", "unauthenticated", "not_found")
    )


def test_the_page_in_chinese_says_everything_in_chinese(served: Api, document):
    """What stands in English beside the code has its Chinese, and nothing has that is said no more."""
    page = served.client().get("/docs?lang=zh-CN").text
    spoken = re.sub(r"<(code|pre)[^>]*>.*?</\1>|<[^>]+>", "\n", page, flags=re.DOTALL)
    left = [line.strip() for line in spoken.splitlines() if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", line)]
    assert left == []
    english = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", served.client().get("/docs?lang=en").text).split()))
    assert [text for text in chinese() if text not in english] == []


def test_neither_the_page_nor_its_style_asks_another_host(served: Api):
    client = served.client()
    page = client.get("/docs").text
    [sheet] = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    assert sheet.startswith("/static/")
    with client.get(sheet) as answer:
        style = answer.text
    assert "@import" not in style
    assert re.findall(r"url\(|https?://", style) == []
    shown = re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)
    assert [link for link in re.findall(r"https?://[^\s\"<]+", shown) if "127.0.0.1" not in link] == []


def test_the_page_speaks_the_readers_language(served: Api):
    client = served.client()
    assert "登记一个事件" in client.get("/docs", headers={"Accept-Language": "zh-CN"}).text
    assert "Record one event" in client.get("/docs", headers={"Accept-Language": "en"}).text
    assert "docs." not in re.sub(r'href="[^"]*"', "", client.get("/docs?lang=en").text)
