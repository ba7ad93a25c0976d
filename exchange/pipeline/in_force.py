"""Which version is in force: that of the newest process that has had the database. One of before writes no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from events.errors import ExchangeError
from events.store.sql.rows import Query
from exchange.migrations import steps
from exchange.pipeline.joining import UNMARKED
from exchange.protocol.view import VIEW_VERSION

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

# At which step the database stands, and by which view its records are made: two columns of a question.
IN_FORCE: LiteralString = "(SELECT version_num FROM alembic_version), (SELECT number FROM versions WHERE name = 'view')"
_FOUND = Query(f"SELECT {IN_FORCE}, ({UNMARKED})")


class Superseded(ExchangeError):
    """A newer version has had the database since this process opened it: the process ends, and changes nothing more."""

    code = "superseded"
    status = 409


def judge(step: object, view: object) -> None:
    """Raises Superseded where what `IN_FORCE` found is not of this version, nor of one before it."""
    if step not in steps():
        raise Superseded(found=step, known=steps()[-1])
    if isinstance(view, int) and view > VIEW_VERSION:
        raise Superseded(found=f"view {view}", known=f"view {VIEW_VERSION}")


def unmarked_in_force(session: SqlSession) -> str | None:
    """As `unmarked_from`, and in the same question whether this is the version in force. Raises Superseded.

    Asked behind a claim: who is claimed is out of the reach of a newer process until this transaction ends, and one
    that comes into force in the middle of it makes the records of everybody anew behind it.
    """
    unmarked: str | None
    ((step, view, unmarked),) = session.ask_rows(_FOUND, ())
    judge(step, view)
    return unmarked


def require_in_force(node: Node) -> None:
    """Raises Superseded where a newer version is in force."""
    with node.uow.look() as session:
        unmarked_in_force(session)
