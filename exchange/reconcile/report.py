"""The report: the four checks over everybody, step by step, and what they found, for whoever looks at it later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec
import structlog

from exchange.everybody import next_persons
from exchange.reconcile.checks import BATCH, checks
from exchange.reconcile.finding import Checked, in_one
from exchange.tables import reports

if TYPE_CHECKING:
    from exchange.node import Node

_log = structlog.get_logger(__name__)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`left_out`: how many faults were found beyond those listed."""

    checked: Checked
    left_out: int = 0


def stepwise(node: Node, tell: Callable[[int], None] | None = None) -> Checked:
    """The four checks over everybody, each batch at a moment of its own, so that none holds up the database for long.

    `tell`: how many persons were checked so far.
    """
    return in_one(node.clock(), _parts(node, tell))


def report(node: Node) -> Checked:
    """Check everybody, keep what was found, and say in the log whether both sides are equal."""
    found = stepwise(node)
    body = msgspec.json.encode(Report(checked=found, left_out=found.more))
    with node.uow.begin() as session:
        reports.keep(session.sql, found.at, body)
    say = _log.info if found.equal else _log.error
    say("checked", persons=found.persons, waiting=found.waiting, differences=sum(found.checks.values()))
    return found


def latest(node: Node) -> Report | None:
    """The last report that was kept."""
    with node.uow.look() as session:
        body = reports.latest(session.sql)
    return None if body is None else msgspec.json.decode(body, type=Report)


def _parts(node: Node, tell: Callable[[int], None] | None) -> Iterator[Checked]:
    done = 0
    for persons in _batches(node):
        yield checks(node, persons)
        done += len(persons)
        if tell is not None:
            tell(done)


def _batches(node: Node) -> Iterator[list[str]]:
    after = ""
    while True:
        with node.uow.look() as session:
            found = next_persons(session, after, BATCH)
        if not found:
            return
        yield found
        after = found[-1]
