"""Random histories on the real stores, in processes that end between any two steps: nothing differs from the model."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events.errors import ExchangeError
from exchange.demo.servers.postgres import Postgres
from exchange.protocol.duties import RULES
from exchange.reconcile import checks
from exchange.unit_of_work import SqlSession, UnitOfWork
from tests.databases import database
from tests.properties.stored import Ground, Killed, differing
from tests.properties.stored_areas import SPOKE
from tests.properties.stored_history import stored_history
from tests.properties.stored_households import paging_faults
from tests.properties.stored_successions import closes
from tests.properties.stored_ties import BEGAN, BY_ANOTHER, ENDED, TOGETHER
from tests.properties.test_histories import faults_of

BLOCK = 10
FIRST = range(0, 100, BLOCK)


@pytest.fixture(autouse=True)
def _same_persons_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed shows the same again: of merged ids the lowest may decide."""
    draw = random.Random("persons")
    monkeypatch.setattr(
        "exchange.commands.desk.new_person_id", lambda: str(uuid.UUID(int=draw.getrandbits(128), version=4))
    )


def faults(first: int, ground: Ground, counts: Counter[str]) -> Iterator[str]:
    """What the histories with the seeds from `first` show, one after the other on one store."""
    offices: set[str] = set()
    for seed in range(first, first + BLOCK):
        world, commands = stored_history(seed, ground)
        counts.update(commands.counts)
        shown = [*differing(world, commands), *faults_of(world)]
        shown += [str(each) for each in checks(ground.node, commands.persons).differences]
        yield from (f"seed {seed}: {each}" for each in shown)
        offices.update(world.offices)
    yield from paging_faults(ground.node, sorted(offices))  # in which the lines of all of them stand


def judged(first: int, ground: Ground) -> None:
    counts: Counter[str] = Counter()
    found = list(faults(first, ground, counts))
    assert found == [], "\n".join(found[:20])
    wanted = (BEGAN, ENDED, TOGETHER, *((BY_ANOTHER, SPOKE, "jurisdiction.closed") if first == FIRST[1] else ()))
    assert all(counts[word] for word in wanted), counts
    assert len(ground.kills) > BLOCK, f"killed at few steps: {ground.kills}"
    assert checks(ground.node).equal
    ground.node.close()


@pytest.mark.parametrize("first", FIRST)
def test_in_a_file(first: int, tmp_path: Path) -> None:
    judged(first, Ground(tmp_path))


@pytest.mark.parametrize("first", FIRST)
def test_in_postgres(first: int, tmp_path: Path, server: Postgres) -> None:
    with database(server) as url:
        judged(first, Ground(tmp_path, url))


def found_in(folder: Path, begins: int) -> bool:
    """Whether one of the first histories on a changed node shows a fault.

    `begins`: with which of each block; it is soon found by that, and only time hangs on it.
    """
    for first in range(begins, FIRST.stop, BLOCK):
        ground = Ground(folder / str(first))
        try:
            if next(faults(first, ground, Counter()), None) is not None:
                return True
        except (AssertionError, ExchangeError, KeyError):
            return True
        finally:
            ground.node.close()
    return False


@pytest.mark.parametrize(("left_out", "begins"), [("thread_of_stay", 8), ("thread_of_tie", 7)])
def test_a_node_that_leaves_out_a_rule_is_found(
    left_out: str, begins: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {name: rule for name, rule in RULES.items() if name != left_out}
    monkeypatch.setattr("exchange.node.RULES", rules)
    assert found_in(tmp_path, begins)


def test_a_node_that_does_not_look_again_at_those_who_are_tied_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.pipeline.relatives.Watched.to_read_again", lambda _: set())
    assert found_in(tmp_path, begins=5)


def test_a_node_that_reads_nobody_again_where_an_office_closed_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.commands.jurisdiction.read_everybody_again", lambda *_: None)
    assert found_in(tmp_path, begins=next(filter(closes, range(BLOCK))))


def test_half_a_transaction_that_is_kept_when_the_process_ends_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = UnitOfWork.begin

    @contextmanager
    def half(self: UnitOfWork, guard: Iterable[bytes] = ()) -> Iterator[SqlSession]:
        ended = False
        with kept(self, guard) as session:
            try:
                yield session
            except Killed:
                ended = True
        if ended:
            raise Killed

    monkeypatch.setattr(UnitOfWork, "begin", half)
    assert found_in(tmp_path, begins=6)
