"""A bar for long work: on the terminal beside the answer, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exchange.everybody import how_many

if TYPE_CHECKING:
    from exchange.node import Node


def persons_of(node: Node) -> int | None:
    """How many persons work on everybody goes through; not counted where nobody sees the bar."""
    if not sys.stderr.isatty():
        return None
    with node.uow.look() as session:
        return how_many(session)


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Tells how many of `total` are done to whoever looks; None where nobody knows how many there are."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(title, total=total or None)
        yield lambda done: bar.update(task, completed=done)
