"""Signing in with a key: what the browser gets for it, what it opens, and when it is over."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from events.store.errors import Unavailable
from events.vault.ring import MasterKeys
from exchange.access.caller import Forbidden
from exchange.access.keys import Keys, Unauthenticated
from exchange.access.keys_table import ended_passes
from exchange.access.passes import LASTS, Passes
from exchange.console.pages import console
from exchange.http.app import create_app
from exchange.http.gate import COOKIE
from exchange.http.metrics import metrics
from exchange.node import Node
from exchange.pipeline.sweep import sweep
from tests.integration.browser import Form, Reader, pages_of
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, opened
from tests.paths import path_of


@pytest.fixture
def app(node):
    return pages_of(node)


def kept(node: Node) -> int:
    with node.uow.look() as session:
        return len(session.sql.execute(select(ended_passes)).all())


def cookie(reader: Reader) -> str:
    return str(reader.client.get_cookie(COOKIE).value)


def test_a_page_asks_to_sign_in_and_then_shows_what_was_wanted(app):
    reader = Reader(app)
    shown = reader.opens("/inbox?tab=all", status=401)
    assert "Which office do you work for?" in shown
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk"])
    reader.sends(reader.form("Sign in"), key=secret)
    assert reader.page.request.path == "/inbox"
    assert 'href="/inbox?lang=en&amp;tab=all" aria-current="page"' in reader.text


def test_what_the_browser_keeps_is_sealed_and_out_of_reach_of_scripts_and_other_sites(app):
    reader = Reader(app)
    reader.opens("/sign-in")
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk"])
    reader.sends(reader.form("Sign in"), follow=False, key=secret)
    told = reader.page.headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Strict" in told
    assert "Secure" not in told
    assert secret not in told
    reader.opens("/sign-in")
    reader.sends(reader.form("Sign in"), follow=False, key=secret, headers={"Origin": "https://localhost"})
    assert "Secure" in reader.page.headers["Set-Cookie"]


def test_a_wrong_key_is_refused_in_words_and_what_else_was_filled_in_is_kept(app):
    reader = Reader(app)
    reader.opens("/sign-in")
    status = reader.sends(reader.form("Sign in"), key="xk_nonsense", actor="li.wei")
    assert (status, "not valid" in reader.text, 'value="li.wei"' in reader.text) == (401, True, True)
    assert "xk_nonsense" not in reader.text


def test_a_key_of_several_offices_asks_for_which(app):
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG, DONGHUAMEN], ["clerk"])
    reader = Reader(app)
    reader.opens("/sign-in")
    assert reader.sends(reader.form("Sign in"), key=secret) == 422
    assert "<details open>" in reader.text
    assert reader.sends(reader.form("Sign in"), key=secret, office="110108001000") == 403
    assert reader.sends(reader.form("Sign in"), key=secret, office=DONGHUAMEN) == 200
    assert "Donghuamen" in reader.text


def test_it_opens_the_pages_and_never_the_api(app):
    reader = Reader(app).signs_in(ZHIFANG)
    assert reader.client.get("/v1/inbox?purpose=case").status_code == 401


def test_signing_out_forgets_it(app):
    reader = Reader(app).signs_in(ZHIFANG)
    reader.sends(reader.form("Sign out"))
    reader.opens("/inbox", status=401)


def test_signing_out_ends_every_copy_of_it_and_no_other(tmp_path, database_url):
    """Also in another web process, whatever way the copy is written, and for the other tasks of the same key."""
    clock = Clock()
    node = opened(tmp_path, clock, database_url=database_url)
    elsewhere = opened(tmp_path, clock, database_url=database_url)
    app = pages_of(node)
    reader, colleague = Reader(app).signs_in(ZHIFANG), Reader(app)
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk"])
    colleague.opens("/sign-in")
    colleague.sends(colleague.form("Sign in"), key=secret)
    shown = cookie(reader)
    copies = {shown, shown + "=" * (-len(shown) % 4), *(shown[:-1] + each for each in "AEIMQUYcgkosw048")}
    thief = Reader(pages_of(elsewhere))
    thief.client.set_cookie(COOKIE, shown)
    thief.opens("/inbox")
    form = thief.form("Sign out")
    assert reader.sends(reader.form("Sign out")) == 200
    assert "no longer signed in" in thief.opens("/inbox", status=401)
    assert thief.sends(form) == 401
    for copy in copies:
        with pytest.raises(Unauthenticated):
            elsewhere.passes.read(copy)
    assert "Inbox" in colleague.opens("/inbox")
    clock.now += LASTS - timedelta(minutes=1)
    sweep(node)
    assert kept(node) == 1
    clock.now += timedelta(minutes=2)
    sweep(node)
    assert kept(node) == 0
    thief.opens("/inbox", status=401)
    elsewhere.close()
    node.close()


@pytest.mark.parametrize(("what", "rule"), [("end", "store.full"), ("read", "store.lost")])
@pytest.mark.parametrize(("lang", "said"), [("en", "have the key revoked"), ("zh-CN", "吊销密钥")])
def test_where_that_cannot_be_recorded_the_browser_forgets_it_all_the_same(app, monkeypatch, lang, said, what, rule):
    """Also where not even the pass can be looked at."""
    reader = Reader(app, lang).signs_in(ZHIFANG)
    out = {"en": "Sign out"}.get(lang, "退出")

    def away(*_: object) -> None:
        raise Unavailable(rule=rule)

    with monkeypatch.context() as filled:
        filled.setattr(Passes, what, away)
        assert reader.sends(reader.form(out)) == 503
    assert said in reader.text
    assert f">{out}<" not in reader.text, "nobody is signed in any more"
    assert reader.client.get_cookie(COOKIE) is None
    reader.opens("/inbox", status=401)


def test_whoever_shows_a_key_and_no_pass_signs_out_of_nothing(app):
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk"])
    answer = app.test_client().post("/sign-out", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 303


def test_of_two_who_end_it_at_once_both_are_right(node, app):
    shown = cookie(Reader(app).signs_in(ZHIFANG))
    with pytest.MonkeyPatch.context() as patched:
        whole = node.uow.begin

        def after_another() -> Any:
            patched.undo()
            node.passes.end(shown)
            return whole()

        patched.setattr(node.uow, "begin", after_another)
        node.passes.end(shown)
    assert kept(node) == 1


def test_whoever_signs_out_when_it_is_over_and_in_again_comes_to_the_inbox(app):
    reader = Reader(app).signs_in(ZHIFANG)
    form = reader.form("Sign out")
    [key] = app.extensions["keys_of_the_test"].all()
    app.extensions["keys_of_the_test"].revoke(key.id)
    assert reader.sends(form) == 401
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk"])
    assert reader.sends(reader.form("Sign in"), key=secret) == 200
    assert reader.page.request.path == "/inbox"


def test_it_is_over_with_the_day_and_with_its_key(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock)
    app = pages_of(node)
    keys: Keys = app.extensions["keys_of_the_test"]
    reader = Reader(app).signs_in(ZHIFANG)
    clock.now += LASTS - timedelta(minutes=1)
    reader.opens("/inbox")
    clock.now += timedelta(minutes=2)
    assert "no longer signed in" in reader.opens("/inbox", status=401)
    again = Reader(app).signs_in(ZHIFANG)
    keys.revoke(keys.all()[-1].id)
    again.opens("/inbox", status=401)
    node.close()


class TestWhoHasNoInbox:
    """Who signs in with a key that opens no inbox comes to a page that says in words what it does open."""

    def test_an_auditor_reads_what_the_key_opens(self, app):
        reader = Reader(app).signs_in(ZHIFANG, "auditor")
        assert reader.page.request.path == "/key"
        assert "A key of Zhifang Subdistrict, Jiangxia District: auditor." in reader.text
        assert "It opens no inbox" in reader.text
        assert "<code>GET /v1/checks</code>" in reader.text
        assert "<code>POST /v1/events</code>" not in reader.text
        assert 'href="/inbox' not in reader.text

    def test_an_operator_in_chinese(self, app):
        reader = Reader(app, "zh-CN").signs_in(ZHIFANG, "operator")
        assert "：运维。" in reader.text
        assert "该密钥不能打开收件箱" in reader.text
        assert "执行四项核对" in reader.text

    def test_whoever_of_them_opens_an_inbox_is_told_so_and_finds_back(self, app):
        reader = Reader(app).signs_in(ZHIFANG, "operator")
        assert "What your key opens</a>" in reader.opens("/inbox", status=403)

    def test_a_page_that_it_opens_is_shown_as_wanted(self, node):
        app = create_app(node, [console(node), metrics(node)])
        _, secret = Keys(node.uow, node.clock).issue("k", [ZHIFANG], ["operator"])
        for wanted, there in (("/metrics", "/metrics"), ("/duplicates", "/key?lang=en"), ("/nowhere", "/key?lang=en")):
            filled = {"key": secret, "next": wanted}
            answer = app.test_client().post("/sign-in?lang=en", data=filled, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.headers["Location"] == there

    def test_a_clerk_sees_the_pages_too(self, app):
        reader = Reader(app).signs_in(ZHIFANG)
        assert reader.page.request.path == "/inbox"
        shown = reader.opens("/key")
        assert "clerk, confirmer." in shown
        assert 'href="/inbox?lang=en"' in shown
        assert "It opens no inbox" not in shown
        assert "<code>POST /v1/events</code>" in shown


BROWSERS_ASK = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class TestAddressesThatNoPageHas:
    """Who reads is answered in words; systems, and whoever asks the API, as its documents say."""

    @pytest.mark.parametrize(
        ("path", "status", "says"),
        [
            ("/inbocks?lang=en", 404, "There is nothing here"),
            ("/cases/7?lang=en", 404, "There is nothing here"),
            ("/sign-out?lang=zh-CN", 405, "不支持"),
            ("/static/none.css?lang=en", 404, "There is nothing here"),
        ],
    )
    def test_a_browser_is_answered_with_a_page(self, app, path, status, says):
        answer = app.test_client().get(path, headers=BROWSERS_ASK)
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
        assert says in answer.text.split("<h1>")[1].split("</h1>")[0]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert 'href="/inbox' in answer.text

    @pytest.mark.parametrize(
        ("path", "asks"), [("/v1/inbocks", BROWSERS_ASK), ("/inbocks", {}), ("/inbocks", {"Accept": "*/*"})]
    )
    def test_others_as_before(self, app, path, asks):
        answer = app.test_client().get(path, headers=asks)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")

    def test_what_may_be_asked_instead_is_said_either_way(self, app):
        for asks in (BROWSERS_ASK, {}):
            assert "POST" in app.test_client().get("/sign-out", headers=asks).headers["Allow"]


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "///elsewhere.example/?"])
def test_a_page_that_says_there_is_nothing_leads_nowhere_else_either(app, path):
    """Its link to the other language is to the same address, which somebody else may have made up."""
    answer = app.test_client().get("/", headers=BROWSERS_ASK, environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404
    assert {each[:2] for each in re.findall(r'href="([^"]*)"', answer.text)}.isdisjoint({"//", "/\\"})


@pytest.mark.parametrize("wanted", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", ""])
def test_it_leads_to_no_page_of_somebody_else(app, wanted):
    _, secret = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk"])
    reader = Reader(app)
    reader.opens("/sign-in")
    reader.sends(reader.form("Sign in"), follow=False, key=secret, next=wanted)
    assert reader.page.headers["Location"].startswith("/inbox")


class TestForms:
    """A form is taken from a page that was made for its reader, and from no other."""

    def test_one_without_what_our_pages_bear_is_refused(self, app):
        reader = Reader(app).signs_in(ZHIFANG)
        assert reader.sends(Form("/inbox", [("position", "1")])) == 403
        assert "was not sent from a page that was made for you" in reader.text

    def test_so_is_one_of_a_page_made_for_somebody_else(self, app):
        mine, other = Reader(app).signs_in(ZHIFANG), Reader(app).signs_in(ZHIFANG)
        assert mine.sends(other.form("Sign out")) == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "", "Origin": "https://elsewhere.example"},
            {"Sec-Fetch-Site": "", "Origin": "null"},
            {"Sec-Fetch-Site": "", "Origin": "http://["},
            {"Sec-Fetch-Site": "", "Origin": "http://localhost@elsewhere.example"},
        ],
    )
    def test_so_is_one_that_another_site_sends_even_to_sign_in(self, app, headers):
        reader = Reader(app).signs_in(ZHIFANG)
        assert reader.sends(reader.form("Sign out"), headers=headers) == 403
        reader.opens("/sign-in")
        assert reader.sends(reader.form("Sign in"), key="xk_nonsense", headers=headers) == 403

    def test_every_page_that_writes_refuses_one_without(self, app):
        reader = Reader(app).signs_in(ZHIFANG, "clerk", "confirmer", "supervisor", "operator")
        judged = set()
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or ()) and not str(rule).startswith("/v1/") and str(rule) != "/sign-in":
                path = path_of(rule)
                assert reader.sends(Form(path)) == 403, path
                judged.add(str(rule))
        assert len(judged) >= 4

    def test_a_large_one_is_refused_unread(self, app):
        reader = Reader(app).signs_in(ZHIFANG)
        assert reader.sends(reader.form("Sign out"), text="x" * 70_000) == 413


def test_a_pass_of_another_node_or_an_altered_one_is_none(node):
    passes, other = (Passes(MasterKeys.new(), node.uow) for _ in range(2))
    issued = passes.issue("xk_token", None, "li.wei")
    assert passes.read(issued).actor == "li.wei"
    for wrong in (other.issue("xk_token", None, None), issued[:-4] + "AAAA", "", "*", "AAAA"):
        with pytest.raises(Unauthenticated):
            passes.read(wrong)
    with pytest.raises(Forbidden):
        passes.require_form(issued, ZHIFANG, other.form(issued, ZHIFANG))
    with pytest.raises(Forbidden):
        passes.require_form(issued, ZHIFANG, passes.form(issued, DONGHUAMEN))
