"""A process killed between any two steps, commits included, loses nothing and does nothing twice."""

import os
import shutil
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from exchange.clock import utcnow
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.ids import derived_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.reconcile import checks
from tests.databases import PLAIN, database
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, told, town, woman

STEPS = (
    "before record",
    "act recorded",
    "after record",
    "before sequence",
    "sequenced",
    "after sequence",
    "before forward",
    "claimed",
    "automatic facts appended",
    "automatic facts sequenced",
    "delivered",
    "books held",
    "records written",
    "cases written",
    "inbox written",
    "marks taken off",
    "after forward",
)


REGISTERED = {"particulars": woman(), "basis": "first_record", "registration": town(ZHIFANG), "address": "6 Lake"}
ARRIVED = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "stated": woman()}


def beginning(node: Node) -> Result:
    """A woman registered at home arrives in her new home."""
    takes(Town(node, ZHIFANG), "registered", "person.registered", REGISTERED)
    return takes(Town(node, DONGHUAMEN), "arrived", "movement.arrived", ARRIVED)


def story(node: Node) -> None:
    """She is confirmed, and moves on: the same requests under the same ids, however often it is told."""
    arrival = beginning(node)
    opening = {"opening": [DONGHUAMEN, arrival.id], "kind": "inflow"}
    takes(Town(node, ZHIFANG), "confirmed", "case.confirmed", {"case": opening}, arrival.person)
    moved_on = {**ARRIVED, "origin": town(DONGHUAMEN)}
    takes(Town(node, WANSHOULU), "moved on", "movement.arrived", moved_on, day="2026-03-10")


def takes(
    office: Town, name: str, type_: str, content: dict[str, Any], person: str | None = None, day: str = "2026-03-01"
) -> Result:
    item = Item(id=derived_id("story", name), type=type_, day=day, content=content, person=person)
    (result,) = record(office.node, office.caller, [item])
    assert result.error is None, result.error
    advance(office.node)
    return result


def killed_at(folder: Path, step: str, occurrence: int, database_url: str = "") -> bool:
    """Go on with the story in a process that is killed at this step; False where it never comes to it so often."""
    child = os.fork()
    if child == 0:
        seen: Counter[str] = Counter()

        def kill(name: str) -> None:
            seen[name] += 1
            if name == step and seen[name] == occurrence:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            node = opened(folder, clock=utcnow, database_url=database_url)
            node.step = kill
            story(node)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A node on which the beginning was told: every kill starts from a copy of it."""
    folder = tmp_path_factory.mktemp("begun")
    node = opened(folder, clock=utcnow)
    beginning(node)
    node.close()
    return folder


@pytest.fixture(scope="module")
def undisturbed(begun, tmp_path_factory):
    node = opened(shutil.copytree(begun, tmp_path_factory.mktemp("undisturbed") / "node"), clock=utcnow)
    story(node)
    found = told(node)
    node.close()
    return found


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_loses_and_doubles_nothing(step, tmp_path, begun, undisturbed):
    kills = 0
    while killed_at(folder := shutil.copytree(begun, tmp_path / str(kills)), step, kills + 1):
        kills += 1
        node = opened(folder, clock=utcnow)
        story(node)
        assert told(node) == undisturbed, f"killed the {kills}. time at {step}"
        assert checks(node).equal
        node.close()
    assert kills, f"the story never came to {step}"


@pytest.fixture(scope="module")
def begun_in_postgres(server, tmp_path_factory):
    """The same beginning in a database that every kill starts from a copy of; with the folder of its keys."""
    folder = tmp_path_factory.mktemp("begun-in-postgres")
    node = opened(folder, clock=utcnow, database_url=server.create("begun", PLAIN))
    beginning(node)
    node.close()
    yield folder
    server.drop("begun")


@pytest.mark.parametrize("step", STEPS)
def test_in_postgres_it_loses_and_doubles_nothing_either(step, server, tmp_path, begun_in_postgres, undisturbed):
    folder = shutil.copytree(begun_in_postgres, tmp_path / "node")
    with database(server, "begun") as url:
        assert killed_at(folder, step, 1, url), f"the story never came to {step}"
        node = opened(folder, clock=utcnow, database_url=url)
        story(node)
        assert told(node) == undisturbed, f"killed at {step}"
        assert checks(node).equal
        node.close()


def test_the_steps_are_all_that_there_are(tmp_path):
    seen: set[str] = set()
    node = opened(tmp_path, clock=utcnow)
    node.step = seen.add
    story(node)
    node.close()
    assert seen == set(STEPS)
