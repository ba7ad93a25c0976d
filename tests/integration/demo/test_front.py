"""The root page: all its parts in both languages, nothing of another host, no style or script inside it."""

import re

import msgspec
import pytest
from sqlalchemy import func, select

from events.store.sql.schema import accesses
from exchange.console.pages import console
from exchange.demo import keepsake
from exchange.http.app import create_app
from exchange.node import Node
from exchange.settings import settings


@pytest.fixture(scope="module")
def app(demo):
    app = create_app(demo[0], [console(demo[0])])
    app.test_client().get("/")
    app.extensions["exchange_checker"].wait()
    return app


@pytest.fixture(params=["en", "zh-CN"])
def page(app, request):
    response = app.test_client().get(f"/?lang={request.param}")
    assert response.status_code == 200
    return response


def test_the_page_has_all_its_parts(page):
    html = page.text
    for part in ("checks", "person", "api", "keys", "offices"):
        assert f'id="{part}"' in html
    assert html.count('class="n"') == 6
    assert html.count('class="seal"') >= 4 + 3
    assert len(re.findall(r'class="ev"', html)) >= 3
    assert "/docs" in html
    assert "xk_" in html


def test_every_key_of_the_demo_leads_to_what_it_opens(demo, app):
    left = keepsake.load(demo[0].settings.data)
    assert left is not None
    shown = app.test_client().get("/?lang=en").text
    for role, button, there in (("office", "Open the inbox", "/inbox"), ("auditor", "See what it opens", "/key")):
        key = next(key for key in left.keys if key.role == role)
        [form] = [form for form in re.findall("<form.*?</form>", shown) if key.token in form]
        assert button in form
        answer = app.test_client().post("/sign-in?lang=en", data={"key": key.token})
        assert answer.headers["Location"].startswith(there)


def test_the_page_speaks_the_language_asked_for(app):
    client = app.test_client()
    assert '<html lang="zh-CN">' in client.get("/?lang=zh-CN").text
    assert '<html lang="en">' in client.get("/?lang=en").text
    assert '<html lang="zh-CN">' in client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "en"}).text


def test_every_text_of_the_page_is_there(page):
    assert not re.search(r"console\.(?!css|js)", page.text)


def test_both_sides_agree(app):
    assert "Both sides agree" in app.test_client().get("/?lang=en").text
    assert "两地一致" in app.test_client().get("/?lang=zh-CN").text


def test_nothing_inside_the_page_breaks_its_policy(page):
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|<style|<script(?! src=./static/console.js. defer></script>)|\son[a-z]+=", page.text)


def test_nothing_is_loaded_from_another_host(page):
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)


def test_the_document_is_masked(demo, page):
    told = re.sub(r"xk_\w+", "", page.text)  # a key is random, and may hold such digits by chance
    numbers = re.findall(r"\d{6}(?:19|20)\d{9}[\dX]", told)
    assert numbers == []
    assert re.search(r"\d{4} \*{4} \*{4} \d{3}[\dX]", page.text)


def test_the_person_is_read_through_the_gate_with_a_purpose(demo, app):
    node, _ = demo
    before = accesses_of(node)
    app.test_client().get("/?lang=en")
    assert accesses_of(node) > before


def accesses_of(node: Node) -> int:
    with node.uow.look() as session:
        return int(session.sql.execute(select(func.count()).select_from(accesses)).scalar_one())


def test_the_style_sheet_comes_from_here(app):
    response = app.test_client().get("/static/console.css")
    assert response.status_code == 200
    assert response.mimetype == "text/css"
    assert "url(" not in response.text


def test_a_node_without_a_demo_shows_nobody_and_no_key(tmp_path):
    node = Node.open(settings(data=tmp_path, serves=("420982100000",)))
    try:
        app = create_app(node, [console(node)])
        html = app.test_client().get("/?lang=en").text
        app.extensions["exchange_checker"].wait()
        assert "Nothing has been recorded yet" in html
        assert "No person to show" in html
        assert "xk_" not in html
    finally:
        node.close()


def test_the_keys_of_a_demo_are_shown_only_where_the_demo_is_served(demo):
    left = keepsake.load(demo[0].settings.data)
    assert left is not None
    plain = msgspec.structs.replace(demo[0].settings, demo=False)
    node = Node.open(plain)
    try:
        app = create_app(node, [console(node)])
        html = app.test_client().get("/?lang=en").text
        app.extensions["exchange_checker"].wait()
        assert not any(key.token in html for key in left.keys)
    finally:
        node.close()
