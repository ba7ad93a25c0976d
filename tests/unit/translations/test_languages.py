"""A caller is answered in the language that the Accept-Language header weighs highest."""

import pytest

from exchange.translations import choose, language_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("ZH-hant-TW", "zh-CN"),
        ("en-GB", "en"),
        ("fr-FR,de;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en;q=0.8, zh;q=0.9", "zh-CN"),
        ("zh;q=0.5,en", "en"),
        ("fr, zh;q=0.3, en;q=0.2", "zh-CN"),
        ("zh;q=0, *", "en"),
        ("zh;q=0", "en"),
    ],
)
def test_the_highest_weight_wins(header, expected):
    assert choose(header) == expected


def test_of_equal_weights_the_first_written_wins():
    assert choose("zh, en") == "zh-CN"
    assert choose("en, zh") == "en"


@pytest.mark.parametrize(
    "member", ["zh;q=2", "zh;q=-1", "zh;q=nan", "zh;q=inf", "zh;q=", "zh;q=..", "zh;v=1", "zh;q=१"]
)
def test_a_member_that_cannot_be_read_is_passed_over(member):
    assert choose(f"{member}, en;q=0.1") == "en"
    assert choose(f"{member}, zh;q=0.1") == "zh-CN"


def test_a_primary_subtag_is_compared_whole():
    assert language_of("zhx") is None
    assert language_of("enm") is None
    assert language_of(" zh-Hans-CN ") == "zh-CN"
