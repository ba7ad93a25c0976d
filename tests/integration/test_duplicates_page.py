"""The page of likely duplicates: side by side, in both languages, and only of the office whose key it is."""

import re
from typing import Any

import pytest

from exchange.access.keys import Keys
from exchange.console.pages import console
from exchange.http.app import create_app
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, woman

SAYS = {
    "en": ("Are these two one human?", "nearly the same", "examined, and two"),
    "zh-CN": ("这两条记录是否为同一人？", "近似", "确系两人"),
}


@pytest.fixture
def app(node):
    app = create_app(node, [console(node)])
    app.extensions["exchange_checker"].wait()
    app.extensions["keys_of_the_test"] = Keys(node.uow, node.clock)
    return app


def page(app: Any, office: str, *roles: Any, lang: str = "en") -> str:
    keys: Keys = app.extensions["keys_of_the_test"]
    _, secret = keys.issue("a key of a test", [office], roles or ("clerk",))
    answer = app.test_client().get(f"/duplicates?lang={lang}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    return str(answer.text)


@pytest.fixture
def twice(home):
    home.registers(woman())
    home.registers({"name": "王晓宇", "born_on": "1988-05-02", "sex": "F"})


@pytest.mark.parametrize("lang", SAYS)
def test_two_entries_stand_side_by_side_with_what_differs_marked(app, twice, lang):
    shown = page(app, ZHIFANG, lang=lang)
    for said in (*SAYS[lang], "<mark>王小雨</mark>", "<mark>王晓宇</mark>", f'<html lang="{lang}">'):
        assert said in shown
    assert woman()["document.resident"]["number"] not in shown, "no document stands on a page in full"
    assert not re.search(r"console\.(?!css)", shown), "a text is missing"
    assert not re.search(r"style=|<script|https?://", shown)


def test_there_is_nothing_for_another_office_and_the_county_sees_both(app, twice):
    assert "王" not in page(app, DONGHUAMEN)
    assert "王晓宇" in page(app, "420115000000", "supervisor")


def test_nobody_sees_it_without_a_key(app):
    answer = app.test_client().get("/duplicates?lang=en")
    assert (answer.status_code, "Which office do you work for?" in answer.text) == (401, True)


def test_an_empty_page_says_what_would_stand_there(app):
    assert "No two entries look alike." in page(app, ZHIFANG)


def test_a_pair_that_was_kept_apart_is_gone(app, twice, home: Town):
    first, second = re.findall(r"<code>([0-9a-f-]{36})</code>", page(app, ZHIFANG))
    home.records("person.kept_apart", "2026-03-02", {"other": second}, first)
    assert "<table>" not in page(app, ZHIFANG)
