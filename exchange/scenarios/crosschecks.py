"""Whether every letter and label that a scenario uses is there: nothing is ignored in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from events.parts import CONTAINERS
from exchange.scenarios import words
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.model import Item, Point, Scenario, Step

_PLACES = frozenset({"registration", "origin", "destination", "place"})
_OFFICES = frozenset({"keeper"})
_EITHER = frozenset({"to", "from"})  # a place in a registration's move, an office elsewhere
_STAYS = frozenset({"stay", "continues", "ends"})
_EVENTS = frozenset({"about", "previous", "sees"})


def check(scenario: Scenario) -> None:
    """Raises ScenarioInvalid where a letter or label is not declared, or a label stands twice."""
    labels = list(_labels((*scenario.start, *scenario.steps)))
    for label in labels:
        if labels.count(label) > 1:
            raise ScenarioInvalid(field="$.steps", rule="scenario.label_twice", value=label)
    _Checks(scenario, frozenset(labels)).all()


def _labels(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        found = {step.label, *(item.label for item in step.items)} - {None}
        yield from (label for label in found if label is not None)


class _Checks:
    def __init__(self, scenario: Scenario, labels: frozenset[str]) -> None:
        self.scenario = scenario
        self.labels = labels

    def all(self) -> None:
        story = self.scenario
        for office in story.offices.values():
            if office.inside is not None:
                self.office(office.inside, f"$.offices.{office.letter}.in")
        for person in story.persons.values():
            if person.same_human_as is not None:
                self.person(person.same_human_as, f"$.persons.{person.letter}.same_human_as")
        for step in (*story.start, *story.steps):
            self.step(step)
        for point in (*story.end, *story.views):
            self.point(point)
        for name in story.cases:
            if "." not in name:
                raise ScenarioInvalid(field=f"$.cases.{name}", rule="scenario.case_name", value=name)
            self.reference(name, f"$.cases.{name}")

    def step(self, step: Step) -> None:
        if step.by is not None:
            self.office(step.by.letter, f"{step.where}.by")
        if step.again is not None:
            self.reference(step.again, f"{step.where}.again")
        for name, key in ((step.joins, "joins"), (step.line, "line")):
            if name is not None:
                self.reference(name, f"{step.where}.{key}")
        for item in step.items:
            self.item(item, step.where)
        if step.shared is not None:
            self.contents(step.shared, step.where)
        for tell in step.tells:
            self.office(tell.to, f"{step.where}.tells")
            for person in tell.about or ():
                self.person(person, f"{step.where}.tells")
            if tell.place is not None:
                self.place(tell.place, f"{step.where}.tells")
        for letter in step.silent:
            self.office(letter, f"{step.where}.silent")

    def item(self, item: Item, where: str) -> None:
        for person in item.persons:
            self.person(person, f"{where}.person")
        if item.of is not None:
            self.reference(item.of, f"{where}.of")
        elif not item.persons and not item.event.startswith("jurisdiction."):
            raise ScenarioInvalid(field=f"{where}.person", rule="scenario.whom", value=item.event)
        if not item.event.startswith("jurisdiction."):
            self.contents(item, where)

    def contents(self, item: Item, where: str) -> None:
        for key, value in item.content.items():
            self.value(key, value, item.event, f"{where}.with.{key}")

    def value(self, key: str, value: Any, event: str, where: str) -> None:
        if key in _PLACES or (key in _EITHER and event == "registration.changed"):
            self.place(value, where)
        elif key in _OFFICES or key in _EITHER:
            self.office(value, where)
        elif key == "other":
            self.other(value, where)
        elif key == "ties":
            for tie in value:
                self.tie(tie, where)
        elif key in _STAYS:
            for each in value if isinstance(value, list) else [value]:
                if each not in self.scenario.offices:
                    self.reference(each, where)
        elif key in _EVENTS:
            for each in value if isinstance(value, list) else [value]:
                self.reference(each, where)
        elif key == "allotment":
            for label, person in value.items():
                self.reference(label, where)
                self.person(person, where)
        elif key in CONTAINERS and isinstance(value, Mapping):
            for inner, told in value.items():
                self.particular(inner, told, event, f"{where}.{inner}")

    def other(self, value: Any, where: str) -> None:
        """A letter; or what is stated: `of` whom, with the differences, and the office said to hold them `at`."""
        if not isinstance(value, Mapping):
            self.person(value, where)
            return
        for key, told in value.items():
            if key == "of":
                self.person(told, where)
            elif key == "at":
                self.office(told, where)
            else:
                self.particular(key, told, "", f"{where}.{key}")

    def tie(self, value: Any, where: str) -> None:
        """What another is to the person."""
        if not isinstance(value, Mapping) or set(value) - {"tie", "other", "at"}:
            raise ScenarioInvalid(field=where, rule="scenario.unknown_key", value=str(value))
        if value.get("tie") not in words.TIE_KINDS:
            raise ScenarioInvalid(field=f"{where}.tie", rule="scenario.word", value=str(value.get("tie")))
        self.other(value.get("other"), f"{where}.other")
        if "at" in value:
            self.office(value["at"], f"{where}.at")

    def particular(self, key: str, value: Any, event: str, where: str) -> None:
        if isinstance(value, Mapping) and "same_as" in value:
            self.person(value["same_as"], where)
        elif key == "ties" and event == "movement.arrived":
            self.value(key, value, event, where)
        elif not words.is_particular(key):
            if event not in {"event.corrected", "enquiry.answered"}:
                raise ScenarioInvalid(field=where, rule="scenario.unknown_key", value=key)
            self.value(key, value, event, where)

    def point(self, point: Point) -> None:
        self.office(point.office, point.where)
        self.person(point.person, point.where)
        if point.known_at is not None:
            self.reference(point.known_at, point.where)
        for key, value in point.expect.items():
            where = f"{point.where}.{key}"
            if key in words.VIEW_PLACES and value != "here":
                self.place(value, where)
            elif key == "further_at":
                for letter in value:
                    self.office(letter, where)
            elif key == "ties":
                for tie in value:
                    self.tie(tie, where)
            elif isinstance(value, Mapping) and "same_as" in value:
                self.office(value["same_as"], where)
        for key, known in (("record", words.RECORDS), ("roles", words.ROLES)):
            told = point.expect.get(key, [])
            for word in told if isinstance(told, list) else [told]:
                if word not in known:
                    raise ScenarioInvalid(field=f"{point.where}.{key}", rule="scenario.word", value=str(word))

    def place(self, value: Any, where: str) -> None:
        if isinstance(value, Mapping):
            if unknown := sorted(set(value) - {"abroad", "last"}):
                raise ScenarioInvalid(field=f"{where}.{unknown[0]}", rule="scenario.unknown_key", value=unknown[0])
            if "last" in value:
                self.office(value["last"], where)
        elif value not in words.PLACE_WORDS:
            self.office(value, where)

    def office(self, letter: Any, where: str) -> None:
        if letter not in self.scenario.offices:
            raise ScenarioInvalid(field=where, rule="scenario.unknown_office", value=str(letter))

    def person(self, letter: Any, where: str) -> None:
        if letter not in self.scenario.persons:
            raise ScenarioInvalid(field=where, rule="scenario.unknown_person", value=str(letter))

    def reference(self, name: Any, where: str) -> None:
        label, _, office = str(name).partition(".")
        if label not in self.labels:
            raise ScenarioInvalid(field=where, rule="scenario.unknown_label", value=str(name))
        if office:
            self.office(office, where)
