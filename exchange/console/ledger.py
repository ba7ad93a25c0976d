"""The ledger of a person: what two offices know of what happened, in two lanes. Pure.

The registration place is on the left, the residence place on the right; what others recorded stands on the right in
a colour of its own. Beside each event stands its echo: what the office on the other side was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.envelope import SYSTEM_ACTOR
from exchange.console.words import Words

Row = Mapping[str, Any]

# Event type -> the seal's name, and whether it opens or answers a case.
SEALS: Mapping[str, tuple[str, bool]] = {
    "person.registered": ("entry", False),
    "person.changed": ("amend", False),
    "person.stated": ("state", False),
    "person.merged": ("same", False),
    "person.unmerged": ("apart", False),
    "person.deceased": ("end", False),
    "person.protected": ("guard", False),
    "person.unprotected": ("guard", False),
    "registration.changed": ("move", True),
    "tie.began": ("same", False),
    "tie.ended": ("apart", False),
    "movement.departed": ("out", True),
    "movement.arrived": ("in", True),
    "movement.moved_within": ("amend", False),
    "movement.extended": ("extend", False),
    "movement.main_changed": ("move", False),
    "movement.left": ("leave", False),
    "movement.returned": ("return", True),
    "case.confirmed": ("check", True),
    "case.disputed": ("differ", True),
    "case.settled": ("check", False),
    "case.redirected": ("move", True),
    "case.reopened": ("ask", True),
    "case.withdrawn": ("retract", False),
    "enquiry.opened": ("ask", True),
    "enquiry.answered": ("check", True),
    "request.opened": ("ask", True),
    "event.corrected": ("amend", False),
    "event.retracted": ("retract", False),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in its lane. `told`: whether the office on the other side holds it."""

    id: str
    day: str
    lane: str
    side: str
    seal: str
    full: bool
    title: str
    sub: str
    echo: str
    told: bool
    standing: str
    state: str


@dataclass(frozen=True, slots=True)
class Year:
    """The events of one year, the latest first."""

    year: str
    entries: tuple[Entry, ...]


def ledger(words: Words, left: str, right: str, histories: Mapping[str, Iterable[Row]]) -> tuple[Year, ...]:
    """The events that either office holds, newest first. `histories`: by office, each as that office may read it."""
    held = {office: {str(row["id"]): row for row in rows} for office, rows in histories.items()}
    merged: dict[str, Row] = {}
    for office in (right, left):
        merged.update(held[office])
    ordered = sorted(merged.values(), key=lambda row: (str(row["effective_on"]), int(row["stamp"])), reverse=True)
    years: dict[str, list[Entry]] = {}
    for row in ordered:
        entry = _entry(words, row, left, right, held, merged)
        years.setdefault(str(row["effective_on"])[:4], []).append(entry)
    return tuple(Year(year, tuple(entries)) for year, entries in years.items())


def _entry(
    words: Words, row: Row, left: str, right: str, held: Mapping[str, Mapping[str, Row]], merged: Mapping[str, Row]
) -> Entry:
    author, type_, content = str(row["author"]), str(row["type"]), row.get("with") or {}
    lane, side = ("l", "reg") if author == left else ("r", "res" if author == right else "third")
    other = right if lane == "l" else left
    told = str(row["id"]) in held[other]
    seal, full = SEALS.get(type_, ("state", False))
    deviates = type_ == "case.confirmed" and bool(content.get("deviations"))
    said = title(words, type_, content, automatic=row.get("actor") == SYSTEM_ACTOR)
    if side == "third":
        said = words.by(words.area(author), said)
    return Entry(
        id=str(row["id"]),
        day=str(row["effective_on"]),
        lane=lane,
        side=side,
        seal="differ" if deviates else seal,
        full=full,
        title=said,
        sub=sub(words, type_, content, merged),
        echo=_echo(words, type_, told=told),
        told=told,
        standing=str(row.get("standing", "in_force")),
        state="differ" if deviates or type_ == "case.disputed" else "",
    )


def title(words: Words, type_: str, content: Row, *, automatic: bool) -> str:
    """What happened, in a few words."""
    key = f"event.{type_}"
    if type_ == "movement.arrived" and content.get("kind") == "further":
        return words.say("event.movement.arrived.further")
    if type_ == "case.confirmed":
        deviations = content.get("deviations") or ()
        if automatic and not deviations:
            return words.say("event.case.matched")
        return words.counted(key, len(deviations)) if deviations else words.say(f"{key}.plain")
    if type_ == "case.disputed":
        return words.say(key, reason=words.say(f"reason.{content['reason']}"))
    if type_ == "case.settled":
        insisted = content.get("insisted") or content.get("whole") == "insisted"
        return words.say(f"{key}.insisted" if insisted else f"{key}.accepted")
    if type_ == "person.registered":
        return words.say(f"{key}.birth" if content.get("basis") == "birth" else f"{key}.entry")
    if type_ in {"movement.departed", "movement.left"}:
        return words.say(key, place=words.place(content.get("destination")))
    if type_ == "registration.changed":
        return words.say(key, place=words.place(content.get("to")))
    if type_ in {"tie.began", "tie.ended"}:
        return words.say(key, tie=words.say(f"tie.{content['tie']}"))
    if type_ == "movement.extended":
        return words.say(key, day=words.day(str(content["stay_until"])))
    return words.say(key)


def sub(words: Words, type_: str, content: Row, merged: Mapping[str, Row]) -> str:
    """What is said of it in smaller letters. `merged`: what else is shown, by id."""
    if type_ == "movement.arrived" and content.get("origin"):
        parts = [words.say("ledger.from", place=words.place(content["origin"]))]
        if content.get("reason"):
            parts.append(words.code("reason", str(content["reason"])))
        return ("，" if words.chinese else ", ").join(parts)
    if type_ in {"event.corrected", "person.changed"}:
        return words.fields(content.get("fields") or list(content.get("set") or ()))
    if type_ == "case.confirmed" and content.get("deviations"):
        return words.fields([item["field"] for item in content["deviations"]])
    if type_ == "case.settled":
        return words.fields([*(content.get("accepted") or ()), *(content.get("insisted") or ())])
    if type_ == "event.retracted" and (target := merged.get(_id_of(content.get("target")))) is not None:
        return words.say(f"kind.{target['type']}")
    return ""


def _id_of(ref: object) -> str:
    if isinstance(ref, Sequence) and len(ref) == 2:
        return str(ref[1])
    return str(ref.get("id", "")) if isinstance(ref, Mapping) else ""


def _echo(words: Words, type_: str, *, told: bool) -> str:
    if not told:
        return words.say("echo.untold")
    return words.say(f"echo.{type_}")
