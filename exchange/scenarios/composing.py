"""The requests of a story: acts as their offices would send them, and what is remembered of each."""

from __future__ import annotations

from datetime import date
from typing import Any

from exchange.clock import utcnow
from exchange.ids import new_id, new_person_id
from exchange.scenarios.api import Answer
from exchange.scenarios.cases import Cases
from exchange.scenarios.looking_up import look_up
from exchange.scenarios.model import Item, Step
from exchange.scenarios.payload import Ledger, Told, content_of
from exchange.scenarios.words import OPENING

ABOUT_OFFICES = "jurisdiction."
JOINS = "jurisdiction.opened"
AMENDS = frozenset({"event.corrected", "event.retracted"})
_IN_CASES = ("case.", "enquiry.answered")
_BY_REFERENCE = (
    "case.",
    "enquiry.",
    "notification.",
    "event.",
    "person.unmerged",
)  # these name what they are about themselves


class Composing:
    """`day`: of the step before, which the next one has if it names none."""

    def __init__(self, ledger: Ledger, cases: Cases) -> None:
        self.ledger = ledger
        self.cases = cases
        self.day: date = ledger.day_zero
        self._sent: dict[str, tuple[str, Any]] = {}

    def request(self, step: Step, office: str) -> tuple[str, Any]:
        """The path and the body of a step."""
        if step.again is not None:
            return self._sent[step.again]
        if step.kind == "send":
            return step.path, step.body
        if step.kind == "looks_up":
            return look_up(step, self.ledger)
        if step.items and step.items[0].event.startswith(ABOUT_OFFICES):
            return self._about_office(step.items[0], self.office_ordered(step))
        found = self._act(step, office) if step.line is None else self._line(step, office)
        if step.label is not None:
            self._sent[step.label] = found
        return found

    def _act(self, step: Step, office: str) -> tuple[str, Any]:
        opened = (item for item in step.items if item.event in OPENING)
        self.ledger.introduced = {item.persons[0] for item in opened if item.persons} if len(step.items) > 1 else set()
        if step.shared is not None:
            return self._household(step, step.shared, office)
        events = [self._event(item, office) for item in step.items]
        if step.kind == "together" or len(events) > 1:
            return "/v1/events/batch", {"all_or_nothing": True, "events": events}
        return "/v1/events", events[0]

    def _household(self, step: Step, shared: Item, office: str) -> tuple[str, Any]:
        """The movement said once, and of each member what differs."""
        self.day = self.ledger.day(shared.day, self.day)
        body = {
            "type": shared.event,
            "effective_on": self.day.isoformat(),
            "with": content_of(shared, self.ledger, office, None),
            "members": [
                {key: value for key, value in self._event(item, office).items() if key in {"id", "person", "with"}}
                for item in step.items
            ],
        }
        first = self.ledger.events[step.joins][0] if step.joins is not None else None
        return "/v1/events/household", body if first is None else {**body, "submission": first.id}

    def _line(self, step: Step, office: str) -> tuple[str, Any]:
        """The answer to a line: where it stands, and what some of its members are told."""
        answers = []
        for item in step.items:
            event = self._event(item, office)
            case = event["with"].pop("case_id", None)
            answers.append({"case": case, "type": item.event, "with": event["with"]})
        body = {"id": new_id(utcnow()), "effective_on": self.day.isoformat(), "rest": step.rest, "answers": answers}
        return f"/v1/inbox/{self.cases.position(str(step.line))}/answer", body

    def office_ordered(self, step: Step) -> str:
        """The office about which the area above records what a step says: the one that it names, else who acts."""
        letter = step.items[0].content.get("from") or (step.by.letter if step.by is not None else "")
        return self.ledger.binding.offices[letter]

    def _about_office(self, item: Item, office: str) -> tuple[str, Any]:
        """What the area above records about the office."""
        self.day = self.ledger.day(item.day, self.day)
        offices = self.ledger.binding.offices
        content: dict[str, Any] = dict(item.content)
        content.pop("from", None)  # the path names the office
        content.update({"to": [offices[each] for each in content["to"]]} if "to" in content else {})
        if "allotment" in content:
            given = content["allotment"].items()
            known = {each: self.ledger.known(office, each) or self.ledger.any_id(each) for each, _ in given}
            content["allotment"] = {known[each]: offices[to] for each, to in given}
        body = {"id": new_id(utcnow()), "type": item.event, "effective_on": self.day.isoformat(), "with": content}
        return f"/v1/jurisdictions/{office}/events", body

    def _event(self, item: Item, office: str) -> dict[str, Any]:
        self.day = self.ledger.day(item.day, self.day)
        target = self._target(item)
        letter = item.persons[0] if item.persons else (target.letters[0] if target is not None else None)
        content = {**content_of(item, self.ledger, office, letter), **self._about(item, office)}
        event: dict[str, Any] = {
            "id": new_id(utcnow()),
            "type": item.event,
            "effective_on": self.day.isoformat(),
            "with": content,
        }
        if target is not None and not item.event.startswith(_BY_REFERENCE):
            event["because"] = target.ref
        person = self._person(item, office, letter, target)
        return event if person is None else {**event, "person": person}

    def _about(self, item: Item, office: str) -> dict[str, Any]:
        if item.of is None:
            return {}
        if item.event in AMENDS:
            return {"target": self.ledger.only(item.of).ref}
        if item.event == "person.unmerged":
            return {"merge": self.ledger.only(item.of).ref}
        if item.event.startswith(_IN_CASES):
            return self.cases.named(item.of, office, item.persons)
        if item.event == "notification.rejected":
            return {"notification": self.ledger.only(item.of).ref}
        return {}

    def _person(self, item: Item, office: str, letter: str | None, target: Told | None) -> str | None:
        if letter is None:
            return None
        known = self.ledger.known(office, letter)
        if item.event in OPENING or item.event == "enquiry.opened":
            return self.ledger.named(office, letter) if letter in self.ledger.introduced else known
        if target is not None and item.event.startswith(_IN_CASES) and item.persons:
            return None  # the case says who is meant
        if target is not None and not item.persons:
            return target.person
        return self.ledger.named(office, letter) or new_person_id()

    def _target(self, item: Item) -> Told | None:
        events = self.ledger.events.get((item.of or "").partition(".")[0])
        return events[0] if events else None

    def remember(self, step: Step, office: str, body: Any, answer: Answer) -> None:
        """Keep under its labels what was recorded, and by which id the office now knows whom."""
        if step.line is not None:
            return  # each reply has an id of the exchange's own
        results = answer.data.get("results", [answer.data])
        sent = body.get("events", body.get("members", [body]))
        for item, event, result in zip(step.items, sent, results, strict=True):
            target = self._target(item)
            letters = item.persons or (target.letters if target is not None else ())
            told = Told(office, event["id"], str(result["person"]), item.event, letters)
            self.ledger.all.append(told)
            for label in {step.label, item.label} - {None}:
                self.ledger.events.setdefault(str(label), []).append(told)
            ids = self.ledger.ids.setdefault(office, {})
            for letter in letters:
                if item.event in OPENING or letter not in ids:  # what was asked about a stranger opened no dossier
                    ids[letter] = told.person
