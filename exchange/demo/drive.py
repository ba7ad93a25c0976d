"""Drives a story through the API: day by day offices record, the worker forwards, and whoever is asked answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from exchange.clock import Clock
from exchange.demo.acts import Answer, Step, resolved
from exchange.demo.answers import answering, deciding, when
from exchange.demo.life import YEAR
from exchange.demo.office import DemoRefused, Office, Row
from exchange.demo.story import Story
from exchange.ids import new_id
from exchange.protocol.record import DECIDING

EVERY = 3  # days between two looks at the cases: no deadline is shorter
MOST_ANSWERS = 2
INBOX_DAYS = frozenset({180, 360})
NOTICES = 3  # that each office acknowledges on such a day


# What an office is told that answers, or decides on, a question which has ceased to stand since it looked.
TOO_LATE = frozenset({"case_withdrawn", "case_closed", "act_refused"})


def _of_several(steps: Sequence[Step]) -> frozenset[str]:
    """The acts that concern more than one person."""
    persons: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        persons[step.act].add(step.person)
    return frozenset(act for act, concerned in persons.items() if len(concerned) > 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a batch: a step of the story, or part of an answer to a case."""

    event: dict[str, Any]
    step: Step | None = None
    answers: str | None = None


@dataclass(slots=True)
class Outcome:
    """What the offices did. `refused`: what had to be refused. `too_late`: answers to questions that stood no more.

    `answered`: the first day on which each case was answered, by case. `known`: the id under which an office knows a
    person of the story, by office and handle.
    """

    refused: int = 0
    too_late: int = 0
    acknowledged: int = 0
    answered: dict[str, date] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)


