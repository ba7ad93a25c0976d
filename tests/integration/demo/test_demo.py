"""A small demo: both sides end equal, and its traces are where the next start looks for them."""

import json
import stat

import msgspec
import pytest
from click.testing import CliRunner

from exchange.access.caller import Caller
from exchange.cli import main
from exchange.cli.node import settings_of
from exchange.demo import keepsake
from exchange.demo.report import asked, report
from exchange.demo.run import DemoOccupied, ensure_demo
from exchange.demo.towns import CODES, COUNTY
from exchange.queries.lines import Line, lines
from exchange.settings import settings
from exchange.tables.inbox import Which


@pytest.fixture(scope="module")
def found(demo):
    return report(*demo)


def test_both_sides_are_equal(found):
    assert found.differences == ()
    assert found.pairs["equal"] > 0
    assert found.pairs.get("different", 0) == 0


def test_a_supervisor_sees_what_the_year_came_to(found):
    assert found.persons >= 60
    assert found.events > 200
    assert found.notifications > 100
    assert found.records_compared > found.persons
    assert {"confirmed", "matched", "withdrawn"} <= found.cases.keys()
    assert 0.5 < (found.in_time_share or 0) <= 1


def test_a_household_waits_as_one_line_and_of_another_one_joined_later(demo):
    node, _ = demo
    found: list[Line] = []
    for code in CODES:
        clerk = Caller(code, "clerk", frozenset({"clerk", "confirmer"}))
        found += [line for line in lines(node, clerk, Which(), limit=200).rows if line.persons > 1]
    waiting = [line for line in found if line.open]
    assert [(line.persons, line.asked, line.open) for line in waiting] == [(3, 3, 3)]
    assert any(line.persons == 4 and line.answered != "open" for line in found)


def test_what_had_to_be_refused_was_refused(demo):
    assert demo[1].refused >= 3


def test_every_answered_case_is_one_that_the_node_knows(demo):
    node, outcome = demo
    assert outcome.answered.keys() <= {case.id for case in asked(node)}


def test_the_keys_are_kept_for_the_owner_of_the_folder_alone(demo):
    node, _ = demo
    file = node.settings.data / keepsake.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    left = keepsake.load(node.settings.data)
    assert left is not None
    assert {key.office for key in left.keys if key.role == "office"} == set(CODES)
    assert {key.role for key in left.keys} == {"office", "supervisor", "auditor", "operator"}


def test_somebody_is_shown_who_lives_away_from_home(demo):
    left = keepsake.load(demo[0].settings.data)
    assert left is not None
    assert left.shown is not None
    assert left.shown.left != left.shown.right


def test_later_commands_on_the_folder_serve_the_same_towns(demo):
    assert set(settings_of(None, data=demo[0].settings.data).serves) == {*CODES, COUNTY}


def test_the_second_start_finds_the_first_ones_demo(demo):
    node, _ = demo
    before = node.settings.database.stat().st_ino
    served = ensure_demo(settings(data=node.settings.data))
    assert set(served.serves) == {*CODES, COUNTY}
    assert node.settings.database.stat().st_ino == before


def test_a_demo_never_mixes_with_other_data(tmp_path):
    (tmp_path / "exchange.db").touch()
    with pytest.raises(DemoOccupied):
        ensure_demo(settings(data=tmp_path))


def test_a_demo_is_never_made_in_a_database_that_may_hold_anybodys_data(tmp_path):
    with pytest.raises(DemoOccupied) as refused:
        ensure_demo(settings(data=tmp_path, database_url="postgresql+psycopg://u@localhost/x"), 30)
    assert (refused.value.field, refused.value.rule) == ("database_url", "demo.own_file")
    assert not list(tmp_path.iterdir())


def test_an_interrupted_demo_leaves_nothing_behind(tmp_path):
    def interrupted(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_demo(settings(data=tmp_path), 30, tell=interrupted)
    assert keepsake.load(tmp_path) is None
    assert not settings(data=tmp_path).database.exists()


@pytest.mark.parametrize("seed", ["2", "3"])
def test_the_command_names_exactly_the_faults_that_it_planted(seed):
    run = CliRunner().invoke(main, ["demo", "--persons", "40", "--seed", seed, "--plant-faults", "--json"])
    assert run.exit_code == 1, run.output
    told = json.loads(run.stdout.splitlines()[-1])
    assert {fault["what"] for fault in told["planted"]} == {"delivery_deleted", "record_altered", "relay_blocked"}
    assert told["unnamed"] == []
    assert told["unplanted"] == []
    wanted = {"events", "notifications", "cases", "in_time_share", "pairs", "records_compared", "differences"}
    assert wanted <= told.keys()
    assert places(told["differences"], "check") == places(told["planted"], "finds")


def places(found: list[dict[str, str]], check: str) -> list[tuple[str, ...]]:
    return sorted((each[check], each["office"], each["person"]) for each in found)


def test_faults_planted_in_a_kept_folder_are_found_again_and_delivering_again_heals_them(tmp_path):
    """The same checks over the folder, by the command that a supervisor runs."""
    run = CliRunner().invoke(main, ["demo", "--persons", "30", "--data", str(tmp_path), "--plant-faults"])
    assert run.exit_code == 1, run.output
    again = CliRunner().invoke(main, ["reconcile", "--data", str(tmp_path), "--json"])
    assert again.exit_code == 1, again.output
    told = json.loads(again.stdout.splitlines()[-1])
    assert told["checks"] == {"ledger": 1, "view": 1, "entitlement": 1, "agreement": 0}
    assert sum(told["consequences"].values()) == sum(len(each["consequences"]) for each in told["differences"]) > 0
    shown = CliRunner().invoke(main, ["reconcile", "--data", str(tmp_path)])
    assert shown.stdout.count("    -> ") == sum(told["consequences"].values())
    healed = CliRunner().invoke(main, ["reconcile", "--data", str(tmp_path), "--repair"])
    assert healed.exit_code == 0, healed.output


def test_the_command_ends_well_where_nothing_differs():
    run = CliRunner().invoke(main, ["demo", "--persons", "60", "--language", "zh-CN"])
    assert run.exit_code == 0, run.output
    assert "两地一致" in run.stdout


def test_a_folder_in_use_is_refused_by_name(demo):
    run = CliRunner().invoke(main, ["demo", "--data", str(demo[0].settings.data), "--json"])
    assert run.exit_code == 2
    assert json.loads(run.stdout)["error"]["rule"] == "demo.occupied"


def test_the_report_is_plain_data(found):
    assert json.loads(msgspec.json.encode(found))["differences"] == []
