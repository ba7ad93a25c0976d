"""Whether every letter and label that a scenario uses is there, and can mean something where it stands: nothing is
ignored in silence, and nothing that a file can say ends the runner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from exchange.scenarios import words
from exchange.scenarios.contents import Contents
from exchange.scenarios.document import ScenarioInvalid, word
from exchange.scenarios.letters import Letters, listed, only, several
from exchange.scenarios.model import Item, Point, Scenario, Step

_ACTS = frozenset({"event", "together", "members", "line"})
_LISTS = frozenset({"roles", "further_at", "deviations", "ties"})
_NAMES_A_CASE = ("case.", "enquiry.answered")
_NAMES_ITS_TARGET = (*_NAMES_A_CASE, "event.", "person.unmerged", "notification.")


def check(scenario: Scenario) -> None:
    """Raises ScenarioInvalid where a letter or label is not declared, a label stands twice, or is not yet there."""
    labels = list(_labels((*scenario.start, *scenario.steps)))
    for label in labels:
        if labels.count(label) > 1:
            raise ScenarioInvalid(field="$.steps", rule="scenario.label_twice", value=label)
    _Checks(scenario, frozenset(labels)).all()


def _labels(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        found = {step.label, *(item.label for item in step.items)} - {None}
        yield from (label for label in found if label is not None)


def _about_offices(step: Step) -> bool:
    return any(item.event.startswith("jurisdiction.") for item in step.items)


class _Checks:
    def __init__(self, scenario: Scenario, labels: frozenset[str]) -> None:
        self.scenario = scenario
        self.letters = Letters(scenario, labels)
        self.before: set[str] = set()  # the labels of the steps before the one that is looked at
        self.looked_up: set[str] = set()
        self.acts: set[str] = set()  # those of whole acts, which can be sent again

    def all(self) -> None:
        story = self.scenario
        for office in story.offices.values():
            if office.inside is not None:
                self.letters.office(office.inside, f"$.offices.{office.letter}.in")
        for person in story.persons.values():
            if person.same_human_as is not None:
                self.letters.person(person.same_human_as, f"$.persons.{person.letter}.same_human_as")
        for step in (*story.start, *story.steps):
            self.step(step)
            self.before.update(_labels([step]))
            if step.label is not None and step.kind == "looks_up" and step.outcome == "accepted":
                self.looked_up.add(step.label)
            if step.label is not None and step.kind in _ACTS and not _about_offices(step):
                self.acts.add(step.label)
        told = frozenset(_labels(story.steps))
        for point in (*story.end, *story.views):
            self.point(point, told)
        for name in story.cases:
            self.case(name, f"$.cases.{name}", self.letters.labels)

    def step(self, step: Step) -> None:
        if step.by is not None:
            self.letters.office(step.by.letter, f"{step.where}.by")
        if step.again is not None:
            self.reference(step.again, f"{step.where}.again")
            if step.again not in self.acts:
                raise ScenarioInvalid(field=f"{step.where}.again", rule="scenario.again", value=step.again)
        if step.joins is not None:
            self.reference(step.joins, f"{step.where}.joins")
        if step.line is not None:
            self.case(step.line, f"{step.where}.line", self.before)
        if step.kind == "looks_up":
            self.letters.person(step.looks_up[0], f"{step.where}.looks_up")
            for field in step.gives or ():
                if not words.is_particular(field):
                    raise ScenarioInvalid(field=f"{step.where}.gives", rule="scenario.unknown_key", value=field)
        contents = Contents(self.letters, self.before, self.looked_up)
        for item in step.items:
            self.item(item, step.where, contents)
        if step.shared is not None:
            contents.of(step.shared.event, step.shared.content, step.where)
        for tell in step.tells:
            self.letters.office(tell.to, f"{step.where}.tells")
            for person in tell.about or ():
                self.letters.person(person, f"{step.where}.tells")
            if tell.place is not None:
                self.letters.place(tell.place, f"{step.where}.tells")
        for letter in step.silent:
            self.letters.office(letter, f"{step.where}.silent")

    def item(self, item: Item, where: str, contents: Contents) -> None:
        for person in item.persons:
            self.letters.person(person, f"{where}.person")
        if item.of is not None and item.event.startswith(_NAMES_A_CASE):
            self.case(item.of, f"{where}.of", self.before)
        elif item.of is not None:
            self.reference(item.of, f"{where}.of")
        elif item.event.startswith(_NAMES_ITS_TARGET):
            raise ScenarioInvalid(field=f"{where}.of", rule="scenario.missing", value="of")
        elif not item.persons and not item.event.startswith("jurisdiction."):
            raise ScenarioInvalid(field=f"{where}.person", rule="scenario.whom", value=item.event)
        contents.of(item.event, item.content, where)

    def case(self, name: str, where: str, labels: Iterable[str]) -> None:
        """`LABEL.OFFICE`."""
        if "." not in name.rstrip("."):
            raise ScenarioInvalid(field=where, rule="scenario.case_name", value=name)
        self.letters.reference(name, where, frozenset(labels))

    def reference(self, name: Any, where: str) -> None:
        self.letters.reference(name, where, self.before)

    def point(self, point: Point, told: frozenset[str]) -> None:
        """`told`: the labels of the steps after which somebody looked; nobody does between those of the start."""
        self.letters.office(point.office, point.where)
        self.letters.person(point.person, point.where)
        if point.known_at is not None:
            self.letters.reference(point.known_at, point.where)
            if point.known_at not in told:
                raise ScenarioInvalid(field=f"{point.where}.known_at", rule="scenario.known_at", value=point.known_at)
        for key, value in point.expect.items():
            self.shown(key, value, f"{point.where}.{key}")

    def shown(self, key: str, value: Any, where: str) -> None:
        """One key of a view."""
        if isinstance(value, dict) and "not" in value:
            self.shown(key, only(value, {"not"}, where)["not"], where)
        elif isinstance(value, dict) and "same_as" in value:
            self.letters.office(only(value, {"same_as"}, where)["same_as"], where)
        elif value == "any":
            return
        elif key in words.VIEW_PLACES and value != "here":
            self.letters.place(value, where)
        elif key in _LISTS:
            self.set_of(key, listed(value, where), where)
        elif key == "record":
            _words(several(value), words.RECORDS, where)

    def set_of(self, key: str, value: list[Any], where: str) -> None:
        if key == "roles":
            _words(value, words.ROLES, where)
        for each in value:
            if key == "further_at":
                self.letters.office(each, where)
            elif key == "ties":
                Contents(self.letters, self.letters.labels).tie(each, where)


def _words(told: list[Any], known: Iterable[str], where: str) -> None:
    for each in told:
        word(each, where, known)
