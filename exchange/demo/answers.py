"""How the demo's offices answer what they are asked, and what the asker does with an answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from exchange.demo.acts import Answer

Row = Mapping[str, Any]
QUICKEST, SLOWEST = 1, 12  # days after which an office answers, if its deadline lets it


def when(answer: Answer, today: int, first_day: date, due_on: str | None, random: Random) -> int | None:
    """The day of the story on which the answer is given; None for never."""
    if answer.manner in {"wait", "silent"} or answer.patience == "never":
        return None
    days = (date.fromisoformat(due_on) - first_day - timedelta(days=today)).days if due_on is not None else SLOWEST
    if answer.patience == "late":
        return today + max(days, 0) + random.randint(2, 14)
    return today + random.randint(QUICKEST, max(QUICKEST, min(days, SLOWEST)))


def answering(
    case: Row, answer: Answer, today: str, survivor: str | None, line: str | None = None
) -> list[dict[str, Any]]:
    """The events by which the office asked answers, in order. `survivor`: whom a second entry is really about.

    `line`: what others are answered by the same act.
    """
    about = {"person": case["person"], "effective_on": today, "submission": f"answer-{line or case['id']}-{today}"}
    named = {"case_id": case["id"]}
    if answer.manner == "not_ours":
        return [{**about, "type": "case.disputed", "with": {**named, "reason": "not_our_registration"}}]
    if answer.manner == "not_come":
        return [{**about, "type": "case.disputed", "with": {**named, "reason": "person_unknown"}}]
    if answer.manner == "redirect":
        return [{**about, "type": "case.redirected", "with": {**named, "to": answer.other}}]
    if answer.manner == "deviate":
        return [{**about, "type": "case.confirmed", "with": {**named, "deviations": [{"field": answer.field}]}}]
    if answer.manner == "duplicate" and survivor is not None and survivor != case["person"]:
        deviations = [{"field": answer.field, "ours": answer.ours}]
        return [
            {**about, "type": "person.merged", "with": {"other": survivor, "keeper": case["asked"]}},
            {**about, "type": "case.confirmed", "with": {**named, "deviations": deviations}},
        ]
    return [{**about, "type": "case.confirmed", "with": named}]


def deciding(case: Row, answer: Answer, today: str) -> list[dict[str, Any]]:
    """The events by which the asker decides on deviations or a dispute, in order."""
    about = {"person": case["person"], "effective_on": today, "submission": f"decide-{case['id']}-{today}"}
    named = {"case_id": case["id"]}
    if case["status"] == "disputed":
        if answer.manner == "not_ours":
            right = {"registration": {"kind": "town", "code": answer.other}}
            return [{**about, "type": "event.corrected", "with": _correction(case, right)}]
        return [{**about, "type": "case.settled", "with": {**named, "whole": "accepted"}}]
    field = answer.field
    if field is None:
        return [{**about, "type": "case.settled", "with": {**named, "whole": "accepted"}}]
    if answer.insists:
        return [{**about, "type": "case.settled", "with": {**named, "insisted": [field]}}]
    return [{**about, "type": "case.settled", "with": {**named, "accepted": [field]}}]


def _correction(case: Row, right: Row) -> dict[str, Any]:
    return {"target": case["opening"], "set": dict(right), "ground": "recording_error"}
