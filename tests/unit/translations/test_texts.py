"""Codes and rules have texts in both languages, with the details of the error filled in."""

import pytest

from exchange.translations import all_messages, known, text
from exchange.translations.texts import all_messages as cached
from exchange.translations.texts import message_files


@pytest.fixture
def texts_in(tmp_path, monkeypatch):
    """The texts are read from the files given here."""
    folder = tmp_path / "messages"
    folder.mkdir()
    monkeypatch.setattr("exchange.translations.texts.files", lambda _package: tmp_path)
    cached.cache_clear()

    def write(**contents):
        for name, content in contents.items():
            (folder / f"{name}.toml").write_text(content, encoding="utf-8")

    yield write
    cached.cache_clear()


def test_each_language_has_its_own_text():
    assert text("erased", "en").startswith("This person's data were erased")
    assert text("erased", "zh-CN").startswith("此人的数据已被删除")


def test_details_are_filled_in(texts_in):
    texts_in(a='[too_long]\nen = "{field} has more than {limit} signs."\nzh = "{field}超过{limit}个字符。"')
    assert text("too_long", "en", field="name", limit=100) == "name has more than 100 signs."
    assert text("too_long", "zh-CN", field="姓名", limit=100) == "姓名超过100个字符。"


def test_a_detail_that_is_missing_keeps_its_name_and_breaks_nothing(texts_in):
    texts_in(a='[late]\nen = "Due on {due_on}."\nzh = "{due_on}到期。"')
    assert text("late", "en") == "Due on {due_on}."


def test_a_detail_that_looks_like_a_placeholder_is_not_filled_in_again(texts_in):
    texts_in(a='[odd]\nen = "Got {value}."\nzh = "收到{value}。"')
    assert text("odd", "en", value="{secret}", secret="x") == "Got {secret}."


def test_a_detail_may_be_called_key_or_language(texts_in):
    texts_in(a='[odd]\nen = "{key} {language}"\nzh = "{key} {language}"')
    assert text("odd", "en", key="k", language="l") == "k l"


def test_what_has_no_text_is_shown_by_its_stable_key():
    assert not known("no_such_rule")
    assert text("no_such_rule", "zh-CN") == "no_such_rule"


def test_one_key_with_two_texts_is_refused(texts_in):
    texts_in(a='[x]\nen = "one"\nzh = "一"', b='[x]\nen = "two"\nzh = "二"')
    with pytest.raises(ValueError, match="x is defined elsewhere"):
        all_messages()


def test_one_key_with_one_text_in_two_files_is_fine(texts_in):
    texts_in(a='[x]\nen = "one"\nzh = "一"', b='[x]\nen = "one"\nzh = "一"')
    assert text("x", "zh-CN") == "一"


def test_a_rule_with_a_dot_may_be_written_as_one_key_or_as_tables(texts_in):
    texts_in(
        a='["json.size"]\nen = "big"\nzh = "大"\n[json.depth]\nen = "deep"\nzh = "深"\n[json]\nen = "x"\nzh = "文"'
    )
    assert set(all_messages()) == {"json", "json.size", "json.depth"}
    assert text("json.depth", "en") == "deep"


def test_only_toml_files_are_read(texts_in, tmp_path):
    texts_in(a='[x]\nen = "one"\nzh = "一"')
    (tmp_path / "messages" / "notes.md").write_text("not a text")
    assert [file.name for file in message_files()] == ["a.toml"]
