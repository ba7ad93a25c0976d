"""What was filled in and could not be taken is not lost: it is carried on, and goes from the page that says so."""

from datetime import timedelta

import pytest
from flask import Flask

from events.errors import ExchangeError
from exchange.access.passes import LASTS
from exchange.http.gate import COOKIE
from tests.integration.browser import Reader, pages_of
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, woman

REMARK = 'She moved <b>"again"</b>:\n1 & 2.'


class Away(ExchangeError):
    code, status = "unavailable", 503


def away(*_: object) -> None:
    raise Away


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = opened(tmp_path, clock)
    yield node
    node.close()


@pytest.fixture
def app(node):
    return pages_of(node)


@pytest.fixture
def case(node):
    Town(node, ZHIFANG).registers(woman())
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    return Town(node, ZHIFANG).cases()[0].id


@pytest.fixture
def key(app):
    return app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["clerk", "confirmer"])[1]


@pytest.fixture
def remarked(app, case):
    """Somebody who is asked, and the form with a remark."""
    reader = Reader(app).signs_in(ZHIFANG)
    reader.opens(f"/cases/{case}")
    return reader, reader.form("Ask back or remark")


def thread(app: Flask, case: str) -> list[str]:
    return Reader(app).signs_in(ZHIFANG).opens(f"/cases/{case}").split("What was said")


class TestWhoIsNoLongerSignedIn:
    @pytest.fixture(params=["the pass is over", "the browser has dropped it"])
    def over(self, request, remarked, clock):
        """What came of sending it too late."""
        reader, form = remarked
        clock.now += LASTS + timedelta(minutes=1)
        if request.param != "the pass is over":
            reader.client.delete_cookie(COOKIE)
        assert reader.sends(form, text=REMARK) == 401
        return reader

    def test_signs_in_and_sends_it(self, app, over, key, case):
        assert "What you had filled in is kept" in over.text
        assert REMARK not in over.text, "a page of a whole browser shows it to whoever has a key"
        assert over.sends(over.form("Sign in"), key="xk_nonsense") == 401
        assert over.sends(over.form("Sign in"), key=key, actor="li.wei") == 200
        assert "what you had filled in is not sent yet" in over.text
        assert "She moved &lt;b&gt;" in over.text
        assert "<b>Ask back or remark</b>" in over.text
        assert len(thread(app, case)) == 1, "nothing is sent by signing in"
        sent = over.form("Send it now")
        assert sent.action == f"/cases/{case}?lang=en"
        assert over.sends(sent) == 200
        assert "The other side is told" in over.text
        assert "1 &amp; 2." in thread(app, case)[1]

    def test_it_can_be_left(self, over, key, case):
        over.sends(over.form("Sign in"), key=key)
        assert f'<a href="/cases/{case}?lang=en">Do not send it' in over.text

    def test_nothing_of_it_is_in_an_address_or_kept_by_the_browser(self, over, key):
        assert over.page.headers["Cache-Control"] == "no-store"
        over.sends(over.form("Sign in"), key=key, follow=False)
        assert (over.page.status_code, over.page.headers["Cache-Control"]) == (200, "no-store")
        assert "Location" not in over.page.headers

    def test_a_key_that_does_not_open_the_page_carries_nothing_on(self, app, over):
        _, audits = app.extensions["keys_of_the_test"].issue("k", [ZHIFANG], ["auditor"])
        assert over.sends(over.form("Sign in"), key=audits) == 200
        assert over.page.request.path == "/key"

    @pytest.mark.parametrize("office", [WANSHOULU, DONGHUAMEN], ids=["who has no part in it", "who asks"])
    def test_for_another_office_it_is_not_sent(self, app, over, key, office):
        _, other = app.extensions["keys_of_the_test"].issue("k", [office], ["confirmer"])
        assert over.sends(over.form("Sign in"), key=other) == 403
        assert "What you had filled in is Zhifang Subdistrict, Jiangxia District’s." in over.text
        assert "Set-Cookie" not in over.page.headers
        assert over.sends(over.form("Sign in"), key=key) == 200
        assert over.sends(over.form("Send it now")) == 200


class TestWhoHasSignedInAgainElsewhere:
    """In another window of the same browser: the page was made for a pass that it no longer shows."""

    def test_sends_it_again_for_the_same_office(self, app, case, remarked):
        reader, form = remarked
        reader.signs_in(ZHIFANG)
        assert reader.sends(form, text=REMARK) == 403
        assert "<h1>You have signed in again since that page was opened" in reader.text
        assert "Your key does not allow this" not in reader.text
        assert len(thread(app, case)) == 1
        assert reader.sends(reader.form("Send it again")) == 200
        assert "1 &amp; 2." in thread(app, case)[1]

    def test_and_for_no_other(self, remarked):
        reader, form = remarked
        reader.signs_in(DONGHUAMEN)
        assert reader.sends(form, text=REMARK) == 403
        assert "Send it again" not in reader.text

    def test_for_no_other_also_where_the_node_knew_not_who_sent_it(self, node, remarked, monkeypatch):
        reader, form = remarked
        reader.signs_in(DONGHUAMEN)

        with monkeypatch.context() as broken:
            broken.setattr("exchange.access.keys.Keys.authenticate", away)
            assert reader.sends(form, text=REMARK) == 503
        assert reader.sends(reader.form("Send it again")) == 403
        assert "Send it again" not in reader.text


