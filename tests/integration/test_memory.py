"""Whoever goes through everybody holds some at a time: twice as many take no more memory."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event

from exchange.audit.outlines import folded
from exchange.audit.rebuild import compare, rebuild
from exchange.firsts import MOST, Firsts
from exchange.node import Node
from exchange.pipeline.sweep import sweep
from exchange.queries import register
from exchange.reconcile import checks, repair_everybody, stepwise
from exchange.registers.outgoing import give_out
from exchange.tables import cases, records
from tests.integration.test_tables import case, record
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, woman

FEW, MANY = MOST + 100, 2 * MOST + 200
SLACK = 100_000  # bytes: the ids alone of those who come on top are as many


def strange(node: Node, count: int) -> None:
    """Records and cases of so many persons of whom there is nothing else: each of them is a fault."""
    people = [f"person-{number:06}" for number in range(count)]
    asked = {"asked": ZHIFANG, "asker": DONGHUAMEN, "due_on": "2026-03-01"}
    with node.uow.begin() as session:
        records.replace(session.sql, people, [record(ZHIFANG, person) for person in people])
        cases.replace(session.sql, people, [case(f"c-{p}", DONGHUAMEN, person=p, **asked) for p in people])


def held(node: Node, count: int, work: Callable[[Node], object]) -> int:
    """The most that is held whenever the next some are asked for, of so many persons."""
    found: list[int] = []

    def asks(statement: str) -> bool:
        """For the next persons, or for the next cases; not for the cases of persons that are being looked at."""
        return "DISTINCT events.subject" in statement or (
            "FROM cases" in statement and "cases.person IN" not in statement
        )

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if asks(statement):
            gc.collect()
            found.append(tracemalloc.get_traced_memory()[0])

    strange(node, count)
    event.listen(Engine, "before_cursor_execute", hear)
    gc.collect()
    gc.freeze()  # what was there before stays, and is not looked through again each time
    tracemalloc.start()
    try:
        work(node)
    finally:
        tracemalloc.stop()
        gc.unfreeze()
        event.remove(Engine, "before_cursor_execute", hear)
    assert len(found) >= count // 500
    return max(found)


WORK: dict[str, Callable[[Node], object]] = {
    "rebuild": rebuild,
    "compare": compare,
    "fold": lambda node: folded(node, parts=False),
    "check": checks,
    "check step by step": stepwise,
    "sweep": sweep,
}


@pytest.mark.parametrize("name", WORK)
def test_more_persons_take_no_more_memory(node, name):
    strange(node, FEW)
    WORK[name](node)  # whatever is kept for good is there from now on
    few, many = (held(node, count, WORK[name]) for count in (FEW, MANY))
    assert many < few + SLACK


def nothing(_told: object) -> None:
    """Keeps nothing of it."""


def given_out(node: Node, town: Town, count: int) -> int:
    """The most that is held while a register of so many is given out to somebody who keeps nothing of it."""
    gc.collect()
    tracemalloc.start()
    try:
        written = give_out(
            node, town.caller, "registration", lambda _row: None, lambda _done: None, lambda _person: None
        )
        assert written == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_register_takes_no_more_memory(node, home: Town, monkeypatch):
    monkeypatch.setattr(register, "PAGE", 20)
    found = []
    for first, last in ((0, 20), (20, 40), (40, 160)):
        for number in range(first, last):
            home.registers(woman(2 * number + 2))
        found.append(given_out(node, home, last))
    assert found[-1] < found[1] + SLACK, found


def test_of_many_faults_the_first_are_named_and_all_are_counted_and_repaired(node):
    strange(node, MOST + 50)
    found = checks(node)
    assert (len(found.differences), found.more, found.equal) == (MOST, 50, False)
    told = compare(node)
    assert (len(told.differing), told.differing_in_all) == (
        MOST,
        2 * (MOST + 50),
    )  # one office's record, another's case
    assert repair_everybody(node) == MOST + 50
    assert checks(node).equal


def test_the_first_are_kept_and_all_are_counted():
    firsts: Firsts[int] = Firsts(2)
    for some in ((1,), (2, 3), ()):
        firsts.add(some)
    assert (firsts.kept, firsts.in_all) == ([1, 2], 3)
