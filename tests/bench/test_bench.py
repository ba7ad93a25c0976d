"""What `make bench` runs, in a size that says nothing about speed: it must run, and write what others read."""

import json

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import Figure, against, table, write

FIELDS = {"name", "unit", "ours", "reference", "ratio", "target", "met"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "build" / "bench.json"
    main(["--events", "3", "--rounds", "1", "--batch", "4", "--writers", "1", "--no-message-db", "--out", str(path)])
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_figure_is_an_object_of_the_same_fields(ran):
    assert len(ran) == len({row["name"] for row in ran}) == 15 + 6 + 3 + 6 + 2
    assert all(row.keys() == FIELDS and row["ours"] > 0 for row in ran)


def test_a_figure_with_a_reference_has_a_ratio_and_one_without_has_none(ran):
    assert {row["name"] for row in ran if row["ratio"] is not None} >= {"one event per commit", "one event over HTTP"}
    assert all((row["reference"] is None) == (row["ratio"] is None) for row in ran)


def test_a_target_is_met_or_not_and_without_a_target_there_is_nothing_to_meet(ran):
    assert {row["name"]: row["target"] for row in ran}["one event per commit"] == 0.8
    for row in ran:
        reached = row["ours"] if row["ratio"] is None else row["ratio"]
        asked = row["target"]
        enough = asked is not None and (reached <= asked if row["unit"] == "ms" else reached >= asked)
        expected = None if asked is None else enough
        assert row["met"] == expected or abs(reached - row["target"]) < 0.1  # the file's figures are rounded


def test_the_table_names_what_is_asked_of_forwarding_and_of_the_time_to_views(ran):
    targets = {row["name"]: row["target"] for row in ran}
    assert {name: target for name, target in targets.items() if name.startswith(("forwarding a", "commit to"))} == {
        "forwarding a registration and an arrival, 2 workers": 5_000,
        "forwarding a move, 2 workers": 5_000,
        "commit to views, embedded worker, median": None,
        "commit to views, embedded worker, p99": None,
        "commit to views, a worker that listens to Redis, median": 15,
        "commit to views, a worker that listens to Redis, p99": 60,
        "commit to views, Celery over Redis, median": None,
        "commit to views, Celery over Redis, p99": 100,
    }


def test_a_time_meets_its_target_while_it_does_not_exceed_it():
    within, beyond = (Figure(name="p99", unit="ms", ours=ms, target=60, at_most=True) for ms in (60.0, 60.1))
    assert (within.met, beyond.met) == (True, False)
    assert "<= 60  no" in table([beyond])


def test_a_ratio_is_the_median_over_rounds_that_took_turns():
    figure = against("append", [(10, 1.0, 0.5), (10, 1.0, 0.9), (10, 2.0, 2.0)], target=0.8)
    assert (figure.ours, figure.ratio, figure.met) == (10.0, 0.9, True)
    assert figure.reference == pytest.approx(10 / 0.9)


def test_a_figure_below_its_target_is_written_as_not_met(tmp_path):
    write([Figure(name="replay", unit="events/s", ours=9.0, target=10.0)], tmp_path / "bench.json")
    [row] = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert row == {
        "name": "replay",
        "unit": "events/s",
        "ours": 9.0,
        "reference": None,
        "ratio": None,
        "target": 10.0,
        "met": False,
    }
