"""The letters of a story, and what may stand for a place: nothing that is not declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from exchange.scenarios import words
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.model import Scenario


class Letters:
    """Raises ScenarioInvalid for what the story does not declare."""

    def __init__(self, scenario: Scenario, labels: Collection[str]) -> None:
        self.scenario = scenario
        self.labels = labels

    def office(self, letter: Any, where: str) -> None:
        if not isinstance(letter, str) or letter not in self.scenario.offices:
            raise ScenarioInvalid(field=where, rule="scenario.unknown_office", value=str(letter))

    def person(self, letter: Any, where: str) -> None:
        if not isinstance(letter, str) or letter not in self.scenario.persons:
            raise ScenarioInvalid(field=where, rule="scenario.unknown_person", value=str(letter))

    def place(self, value: Any, where: str) -> None:
        if isinstance(value, Mapping):
            only(value, {"abroad", "last"}, where)
            if "last" in value:
                self.office(value["last"], where)
        elif not isinstance(value, str) or value not in words.PLACE_WORDS:
            self.office(value, where)

    def reference(self, name: Any, where: str, labels: Collection[str] | None = None) -> None:
        """A step, or `LABEL.OFFICE`. `labels`: those that may be named here, where not all of them may."""
        label, _, office = str(name).partition(".")
        if label not in (self.labels if labels is None else labels):
            rule = "scenario.later_label" if label in self.labels else "scenario.unknown_label"
            raise ScenarioInvalid(field=where, rule=rule, value=str(name))
        if office:
            self.office(office, where)


def only(value: Any, keys: Collection[str], where: str) -> Mapping[str, Any]:
    """Keys and values, with none but these keys."""
    if not isinstance(value, Mapping):
        raise ScenarioInvalid(field=where, rule="scenario.mapping")
    if unknown := sorted(set(value) - set(keys)):
        raise ScenarioInvalid(field=f"{where}.{unknown[0]}", rule="scenario.unknown_key", value=unknown[0])
    return value


def free(value: Any, where: str) -> Mapping[str, Any]:
    """Keys and values; which keys is judged elsewhere."""
    return only(value, value if isinstance(value, Mapping) else (), where)


def listed(value: Any, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ScenarioInvalid(field=where, rule="scenario.list")
    return value


def several(value: Any) -> list[Any]:
    """One, or a list of them."""
    return value if isinstance(value, list) else [value]
