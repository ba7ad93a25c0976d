"""Playing a scenario through the public API, step by step, as its offices would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from exchange.access.caller import Forbidden
from exchange.clock import day_of
from exchange.jurisdictions import codes
from exchange.scenarios.api import Answer, CannotTry, Offices, Playground, problem
from exchange.scenarios.binding import bind_standing
from exchange.scenarios.cases import Cases
from exchange.scenarios.comparing import NOTHING, Comparing, Difference, Sheet
from exchange.scenarios.composing import ABOUT_OFFICES, AMENDS, JOINS, Composing
from exchange.scenarios.looking_up import looked_up
from exchange.scenarios.matching import Heard, differing, match
from exchange.scenarios.model import Point, Scenario, Step, Tell
from exchange.scenarios.payload import Ledger, Told, place

_DAYS_AGO = timedelta(days=30)


@dataclass(slots=True)
class Played:
    """What became of one step: what was heard beside what was expected."""

    step: Step
    heard: list[Heard] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    agreed: list[tuple[str, str]] = field(default_factory=list)  # expected, and what came of it


class Play:
    """One run of one scenario on one node."""

    def __init__(self, scenario: Scenario, ground: Playground, seed: int, given: Mapping[str, str]) -> None:
        random = Random(f"{seed}.{scenario.id}")  # noqa: S311  # repeatable, and of each story its own people; nothing secret
        self.scenario = scenario
        self.ground = ground
        self.offices = Offices(ground)
        self.binding = bind_standing(scenario, self.offices.areas, random, given, self.offices.ended)
        self.ledger = Ledger(scenario.day_zero or day_of(ground.now()) - _DAYS_AGO, self.binding, random)
        self.comparing = Comparing(self.ledger)
        self.cases = Cases(self.offices, self.ledger)
        self.played: list[Played] = []
        self.heard: list[Heard] = []
        self.moments: dict[str, str | None] = {}  # the node's clock after each step that a `known_at` names
        self.composing = Composing(self.ledger, self.cases)
        self.ordered: list[str] = []  # types of what the operator recorded about offices
        self.refused: list[str] = []  # codes
        self._read: dict[str, int] = {}
        self._by_lines = any(tell.line is not None for step in scenario.steps for tell in step.tells)
        ending = (item for step in scenario.steps for item in step.items if item.event == "jurisdiction.closed")
        self._closing = frozenset(str(item.content["from"]) for item in ending if "from" in item.content)
        self._written: set[str] = set()  # the cases about which there is a letter
        self._sent: Counter[str] = Counter()  # how many there were before

    @property
    def letters(self) -> list[str]:
        """The offices that can be asked: all but those outside and the areas that nobody acts for."""
        return [each for each in self.scenario.offices if self._has_key(self.binding.offices[each])]

    def play(self) -> None:
        """Start, then every step, comparing what each tells. Raises CannotTry, NotAnswering."""
        self._learn_positions()
        for step in self.scenario.start:
            self._accepted(self._perform(step), step)
            self.ground.settle()
            self.cases.confirm_all(self.letters, self.composing.day)
            self.ground.settle()
        self._learn_positions()
        self.composing.day = self.ledger.day_zero
        for step in self.scenario.steps:
            self._step(step)

    def sheet(self, letter: str, person: str, as_of: str | None = None, known_at: str | None = None) -> Sheet:
        """What the office shows of the person. Raises CannotTry where the node has no records of another time."""
        office = self.binding.offices[letter]
        known = self.ledger.known(office, person) or self.ledger.any_id(person)
        if known is None:
            return NOTHING
        answer = self.offices.sheet(office, known, as_of, known_at)
        if answer.status == 422 and (as_of is not None or known_at is not None):
            raise CannotTry(field="record", rule="scenario.other_time")
        return NOTHING if answer.refused else dict(answer.data)

    def shown(self, letter: str, point: Point) -> Sheet:
        """What the office shows of the point's person at the point's two times. Raises as `sheet` does."""
        day = None if point.as_of is None else self.ledger.day(point.as_of, date.min).isoformat()
        moment = None
        if point.known_at is not None:
            moment = self.moments.get(point.known_at)
            if moment is None:
                raise CannotTry(field="record", rule="scenario.other_time")
        return self.sheet(letter, point.person, day, moment)

    def _step(self, step: Step) -> None:
        played = Played(step)
        self.played.append(played)
        before = self._everything() if step.outcome != "accepted" else {}
        answer = self._perform(step)
        self.ground.settle()
        played.heard = [*self._listen(), *self._letters()]
        self.heard += played.heard
        if answer is not None:
            played.differences += self._answered(step, answer, before)
        if step.kind == "pass" and step.label is not None:
            self._remember_requests(step.label, played.heard)
        played.differences += self._told(step, played.heard)
        self._note_moment(step)

    def _perform(self, step: Step) -> Answer | None:
        if step.kind == "pass":
            self.ground.pass_time(step.days, step.working_days)
            self.composing.day += timedelta(days=step.days)
            return None
        if step.items and step.items[0].event == JOINS and step.items[0].content.get("from") in self.binding.outside:
            self._join(step)
            return None
        if step.items and step.items[0].event.startswith(ABOUT_OFFICES):
            path, body = self.composing.request(step, "")
            ordered = self.offices.order(self.composing.office_ordered(step), path, body)
            self.ordered += [] if ordered.refused else [item.event for item in step.items]
            return ordered
        office, orders = self._actor(step)
        path, body = self.composing.request(step, office)
        answer = self.offices.post(office, path, body, orders, forbidden=Forbidden.code in step.errors)
        if not answer.refused and step.items:
            self.composing.remember(step, office, body, answer)
        elif not answer.refused and step.kind == "looks_up":
            self.played[-1].differences += looked_up(step, answer, self.ledger)
        return answer

    def _join(self, step: Step) -> None:
        """An office joins by the node's settings, which also name it: no request records it."""
        item = step.items[0]
        if item.content.get("name", "any") != "any":
            raise CannotTry(field=f"{step.where}.with.name", rule="scenario.joins")
        self.composing.day = self.ledger.day(item.day, self.composing.day)
        self.ground.join(self.composing.office_ordered(step))
        self.ordered.append(item.event)

    def _actor(self, step: Step) -> tuple[str, str | None]:
        """The office that acts, and the area whose key orders it to: an amendment stays its author's own event."""
        if step.by is None:
            raise TypeError(step)
        office = self.binding.offices[step.by.letter]
        above = codes.parent(office) or office
        ordered = step.by.supervisor and any(item.event in AMENDS for item in step.items)
        acting = above if step.by.supervisor and not ordered else office
        if not self._has_key(above if ordered else acting):
            raise CannotTry(field=step.where, rule="scenario.no_key", value=step.by.letter)
        return acting, above if ordered else None

    def _listen(self) -> Iterator[Heard]:
        """What every office of the story finds in its inbox since it last looked; it acknowledges all of it."""
        for letter in self.letters:
            office = self.binding.offices[letter]
            lines = self.offices.lines(office) if self._by_lines else {}
            for row in self.offices.inbox(office, self._read.get(office, 0)):
                self._read[office] = max(self._read.get(office, 0), row["position"])
                about = self.ledger.letters(row["person"])
                for each in about:
                    self.ledger.ids.setdefault(office, {}).setdefault(each, row["person"])
                self.cases.told(letter, row)
                yield Heard(
                    to=letter,
                    kind=row["kind"],
                    about=about,
                    expects="reply" if row["expects_reply"] else "nothing",
                    act=row.get("act", ""),
                    event=(row["event"][0], row["event"][1]),
                    person=row["person"],
                    position=row["position"],
                    outcome=row["outcome"] if row["kind"] == "reply" else None,
                    reason=row.get("reason"),
                    place=self.comparing.place(row.get("place")),
                    fields=frozenset(row.get("fields", ())),
                    holds=frozenset(row.get("holds", ())),
                    received=self.offices.acknowledge(office, row["position"]),
                    line=lines.get(row["position"], 1),
                )

    def _letters(self) -> list[Heard]:
        """What the offices of the story have to write by now to those outside, or that closed, each letter once.

        One that was answered on paper, and is due again, is another.
        """
        outside = {self.binding.offices[letter]: letter for letter in (*self.binding.outside, *self._closing)}
        offices = [self.binding.offices[letter] for letter in self.letters] if outside else []
        rows = {row["case"]: row for office in offices for row in self.offices.letters(office) if row["to"] in outside}
        found = [
            Heard(
                outside[row["to"]],
                "letter",
                self.ledger.letters(row["person"]),
                "reply",
                f"{case} {self._sent[case]}",
                holds=frozenset(row["holds"]),
                received=False,
            )
            for case, row in rows.items()
            if case not in self._written
        ]
        self._sent.update(rows.keys() - self._written)
        self._written = set(rows)
        return found

    def _learn_positions(self) -> None:
        self._letters()
        for letter in self.letters:
            office = self.binding.offices[letter]
            rows = self.offices.inbox(office, self._read.get(office, 0))
            for row in rows:
                for each in self.ledger.letters(row["person"]):
                    self.ledger.ids.setdefault(office, {}).setdefault(each, row["person"])
            self._read[office] = max([self._read.get(office, 0), *(row["position"] for row in rows)])

    def _answered(self, step: Step, answer: Answer, before: Mapping[Any, Any]) -> Iterator[Difference]:
        if answer.refused:
            self.refused.append(answer.code)
        if step.outcome == "accepted" and answer.refused:
            yield Difference(step.where, "refusal", "accepted", problem(answer))
        elif step.outcome == "refused" and not answer.refused:
            yield Difference(step.where, "refusal", f"refused: {', '.join(step.errors)}", "accepted")
        elif answer.refused and step.errors and answer.code not in step.errors:
            yield Difference(step.where, "refusal", f"refused: {', '.join(step.errors)}", problem(answer))
        elif answer.refused and before != self._everything():
            yield Difference(step.where, "refusal", "every record as before", "something changed")
        elif answer.refused:
            self.played[-1].agreed.append((f"refused: {', '.join(step.errors)}", problem(answer)))
        if step.again is not None and answer.status != 200:
            yield Difference(step.where, "refusal", "the first result again", answer.status)

    def _told(self, step: Step, heard: list[Heard]) -> Iterator[Difference]:
        persons = self._persons_of(step)

        def differs(tell: Tell, each: Heard) -> list[str]:
            wanted = None
            if tell.place is not None:
                wanted = self.comparing.place(place(tell.place, self.binding, self.ledger.random))
            return differing(tell, each, tell.about or persons, wanted)

        allowed = self.scenario.unlisted_allowed
        found = match(step.tells, heard, differs, unlisted_allowed=allowed, silent=step.silent)
        self.played[-1].agreed += [(written(tell, persons), str(each)) for tell, each in found.pairs]
        for tell in found.missing:
            other = [each for each in found.unlisted if each.to == tell.to]
            near = [f"{each} (differs: {', '.join(differs(tell, each))})" for each in other]
            yield Difference(step.where, "missing", written(tell, persons), "; ".join(near) or "nothing")
        for each in found.unlisted:
            yield Difference(step.where, "unlisted", "nothing", str(each))

    def _persons_of(self, step: Step) -> frozenset[str]:
        named = [step.line, *(item.of for item in step.items)]
        labels = {step.label, step.again, *((name or "").partition(".")[0] for name in named)} - {None, ""}
        told = [each for label in labels for each in self.ledger.events.get(str(label), [])]
        return frozenset(letter for each in told for letter in each.letters) | {
            letter for item in step.items for letter in item.persons
        }

    def _remember_requests(self, label: str, heard: Iterable[Heard]) -> None:
        """What the exchange itself asked when a day came is named by the label of the time that went by."""
        requests = {each.event: each for each in heard if each.kind == "request"}
        for (office, id_), each in requests.items():
            told = Told(office, id_, each.person, "request.opened", tuple(sorted(each.about)))
            self.ledger.events.setdefault(label, []).append(told)

    def _note_moment(self, step: Step) -> None:
        """When this step was done and told, by the node's own clock, for the points that ask what was known then."""
        labels = {step.label, *(item.label for item in step.items)} - {None}
        asked = {str(point.known_at) for point in self.scenario.views if point.known_at in labels}
        if asked:
            self.moments |= dict.fromkeys(asked, self.offices.node("status").get("at"))

    def _everything(self) -> dict[tuple[str, str], Sheet]:
        pairs = [(letter, person) for letter in self.letters for person in self.scenario.persons]
        return {(letter, person): self.sheet(letter, person) for letter, person in pairs}

    def _accepted(self, answer: Answer | None, step: Step) -> None:
        if answer is not None and answer.refused:
            self.played.append(Played(step, [], [Difference(step.where, "refusal", "accepted", problem(answer))]))

    def _has_key(self, office: str) -> bool:
        return self.offices.has_key(office)


def written(tell: Tell, persons: Iterable[str]) -> str:
    """An entry in one line."""
    said = [tell.outcome, tell.reason, *sorted(tell.fields or ()), *(f"lacks {each}" for each in sorted(tell.lacks))]
    extra = " ".join(each for each in said if each)
    asks = "?" if tell.expects == "reply" else ""
    about = "+".join(sorted(tell.about or persons))
    return f"{tell.to}: {'|'.join(tell.kinds)}{asks} about {about}" + (f" ({extra})" if extra else "")
