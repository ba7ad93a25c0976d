"""One case as a page: what is asked, both sides' particulars, what was said so far, and what may be answered now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from events import codes as code_lists
from events.catalogue.case import DisputeReason
from exchange.access.caller import Caller
from exchange.console.ledger import sub, title
from exchange.console.rows import SEALS, may_answer
from exchange.console.sheet_rows import label
from exchange.console.words import Words

Told = Mapping[str, Any]
REASONS: Mapping[str, str] = {
    "case.deferred": "deferral",
    "case.reopened": "reopening",
    "case.withdrawn": "withdrawal",
}
_DAYS = frozenset({"born_on", "died_on", "expected_on", "stay_until", "since", "until", "effective_on"})
_PLACES = frozenset({"registration", "origin", "destination", "from", "to"})
_FIRST = ("name", "sex", "born_on", "document.resident")
_HIDDEN = frozenset({"ties", "case", "case_id", "sees"})


@dataclass(frozen=True, slots=True)
class Row:
    """One field as the office holds it, and as the question states it. `state`: equal, differs, missing, unstated."""

    field: str
    name: str
    ours: str
    theirs: str
    state: str


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said in the case."""

    day: str
    who: str
    what: str
    sub: str
    struck: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """`answers`: the types of reply that the reader may send now, the likeliest first. `reasons`: codes with texts.

    `no_rows`: what is said where nothing is compared. `several`: whether an enquiry fits several whom the office holds.
    `unclear`: whether who bears the document that it gives cannot be read.
    """

    id: str
    etag: str
    seal: str
    kind: str
    status: str
    open: bool
    late: bool
    asks: str
    name: str
    person: str
    between: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    no_rows: str
    ours: str
    theirs: str
    deviations: tuple[Row, ...]
    offered: tuple[tuple[str, str, str], ...]
    held: bool
    refused: str
    several: bool
    unclear: bool
    thread: tuple[Said, ...]
    answers: tuple[str, ...]
    on_paper: bool
    proposes: str
    reasons: Mapping[str, tuple[tuple[str, str], ...]]
    disputes: tuple[tuple[str, str], ...]

    @property
    def agrees(self) -> bool:
        """Whether the office holds all that is stated, and the same."""
        return bool(self.rows) and all(row.state == "equal" for row in self.rows)

    @property
    def differing(self) -> tuple[Row, ...]:
        """The fields that differ."""
        return tuple(row for row in self.rows if row.state == "differs")


# The likeliest first.
ORDER = (
    "case.confirmed",
    "enquiry.answered",
    "case.settled",
    "case.disputed",
    "case.redirected",
    "case.deferred",
    "case.reopened",
    "case.noted",
    "case.withdrawn",
)


def case_view(words: Words, told: Told, caller: Caller, unreached: str = "") -> CaseView:
    """`told`: the case as the API tells it. `unreached`: why the office asked is not asked here."""
    may = may_answer(caller)
    held = told["record"].get("particulars", {})
    name = held.get("name") or told["stated"].get("name") or ""
    offers = told["offers"] or {}
    return CaseView(
        id=told["id"],
        etag=told["etag"],
        seal=SEALS.get(told["kind"], "state"),
        kind=words.say(f"notice.{told['kind']}"),
        status=words.say(f"status.{told['status']}"),
        open=told["closed_at"] is None,
        late=bool(told["late"]),
        asks=told["asks"],
        name=words.value("name", name) if name else words.say("inbox.nameless"),
        person=told["person"],
        between=tuple(_between(words, told, unreached)),
        facts=tuple(_question(words, told)),
        rows=() if _not_compared(told) else tuple(_rows(words, told)),
        no_rows=words.say("case.enquiry_states" if _not_compared(told) else "case.nothing_to_compare"),
        ours=words.say("case.ours"),
        theirs=words.say("case.theirs"),
        deviations=tuple(_deviation(words, each) for each in told["deviations"]),
        offered=tuple((f, label(words, f), shown(words, f, value)) for f, value in offers.get("facts", {}).items()),
        held=bool(offers.get("held")),
        refused=offers.get("refused") or "",
        several=len(told["among"]) > 1,
        unclear=told["unclear"],
        thread=tuple(_said(words, each) for each in told["thread"] if each is not None),
        answers=tuple(type_ for type_ in ORDER if may and type_ in told["allowed"]),
        on_paper=caller.office != told["asked"],
        proposes=told["proposes"] or "",
        reasons={type_: tuple(_codes(words, name_)) for type_, name_ in REASONS.items()},
        disputes=tuple((reason, words.say(f"reason.{reason}")) for reason in get_args(DisputeReason)),
    )


@dataclass(frozen=True, slots=True)
class Closed:
    """What is clear of a case whose person cannot be read. `late`: whether its day went by."""

    seal: str
    kind: str
    open: bool
    late: bool
    facts: tuple[tuple[str, str], ...]


def closed_view(words: Words, listed: Told) -> Closed:
    """`listed`: the case as lists tell it."""
    return Closed(
        seal=SEALS.get(listed["kind"], "state"),
        kind=words.say(f"notice.{listed['kind']}"),
        open=listed["closed_at"] is None,
        late=bool(listed["late"]),
        facts=tuple(_between(words, listed)),
    )


