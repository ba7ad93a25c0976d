"""Signing in with a key: what the browser gets for it, what it opens, and when it is over."""

import re
from datetime import timedelta

import pytest

from events.vault.ring import MasterKeys
from exchange.access.caller import Forbidden
from exchange.access.keys import Keys, Unauthenticated
from exchange.access.passes import LASTS, Passes
from exchange.http.gate import COOKIE
from tests.integration.browser import Form, Reader, pages_of
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, opened


@pytest.fixture
def app(node):
    return pages_of(node)


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
                path = re.sub(r"<int[^>]*>", "7", str(rule))
                path = re.sub(r"<(?:\w+:)?\w+>", "01936b5e-7c40-7cc3-98c4-dc0c0c07398f", path)
                assert reader.sends(Form(path)) == 403, path
                judged.add(str(rule))
        assert len(judged) >= 4

    def test_a_large_one_is_refused_unread(self, app):
        reader = Reader(app).signs_in(ZHIFANG)
        assert reader.sends(reader.form("Sign out"), text="x" * 70_000) == 413


def test_a_pass_of_another_node_or_an_altered_one_is_none():
    passes, other = Passes(MasterKeys.new()), Passes(MasterKeys.new())
    issued = passes.issue("xk_token", None, "li.wei")
    assert passes.read(issued).actor == "li.wei"
    for wrong in (other.issue("xk_token", None, None), issued[:-4] + "AAAA", "", "*", "AAAA"):
        with pytest.raises(Unauthenticated):
            passes.read(wrong)
    with pytest.raises(Forbidden):
        passes.require_form(issued, other.form(issued))
