"""A wrong expectation is found: the runner would notice if the exchange did something else."""

import pytest

from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import parse
from exchange.scenarios.running import Run, run
from tests.scenarios.stories import HOUSEHOLD, SMALL

LISTED = "      - {to: A, kind: left, expects: nothing}\n"


def played(text: str, shuffles: int = 0) -> Run:
    with embedded() as ground:
        return run(parse(text, "small"), ground, 7, {}, shuffles)


def kinds(found: Run) -> set[str]:
    return {each.kind for each in found.differences}


def test_the_story_itself_passes():
    found = played(SMALL, shuffles=2)
    assert (found.verdict, found.differences) == ("passed", [])


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        (LISTED, LISTED + "      - {to: B, kind: update}\n", "missing"),
        (LISTED, LISTED + LISTED, "missing"),
        ("    tells:\n" + LISTED, "", "unlisted"),
        ("kind: left, expects: nothing", "kind: left, expects: reply", "missing"),
        ("lives_at: unknown", "lives_at: B", "view"),
        ("roles: [registration]", "roles: [registration, main]", "view"),
        ("until: 0", "until: 1", "view"),
        ("error: no_such_stay", "error: not_keeper", "refusal"),
        ("    outcome: refused\n    error: no_such_stay\n", "", "refusal"),
        ("end:\n", "cases:\n  leaving.A: open\nend:\n", "case"),
    ],
)
def test_a_wrong_expectation_is_found(right, wrong, kind):
    assert right in SMALL
    found = played(SMALL.replace(right, wrong))
    assert found.verdict == "different"
    assert kind in kinds(found)


def test_a_story_of_a_household_passes_and_a_line_of_another_length_or_another_answer_is_found():
    assert played(HOUSEHOLD, shuffles=1).verdict == "passed"
    for right, wrong in (
        ("about: P1, line: 2", "about: P1, line: 1"),
        ("outcome: confirmed, line: 2", "outcome: confirmed, line: 1"),
        ("outcome: disputed", "outcome: confirmed"),
    ):
        assert right in HOUSEHOLD
        assert "missing" in kinds(played(HOUSEHOLD.replace(right, wrong)))


def test_a_wrong_end_is_found_in_every_shuffle():
    found = played(SMALL.replace("lives_at: unknown", "lives_at: B"), shuffles=2)
    assert {each.where.partition(":")[0] for each in found.differences} == {
        "$.end.A.P1.lives_at",
        "shuffle 0",
        "shuffle 1",
    }


def test_time_can_go_by_on_a_node_of_ones_own():
    text = SMALL.replace("  - step: leaving-twice", "  - pass: {days: 3, working_days: 2}\n  - step: leaving-twice")
    assert played(text).verdict == "passed"


def test_the_same_submission_again_changes_nothing_and_something_else_under_its_label_would_be_noticed():
    again = SMALL.replace("end:\n", "  - {by: B, again: leaving}\nend:\n")
    assert played(again).verdict == "passed"
    wrong = SMALL.replace("end:\n", "  - {by: B, again: leaving, tells: [{to: A, kind: left}]}\nend:\n")
    assert kinds(played(wrong)) == {"missing"}


@pytest.mark.parametrize(
    ("times", "right", "wrong"),
    [("as_of: -1", "B", "unknown"), ("as_of: 0", "unknown", "B"), ("known_at: leaving", "unknown", "B")],
)
def test_a_wrong_expectation_of_another_day_or_moment_is_found(times, right, wrong):
    views = f"views:\n  - {{office: A, person: P1, {times}, expect: {{lives_at: {right}}}}}\nend:\n"
    text = SMALL.replace("end:\n", views)
    assert played(text).verdict == "passed"
    found = played(text.replace(f"lives_at: {right}}}}}\nend", f"lives_at: {wrong}}}}}\nend"))
    assert [each.where for each in found.differences] == ["$.views.0.lives_at"]
