"""What differs is what says something else, not what says it in another way or says less."""

from __future__ import annotations

from typing import Any

import pytest

from events.documents.resident import resident_number
from exchange.protocol.comparing.compare import alike, differences

CARD = resident_number("420115", "1988-05-02", 2)
FIFTEEN = CARD[:6] + CARD[8:17]


def number(value: str) -> dict[str, str]:
    return {"number": value}


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", "王小雨", {"full": "王小雨"}),
        ("name", {"full": "王小雨"}, {"full": "王小雨", "pinyin": "Wang Xiaoyu"}),
        ("name", {"full": "王小雨"}, {"full": "王 小雨"}),
        ("name", {"full": "吳國強"}, {"full": "吴国强"}),
        ("name", {"full": "阿依古丽"}, {"full": "Ayguli", "other": ["阿依古丽"]}),
        ("born_on", "1988", "1988-05-02"),
        ("nationality", ["CN", "KZ"], ("KZ", "CN")),
        ("document.resident", number(CARD), number(FIFTEEN)),
        ("document.resident", number(CARD), {"number": CARD, "valid_until": "2030-01-01"}),
        ("document.passport", number("E12345678"), number("e12345678")),
        ("sex", None, "F"),
    ],
)
def test_the_same_in_another_way_or_less_of_it_is_no_difference(field: str, one: Any, other: Any):
    assert alike(field, one, other)
    assert alike(field, other, one)
    assert differences({field: one}, {field: other}) == ()


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", {"full": "王小雨"}, {"full": "王晓雨", "pinyin": "Wang Xiaoyu"}),
        ("name", {"full": "王小雨", "pinyin": "Wang Xiaoyu"}, {"full": "王晓雨", "pinyin": "Wang Xiaoyu"}),
        ("born_on", "1988", "1989-05-02"),
        ("document.resident", number(CARD), number(resident_number("420115", "1988-05-02", 4))),
        ("document.resident", number(CARD), number(CARD[:-1] + ("0" if CARD[-1] != "0" else "1"))),
        ("document.resident", number("no number"), number("another")),
        ("document.resident", number(CARD), {}),
        ("sex", "M", "F"),
        ("nationality", ["CN"], "CN"),
    ],
)
def test_something_else_is_a_difference(field: str, one: Any, other: Any):
    assert not alike(field, one, other)
    assert [each.field for each in differences({field: one}, {field: other})] == [field]
