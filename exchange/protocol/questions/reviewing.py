"""Stays due for review: some time before their last day, and those without one, or that went on after it, year by year
(catalogue, rule 5). Pure.

The keeper's system actor asks the stay's office, once for each last day and each year. Nothing closes by the clock
alone: the office extends the stay, or ends it, and either answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

import msgspec

from events.catalogue.case import RequestOpened
from events.catalogue.movement import Extended
from events.envelope import Ref
from events.partial_date import latest
from exchange.protocol.draft import Draft
from exchange.protocol.questions.stay_requests import asked_about_last_day, review_id
from exchange.protocol.record import CaseState, Record, Stay


class Periods(msgspec.Struct, frozen=True):
    """How long before its last day a stay is asked about, and after how many months one without."""

    before_days: int
    after_months: int

    def earlier_than(self, other: Periods) -> int:
        """By how many days at most these let anything be due before it is by the others."""
        months = max(0, other.after_months - self.after_months)
        return max(0, self.before_days - other.before_days, 31 * months)


USUAL = Periods(before_days=30, after_months=12)


def review_on(record: Record) -> str | None:
    """The first day on which the office usually has to ask whether a stay goes on; None where it has not."""
    return min((due for _, due in _reviewable(record, USUAL)), default=None)


def reviews(record: Record, today: str, periods: Periods = USUAL) -> Iterator[Draft]:
    """What the keeper has to ask by now, and did not ask before."""
    for stay, due in _reviewable(record, periods):
        because_of = _because_of(record, stay, today, periods) if due <= today else None
        if because_of is not None and not _asked_because_of(record, stay, because_of):
            yield Draft(
                id=review_id(stay, because_of),
                person=record.facts[stay.id].event.person,
                payload=RequestOpened(to=stay.office, asks="stay", about=stay.id),
                because=stay.id,
            )


def _reviewable(record: Record, periods: Periods) -> Iterator[tuple[Stay, str]]:
    """Open stays of others of which nobody is to be asked already, each with the day on which it is."""
    if record.keeper != record.office:
        return
    for stay in record.open_stays:
        if stay.office == record.office or not record.confirmed(stay):
            continue
        if stay.until is not None and asked_about_last_day(record, stay) is None:
            yield stay, _before(record, stay, stay.until, periods)
        elif not _waits(record, stay):
            last = _last_asked(record, stay)
            later = (day for day in _years(stay, periods) if day > last)
            yield stay, next(day for day in later if not _asked_because_of(record, stay, day))


def _asked_because_of(record: Record, stay: Stay, day: str) -> bool:
    """Whether it was asked about the stay because of this day; which may have been its last one for a while."""
    return bool(record.facts.of(RequestOpened)) and Ref(record.office, review_id(stay, day)) in record.facts


def _because_of(record: Record, stay: Stay, today: str, periods: Periods) -> str:
    """The day because of which it is asked: the last one, or that on which a year is over."""
    if stay.until is not None and asked_about_last_day(record, stay) is None:
        return stay.until
    return _last_by(stay, today, periods)


def _before(record: Record, stay: Stay, until: str, periods: Periods) -> str:
    """So many days before the last one; the day after it, where it was said later than that what the last one is."""
    due = (date.fromisoformat(until) - timedelta(days=periods.before_days)).isoformat()
    extended = (record.facts[ref] for ref in stay.touched_by if isinstance(record.facts[ref].payload, Extended))
    said = max((stay.began, *(standing.day for standing in extended)))
    return due if said <= due else (date.fromisoformat(until) + timedelta(days=1)).isoformat()


def _years(stay: Stay, periods: Periods) -> Iterator[str]:
    """The days on which it has gone on for so many months, and again for so many; after its last day, where it has one
    and was said to go on all the same.
    """
    year, month, day = (int(part) for part in (stay.until or stay.began).split("-"))
    for times in count(1):
        months = year * 12 + month - 1 + times * periods.after_months
        on = f"{months // 12:04}-{months % 12 + 1:02}"
        yield min(f"{on}-{day:02}", latest(on))


def _last_by(stay: Stay, today: str, periods: Periods) -> str:
    """The last of these days that has come: of those that were missed nobody is asked one by one."""
    found = stay.until or stay.began
    for day in _years(stay, periods):
        if day > today:
            break
        found = day
    return found


def _last_asked(record: Record, stay: Stay) -> str:
    days = [s.day for s in record.facts.of(RequestOpened) if _about(s.payload, stay) and s.author == record.office]
    return max((stay.began, *days))


def _waits(record: Record, stay: Stay) -> bool:
    """Whether somebody is asked about the stay just now."""
    asked = (ref.opening for ref, case in record.cases.items() if ref.kind == "request" and _unanswered(case))
    return any(_about(record.facts[opening].payload, stay) for opening in asked if opening in record.facts)


def _unanswered(case: CaseState) -> bool:
    """Asked, and nobody has answered; also where the office asked closed, which nobody asks once more each year."""
    return case.open or case.status == "not_reachable"


def _about(fact: object, stay: Stay) -> bool:
    return isinstance(fact, RequestOpened) and fact.asks == "stay" and fact.about == stay.id
