"""Free text: what may stand in it, and that two texts which look the same are the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Malformed
from events.text import line, lines

UNSEEN = st.characters(categories=["Cc", "Cf", "Zl", "Zp"])
SEEN = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)


def rule_of(value: object, *, several: bool = False) -> str | None:
    with pytest.raises(Malformed) as refused:
        (lines if several else line)(value, "note", 100)
    assert refused.value.field == "note"
    return refused.value.rule


@given(SEEN)
def test_what_can_be_seen_is_kept_as_it_was_written(text):
    assert line(text, "address", 100) == text
    assert lines(text, "note", 100) == text


@given(st.text(max_size=200), st.booleans())
def test_what_is_taken_holds_nothing_unseen_and_is_taken_again_as_it_is(text, several):
    rule = lines if several else line
    try:
        found = rule(text, "note", 100)
    except Malformed:
        return
    assert 0 < len(found) <= 100
    assert not [sign for sign in found if unicodedata.category(sign) in {"Cs", "Zl", "Zp"}]
    assert not [sign for sign in found if unicodedata.category(sign) == "Cc" and not (several and sign in "\n\t")]
    assert rule(found, "note", 100) == found


@given(SEEN, UNSEEN, SEEN)
def test_a_sign_that_nobody_sees_is_refused_wherever_it_stands_in_a_line(before, sign, after):
    if unicodedata.bidirectional(before[-1]) != "AL" and "MONGOLIAN" not in unicodedata.name(before[-1], ""):
        wanted = "text.control" if unicodedata.category(sign) == "Cc" else "text.hidden"
        assert rule_of(f"{before}{sign}{after}") == wanted


@pytest.mark.parametrize(
    "sign",
    ["\u200b", "\u200c", "\u200d", "\u200e", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\u00ad"],
)
def test_directions_and_signs_of_no_width_are_refused_also_in_notes(sign):
    assert rule_of(f"学府街{sign}7号") == rule_of(f"学府街{sign}7号", several=True) == "text.hidden"


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\t", "\x07", "\x85", "\x7f"])
def test_a_line_is_one_line(sign):
    assert rule_of(f"学府街{sign}7号") == "text.control"


def test_a_note_has_lines_with_one_kind_of_end():
    assert lines("来信\r\n未答\n\t见附件\n", "note", 100) == "来信\n未答\n\t见附件"
    assert rule_of("来信\r未答", several=True) == "text.control"


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "ᠭᠠᠷ\u180eᠠ"])
def test_scripts_that_are_written_with_joiners_keep_them(text):
    assert line(text, "occupation", 100) == text


@pytest.mark.parametrize(("value", "rule"), [(7, "value.text"), ([], "value.text"), ("\u3000 ", "text.length")])
def test_text_is_text_and_says_something(value, rule):
    assert rule_of(value) == rule
