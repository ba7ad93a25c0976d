"""The lists beside the records: the cases and the inboxes that offices are shown, as they follow from the books."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from sqlalchemy import Table

from events.errors import Tampered
from events.store.sql.rows import about
from exchange.pipeline.project import acknowledged, case_rows, inbox_rows
from exchange.pipeline.settled import Settled
from exchange.tables import cases, inbox, schema
from exchange.unit_of_work import SqlSession

ListName = Literal["cases", "inbox"]
Place = tuple[str, str, ListName]  # office, person, and which of its lists


class Lists:
    """What is stored of them about the persons of some dossiers."""

    def __init__(self, session: SqlSession, dossiers: Sequence[Settled]) -> None:
        persons = [person for one in dossiers for person in one.persons]
        self._cases = _stored(session, schema.cases, persons)
        self._inbox = _stored(session, schema.inbox, persons)
        self._seen = acknowledged(session, [each for one in dossiers for each in one.deliveries])

    def differing(self, one: Settled) -> list[Place]:
        """The lists in which what stands about the persons of this dossier is not what follows from its books."""
        try:
            cases_ = {cases.row_of(row) for person in one.persons for row in self._cases.get(person, ())}
            inbox_ = {inbox.row_of(row) for person in one.persons for row in self._inbox.get(person, ())}
            own_cases, own_inbox = set(case_rows(one)), set(inbox_rows(one, self._seen))
        except (LookupError, ValueError, Tampered):  # a row says nothing, or the books do not bear out what was told
            return [(record.office, record.person, "cases") for record in one.records()]
        found: set[Place] = {(row.office, row.person, "cases") for row in cases_ ^ own_cases}
        found |= {(row.office, row.person, "inbox") for row in inbox_ ^ own_inbox}
        return sorted(found)


def _stored(session: SqlSession, table: Table, persons: Collection[str]) -> dict[str, list[Sequence[Any]]]:
    found: dict[str, list[Sequence[Any]]] = {}
    person = table.columns.keys().index("person")
    for row in about(session.sql, table, persons):
        found.setdefault(row[person], []).append(row)
    return found
