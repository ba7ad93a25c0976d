"""A look-up in a story is compared with what the step says, and what it gave is what is recorded after review."""

import pytest

from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import parse
from exchange.scenarios.running import run
from tests.scenarios.stories import FILES

[FILE] = [file for file in FILES if file.stem == "newcomer-registered-as-prefilled"]
STORY = FILE.read_text(encoding="utf-8")
GIVES = "gives: [name, sex, born_on, document.resident, ethnic_group, education]"


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        (GIVES, GIVES.replace(", education", ""), "view"),
        (GIVES, GIVES.replace("education]", "education, occupation]"), "view"),
        ("{person: P1, name: 李}", "P1", "view"),
        ("consent: false}", "consent: true}", "refusal"),
        ("gives: []", "gives: []\n    outcome: refused\n    error: malformed", "refusal"),
    ],
)
def test_what_differs_is_found(right, wrong, kind):
    assert right in STORY
    with embedded() as ground:
        found = run(parse(STORY.replace(right, wrong, 1), FILE.stem), ground, 7, {}, 0)
    assert kind in {each.kind for each in found.differences}


def test_what_is_recorded_is_what_was_given_where_nothing_else_is_written():
    changed = '{looked_up: looking-up, born_on: 1988-06-02, education: "10"}'
    assert changed in STORY
    with embedded() as ground:
        found = run(parse(STORY.replace(changed, "{looked_up: looking-up}"), FILE.stem), ground, 7, {}, 0)
    assert {each.where for each in found.differences if each.kind == "refusal"} == {"$.steps.4", "$.steps.5"}


def test_of_a_look_up_that_is_refused_nothing_can_be_recorded():
    """Else the person's own particulars were, and the story passed."""
    wrong = STORY.replace("looked_up: looking-up,", "looked_up: without-consent,")
    assert wrong != STORY
    with pytest.raises(ScenarioInvalid) as found:
        parse(wrong, FILE.stem)
    assert found.value.field == "$.steps.3.with.stated.looked_up"
