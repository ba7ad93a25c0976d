"""A process killed between any two steps, commits included, loses nothing and does nothing twice."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from exchange.commands.act import Item
from exchange.commands.record import record
from exchange.ids import derived_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.status import status
from exchange.reconcile import checks
from exchange.tables import inbox
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, town, woman

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


def story(node: Node) -> None:
    """The same requests under the same ids, however often it is told."""
    home, new_home, third = (Town(node, code) for code in (ZHIFANG, DONGHUAMEN, WANSHOULU))
    registered = {"particulars": woman(), "basis": "first_record", "registration": town(ZHIFANG), "address": "6 Lake"}
    arrived = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "stated": woman()}
    takes(home, "registered", "person.registered", registered)
    arrival = takes(new_home, "arrived", "movement.arrived", arrived)
    opening = {"opening": [DONGHUAMEN, arrival.id], "kind": "inflow"}
    takes(home, "confirmed", "case.confirmed", {"case": opening}, arrival.person)
    takes(third, "moved on", "movement.arrived", {**arrived, "origin": town(DONGHUAMEN)}, day="2026-03-10")


def takes(office, name, type_, content, person=None, day="2026-03-01"):
    item = Item(id=derived_id("story", name), type=type_, day=day, content=content, person=person)
    (result,) = record(office.node, office.caller, [item])
    assert result.error is None, result.error
    advance(office.node)
    return result


def told(node: Node) -> tuple[object, ...]:
    """What there is of everything, and every notice by office, kind and outcome."""
    now = status(node)
    with node.uow.look() as session:
        rows = inbox.some(session.sql, inbox.Which(), limit=1000).rows
    notices = Counter((row.office, row.kind, row.expects_reply, row.outcome) for row in rows)
    return (now.events, now.pending, now.dirty, now.deliveries, now.notices, now.persons, now.open_cases, notices)


def killed_at(folder: Path, step: str, occurrence: int) -> bool:
    """Tell the story in a process that is killed at this step; False where it never comes to it so often."""
    child = os.fork()
    if child == 0:
        seen: Counter[str] = Counter()

        def kill(name: str) -> None:
            seen[name] += 1
            if name == step and seen[name] == occurrence:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            node = opened(folder)
            node.step = kill
            story(node)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    node = opened(tmp_path_factory.mktemp("undisturbed"))
    story(node)
    found = told(node)
    node.close()
    return found


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_loses_and_doubles_nothing(step, tmp_path, undisturbed):
    kills = 0
    while killed_at(folder := tmp_path / str(kills), step, kills + 1):
        kills += 1
        node = opened(folder)
        story(node)
        assert told(node) == undisturbed, f"killed the {kills}. time at {step}"
        assert checks(node).equal
        node.close()
    assert kills, f"the story never came to {step}"


def test_the_steps_are_all_that_there_are(tmp_path):
    seen = set()
    node = opened(tmp_path)
    node.step = seen.add
    story(node)
    node.close()
    assert seen == set(STEPS)
