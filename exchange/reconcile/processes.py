"""The checks of many persons in several processes, each with a node of its own: nothing of them waits for a core."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING

from exchange.collecting import BETWEEN_LOOKS_AT_BATCHES, collect_seldom
from exchange.reconcile.checks import checks
from exchange.reconcile.finding import Checked
from exchange.settings import Settings

if TYPE_CHECKING:
    from exchange.node import Node

_AHEAD = 2  # batches that wait for each process, so that none is idle and few are in memory

FEW = 25  # batches that one process has checked before others are opened

_own: list[Node] = []  # of this process, opened once


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    settings: Settings, batches: Iterable[list[str]], processes: int, *, trusted: bool
) -> Iterator[tuple[int, Checked]]:
    """What is found of each batch, in their order, and how many persons it was of."""
    context = multiprocessing.get_context("spawn")  # what a node holds open no other process may inherit
    waiting: deque[tuple[int, Future[Checked]]] = deque()
    with ProcessPoolExecutor(processes, context, _open, (settings,)) as pool:
        for persons in batches:
            waiting.append((len(persons), pool.submit(_check, persons, trusted)))
            if len(waiting) > processes * _AHEAD:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


def _first(waiting: deque[tuple[int, Future[Checked]]]) -> tuple[int, Checked]:
    persons, found = waiting.popleft()
    return persons, found.result()


def _open(settings: Settings) -> None:
    from exchange.node import Node  # noqa: PLC0415 (which imports all of this, for its own)

    _own.append(Node.open(settings))
    collect_seldom(between=BETWEEN_LOOKS_AT_BATCHES)


def _check(persons: list[str], trusted: bool) -> Checked:
    return checks(_own[0], persons, trusted=trusted, keep=True)
