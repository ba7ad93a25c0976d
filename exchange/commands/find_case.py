"""The person whom a case is about, where a reply names only the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.envelope import Ref
from exchange.protocol.refusals import NoSuchCase
from exchange.tables import cases
from exchange.unit_of_work import SqlSession


def person_of(session: SqlSession, office: str, content: Mapping[str, Any]) -> str | None:
    """By the case's id among this office's own cases, or by its opening event; None where no case is named.

    Raises NoSuchCase where the office has no such case. An opening event is looked for by its id alone: whether the
    office's book holds it is asked afterwards, as for any other person.
    """
    wanted = content.get("case_id")
    if isinstance(wanted, str):
        row = cases.one(session.sql, office, wanted)
        if row is None:
            raise NoSuchCase(field="case_id")
        return row.person
    case = content.get("case")
    opening = case.get("opening") if isinstance(case, Mapping) else None
    if opening is None:
        return None
    stored = session.event(Ref(*opening))
    if stored is None:
        raise NoSuchCase(field="case")
    return stored.frame.subject.id
