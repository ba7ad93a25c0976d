"""What stories reach of the protocol is counted from what happened, and what none reaches is named."""

import json
from collections import Counter

from click.testing import CliRunner

from exchange.cli import main
from exchange.scenarios.covering import covered, listed, together, whole
from exchange.scenarios.embedded import embedded
from exchange.scenarios.playing import Play
from exchange.scenarios.reading import parse, read
from tests.scenarios.stories import FOLDER, SMALL


def test_of_a_small_story_what_was_recorded_told_and_refused_is_counted():
    with embedded() as ground:
        play = Play(parse(SMALL, "small"), ground, 7, {})
        play.play()
        found = covered(play)
    assert found["events"].keys() >= {"person.registered", "movement.arrived", "movement.left", "case.confirmed"}
    assert found["rows"].keys() == {
        "movement.arrived to keeper",
        "movement.left to keeper",
        "person.stated to open_stays",
    }
    assert found["kinds"].keys() == {"inflow", "left", "reply", "update"}
    assert found["refusals"] == {"no_such_stay": 1}
    assert found["disputes"] == {}


def test_who_hears_that_a_person_is_expected_no_more_counts_for_the_act_that_says_so():
    with embedded() as ground:
        play = Play(read(FOLDER / "announced-elsewhere.yaml"), ground, 7, {})
        play.play()
        found = covered(play)
    assert found["rows"]["movement.arrived to announced"]


def test_stories_count_together_and_what_none_reached_stands_at_nought():
    empty = listed(together([]))
    assert {name: list(counts) for name, counts in empty.items()} == whole()
    assert not any(count for counts in empty.values() for count in counts.values())
    some = {name: Counter({"left": 2} if name == "kinds" else {}) for name in whole()}
    twice = listed(together([some, some]))
    assert twice["kinds"]["left"] == 4


def test_the_command_lists_it_with_the_verdicts(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    shown = CliRunner().invoke(main, ["scenario", "run", str(file), "--coverage", "--json"])
    told = json.loads(shown.stdout)
    assert told["coverage"]["events"]["movement.left"] >= 1
    assert told["coverage"]["events"]["person.merged"] == 0
    plain = CliRunner().invoke(main, ["scenario", "run", str(file), "--coverage", "--language", "en"])
    assert "  - person.merged" in plain.stdout.splitlines()
