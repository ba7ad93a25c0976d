"""How often an office looks up people whom it does not hold: counted in the log of reads itself.

Each attempt, also one that finds nobody, is an entry about the office's own code: it is about no person yet, and so the
attempts of an office are found by the index by which the report of a person is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from events.errors import ExchangeError
from events.store.contract import Access
from events.store.moment import to_moment
from events.store.sql.schema import accesses
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.unit_of_work import UnitOfWork

WINDOW = timedelta(hours=1)


class TooManyLookups(ExchangeError):
    """The office has looked up as many people within an hour as it may."""

    code = "too_many_lookups"
    status = 429


def attempt(uow: UnitOfWork, caller: Caller, purpose: str, fields: Sequence[str], at: datetime, most: int) -> None:
    """Keep that the caller looks somebody up by these fields. Raises as `purposes.require`, and TooManyLookups.

    A refused attempt leaves no entry, so that waiting always helps.
    """
    require(caller, purpose)
    with uow.begin(guard=[caller.office.encode()]) as session:  # two at once are counted one after the other
        latest = select(accesses.c.at).where(accesses.c.person == caller.office)
        nth = session.sql.execute(latest.order_by(accesses.c.number.desc()).offset(most - 1).limit(1)).scalar()
        if nth is not None and (again := to_moment(nth) + WINDOW) > at:
            raise TooManyLookups(most=most, wait=int((again - at).total_seconds()) + 1)
        entry = Access(
            office=caller.office,
            actor=caller.actor,
            purpose=purpose,
            person=caller.office,
            fields=tuple(fields),
            at=at,
        )
        session.record_access([entry])
