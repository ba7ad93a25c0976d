"""A sweep is done in slices, each as short as whoever runs it needs, and comes to the same as one done at a stretch."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest

from events.store.errors import Unavailable
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import BEGINNING, Place, sweep, sweep_from
from exchange.reconcile import checks
from exchange.wakes.broker import VISIBLE
from tests.integration.on_both import node
from tests.integration.towns import ZHIFANG, Clock, Town, opened, woman
from workers import retries, tasks
from workers.retries import DAILY, WORK, Retries

PERSONS = range(2, 6)


__all__ = ["node"]  # the fixture


@pytest.fixture
def due(node: Node, clock: Clock, home: Town, new_home: Town) -> int:
    """How much falls due: for each person a protection ends, and a case is overdue."""
    for number in PERSONS:
        home.registers(woman(number))
        person = new_home.sees_arrive(woman(number), ZHIFANG).person
        home.records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-03-10"}, person)
    clock.now += timedelta(days=22)
    return 2 * len(PERSONS)


def facts(node: Node, type_: str) -> list[str]:
    with node.uow.look() as session:
        return [event.frame.subject.id for event in session.log(0, 10_000) if event.frame.type == type_]


def test_slices_leave_off_and_go_on_until_all_is_done_once(node, due):
    made, slices = 0, 0
    place: Place | None = BEGINNING
    while place is not None:
        done, place = sweep_from(node, place, lambda: True, limit=1)
        made, slices = made + done, slices + 1
        assert done <= 1
    assert made == due
    assert slices > due
    advance(node)
    assert len(facts(node, "person.unprotected")) == len(set(facts(node, "person.unprotected"))) == len(PERSONS)
    assert sweep(node) == 0
    assert checks(node).equal


def test_two_sweeps_at_once_make_each_fact_once(node, due, tmp_path, clock, database_url):
    beside = opened(tmp_path, clock, database_url=database_url)
    together, made = threading.Barrier(2), []

    def run(own: Node) -> None:
        together.wait()
        made.append(sweep(own))

    threads = [threading.Thread(target=run, args=(own,)) for own in (node, beside)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    advance(node)
    assert len(facts(node, "person.unprotected")) == len(set(facts(node, "person.unprotected"))) == len(PERSONS)
    assert len(facts(node, "case.reminded")) + len(facts(node, "case.escalated")) == len(PERSONS)
    assert sweep(node) == 0
    assert checks(node).equal
    beside.close()


def test_no_task_takes_as_long_as_the_broker_waits_for_it():
    one_page = 60
    assert DAILY.within + tasks.LONGEST + one_page + WORK.within + tasks.LONGEST < VISIBLE


def test_no_further_try_begins_after_its_time(monkeypatch):
    now, begun = [0.0], []
    monkeypatch.setattr(retries, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def fails() -> None:
        begun.append(now[0])
        now[0] += 2
        raise Unavailable(rule="store.lost")

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(Unavailable):
        Retries(times=1000, first=1, longest=1, within=10).run(fails, sleep)
    assert begun == [0, 3, 6, 9]