def test_what_one_office_acknowledges_is_no_other_s_line_of_that_number(app, node, clock, key):
    """Notices are numbered by office: a form that names some by number alone is for the office that saw them."""
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    for at, other in ((home, new_home), (new_home, home)):
        for number in (2, 3):
            at.registers(woman(number + 4 * (at is home)))
            other.sees_arrive(woman(number + 4 * (at is home)), at.code)
    for town in (home, new_home):
        for each in town.cases():
            if each.asked == town.code:
                town.answers("case.confirmed", each.id)
    reader = Reader(app).signs_in(ZHIFANG)
    reader.opens("/inbox?tab=read")
    form = next(each for each in reader.forms() if each.button.startswith("Acknowledge"))
    clock.now += LASTS + timedelta(minutes=1)
    assert reader.sends(form) == 401
    mine = Reader(app)
    mine.page = reader.page
    assert mine.sends(mine.form("Sign in"), key=key) == 200
    assert "<b>Acknowledge 2 notices</b>" in mine.text, "nobody sends a button without knowing what it is"
    _, other = app.extensions["keys_of_the_test"].issue("k", [DONGHUAMEN], ["clerk"])
    if reader.sends(reader.form("Sign in"), key=other) == 200:
        reader.sends(reader.form("Send it now"))
    assert [each for each in new_home.inbox() if each.acknowledged is not None] == []


@pytest.mark.parametrize("says", [{"Sec-Fetch-Site": ""}, {"Sec-Fetch-Site": "", "Origin": ""}])
def test_what_no_browser_says_to_be_ours_is_not_carried_on(app, case, says, key):
    """Else a page of somebody else could put words into the mouth of whoever signs in."""
    reader = Reader(app)
    data = {"type": "case.noted", "text": REMARK}
    answer = reader.client.post(f"/cases/{case}?lang=en", data=data, headers={k: v for k, v in says.items() if v})
    assert (answer.status_code, "held." in answer.text) == (401, False)
    reader.opens("/sign-in")
    carried = {"held.type": "case.noted", "held.text": REMARK, "next": f"/cases/{case}"}
    answer = reader.client.post("/sign-in", data={"key": key, **carried}, headers={k: v for k, v in says.items() if v})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case}")


@pytest.mark.parametrize("made", ["a" * 64, "", "999999999999.x", "<b>"], ids=["by an older version", *"123"])
def test_what_no_page_of_ours_bears_is_not_carried_on(app, case, remarked, clock, key, made):
    reader, form = remarked
    clock.now += LASTS + timedelta(minutes=1)
    assert reader.sends(form, form=made, text=REMARK) == 401
    assert reader.sends(reader.form("Sign in"), key=key) == 200
    assert reader.page.request.path == f"/cases/{case}"


def test_where_it_cannot_be_recorded_now_it_is_sent_again_from_the_page_that_says_so(app, case, remarked, monkeypatch):
    reader, form = remarked

    with monkeypatch.context() as broken:
        broken.setattr("exchange.http.node_use_cases.NodeUseCases.reply", away)
        assert reader.sends(form, text=REMARK) == 503
    assert reader.page.headers["Retry-After"] == "2"
    again = reader.form("Send it again")
    assert (again.value("act"), again.value("form")) == (form.value("act"), form.value("form"))
    assert reader.sends(again) == 200
    assert "1 &amp; 2." in thread(app, case)[1]


def test_nothing_is_lost_where_the_node_cannot_be_asked_for_the_key(app, case, key, remarked, clock, monkeypatch):
    reader, form = remarked
    clock.now += LASTS + timedelta(minutes=1)
    assert reader.sends(form, text=REMARK) == 401
    with monkeypatch.context() as broken:
        broken.setattr("exchange.access.keys.Keys.authenticate", away)
        assert reader.sends(reader.form("Sign in"), key=key) == 503
    assert (reader.page.headers["Retry-After"], key in reader.text) == ("2", False)
    assert reader.sends(reader.form("Sign in"), key=key) == 200
    assert reader.sends(reader.form("Send it now")) == 200
    assert "1 &amp; 2." in thread(app, case)[1]


