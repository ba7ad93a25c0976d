"""The lists beside the records: the cases and the inboxes that offices are shown, as they follow from the books."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Table

from events.errors import Tampered
from events.store.moment import to_moment
from events.store.sql.rows import Query, all_about, by_key
from exchange.pipeline.project import case_rows, inbox_rows
from exchange.pipeline.settled import Settled
from exchange.tables import cases, inbox, schema
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

ListName = Literal["cases", "inbox"]
Place = tuple[str, str, ListName]  # office, person, and which of its lists
Stored = Mapping[str, Sequence[tuple[Any, ...]]]  # rows by whom they are about, which is their first column

# The lists; and what came with deliveries about these persons and was seen, which inboxes show.
LISTED = (
    all_about(schema.cases),
    all_about(schema.inbox),
    Query(
        "SELECT d.person, a.office, a.position, a.at FROM deliveries d CROSS JOIN acknowledgements a"
        " WHERE d.person {keys} AND a.office = d.recipient AND a.position = d.position"
    ),
)


class Lists:
    """What is stored of them about some persons: the rows that `LISTED` asks for."""

    def __init__(self, cases_: Stored, inbox_: Stored, seen: Stored) -> None:
        self._cases, self._inbox, self._seen = cases_, inbox_, seen

    @classmethod
    def read(cls, session: SqlSession, persons: Collection[str]) -> Lists:
        """Those about these persons."""
        return cls(*(by_key(session.ask_rows(query, persons)) for query in LISTED))

    def differing(self, node: Node, one: Settled) -> list[Place]:
        """The lists in which what stands about the persons of this dossier is not what follows from its books."""
        try:
            seen: dict[tuple[str, int], datetime] = {
                (row[1], row[2]): to_moment(row[3]) for row in _about(self._seen, one)
            }
            own_cases, own_inbox = case_rows(node, one), inbox_rows(one, seen)
        except (LookupError, ValueError, Tampered):  # a row says nothing, or the books do not bear out what was told
            return [(record.office, record.person, "cases") for record in one.records()]
        listed = cases.with_counted_days(_about(self._cases, one), own_cases)
        found = _differing("cases", schema.cases, listed, map(cases.columns_of, own_cases))
        found |= _differing("inbox", schema.inbox, _about(self._inbox, one), map(inbox.columns_of, own_inbox))
        return sorted(found)


def _differing(
    name: ListName, table: Table, stored: Iterable[tuple[Any, ...]], own: Iterable[tuple[Any, ...]]
) -> set[Place]:
    """Compared column by column, so that it does not matter whether what stands there says anything."""
    office, person = (table.c.keys().index(column) for column in ("office", "person"))
    return {(str(row[office]), str(row[person]), name) for row in {row[1:] for row in stored} ^ set(own)}


def _about(rows: Stored, one: Settled) -> Iterable[tuple[Any, ...]]:
    return (row for person in one.persons for row in rows.get(person, ()))
