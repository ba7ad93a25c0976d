"""`exchange scenario run`: the exit status says what a program needs to know, the output what a person does."""

import json

import pytest
from click.testing import CliRunner, Result

from exchange.cli import main
from tests.scenarios.stories import FOLDER, SMALL


@pytest.fixture
def small(tmp_path):
    def write(text=SMALL):
        file = tmp_path / "small.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["scenario", "run", *arguments, "--language", "en"])


def test_as_expected_is_0(small):
    found = command(small())
    assert found.exit_code == 0, found.output
    assert "1 as expected" in found.output


def test_one_story_is_shown_whole_expected_beside_actual(small):
    shown = command(small(), "--seed", "7").output.splitlines()
    rows = [line for line in shown if "|" in line]
    assert [part.strip() for part in rows[0].split("|")] == ["expected", "actual"]
    assert len({line.index("|") for line in rows if "$" not in line}) == 1
    told = next(line for line in rows if "A: left" in line)
    assert [part.strip() for part in told.split("|")] == ["=   A: left about P1", "A: left about P1"]
    refused = next(line for line in rows if "refused" in line)
    assert refused.split("|")[1].strip().startswith("refused: no_such_stay")
    ended = next(line for line in rows if "$.end.A.P1.lives_at" in line)
    assert ended.split("|")[1].strip() == "unknown"


def test_of_several_stories_only_what_differs_is_shown(small):
    found = command(small(), str(FOLDER / "arrival-confirmed.yaml"))
    assert (found.exit_code, "|" in found.output) == (0, False)


def test_what_differs_is_marked_in_the_whole(small):
    shown = command(small(SMALL.replace("kind: left,", "kind: update,")), "--seed", "7").output.splitlines()
    assert [line.split()[0] for line in shown if "| A: left" in line] == ["≠", "≠"]


def test_a_difference_is_1_and_shows_expected_beside_actual(small):
    found = command(small(SMALL.replace("lives_at: unknown", "lives_at: B")), "--seed", "7")
    assert found.exit_code == 1
    assert "expected: B" in found.output
    assert "actual: unknown" in found.output
    assert "seed 7" in found.output


def test_a_file_that_is_not_valid_is_2_and_its_place_is_named(small):
    found = command(small(SMALL.replace("title:", "titel:")))
    assert found.exit_code == 2
    assert "$.titel" in found.output


def test_of_several_files_every_one_that_is_not_valid_is_named(small, tmp_path):
    cut, foreign = tmp_path / "cut.yaml", tmp_path / "foreign.yaml"
    cut.write_text("scenario: [1", encoding="utf-8")
    foreign.write_text("scenario: 情景", encoding="gb18030")
    found = command(small(), str(cut), str(foreign))
    assert found.exit_code == 2
    assert f"{cut}: line 1: from here on this cannot be read as YAML" in found.stderr
    assert f"{foreign} cannot be read: it is not UTF-8 text" in found.stderr


def test_what_cannot_be_tried_is_3(small):
    """An event that nobody records by hand, as one of a later version would be."""
    act = "event: movement.left\n    person: P1\n    day: 0\n    with: {stay: B, destination: unknown}"
    found = command(small(SMALL.replace(act, "event: person.stated\n    person: P1\n    with: {}")))
    assert found.exit_code == 3, found.output
    assert "could not be tried: $.steps.0: person.stated" in found.output


def test_machines_get_one_object(small):
    found = command(small(SMALL.replace("kind: left,", "kind: update,")), "--json")
    [run] = json.loads(found.output)["runs"]
    assert run["verdict"] == "different"
    assert {each["kind"] for step in run["steps"] for each in step["differences"]} == {"missing", "unlisted"}


def test_a_difference_outweighs_what_was_not_tried(small):
    other = str(FOLDER / "town-succeeded.yaml")
    assert command(small(SMALL.replace("until: 0", "until: 1")), other).exit_code == 1


def test_an_office_may_be_bound_and_a_wrong_binding_is_named(small):
    assert command(small(), "--office", "A=420982100000").exit_code == 0
    for wrong in ("A", "A=420982", "Z=420982100000"):
        assert command(small(), "--office", wrong).exit_code == 2
    away = command(small(), "--office", "A=110101001000")
    assert away.exit_code == 3
    assert "there is no key for the area above 110101001000" in away.output


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "no address"])
def test_a_node_that_does_not_answer_is_named(small, tmp_path, url):
    (tmp_path / "keys").write_text('operator: x\n"42": y\n', encoding="utf-8")
    found = command(small(), "--url", url, "--keys", str(tmp_path / "keys"), "--json")
    assert found.exit_code == 4, found.output
    assert json.loads(found.stdout)["error"]["rule"] == "scenario.unreachable"
