"""One page after the other, each in a look of its own: so nothing holds more than a page, and one may write between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

T = TypeVar("T")


def by_page(node: Node, ask: Callable[[Connection, str | None], Page[T]]) -> Iterator[tuple[T, ...]]:
    """The rows of every page of what is asked, from the first on."""
    after: str | None = None
    while True:
        with node.uow.look() as session:
            page = ask(session.sql, after)
        yield page.rows
        after = page.next
        if after is None:
            return
