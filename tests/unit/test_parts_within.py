"""What an office is shown of a payload is the same, whichever way it is made."""

import pytest

from events.envelope import PARTS
from events.parts import merge, split, within

PERSON = {
    "name": "王小雨",
    "born_on": "1988-05-02",
    "sex": "F",
    "phone": "13800000000",
    "document.resident": {"number": "1"},
}
TIED = {"tie": "child", "other": {"person": None, "stated": {"name": "王小"}}}
CONTENTS = [
    ("movement.arrived", {"kind": "main", "stated": PERSON, "address": "6 Lake", "reason": "work"}),
    ("movement.arrived", {"kind": "main", "stated": {"sex": "F"}}),
    ("movement.arrived", {"kind": "main", "stated": {"born_year": "1988", "sex": "F"}}),
    ("person.stated", {"particulars": {**PERSON, "born_year": "1990"}, "ties": [TIED]}),
    ("person.registered", {"particulars": PERSON, "basis": "birth", "address": "6 Lake"}),
    ("person.registered", {"particulars": {**PERSON, "ties": [TIED]}, "basis": "birth"}),
    ("case.confirmed", {"deviations": [{"field": "name", "ours": "甲", "yours": "乙"}, {"field": "stay"}]}),
    ("case.disputed", {"reason": "person_unknown", "text": "who?"}),
    ("family.tie", {"tie": "child", "other": {"stated": {"name": "王小"}}}),
    ("event.corrected", {"set": {"name": "王大雨", "born_on": "1988-05-03"}}),
    ("event.corrected", {"set": {"set": {"name": "王大雨", "sex": "F", "effective_on": "2026-03-01"}}}),
    ("event.corrected", {"set": {"set": {"set": {"name": "王大雨"}}}}),
    ("event.corrected", {"set": {"set": {}}}),
    ("event.corrected", {"set": {"deviations": [{"field": "name", "ours": "甲"}, {"field": "sex", "yours": "F"}]}}),
    ("event.corrected", {"set": {"set": {"deviations": [{"field": "name", "ours": "甲"}, {"field": "stay"}]}}}),
    ("event.corrected", {"set": {"deviations": []}}),
    (
        "event.corrected",
        {"set": {"set": {"wanted": {"name": "王大雨"}, "stated": {"born_on": "1988-05-03", "sex": "F"}}}},
    ),
]
SHOWN = [frozenset(), *(frozenset({part}) for part in PARTS), frozenset({"identity", "cohort"}), frozenset(PARTS)]


@pytest.mark.parametrize(("type_", "content"), CONTENTS)
@pytest.mark.parametrize("held", SHOWN, ids=lambda held: "+".join(sorted(held)) or "none")
def test_what_parts_tell_is_what_merging_these_of_the_split_tells(type_, content, held):
    facts, parts = split(type_, content)
    assert within(type_, content, held) == merge(facts, {part: parts[part] for part in parts if part in held})


@pytest.mark.parametrize(("type_", "content"), CONTENTS)
def test_all_parts_tell_all(type_, content):
    told = merge(*split(type_, content))
    if "born_year" not in str(content):
        assert told == content


@pytest.mark.parametrize(("type_", "content"), CONTENTS)
def test_no_value_of_a_person_lies_in_the_clear(type_, content):
    """Nor of a change, an earlier correction or a reply that a correction corrects: what is in the clear stays so for
    ever, also once the person is erased.
    """
    clear = str(split(type_, content)[0]).replace("'born_year': '1988'", "")  # nobody gives it: made of a birth date
    assert not [each for each in ("王", "甲", "乙", "1988", "138", "Lake", "'F'") if each in clear]


def test_what_corrections_once_held_in_the_clear_is_read_as_it_was():
    facts = {"set": {"set": {"name": "王大雨"}, "deviations": [{"field": "name", "ours": "甲"}]}}
    assert merge(facts, {}) == facts
    assert within("event.corrected", facts, set()) == {"set": {"deviations": [{"field": "name"}]}}


def test_without_the_birth_date_the_cohort_tells_the_year_alone():
    content = {"stated": {"name": "王小雨", "born_on": "1988-05-02", "sex": "F"}}
    assert within("movement.arrived", content, {"cohort"}) == {"stated": {"sex": "F", "born_year": "1988"}}
    assert within("movement.arrived", content, {"identity"}) == {"stated": {"name": "王小雨", "born_on": "1988-05-02"}}
