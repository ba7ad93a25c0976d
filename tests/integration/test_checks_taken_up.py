"""Checks of a night that an outage hindered, or broke off: the next sweep takes them up, and no more than once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery

from events.store.errors import Unavailable
from exchange.node import Node
from exchange.reconcile import latest, report, under_way
from exchange.reconcile.reporting import BEGINNING, Place, left_over, report_from
from exchange.wakes.broker import Broker
from tests.integration.on_both import node
from tests.integration.towns import Clock, Town, woman
from workers import tasks
from workers.queues import CHECK, SWEEP
from workers.retries import Retries
from workers.schedule import last_night

NIGHT = datetime(2026, 3, 2, 18, 40, tzinfo=UTC)  # 02:40 of the third in Asia/Shanghai


__all__ = ["node"]  # the fixture


class Quiet(Broker):
    """A broker of which nothing is asked here."""

    def __init__(self) -> None:
        """Nowhere."""

    def looked(self) -> None: ...

    def queue(self, reference: str | None = None) -> bool:
        return False


@pytest.fixture
def app(node: Node, home: Town, clock: Clock, monkeypatch) -> Celery:
    """A worker's application of which each task is done where it is asked for."""
    for number in (2, 4):
        home.registers(woman(number))
    monkeypatch.setattr(tasks, "DAILY", Retries(times=1, first=0.0, longest=0.0, within=0.0))
    app = Celery("of a test", set_as_current=False)
    app.conf.task_always_eager = True
    tasks.add_tasks(app, lambda: node, Quiet)
    clock.now = NIGHT + timedelta(seconds=1)
    return app


def away(*_: Any) -> Any:
    raise Unavailable(rule="store.lost")


def broken_off(node: Node) -> Place:
    """Where the checks were left, after they had begun."""
    place: Place | None = BEGINNING
    while place == BEGINNING:
        place = report_from(node, place, lambda: True)
    assert place is not None
    return place


def test_a_night_without_a_database_is_made_up_for_by_the_next_sweep(node, app, clock, monkeypatch):
    with monkeypatch.context() as lost:
        lost.setattr(tasks, "report_from", away)
        assert app.tasks[CHECK].apply().failed()
    assert latest(node) is None
    clock.now += timedelta(hours=3, minutes=30)
    app.tasks[SWEEP].apply(throw=True)
    found = latest(node)
    assert found is not None
    assert (found.checked.at > NIGHT, found.checked.persons) == (True, 2)
    clock.now += timedelta(hours=6)
    app.tasks[SWEEP].apply(throw=True)
    assert latest(node) == found, "once is enough until the next night"
    clock.now += timedelta(days=1)
    app.tasks[SWEEP].apply(throw=True)
    again = latest(node)
    assert again is not None
    assert again.checked.at > found.checked.at


def test_of_what_nobody_takes_no_more_than_one_waits(app, monkeypatch):
    asked: list[Any] = []
    monkeypatch.setattr(app.tasks[CHECK], "apply_async", lambda *_, **options: asked.append(options["expires"]))
    app.tasks[SWEEP].apply(throw=True)
    assert asked == [6 * 3600], "then the next sweep asks again"


def test_one_that_was_broken_off_goes_on_where_it_was(node, app, clock):
    place = broken_off(node)
    begun = under_way(node)
    assert left_over(node, last_night(clock())) == place
    clock.now += timedelta(hours=3, minutes=30)
    app.tasks[SWEEP].apply(throw=True)
    found = latest(node)
    assert found is not None
    assert (found.checked.at, under_way(node)) == (begun, None)


def test_what_was_broken_off_the_night_before_is_begun_anew(node, clock, app):
    broken_off(node)
    assert left_over(node, last_night(clock() + timedelta(days=1))) == BEGINNING


def test_where_somebody_checked_since_nothing_is_to_be_taken_up(node, app, clock):
    report(node)
    assert left_over(node, last_night(clock())) is None


@pytest.mark.parametrize(("hour", "days"), [(0, 0), (-1, -1), (21, 0), (23, 0), (24, 1)])
def test_the_night_is_counted_in_the_days_of_the_world(hour, days):
    assert last_night(NIGHT + timedelta(hours=hour)) == NIGHT + timedelta(days=days)
