"""The page of likely duplicates: side by side, in both languages, and only of the office whose key it is."""

import re
from typing import Any

import pytest

from exchange.access.keys import Keys
from tests.integration.browser import AGAINST_POLICY, Reader, pages_of
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, woman

SAYS = {
    "en": ("Are these two one human?", "nearly the same", "Examined, and two"),
    "zh-CN": ("这两条记录是否为同一人？", "近似", "已核实为两人"),
}


@pytest.fixture
def app(node):
    return pages_of(node)


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
    assert not re.search(r"console\.(?!css|js)", shown), "a text is missing"
    assert not AGAINST_POLICY.search(shown)


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


class TestActs:
    """What a clerk records from the page, by the same rules as any other caller."""

    @pytest.fixture
    def clerk(self, app, twice):
        reader = Reader(app).signs_in(ZHIFANG)
        reader.opens("/duplicates")
        return reader

    def test_kept_apart_they_are_proposed_no_more(self, clerk):
        assert clerk.sends(clerk.form("They are two")) == 200
        assert "Recorded." in clerk.text
        assert "No two entries look alike." in clerk.text

    def test_joined_they_are_one_and_parted_again_they_are_two(self, clerk, home):
        left, right = re.findall(r"<code>([0-9a-f-]{36})</code>", clerk.text)
        clerk.sends(clerk.form("Give up the right entry"))
        assert (home.sheet(right)["state"], home.sheet(right)["person"]) == ("merged", left)
        shown = clerk.opens("/duplicates?tab=joined")
        assert "Nothing was recorded since then" in shown
        clerk.sends(clerk.form("Part them again"))
        assert (home.sheet(right)["state"], home.sheet(right)["person"]) == ("open", right)
        assert "No entries were joined." in clerk.text
        assert "Give up the right entry" in clerk.opens("/duplicates")

    def test_what_was_recorded_since_is_given_to_one_of_them(self, clerk, home):
        left, right = re.findall(r"<code>([0-9a-f-]{36})</code>", clerk.text)
        clerk.sends(clerk.form("Give up the left entry"))
        home.records("person.changed", "2026-03-02", {"set": {"education": "20"}}, right)
        shown = clerk.opens("/duplicates?tab=joined")
        [field] = re.findall(r'name="(allot\.[^"]+)"', shown)[::2]
        form = clerk.form("Part them again")
        assert clerk.sends(form) == 409, "the browser asks for a choice, and so do the rules"
        assert "<b>Error: </b>" in clerk.text
        assert clerk.sends(form, **{field: left}) == 200
        assert [home.sheet(each)["particulars"].get("education") for each in (left, right)] == ["20", None]

    def test_who_holds_the_other_entry_sees_it_and_cannot_part_them(self, app, home, new_home):
        first = home.registers(woman()).person
        second = new_home.registers(woman(4)).person
        home.records("person.merged", "2026-03-02", {"other": second, "keeper": DONGHUAMEN}, first)
        reader = Reader(app).signs_in(DONGHUAMEN)
        assert "Only the office that joined them can part them." in reader.opens("/duplicates?tab=joined")
        assert {form.button for form in reader.forms()} == {"Sign out"}

    def test_whoever_is_no_clerk_or_only_oversees_has_no_button(self, app, clerk):
        for office, role in ((ZHIFANG, "confirmer"), ("420115000000", "supervisor")):
            reader = Reader(app).signs_in(office, role)
            assert "王晓宇" in reader.opens("/duplicates")
            assert {form.button for form in reader.forms()} == {"Sign out"}
            assert reader.sends(clerk.form("They are two")) == 403

    def test_nobody_records_it_of_a_person_whom_their_office_does_not_hold(self, app, clerk):
        stranger = Reader(app).signs_in(DONGHUAMEN)
        mine = stranger.form("Sign out").value("form")
        assert stranger.sends(clerk.form("They are two"), form=mine) == 404


def test_of_whom_nothing_opens_the_others_are_shown_as_ever(app, node, home, twice):
    given_up = []
    for number in (4, 5):
        one, other = (home.registers(woman(each, name="李一")).person for each in (number, number + 2))
        home.records("person.merged", "2026-03-02", {"other": other, "keeper": ZHIFANG}, one)
        given_up.append(one)
    reader = Reader(app).signs_in(ZHIFANG)
    assert reader.opens("/duplicates?tab=joined").count("<table>") == 2
    first = re.findall(r"<code>([0-9a-f-]{36})</code>", reader.opens("/duplicates"))[0]
    behind_the_back(node, ("UPDATE keys SET wrapped = zeroblob(64) WHERE person IN (?1, ?2)", (first, given_up[0])))
    assert reader.opens("/duplicates?tab=joined").count("<table>") == 1
    assert first not in reader.opens("/duplicates")


@pytest.mark.parametrize("lang", SAYS)
def test_both_pages_are_there_in_both_languages(app, home, twice, lang):
    reader = Reader(app, lang).signs_in(ZHIFANG)
    first, second = re.findall(r"<code>([0-9a-f-]{36})</code>", reader.opens("/duplicates"))
    pages = [reader.text]
    home.records("person.merged", "2026-03-02", {"other": second, "keeper": ZHIFANG}, first)
    pages.append(reader.opens("/duplicates?tab=joined"))
    for shown in pages:
        assert not re.search(r"console\.(?!css|js)|\{[a-z_]+\}", shown), "a text is missing"
        assert not AGAINST_POLICY.search(shown)