def shown(words: Words, field: str, value: Any) -> str:
    """A value of any field, as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping) and "kind" in value:
        return words.place(value)
    if field == "ties" and isinstance(value, Sequence):
        return words.ties(list(value))
    if field in _DAYS:
        return words.day(str(value))
    if field in _PLACES:
        return words.office(str(value))
    if field == "fields":
        return words.listed(label(words, str(each)) for each in value)
    if field in {"kind", "purpose", "asks"} and words.has(f"value.{field}.{value}"):
        return words.say(f"value.{field}.{value}")
    return words.value(field, value)


def _between(words: Words, told: Told, unreached: str = "") -> Iterator[tuple[str, str]]:
    yield words.say("case.asked"), unreached or words.office(told["asked"])
    yield words.say("case.asker"), words.office(told["asker"])
    yield words.say("case.status"), words.say(f"status.{told['status']}")
    day = told["decide_by"] or (told["due_on"] if told["closed_at"] is None else None)
    if day is not None:
        provisional = told["decide_provisional"] if told["decide_by"] else told["due_provisional"]
        due = words.day(day)
        said = words.say("inbox.provisional", due=due) if provisional else due
        yield words.say("case.decide_by" if told["decide_by"] else "case.due"), said


def _not_compared(told: Told) -> bool:
    """Whether an enquiry stands in a dossier in which nothing is held: whom it means is looked for among all others."""
    question = told.get("question")
    return question is not None and question["type"] == "enquiry.opened" and not told["ours"]


def _question(words: Words, told: Told) -> Iterator[tuple[str, str]]:
    """What the event says that is asked about, but for the particulars that stand beside ours."""
    question = told.get("question")
    if question is None:
        return
    content: Told = question["content"]
    yield words.say("field.effective_on"), words.day(question["day"])
    for field in ("kind", "origin", "destination", "expected_on", "from", "to", "address", "stay_until", "reason"):
        value = content.get(field)
        if value and not (field == "to" and isinstance(value, str)):  # which is the office asked, and said already
            said = (
                words.code("reason", value) if field == "reason" and "kind" in content else shown(words, field, value)
            )
            yield label(words, field), said
    for field in ("purpose", "fields", "asks", "note"):
        if content.get(field):
            yield words.say(f"field.{field}"), shown(words, field, content[field])
    if content.get("consent"):
        yield words.say("field.consent"), words.say("case.agreed")
    for field, value in (content.get("given") or {}).items() if _not_compared(told) else ():
        yield words.say("case.given", field=label(words, field)), shown(words, field, value)
    for field, value in (content.get("wanted") or {}).items():
        yield words.say("case.wanted", field=label(words, field)), shown(words, field, value)


def _rows(words: Words, told: Told) -> Iterator[Row]:
    """What differs first, then what is not held, then what agrees."""
    ours, stated = told["ours"], told["stated"]
    differing = {each["field"]: each for each in told["differing"]}
    found = []
    for field in dict.fromkeys([*differing, *stated, *ours]):
        if field in differing:
            one, other, state = differing[field].get("ours"), differing[field].get("yours"), "differs"
        elif field in stated and field not in _HIDDEN:
            one, other = ours.get(field), stated[field]
            state = "missing" if one is None else "equal"
        else:
            continue
        found.append(Row(field, label(words, field), shown(words, field, one), shown(words, field, other), state))
    yield from sorted(found, key=lambda row: (("differs", "missing", "equal").index(row.state), *_place(row.field)))


def _place(field: str) -> tuple[int, str]:
    """By what a person is known comes first."""
    return (_FIRST.index(field) if field in _FIRST else len(_FIRST)), field


def _deviation(words: Words, each: Told) -> Row:
    field = each["field"]
    one, other = (shown(words, field, each.get(side)) for side in ("ours", "yours"))
    return Row(field, label(words, field), one, other, "differs")


def _said(words: Words, event: Told) -> Said:
    content: Told = event["content"]
    said = title(words, event["type"], content, automatic=event["automatic"])
    more = content.get("text") or content.get("note") or sub(words, event["type"], content, {})
    if event["type"] == "enquiry.answered":
        more = " · ".join([*_answered(words, content), *([content["note"]] if content.get("note") else [])])
    who = words.say("case.by_itself") if event["automatic"] else words.office(event["author"])
    return Said(words.day(event["day"]), who, said, str(more), bool(event["void"]))


def _answered(words: Words, content: Told) -> Iterator[str]:
    """What an enquiry was answered: each fact, or why nothing is told."""
    for field, value in (content.get("facts") or {}).items():
        yield words.by(label(words, field), shown(words, field, value))
    if content.get("refused"):
        yield words.say(f"reply.refused.{content['refused']}")
    elif not content.get("facts"):
        yield words.say("case.nothing_held" if content.get("held") else "case.not_held")


def _codes(words: Words, name: str) -> Iterator[tuple[str, str]]:
    for code in code_lists.LISTS[name]:
        yield code, words.code(name, code)
