"""Which entries may be one human: precision and recall over a made-up population with planted second entries."""

from collections import defaultdict
from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import pytest

from events.documents import resident_number
from exchange.demo.population import Person, population
from exchange.protocol.comparing.likeness import keys, likeness, sought, weighed

TODAY = date(2026, 3, 2)
Held = dict[str, Any]
Pair = tuple[int, int]
# As clerks write what they hear: each pair sounds the same.
SOUNDS = (
    "雨宇",
    "伟玮",
    "芳方",
    "静婧",
    "丽莉",
    "强墙",
    "明鸣",
    "华花",
    "军君",
    "杰洁",
    "婷庭",
    "建健",
    "文雯",
    "红虹",
)
TRADITIONAL = (
    "国國",
    "华華",
    "丽麗",
    "军軍",
    "红紅",
    "兰蘭",
    "张張",
    "刘劉",
    "陈陳",
    "杨楊",
    "赵趙",
    "吴吳",
    "马馬",
    "龙龍",
)


def entry(person: Person) -> Held:
    return {**person.particulars(), "registration": person.home}


def replaced(text: str, pairs: tuple[str, ...]) -> str:
    for pair in pairs:
        here, there = pair[0], pair[1]
        if here in text:
            return text.replace(here, there)
        if there in text:
            return text.replace(there, here)
    return text


def heard(held: Held, person: Person, random: Random) -> Held:
    return {**held, "name": replaced(person.name, SOUNDS)}


def traditional(held: Held, person: Person, random: Random) -> Held:
    return {**held, "name": replaced(person.name, TRADITIONAL)}


def mistyped_day(held: Held, person: Person, random: Random) -> Held:
    year, month, day = person.born_on.split("-")
    return {**held, "born_on": f"{year}-{month}-{day[0]}{(int(day[1]) + 1) % 10}" if day[0] != "3" else held["born_on"]}


def mistyped_number(held: Held, person: Person, random: Random) -> Held:
    at = random.randrange(14, 17)
    digit = str((int(person.number[at]) + 1) % 10)
    return {**held, "document.resident": {"number": person.number[:at] + digit + person.number[at + 1 :]}}


def same(held: Held, person: Person, random: Random) -> Held:
    return held


def undocumented(held: Held) -> Held:
    return {field: value for field, value in held.items() if not field.startswith("document.")}


def with_passport(held: Held, at: int) -> Held:
    return {**undocumented(held), "document.passport": {"number": f"E{at:08d}"}}


def twin(person: Person, random: Random) -> Held:
    """Born the same day to the same parents: another number, and a name that differs in one sign."""
    number = resident_number(person.number[:6], person.born_on, random.randrange(500, 999))
    held = {**entry(person), "name": person.name[:-1] + "枫", "document.resident": {"number": number}}
    return {**held, "phone": f"139{random.randrange(10**8):08d}"}


VARIANTS = (heard, traditional, mistyped_day, same)


def planted(size: int, seed: int) -> tuple[list[Held], set[Pair]]:
    """Entries, and which of them are second entries of whom."""
    random = Random(seed)
    people = population(size, seed, TODAY)
    entries = [entry(person) for person in people]
    pairs: set[Pair] = set()
    for at in range(0, size, 10):
        person = people[at]
        second = random.choice(VARIANTS)(entry(person), person, random)
        second = with_passport(second, at) if random.random() < 0.5 else undocumented(second)
        if random.random() < 0.2:
            second = mistyped_number(entry(person), person, random)
        for spare in ("phone", "occupation", "education", "marital_status"):
            if random.random() < 0.5:
                second.pop(spare, None)
        pairs.add((at, len(entries)))
        entries.append(second)
        if at % 100 == 0:
            entries.append(twin(people[at + 5], random))
    return entries, pairs


def proposed(entries: list[Held]) -> tuple[set[Pair], set[Pair]]:
    blocks: dict[tuple[str, str], set[int]] = defaultdict(set)
    for at, held in enumerate(entries):
        for key in keys(held):
            blocks[key.kind, key.form].add(at)
    candidates = {pair for block in blocks.values() for pair in combinations(sorted(block), 2)}
    return {(a, b) for a, b in candidates if likeness(entries[a], entries[b]).likely}, candidates


@pytest.fixture(scope="module")
def found():
    entries, pairs = planted(3000, 11)
    return (*proposed(entries), pairs)


def test_entries_that_agree_in_what_is_weighed_have_the_same_keys():
    for person in population(200, 3, TODAY):
        held = entry(person)
        assert {*keys(weighed(held))} == {*keys(held)} != set()
        assert weighed(held).keys() < held.keys()
        assert {*keys(sought(held))} == {*keys(held)}
        assert sought(held).keys() < weighed(held).keys()


