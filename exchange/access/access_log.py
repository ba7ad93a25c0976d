"""Who read what of whom, and why: written before the answer is given, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from events.store.contract import Access
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.unit_of_work import UnitOfWork


def note(
    uow: UnitOfWork,
    caller: Caller,
    purpose: str,
    read: Iterable[tuple[str, Sequence[str]]],
    at: datetime,
    office: str | None = None,
) -> None:
    """Keep that the caller reads these fields of these persons. Raises as `purposes.require` and `office_read` do.

    `office`: whose book is read; the caller's own, or one that the caller oversees.
    """
    require(caller, purpose)
    caller.office_read(office)
    entries = [
        Access(office=caller.office, actor=caller.actor, purpose=purpose, person=person, fields=tuple(fields), at=at)
        for person, fields in read
    ]
    if entries:
        with uow.begin() as session:
            session.record_access(entries)


def readers_of(uow: UnitOfWork, person: str, after: int = 0, limit: int = 100) -> tuple[Access, ...]:
    """Who read this person's data, for the access report: by number, which is the cursor."""
    with uow.look() as session:
        return session.accesses(person, after, limit)