def test_a_key_is_not_carried_on_where_signing_in_fails(app, key, monkeypatch):
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("exchange.access.keys.Keys.authenticate", fails)
    reader = Reader(app)
    reader.opens("/sign-in")
    assert reader.sends(reader.form("Sign in"), key=key) == 500
    assert key not in reader.text


class TestWhatIsRefused:
    """The form comes back as it was filled in."""

    @pytest.fixture
    def stale(self, app, case, remarked):
        """A form of a page that was opened before a colleague did something."""

        def colleague(button, **filled):
            other = Reader(app).signs_in(ZHIFANG)
            other.opens(f"/cases/{case}")
            assert other.sends(other.form(button), **filled) == 200

        return remarked[0], colleague

    def test_a_remark(self, stale, app, case):
        reader, colleague = stale
        form = reader.form("Ask back or remark")
        colleague("Ask back or remark", text="I am looking.")
        assert reader.sends(form, text=REMARK) == 412
        assert "She moved &lt;b&gt;&#34;again&#34;&lt;/b&gt;:\n1 &amp; 2.</textarea>" in reader.text
        again = reader.form("Ask back or remark")
        assert reader.sends(again) == 200

    def test_a_dispute_with_its_reason_and_day(self, stale):
        reader, colleague = stale
        form = reader.form("Dispute")
        colleague("Ask back or remark", text="I am looking.")
        filled = {"reason": "not_our_registration", "since": "2026-01-05", "note": "moved", "place": WANSHOULU}
        assert reader.sends(form, **filled) == 412
        assert '<option value="not_our_registration" selected>' in reader.text
        again = reader.form("Dispute")
        assert {name: again.value(name) for name in ("since", "note", "place")} == {
            name: filled[name] for name in ("since", "note", "place")
        }

    def test_what_is_no_longer_legal_is_shown_to_be_copied(self, stale):
        reader, colleague = stale
        form = reader.form("Dispute")
        colleague("Confirm")
        assert reader.sends(form, note="Has not lived here for years.") in {409, 412, 422}
        assert "readonly>\nHas not lived here for years.</textarea>" in reader.text


class TestInAnotherLanguage:
    """Whoever reads the other language reads the page in it, with the form, and nothing is sent by that."""

    def test_before_signing_in(self, app, remarked, clock, key, case):
        reader, form = remarked
        clock.now += LASTS + timedelta(minutes=1)
        reader.sends(form, text=REMARK)
        assert reader.sends(reader.form("中文")) == 200
        assert '<html lang="zh-CN">' in reader.text
        assert "密钥无效" not in reader.text
        assert reader.sends(reader.form("English")) == 200
        assert reader.sends(reader.form("中文")) == 200
        assert reader.sends(reader.form("登录"), key=key) == 200
        assert "She moved &lt;b&gt;" in reader.text
        assert reader.sends(reader.form("English")) == 200
        assert len(thread(app, case)) == 1
        sent = reader.form("Send it now")
        assert sent.action == f"/cases/{case}?lang=en"
        assert reader.sends(sent) == 200
        assert "1 &amp; 2." in thread(app, case)[1]

    def test_on_the_page_of_an_error(self, app, remarked, monkeypatch, case):
        reader, form = remarked
        with monkeypatch.context() as broken:
            broken.setattr("exchange.http.node_use_cases.NodeUseCases.reply", away)
            assert reader.sends(form, text=REMARK) == 503
        assert reader.sends(reader.form("中文")) == 200
        assert "She moved &lt;b&gt;" in reader.text
        assert len(thread(app, case)) == 1
        [sent] = [each for each in reader.forms() if ("type", "case.noted") in each.fields]
        assert reader.sends(sent) == 200
        assert len(thread(app, case)) == 2

    def test_it_is_shown_to_nobody_of_another_office(self, app, remarked, clock):
        reader, form = remarked
        clock.now += LASTS + timedelta(minutes=1)
        reader.sends(form, text=REMARK)
        switch = reader.form("中文")
        other = Reader(app).signs_in(DONGHUAMEN)
        assert other.sends(switch) == 200
        assert not [each for each in other.forms() if ("type", "case.noted") in each.fields]

    def test_another_site_can_have_nothing_shown(self, app):
        data = {"held.form": f"{ZHIFANG}.x", "held.type": "case.noted", "held.text": "x", "next": "/inbox"}
        answer = Reader(app).client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, "held." in answer.text) == (403, False)


@pytest.mark.parametrize("next_", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", None])
def test_a_page_in_another_language_leads_to_no_other_site(app, next_):
    data = {"held.form": f"{ZHIFANG}.x", "held.type": "case.noted", **({"next": next_} if next_ else {})}
    answer = Reader(app).client.post("/sign-in?lang=en", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200
    assert "elsewhere" not in answer.text
