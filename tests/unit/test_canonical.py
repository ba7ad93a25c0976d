"""Canonical JSON: RFC 8785 within our restrictions, and a decoder that refuses what could be read in two ways."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from events.canonical import MAX_DEPTH, MAX_INTEGER, decode, encode, is_canonical
from events.errors import Malformed

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
keys = st.text(st.characters(max_codepoint=127, exclude_characters="\0"))
scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=30)


def nested(depth: int) -> Any:
    value: Any = "core"
    for level in range(depth):
        value = [value] if level % 2 else {"in": value}
    return value


def refusal(data: bytes, **options: int) -> tuple[str | None, str | None]:
    with pytest.raises(Malformed) as caught:
        decode(data, **options)
    assert not is_canonical(data, **options)
    return caught.value.field, caught.value.rule


@given(values)
def test_equals_rfc_8785(value):
    assert encode(value) == rfc8785.dumps(value)


@given(values)
def test_is_read_back_as_the_same_value(value):
    data = encode(value)
    assert decode(data) == value
    assert is_canonical(data)


@given(values, st.integers(0, 4), st.booleans())
def test_reads_other_spellings_as_the_same_value_but_calls_them_not_canonical(value, indent, ascii_only):
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert decode(data) == value
    assert is_canonical(data) == (data == encode(value))


@given(st.binary(max_size=60) | values.map(lambda value: encode(value)[:-1]))
def test_arbitrary_bytes_are_read_or_refused_by_name(data):
    rule, value = "json.", None
    try:
        value = decode(data)
    except Malformed as error:
        rule = str(error.rule)
    assert rule.startswith("json.")
    assert decode(encode(value)) == value


def test_every_control_character_is_escaped_as_the_standard_says():
    text = "".join(map(chr, range(1, 0x80))) + "\u2028\ufffd😀"
    assert encode(text) == rfc8785.dumps(text)


def test_tuples_are_arrays():
    assert encode({"ref": ("110101001000", "id")}) == b'{"ref":["110101001000","id"]}'


@pytest.mark.parametrize(
    ("data", "field", "rule"),
    [
        (b'{"a":1,"a":1}', "a", "json.duplicate_key"),
        (b'{"x":{"a":1,"b":2,"\\u0061":3}}', "x.a", "json.duplicate_key"),
        (b'{"x":[{},{"b":1,"b":{"c":1,"c":2}}]}', "x.1.b", "json.duplicate_key"),
        ('{"é":1,"é":2}'.encode(), "$", "json.key"),
        (b'{"facts":{"days":[1,2.5]}}', "facts.days.1", "json.float"),
        (b'{"a":1.0}', "a", "json.float"),
        (b'{"a":1e2}', "a", "json.float"),
        (b'{"a":1e999}', "a", "json.float"),
        (b'{"a":NaN}', "a", "json.float"),
        (b'{"a":[-Infinity]}', "a.0", "json.float"),
        (b'{"a":9007199254740992}', "a", "json.integer"),
        (b'{"a":-9007199254740992}', "a", "json.integer"),
        (b'{"a":[' + b"9" * 5000 + b"]}", "a.0", "json.integer"),
        (b'{"a":"x\\u0000"}', "a", "json.nul"),
        (b'{"a":{"b":"\\ud800"}}', "a.b", "json.surrogate"),
        (b'["\\udc00\\ud800"]', "0", "json.surrogate"),
        (b'"\xed\xa0\x80"', "$", "json.utf8"),
        (b'"\xff"', "$", "json.utf8"),
        (b'"\xc0\x80"', "$", "json.utf8"),
        ('{"a":{"名":1}}'.encode(), "a", "json.key"),
        (b'{"\\u0000":1}', "$", "json.key"),
        (b"\xef\xbb\xbf{}", "$", "json.syntax"),
        (b"{}{}", "$", "json.syntax"),
        (b'{"a":1,}', "$", "json.syntax"),
        (b"01", "$", "json.syntax"),
        (b'"\x01"', "$", "json.syntax"),
        (b"", "$", "json.syntax"),
        (b"[" * 100_000, "$", "json.depth"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b',"a":1}', "$", "json.depth"),
    ],
)
def test_refuses(data, field, rule):
    assert refusal(data) == (field, rule)


def test_sixteen_levels_are_the_most():
    assert decode(encode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    _, rule = refusal(json.dumps(nested(MAX_DEPTH + 1)).encode())
    assert rule == "json.depth"
    with pytest.raises(Malformed, match=r"json\.depth"):
        encode(nested(MAX_DEPTH + 1))


def test_size_is_limited_both_ways():
    assert decode(b'"abc"', limit=5) == "abc"
    assert refusal(b'"abc"', limit=4) == ("$", "json.size")
    with pytest.raises(Malformed, match=r"json\.size"):
        encode("abc", limit=4)


@pytest.mark.parametrize(
    ("value", "field", "rule"),
    [
        ({"a": [1.0]}, "a.0", "json.float"),
        ({"a": float("nan")}, "a", "json.float"),
        ({"a": MAX_INTEGER + 1}, "a", "json.integer"),
        ({"a": "\0"}, "a", "json.nul"),
        ({"a": {"b": "\ud800"}}, "a.b", "json.surrogate"),
        ({"a": {1: "x"}}, "a", "json.key"),
        ({"ü": "x"}, "$", "json.key"),
        ({"a": {"set"}}, "a", "json.type"),
        ({"a": b"bytes"}, "a", "json.type"),
        ({"a": type("Text", (str,), {})("x")}, "a", "json.type"),
    ],
)
def test_encodes_nothing_that_could_not_be_read_back(value, field, rule):
    with pytest.raises(Malformed) as caught:
        encode(value)
    assert (caught.value.field, caught.value.rule) == (field, rule)
