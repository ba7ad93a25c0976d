"""Every queue that the broker keeps for us is read by the workers, holds a task that they know, and is written to."""

from pathlib import Path

from celery import Celery

from exchange.settings import settings
from exchange.wakes.broker import celery_at
from workers.app import make_app
from workers.queues import ALL

URL = "redis://127.0.0.1:1/0"  # nothing is asked of it


def kept() -> Celery:
    """The queues as the broker keeps them, and no task."""
    return celery_at(URL, patience=1)


def unread(app: Celery, read: tuple[str, ...] = ALL) -> set[str]:
    """The queues that nobody reads, and those that are read and not kept."""
    return {queue.name for queue in app.conf.task_queues} ^ set(read)


def tasks(app: Celery) -> set[str]:
    """The tasks of ours."""
    return {name for name in app.tasks if not name.startswith("celery.")}


def without_task(app: Celery, known: set[str]) -> set[str]:
    """The queues after which no task is named, and the tasks that no queue is named after."""
    return {queue.name for queue in app.conf.task_queues} ^ known


def test_every_queue_is_read():
    assert unread(kept()) == set()


def test_every_queue_has_its_task(tmp_path: Path):
    app = make_app(settings(data=tmp_path, broker_url=URL))
    assert without_task(app, tasks(app)) == set()


def test_whatever_the_clock_asks_for_is_a_task_in_its_queue(tmp_path: Path):
    app = make_app(settings(data=tmp_path, broker_url=URL))
    default = app.conf.task_default_queue
    asked = {each["task"]: each.get("options", {}).get("queue", default) for each in app.conf.beat_schedule.values()}
    assert asked == {name: name for name in asked}
    assert set(asked) <= set(ALL)


def test_a_queue_that_nobody_reads_is_found():
    assert unread(kept(), ALL[:-1]) == {ALL[-1]}


def test_a_queue_without_its_task_is_found():
    assert without_task(kept(), {ALL[0], "exchange.other"}) == {*ALL[1:], "exchange.other"}


def test_no_other_application_of_the_process_gets_our_tasks(tmp_path: Path):
    assert tasks(make_app(settings(data=tmp_path, broker_url=URL))) == set(ALL)
    assert tasks(kept()) == set()
