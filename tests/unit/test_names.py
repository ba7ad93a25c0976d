"""Names: one spelling, and what makes two of them the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Malformed
from events.names import LONGEST, Name, comparison_key, full_name, normalise, parse, pinyin, same_name

letters = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Zs"]), min_size=1, max_size=30)


def rule_of(value: object) -> str | None:
    with pytest.raises(Malformed) as error:
        parse(value)
    assert error.value.field == "name"
    return error.value.rule


def rule_broken(value: object) -> str | None:
    try:
        parse(value)
    except Malformed as error:
        return error.rule or "no rule"
    return None


@pytest.mark.parametrize(
    "name",
    [
        "林一禾",
        "买买提·吐尔逊",
        "José Núñez",
        "Иван Петров",
        "محمد علی",
        "O'Brien",
        "Anne-Marie Müller",
        "尾〇",
        "김민준",
    ],
)
def test_names_of_any_script(name):
    assert parse(name).full == name


@pytest.mark.parametrize("name", ["\U0002ebf0", "王\U000313a0", "\U00030edd明"])
def test_han_characters_newer_than_the_tables_of_python(name):
    assert parse(name).full == name


def test_letters_are_composed():
    assert normalise("Jose\u0301") == "José"


@pytest.mark.parametrize("typed", ["  王  小雨 ", "王\u3000小雨", "王\u00a0小雨"])
def test_spaces_are_collapsed(typed):
    assert normalise(typed) == "王 小雨"


@pytest.mark.parametrize("dot", ["·", "•", "‧", "∙", "⋅", "・", "･", "．", " · ", "・ "])
def test_every_middle_dot_becomes_one(dot):
    assert normalise(f"买买提{dot}吐尔逊") == "买买提·吐尔逊"


@pytest.mark.parametrize("name", ["", " ", "\u3000"])
def test_an_empty_name_is_refused(name):
    assert rule_of(name) == "name.empty"


def test_a_name_has_at_most_a_hundred_characters():
    assert normalise("王" * LONGEST) == "王" * 100
    assert rule_of("王" * 101) == "name.length"


@pytest.mark.parametrize("sign", ["\x00", "\n", "\t", "\x7f", "\u0085", "\u2028"])
def test_control_characters_are_refused(sign):
    assert rule_of(f"王{sign}明") == "name.hidden"


@pytest.mark.parametrize("sign", ["\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"])
def test_signs_that_turn_the_direction_of_writing_are_refused(sign):
    assert rule_of(f"王{sign}明") == "name.hidden"


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00ad", "\ud800"])
def test_signs_that_nobody_sees_are_refused(sign):
    assert rule_of(f"王{sign}明") == "name.hidden"


def test_joiners_that_a_script_needs_are_kept():
    assert normalise("علی\u200cرضا") == "علی\u200cرضا"


def test_signs_of_one_offices_computers_are_refused():
    assert rule_of("王\ue000") == "name.private"


@pytest.mark.parametrize("name", ["123", "···", "?", "--"])
def test_a_name_has_a_letter(name):
    assert rule_of(name) == "name.letters"


@pytest.mark.parametrize("value", [None, 5, [], {}, {"family": "王"}, {"full": 5}, {"full": "王明", "nick": "小明"}])
def test_a_name_is_text_or_a_full_name_with_parts(value):
    assert rule_of(value) == "name.form"


def test_parts_are_kept_and_normalised():
    name = parse(
        {"full": "欧阳 修", "family": " 欧阳", "given": "修 ", "pinyin": "Ouyang Xiu", "other": ["Ou-yang Hsiu"]}
    )
    assert name == Name("欧阳 修", "欧阳", "修", "Ouyang Xiu", ("Ou-yang Hsiu",))
    assert parse(name) == name


@pytest.mark.parametrize("part", ["family", "given"])
def test_a_part_must_stand_in_the_full_name(part):
    assert rule_of({"full": "王明", part: "李"}) == "name.parts"


@pytest.mark.parametrize("part", ["family", "given", "pinyin"])
def test_a_part_obeys_the_same_rules(part):
    assert rule_of({"full": "王明", part: "王\u202e"}) == "name.hidden"


def test_other_scripts_obey_the_same_rules():
    assert rule_of({"full": "王明", "other": ["\x00"]}) == "name.hidden"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张 三", "张三"),
        ("ＪＯＨＮ Smith", "john  smith"),
        ("买买提•吐尔逊", "买买提．吐尔逊"),
        ("买买提·吐尔逊", "买买提吐尔逊"),
        ("陳黃呂", "陈黄吕"),
        ("Anne-Marie", "Anne Marie"),
        ("O’Brien", "O'Brien"),
        ("Jose\u0301", "José"),
        ("Straße", "STRASSE"),
        ("葛\U000e0100城", "葛城"),
        ("علی\u200cرضا", "علیرضا"),
    ],
)
def test_spellings_of_one_name(a, b):
    assert comparison_key(a) == comparison_key(b)
    assert same_name(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张三", "张四"),
        ("王喆", "王哲"),
        ("王昇", "王升"),
        ("於明", "于明"),
        ("甯浩", "宁浩"),
        ("José", "Jose"),
        ("张三", "三张"),
    ],
)
def test_names_that_only_resemble_each_other(a, b):
    assert not same_name(a, b)


def test_a_name_is_the_same_in_any_script_that_both_hold():
    assert same_name({"full": "金正民", "other": ["김정민"]}, "김정민")
    assert same_name(parse({"full": "金正民", "other": ["김정민"]}), {"full": "Kim", "other": ["김정민"]})


@pytest.mark.parametrize("value", [None, 7, {}, {"full": None}, {"full": "王", "other": 3}, "\x00", ""])
def test_comparing_never_fails_whatever_a_record_holds(value):
    assert same_name(value, value)
    assert isinstance(full_name(value), str)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单晓明", "Shan Xiaoming"),
        ("曾小红", "Zeng Xiaohong"),
        ("仇英", "Qiu Ying"),
        ("解晓东", "Xie Xiaodong"),
        ("查良", "Zha Liang"),
        ("朴海", "Piao Hai"),
        ("任静", "Ren Jing"),
        ("区明", "Ou Ming"),
        ("盖丽", "Ge Li"),
        ("尉迟恭", "Yuchi Gong"),
        ("万俟明", "Moqi Ming"),
        ("歐陽修", "Ouyang Xiu"),
        ("单于", "Shan Yu"),
        ("王小雨", "Wang Xiaoyu"),
        ("王", "Wang"),
    ],
)
def test_surnames_are_read_as_surnames(name, reading):
    assert pinyin(name) == reading


def test_u_with_dots_is_written_as_in_passports():
    assert pinyin("吕秀女") == "Lyu Xiunyu"


def test_a_syllable_that_begins_with_a_vowel_is_set_off():
    assert pinyin("张西安") == "Zhang Xi'an"


def test_a_dotted_name_is_read_part_by_part():
    assert pinyin("阿里·买买提") == "Ali Maimaiti"


@pytest.mark.parametrize("name", ["José Núñez", "O'Brien"])
def test_other_letters_stay_as_they_are(name):
    assert pinyin(name) == name


def test_a_known_family_name_decides_where_the_surname_ends():
    assert pinyin({"full": "司马平", "family": "司"}) == "Si Maping"


def test_recorded_pinyin_wins():
    assert pinyin({"full": "王乐", "pinyin": "Wang Yue"}) == "Wang Yue"
    assert pinyin(Name("王乐", pinyin="Wang Yue")) == "Wang Yue"


@given(letters.filter(lambda typed: rule_broken(typed) is None))
def test_a_stored_name_is_read_alike_and_compares_equal_to_what_was_typed(typed):
    stored = normalise(typed)
    assert normalise(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert same_name(stored, typed)


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_malformed_by_a_rule(text):
    rule = rule_broken(text)
    assert rule is None or rule.startswith("name.")


@given(st.text(max_size=20), st.characters(categories=["Cc", "Cs"]), st.text(max_size=20))
def test_no_control_character_is_ever_stored(before, sign, after):
    assert rule_broken(f"{before}{sign}{after}") == "name.hidden"
