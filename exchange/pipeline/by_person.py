"""One dossier after the other, each in a transaction of its own: what is wrong with one holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import structlog

from events.errors import Conflict, ExchangeError, StaleVersion
from events.store.errors import Unavailable
from exchange.books import Shelf, shelf
from exchange.pipeline.settling import Settling

if TYPE_CHECKING:
    from exchange.node import Node

TRIES = 5  # while others record in the same streams

_log = structlog.get_logger(__name__)

Decide = Callable[[Settling, Shelf, str], None]


def by_person(node: Node, persons: Iterable[str], decide: Decide) -> int:
    """Record what `decide` makes of the dossier of each of these persons. How many facts that were.

    Who cannot be decided on is passed by and named in the log. Raises Unavailable where the database cannot be used.
    """
    return sum(_decided(node, person, decide) for person in persons)


def _decided(node: Node, person: str, decide: Decide) -> int:
    for _ in range(TRIES):
        try:
            return _once(node, person, decide)
        except (StaleVersion, Conflict):  # somebody recorded meanwhile, or made the same look: decide anew
            continue
        except Unavailable:
            raise
        except (ExchangeError, RuntimeError):
            _log.exception("dossier_passed_by", person=person)
            return 0
    _log.warning("dossier_passed_by", person=person)
    return 0


def _once(node: Node, person: str, decide: Decide) -> int:
    with node.uow.begin() as session:
        found = shelf(session, node.keys, node.offices, person, pending=True)
        settling = Settling(node, found, node.clock())
        decide(settling, found, person)
        node.step("decided")
        session.append(settling.sealed)
    return len(settling.sealed)
