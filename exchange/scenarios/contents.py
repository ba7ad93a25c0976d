"""Whether what a step says under `with` can be put in place of its letters, labels and days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from events.parts import CONTAINERS
from exchange.scenarios import words
from exchange.scenarios.document import ScenarioInvalid, word
from exchange.scenarios.letters import Letters, free, listed, only, several

DAYS = frozenset({"expected_on", "stay_until", "until", "since", "received_on", "effective_on"})
_PLACES = frozenset({"registration", "origin", "destination", "place"})
_OFFICES = frozenset({"keeper"})
_EITHER = frozenset({"to", "from"})  # a place in a registration's move, an office elsewhere
_STAYS = frozenset({"stay", "continues", "ends"})
_EVENTS = frozenset({"about", "previous", "sees"})


class Contents:
    """One step's: `labels` are those of the steps before it, `looked_up` of those that look somebody up.

    Raises ScenarioInvalid.
    """

    def __init__(self, letters: Letters, labels: Collection[str], looked_up: Collection[str] = ()) -> None:
        self._letters = letters
        self._labels = labels
        self._looked_up = looked_up

    def of(self, event: str, content: Mapping[str, Any], where: str) -> None:
        for key, value in content.items():
            if event.startswith("jurisdiction."):
                self._about_offices(key, value, f"{where}.with.{key}")
            else:
                self._value(key, value, event, f"{where}.with.{key}")

    def _about_offices(self, key: str, value: Any, where: str) -> None:
        if key == "from":
            self._letters.office(value, where)
        elif key == "to":
            for each in listed(value, where):
                self._letters.office(each, where)
        elif key == "allotment":
            for person, office in free(value, where).items():
                self._letters.person(person, where)
                self._letters.office(office, where)

    def _value(self, key: str, value: Any, event: str, where: str) -> None:
        if key in _PLACES or (key in _EITHER and event == "registration.changed"):
            self._letters.place(value, where)
        elif key in _OFFICES or key in _EITHER:
            self._letters.office(value, where)
        elif key in DAYS:
            _day(value, where)
        elif key == "other":
            self._other(value, where)
        elif key == "ties":
            for tie in listed(value, where):
                self.tie(tie, where)
        elif key in _STAYS:
            for each in several(value):
                if not isinstance(each, str) or each not in self._letters.scenario.offices:
                    self._letters.reference(each, where, self._labels)
        elif key in _EVENTS:
            for each in several(value):
                self._letters.reference(each, where, self._labels)
        elif key == "deviations":
            for each in listed(value, where):
                if "field" not in only(each, {"field", "ours", "yours"}, where):
                    raise ScenarioInvalid(field=f"{where}.field", rule="scenario.missing", value="field")
        elif key == "allotment":
            for label, person in free(value, where).items():
                self._letters.reference(label, where, self._labels)
                self._letters.person(person, where)
        elif key in CONTAINERS:
            for inner, told in free(value, where).items():
                self._particular(inner, told, event, f"{where}.{inner}")

    def _other(self, value: Any, where: str) -> None:
        """A letter; or what is stated: `of` whom, with the differences, and the office said to hold them `at`."""
        if not isinstance(value, Mapping):
            self._letters.person(value, where)
            return
        for key, told in value.items():
            if key == "of":
                self._letters.person(told, where)
            elif key == "at":
                self._letters.office(told, where)
            else:
                self._particular(key, told, "", f"{where}.{key}")

    def tie(self, value: Any, where: str) -> None:
        """What another is to the person."""
        only(value, {"tie", "other", "at"}, where)
        word(value.get("tie"), f"{where}.tie", words.TIE_KINDS)
        self._other(value.get("other"), f"{where}.other")
        if "at" in value:
            self._letters.office(value["at"], f"{where}.at")

    def _particular(self, key: str, value: Any, event: str, where: str) -> None:
        if isinstance(value, Mapping) and "same_as" in value:
            self._letters.person(only(value, {"same_as"}, where)["same_as"], where)
        elif key == words.LOOKED_UP and event == "movement.arrived":
            self._letters.reference(value, where, self._looked_up)
        elif key == "ties" and event == "movement.arrived":
            self._value(key, value, event, where)
        elif not words.is_particular(key):
            if event not in {"event.corrected", "enquiry.answered"}:
                raise ScenarioInvalid(field=where, rule="scenario.unknown_key", value=key)
            self._value(key, value, event, where)


def _day(value: Any, where: str) -> None:
    """A date, or days from `day_zero`; null says nothing."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ScenarioInvalid(field=where, rule="scenario.day", value=str(value)) from error
