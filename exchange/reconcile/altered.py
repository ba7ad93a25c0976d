"""Events that are not as they were logged. Part of E1: what was told can be compared only of what stands unaltered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import select, tuple_

from events.envelope import Ref
from events.store.columns import unlike
from events.store.sql.events import EventRow
from events.store.sql.schema import pending
from exchange.audit.rebuild import Closed
from exchange.reconcile.finding import Difference
from exchange.unit_of_work import SqlSession

_ESSENTIAL = frozenset({"author", "id", "subject", "body", "sealed"})  # without these it is not found, or is another


class Altered:
    """The events among these rows whose columns differ from their bytes, or whose bytes from what the log hashed; and
    those of dossiers that do not open.
    """

    def __init__(self, rows: Iterable[EventRow], closed: Sequence[Closed] = ()) -> None:
        self._faults: dict[Ref, Difference] = {}
        self.unjudged: set[str] = set()  # of whom an event is not what was logged: what follows from it says nothing
        self.misplaced: set[str] = set()  # under whom an event stands that is altered in any way
        for row in rows:
            found = unlike(row)
            if found is not None:
                self.misplaced.add(row.subject)
                self._add(Ref(found.author, found.id), found.subject, found.columns)
                if _ESSENTIAL.intersection(found.columns):
                    self.unjudged |= {row.subject, found.subject}
        for one in closed:
            for ref, person in one.events:
                self._add(ref, person, ("sealed",))

    def faults(self, closed: Sequence[Closed] = ()) -> list[Difference]:
        """One fault for each event; for a dossier that does not open what keeps it closed, with the views it hides."""
        found = dict(self._faults)
        others = [self._hidden(found, one) for one in closed]
        return [*found.values(), *(fault for fault in others if fault is not None)]

    def _hidden(self, found: dict[Ref, Difference], one: Closed) -> Difference | None:
        views = [
            Difference("view", office, one.persons[0], event=one.row, lacking=(one.rule,))
            for office in one.offices or ("",)
        ]
        at_fault = next((ref for ref, fault in found.items() if fault.person in one.persons), None)
        if at_fault is None:
            return msgspec.structs.replace(views[0], consequences=tuple(views[1:]))
        found[at_fault] = msgspec.structs.replace(found[at_fault], consequences=tuple(views))
        return None

    def _add(self, ref: Ref, person: str, columns: tuple[str, ...]) -> None:
        if ref not in self._faults:
            self._faults[ref] = Difference("ledger", ref.author, person, event=ref, lacking=columns)


def about_offices(session: SqlSession) -> list[Difference]:
    """The faults of what was recorded of offices: it is about nobody, and no delivery bears it out, so that an event
    whose row in the log names another event would be missed by nobody.
    """
    rows = session.rows_about_offices()
    unlogged = {Ref(row.author, row.id): row.subject for row in rows if row.place is None}
    keys = tuple_(pending.c.author, pending.c.id)
    waiting = select(pending.c.author, pending.c.id).where(keys.in_([(ref.author, ref.id) for ref in unlogged]))
    expected = {Ref(author, id_) for author, id_ in session.sql.execute(waiting)} if unlogged else set()
    expected |= {one.ref for one in session.aside()} if unlogged else set()
    lost = [
        Difference("ledger", ref.author, subject, "", ref, ("index",))
        for ref, subject in unlogged.items()
        if ref not in expected
    ]
    return [*Altered(rows).faults(), *lost]
