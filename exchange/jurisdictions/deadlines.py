"""Deadlines as data: kind × distance × urgency, counted from delivery in the days of the office that must act.

The defaults are our choices after local rules, order 555 and the law, never a law themselves; settings override each.
Pure given the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from events.errors import Malformed
from exchange.jurisdictions import codes
from exchange.jurisdictions.calendar import Calendar, Due, national

Distance = Literal["same_county", "same_province", "other_province"]
Ground = Literal["half_time", "day_before", "on_day", "overdue", "escalated_county", "escalated_province"]


@dataclass(frozen=True, slots=True)
class Term:
    """Days by distance; `urgent` caps them; calendar days where not `working`."""

    same_county: int
    same_province: int
    other_province: int
    urgent: int | None = None
    working: bool = True

    def days(self, distance: Distance, urgent: bool) -> int:
        ordinary: int = getattr(self, distance)
        return ordinary if self.urgent is None or not urgent else min(ordinary, self.urgent)


def _flat(days: int, urgent: int | None = None, *, working: bool = True) -> Term:
    return Term(days, days, days, urgent, working)


CONFIRM = Term(3, 5, 15, urgent=5)

ANSWERS: Mapping[str, Term] = {
    **dict.fromkeys(("inflow", "registration", "moved-on", "contested", "tie", "family", "death"), CONFIRM),
    "outflow": _flat(20),
    "enquiry": _flat(15, urgent=5),
    "request": _flat(15, urgent=5),
    "decide": _flat(10),
    "entry": _flat(3),
    "access": _flat(15),
    "review": _flat(90, working=False),
}
"""`decide`: the recording office on a deviation or dispute. `entry`: from the day the person appears. `access`: a
resident's request for access or correction. `review`: whether a stay due for review goes on, never closed by it."""

ACKNOWLEDGES: Mapping[str, Term] = {
    **dict.fromkeys(("left", "family", "update", "correction", "retraction", "matched", "withdrawn"), _flat(5)),
    "death": _flat(1),
}
"""Notices that need no answer: silence is receipt, not agreement."""

PERIODS: Mapping[str, int] = {
    "dispute_open_days": 30,
    "permit_reminder_days": 30,
    "review_before_permit_end_days": 30,
    "review_after_months": 12,
    "escalate_county_working_days": 5,
    "escalate_province_working_days": 15,
    "deferrals": 1,
    "log_kept_years": 3,
}
"""Spans that no delivery starts. The log of look-ups is kept that long at least."""