class Drive:
    """One run of a story. `begin`: sets the node's clock to a day; `advance`: lets its worker work until it is done."""

    def __init__(
        self,
        story: Story,
        offices: Mapping[str, Office],
        supervisors: Sequence[Office],
        *,
        begin: Callable[[date], None],
        advance: Callable[[], object],
        clock: Clock,
        seed: int,
    ) -> None:
        self._story = story
        self._offices = offices
        self._supervisors = supervisors
        self._begin = begin
        self._advance = advance
        self._clock = clock
        self._seed = seed
        self._steps: dict[str, Step] = {}  # by the event that it became
        self._events: dict[str, tuple[str, str]] = {}  # by step
        self._due: dict[int, list[Step]] = defaultdict(list)
        self._answers: dict[int, list[tuple[Row, Answer]]] = defaultdict(list)
        self._decisions: dict[int, set[str]] = defaultdict(set)
        self._planned: Counter[str] = Counter()  # how often an answer to a case was planned
        self._waiting: set[str] = set()  # cases whose answer is planned and not given yet
        self._households = _of_several(story.steps)
        self.outcome = Outcome()

    def run(self, tell: Callable[[int], None]) -> Outcome:
        """The whole year; `tell` hears how many days are over. Raises DemoRefused."""
        for step in self._story.steps:
            self._due[-(-step.on // EVERY) * EVERY].append(step)
        for day in range(0, YEAR + EVERY, EVERY):
            self._begin(self._date(day))
            self._work(day)
            self._advance()
            self._look(day)
            tell(min(day, YEAR))
        return self.outcome

    def _date(self, day: int) -> date:
        return self._story.first_day + timedelta(days=min(day, YEAR - 1))

    def _work(self, day: int) -> None:
        """Everything that offices record on these days, in one batch for each."""
        batches: dict[str, list[Entry]] = defaultdict(list)
        for step in self._due.pop(day, ()):
            batches[step.office].append(Entry(self._event_of(step), step))
        today = self._date(day).isoformat()
        for case, answer in self._answers.pop(day, ()):
            self._waiting.discard(case["id"])
            for event in answering(case, answer, today, self._survivor(case, answer), self._line(case)):
                batches[case["asked"]].append(Entry(self._numbered(event), answers=case["id"]))
            if answer.manner in {"deviate", "duplicate", "not_ours", "not_come"}:
                self._decisions[day + EVERY * self._draws("decides", case).randint(1, 3)].add(case["asker"])
        for office in sorted(self._decisions.pop(day, ())):
            for status in sorted(DECIDING):
                for case in self._offices[office].cases("asker", status):
                    opened = self._step_of(case)
                    if opened is not None:
                        answer = opened.answers.get(case["kind"], Answer())
                        for event in deciding(case, answer, today):
                            batches[office].append(Entry(self._numbered(event)))
        for office in sorted(batches):
            self._record(office, batches[office], date.fromisoformat(today))

    def _record(self, office: str, batch: list[Entry], today: date) -> None:
        results = self._offices[office].record([entry.event for entry in batch])
        for entry, result in zip(batch, results, strict=True):
            code = result["error"]["code"] if result["status"] == "refused" else None
            wanted = entry.step.refused if entry.step is not None else None
            if code is not None and entry.step is None and code in TOO_LATE:
                self.outcome.too_late += 1
            elif code != wanted:
                raise DemoRefused(office=office, type=entry.event["type"], wanted=wanted, told=result["error"])
            elif code is not None:
                self.outcome.refused += 1
            elif entry.answers is not None:
                self.outcome.answered.setdefault(entry.answers, today)
            elif entry.step is not None:
                self.outcome.known[office, entry.step.person] = str(result["person"])

    def _look(self, day: int) -> None:
        """Supervisors see who is asked something new; each of these offices plans when to answer."""
        asked = (case for supervisor in self._supervisors for case in supervisor.cases("asked", "open"))
        for case in filter(self._is_new, asked):
            self._planned[case["id"]] += 1
            self._waiting.add(case["id"])
            step = self._step_of(case)
            answer = step.answers.get(case["kind"], Answer()) if step is not None else Answer()
            right_office = answer.other == case["asked"] and answer.manner in {"not_ours", "redirect"}
            if right_office or case["id"] in self.outcome.answered:
                answer = Answer()  # the right office is asked now, or about what was corrected
            at = when(answer, day, self._story.first_day, case["due_on"], self._draws("answers", case))
            if at is not None:
                self._answers[max(at - at % EVERY, day + EVERY)].append((case, answer))
        if day in INBOX_DAYS:
            for office in self._offices.values():
                self.outcome.acknowledged += office.read_inbox(NOTICES)

    def _line(self, case: Row) -> str | None:
        """The act by which a household moved that the case is about one of; they are answered together."""
        step = self._step_of(case)
        return f"{step.act}-{case['kind']}" if step is not None and step.act in self._households else None

    def _draws(self, what: str, case: Row) -> Random:
        """Of this case alone, or of all who moved together: lists stand in the order of ids, which no seed knows."""
        step = self._step_of(case)
        of = self._line(case) or (step.label if step is not None else case["asked"])
        return Random(f"{what} {self._seed} {of} {case['kind']} {self._planned[case['id']]}")

    def _is_new(self, case: Row) -> bool:
        """Whether an office has still to plan an answer: to a question, or to one that a correction opened again."""
        return case["id"] not in self._waiting and self._planned[case["id"]] < MOST_ANSWERS

    def _event_of(self, step: Step) -> dict[str, Any]:
        event = {
            "type": step.type,
            "effective_on": step.day,
            "with": resolved(step.content, self._events),
            "submission": step.act,
        }
        if not step.opens:
            event["person"] = self.outcome.known[step.office, step.person]
        numbered = self._numbered(event)
        if step.refused is None:
            self._steps[numbered["id"]] = step
            self._events[step.label] = (step.office, numbered["id"])
        return numbered

    def _numbered(self, event: Row) -> dict[str, Any]:
        return {"id": new_id(self._clock()), **event}

    def _step_of(self, case: Row) -> Step | None:
        """The step that opened a case; None where the exchange itself did."""
        return self._steps.get(case["opening"][1])

    def _survivor(self, case: Row, answer: Answer) -> str | None:
        """The id under which the office asked knows the human whom the case is about by another one."""
        meant = answer.other if answer.manner == "duplicate" else None
        return self.outcome.known.get((case["asked"], meant)) if meant is not None else None