def test_of_the_second_entries_nearly_all_are_found(found):
    proposals, _, pairs = found
    assert len(proposals & pairs) / len(pairs) >= 0.97


def test_of_the_proposals_nearly_all_are_second_entries(found):
    proposals, _, pairs = found
    assert len(proposals & pairs) / len(proposals) >= 0.97


def test_few_pairs_are_looked_at(found):
    _, candidates, _ = found
    assert len(candidates) < 3300 * 4, "and not the five million that there are"


ONE = {"name": "王小雨", "born_on": "1988-05-02", "sex": "F", "birth_place": "420115000000"}
NUMBER, OTHER_NUMBER = (resident_number("420115", "1988-05-02", at) for at in (2, 4))


def relation(field: str, one: Any, other: Any) -> str:
    return {each.field: each.relation for each in likeness({field: one}, {field: other}).fields}[field]


@pytest.mark.parametrize(
    ("field", "one", "other", "wanted"),
    [
        ("name", "王小雨", {"full": "王小雨"}, "equal"),
        ("name", "张國强", "張国強", "equal"),
        ("name", "王小雨", "王晓宇", "alike"),
        ("name", "王小雨", "王大雨", "alike"),
        ("name", "王小雨", {"full": "Wang Xiaoyu"}, "alike"),
        ("name", "王小雨", "李建国", "different"),
        ("born_on", "1988-05-02", "1988-05-02", "equal"),
        ("born_on", "1988-05-02", "1988-05", "alike"),
        ("born_on", "1988-05-02", "1988-02-05", "alike"),
        ("born_on", "1988-05-02", "1989-05-02", "alike"),
        ("born_on", "1988-05-02", "1971-11-30", "different"),
        ("document.resident", {"number": NUMBER}, {"number": NUMBER.lower()}, "equal"),
        ("document.resident", {"number": NUMBER}, {"number": OTHER_NUMBER}, "different"),
        ("birth_place", "420115000000", "420115001000", "alike"),
        ("sex", "F", None, "one_side"),
    ],
)
def test_a_field_compares(field, one, other, wanted):
    assert relation(field, one, other) == wanted


def test_one_document_is_enough_whatever_the_name():
    card = {"document.resident": {"number": NUMBER}}
    found = likeness({**ONE, **card}, {**card, "name": "李建国", "born_on": "1971-11-30"})
    assert (found.exact, found.likely) == (True, True)


def numbered(number: str, **other: Any) -> Held:
    return {**ONE, "birth_place": "420000000000", "document.resident": {"number": number}, **other}


def test_whoever_is_the_same_but_for_the_number_may_hold_two_by_error():
    card = numbered(NUMBER)
    found = likeness(card, numbered(OTHER_NUMBER, birth_place=None))
    assert (found.likely, found.exact) == (True, False)
    assert likeness(ONE, {**ONE, "document.passport": {"number": "E12345678"}}).score > found.score, "looked at first"
    for differing in ({"name": "王晓雨"}, {"born_on": "1988-05"}, {"ethnic_group": "15"}):
        one, other = {**card, "ethnic_group": "01"}, numbered(OTHER_NUMBER, birth_place=None, **differing)
        assert not likeness(one, other).likely, differing


@pytest.mark.parametrize(
    ("more", "likely"),
    [
        ({}, False),
        ({"registration": "420115002000"}, False),
        ({"birth_place": "420000000000"}, True),
        ({"phone": "1"}, True),
    ],
)
def test_of_two_offices_another_number_parts_namesakes_unless_more_speaks_for_one_human(more, likely):
    one = numbered(NUMBER, registration="420115001000", phone="1")
    other = {**numbered(OTHER_NUMBER, birth_place=None), **more}
    assert likeness(one, other, elsewhere=True).likely is likely


def test_two_kinds_of_document_that_differ_are_of_two_persons():
    passports = ({"document.passport": {"number": number}} for number in ("E12345678", "E87654321"))
    one, other = (numbered(card, **more) for card, more in zip((NUMBER, OTHER_NUMBER), passports, strict=True))
    assert not likeness(one, other).likely


def test_what_speaks_loudest_stands_first():
    fields = [each.field for each in likeness({**ONE, "education": "10"}, ONE).fields]
    assert fields == ["name", "born_on", "sex", "birth_place", "education"]


def test_only_documents_and_whole_dates_are_strong():
    assert {key.kind for key in keys({**ONE, "document.passport": {"number": "E12345678"}}) if key.strong} == {
        "document",
        "name",
    }
    assert not any(key.strong for key in keys({**ONE, "born_on": "1988"}))