MOST = 3_650  # days: a setting beyond it is a slip of the keys, and beyond the end of all calendars nothing is settled


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables in force."""

    answers: Mapping[str, Term]
    acknowledges: Mapping[str, Term]
    periods: Mapping[str, int]

    def overridden(self, settings: Mapping[str, Mapping[str, object]]) -> Rules:
        """With single values replaced: {"answers": {"inflow": {"other_province": 20}}, "periods": {"deferrals": 2}}.

        A plain number in `answers` or `acknowledges` holds for every distance, urgent or not.
        Raises Malformed: deadline.unknown, deadline.days.
        """
        for table in settings.keys() - {"answers", "acknowledges", "periods"}:
            raise Malformed(field=table, rule="deadline.unknown")
        return Rules(
            _terms("answers", self.answers, settings.get("answers", {})),
            _terms("acknowledges", self.acknowledges, settings.get("acknowledges", {})),
            {**self.periods, **_numbers("periods", self.periods, settings.get("periods", {}))},
        )


DEFAULT = Rules(ANSWERS, ACKNOWLEDGES, PERIODS)


@dataclass(frozen=True, slots=True)
class Step:
    """A reminder or escalation that falls due on a day while the case stays unanswered."""

    ground: Ground
    day: date


def distance(one: str, other: str) -> Distance:
    """How far apart two offices are (12-digit codes)."""
    if codes.same_county(one, other):
        return "same_county"
    return "same_province" if codes.same_province(one, other) else "other_province"


def due_on(
    kind: str,
    asker: str,
    asked: str,
    delivered_on: date,
    *,
    urgent: bool = False,
    rules: Rules = DEFAULT,
    calendar: Calendar | None = None,
) -> Due:
    """Until when `asked` answers a case delivered into its inbox on that day. Raises Malformed: deadline.unknown."""
    return _due(rules.answers, kind, asker, asked, delivered_on, urgent=urgent, calendar=calendar)


def decides_by(rules: Rules, calendar: Calendar, asked: str, asker: str, answered_on: date) -> Due:
    """Until when the asker decides on a deviation or a dispute that came on that day."""
    return _due(rules.answers, "decide", asked, asker, answered_on, urgent=False, calendar=calendar)


def acknowledge_on(
    kind: str, author: str, told: str, delivered_on: date, rules: Rules = DEFAULT, calendar: Calendar | None = None
) -> Due:
    """Until when `told` acknowledges a notice that needs no answer. Raises Malformed: deadline.unknown."""
    return _due(rules.acknowledges, kind, author, told, delivered_on, urgent=False, calendar=calendar)


def dispute_open_until(delivered_on: date, rules: Rules = DEFAULT) -> date:
    """The last day on which a notice that needs no answer may be disputed in the ordinary way."""
    return delivered_on + timedelta(days=rules.periods["dispute_open_days"])


def steps(
    delivered_on: date, due: date, asked: str, rules: Rules = DEFAULT, calendar: Calendar | None = None
) -> tuple[Step, ...]:
    """Reminders and escalations by day: half time, the day before, the day, overdue the day after, county, province.

    Reminders that would fall on the day of delivery or of a later reminder are left out.
    """
    days = calendar or national()
    half = days.add_working_days(delivered_on, days.working_days_between(delivered_on, due, asked) // 2, asked).day
    before = days.working_day_before(due, asked)
    reminders: list[Step] = []
    if delivered_on < half < before:
        reminders.append(Step("half_time", half))
    if delivered_on < before:
        reminders.append(Step("day_before", before))
    county, province = (rules.periods[f"escalate_{area}_working_days"] for area in ("county", "province"))
    return (
        *reminders,
        Step("on_day", due),
        Step("overdue", due + timedelta(days=1)),
        Step("escalated_county", days.add_working_days(due, county, asked).day),
        Step("escalated_province", days.add_working_days(due, province, asked).day),
    )


def _due(
    table: Mapping[str, Term],
    kind: str,
    one: str,
    acting: str,
    start: date,
    *,
    urgent: bool,
    calendar: Calendar | None,
) -> Due:
    if kind not in table:
        raise Malformed(field="kind", rule="deadline.unknown", value=kind)
    term, days = table[kind], calendar or national()
    add = days.add_working_days if term.working else days.add_calendar_days
    return add(start, term.days(distance(one, acting), urgent), acting)


def _terms(table: str, terms: Mapping[str, Term], settings: Mapping[str, object]) -> dict[str, Term]:
    changed = dict(terms)
    for kind, value in settings.items():
        path = f"{table}.{kind}"
        if kind not in terms:
            raise Malformed(field=path, rule="deadline.unknown", value=kind)
        old = terms[kind]
        if isinstance(value, Mapping):
            fields = {name: getattr(old, name) for name in ("same_county", "same_province", "other_province", "urgent")}
            changed[kind] = Term(**{**fields, **_numbers(path, fields, value)}, working=old.working)
        else:
            changed[kind] = _flat(_number(path, value), working=old.working)
    return changed


def _numbers(table: str, known: Mapping[str, object], settings: Mapping[str, object]) -> dict[str, int]:
    for name in settings.keys() - known.keys():
        raise Malformed(field=f"{table}.{name}", rule="deadline.unknown", value=name)
    return {name: _number(f"{table}.{name}", value) for name, value in settings.items()}


def _number(path: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST:
        raise Malformed(field=path, rule="deadline.days", value=value, most=MOST)
    return value
