"""Reading is strict: nothing is ignored in silence, and each fault names its place and its rule."""

import pytest

from exchange.scenarios.document import ScenarioInvalid, load
from exchange.scenarios.reading import parse, read
from tests.scenarios.stories import HOUSEHOLD, SMALL


def fault(text: str, name: str = "small") -> tuple[str | None, str | None]:
    with pytest.raises(ScenarioInvalid) as caught:
        parse(text, name)
    return caught.value.field, caught.value.rule


def test_the_small_story_is_read_whole():
    story = parse(SMALL, "small")
    assert [step.label for step in story.steps] == ["leaving", "leaving-twice"]
    assert story.steps[0].tells[0].kinds == ("left",)
    assert {point.person for point in story.end} == {"P1"}


@pytest.mark.parametrize(
    ("right", "wrong", "place", "rule"),
    [
        ("title:", "titel:", "$.titel", "scenario.unknown_key"),
        ("    tells:", "    tell:", "$.steps.0.tell", "scenario.unknown_key"),
        ("expects: nothing", "expect: nothing", "$.steps.0.tells.0.expect", "scenario.unknown_key"),
        ("lives_at: unknown", "lives: unknown", "$.end.A.P1.lives", "scenario.unknown_key"),
        ("stay: B, destination", "stay: B, towards", "$.steps.0.with.towards", "scenario.unknown_key"),
        ("registration: A,", "place: A,", "$.start.0.with.place", "scenario.unknown_key"),
        ("sex: M", "sex: X", "$.persons.P1.sex", "scenario.word"),
        ("kind: left,", "kind: gone,", "$.steps.0.tells.0.kind", "scenario.word"),
        ("expects: nothing", "expects: answer", "$.steps.0.tells.0.expects", "scenario.word"),
        ("event: movement.left", "event: movement.gone", "$.steps.0.event", "scenario.word"),
        ("outcome: refused", "outcome: denied", "$.steps.1.outcome", "scenario.word"),
        ("record: closed", "record: shut", "$.end.B.P1.record", "scenario.word"),
        ("  - step: leaving\n    by: B", "  - step: leaving\n    by: C", "$.steps.0.by", "scenario.unknown_office"),
        ("to: A, kind: left", "to: C, kind: left", "$.steps.0.tells", "scenario.unknown_office"),
        (
            "stay: B, destination: unknown",
            "stay: B, destination: C",
            "$.steps.0.with.destination",
            "scenario.unknown_office",
        ),
        ("end:\n  A:\n    P1:", "end:\n  A:\n    P2:", "$.end.A.P2", "scenario.unknown_person"),
        ("stay: B", "stay: nowhere", "$.steps.0.with.stay", "scenario.unknown_label"),
        ("step: leaving-twice", "step: leaving", "$.steps", "scenario.label_twice"),
        ("step: leaving-twice", "step: leaving twice", "$.steps.1.step", "scenario.label"),
        ("scenario: 1", "scenario: 2", "$.scenario", "scenario.version"),
        ("id: small", "id: other", "$.id", "scenario.name"),
        ("day_zero: 2026-03-02", "day_zero: 2026-03-32", "$.day_zero", "scenario.day"),
        ("    day: 0\n", "    day: soon\n", "$.steps.0.day", "scenario.day"),
        ("    by: B\n    event", "    by: B\n    again: leaving\n    event", "$.steps.0", "scenario.one_kind"),
        ("    by: B\n    event", "    event", "$.steps.0.by", "scenario.missing"),
        ("offices: [A, B]", "offices: 7", "$.offices", "scenario.mapping"),
    ],
)
def test_a_fault_is_named_by_its_place_and_rule(right, wrong, place, rule):
    assert right in SMALL
    assert fault(SMALL.replace(right, wrong, 1)) == (place, rule)


@pytest.mark.parametrize(
    ("right", "wrong", "place", "rule"),
    [
        ("members: [P1,", "members: [P3,", "$.steps.0.person", "scenario.unknown_person"),
        ("person: P2, step: second", "person: P2, day: 0", "$.steps.0.members.1.day", "scenario.unknown_key"),
        ("with: {reason: work}", "with: {cause: work}", "$.steps.0.members.1.with.cause", "scenario.unknown_key"),
        ("origin: A, address", "origin: C, address", "$.steps.0.with.origin", "scenario.unknown_office"),
        ("    line: arriving.A", "    line: leaving.A", "$.steps.1.line", "scenario.unknown_label"),
        ("    rest: equal", "    rest: some", "$.steps.1.rest", "scenario.word"),
        ("    rest: equal", "    joins: arriving", "$.steps.1.joins", "scenario.unknown_key"),
        ("    members:", "    joins: leaving\n    members:", "$.steps.0.joins", "scenario.unknown_label"),
        ("except: [{person: P2,", "except: [{day: 0, person: P2,", "$.steps.1.except.0.day", "scenario.unknown_key"),
        ("about: P1, line: 2", "about: P1, line: two", "$.steps.0.tells.0.line", "scenario.number"),
    ],
)
def test_a_fault_in_a_household_is_named_likewise(right, wrong, place, rule):
    assert right in HOUSEHOLD
    assert fault(HOUSEHOLD.replace(right, wrong, 1)) == (place, rule)


def test_a_key_that_stands_twice_is_a_fault():
    assert fault(SMALL + "title: Another\n")[1] == "scenario.key_twice"


def test_text_that_is_no_yaml_is_a_fault_with_its_line():
    assert fault("scenario: 1\nid: [small\n") == ("line 3", "scenario.yaml")


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(ScenarioInvalid, match=r"scenario\.unreadable"):
        read(tmp_path / "none.yaml")


def test_yaml_turns_no_word_into_a_truth_value_and_no_date_into_anything():
    assert load("[yes, on, 2026-03-02, 1988-05, 0123, +7, -400, true, ~]") == [
        "yes", "on", "2026-03-02", "1988-05", "0123", 7, -400, True, None,
    ]  # fmt: skip


def test_a_case_is_named_by_step_and_office():
    assert fault(SMALL + "cases: {leaving: open}\n") == ("$.cases.leaving", "scenario.case_name")
    assert fault(SMALL + "cases: {leaving.C: open}\n") == ("$.cases.leaving.C", "scenario.unknown_office")
