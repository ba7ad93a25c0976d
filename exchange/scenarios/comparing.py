"""Comparing what an office shows with what was expected of it: only what is written is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from events.errors import ExchangeError
from exchange.scenarios.payload import Ledger
from exchange.scenarios.words import VIEW_PLACES, is_particular

Sheet = Mapping[str, Any]
NOTHING: Sheet = {"state": "none", "roles": []}


@dataclass(frozen=True, slots=True)
class Said:
    """A text by its key, for readers of either language. `beside`: what stands after it as it is."""

    key: str
    details: Mapping[str, Any] = field(default_factory=dict)
    beside: str = ""

    @classmethod
    def of(cls, error: ExchangeError) -> Said:
        """What an error says."""
        known = (error.field, error.details.get("code_given"), error.details.get("http_status"))
        return cls(error.rule or error.code, dict(error.details), " ".join(str(each) for each in known if each))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected. `kind`: missing, unlisted, refusal, view, case, or a rule that always holds.

    `where`: its place in the file, or `always.…`.
    """

    where: str
    kind: str
    expected: Any
    actual: Any


class Comparing:
    """Expected values beside what sheets show, in the letters of the story."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.agreed: list[tuple[str, Any, Any]] = []  # where, expected, and the same as shown

    def view(
        self, where: str, office: str, expect: Mapping[str, Any], shown: Callable[[str], Sheet]
    ) -> Iterator[Difference]:
        """Each key of `expect` that the office does not show. `shown`: the sheet of the office of a letter."""
        for key, expected in expect.items():
            actual = self.value(key, office, shown(office))
            if self._same(key, office, expected, actual, shown):
                self.agreed.append((f"{where}.{key}", expected, actual))
            else:
                yield Difference(f"{where}.{key}", "view", expected, actual)

    def value(self, key: str, office: str, sheet: Sheet) -> Any:
        """What a sheet shows under a key of VIEW."""
        if key == "record":
            return sheet["state"]
        if key in VIEW_PLACES:
            place = sheet.get(key) or {}
            return " ".join(filter(None, [self.place(place or None, office), place.get("country")])) or None
        if key == "further_at":
            return sorted(str(self._ledger.binding.letter_of(code)) for code in sheet.get("further_at", ()))
        if key == "roles":
            return sorted(sheet.get("roles", ()))
        if key == "deviations":
            return sorted(sheet.get("insisted", ()))
        if key == "protection":
            return sheet.get("protection", {}).get("state", "none")
        if key == "ties":
            return [self.tie(each) for each in sheet.get("ties", ())]
        if key == "matters":
            return sheet.get("matters", 0)
        if is_particular(key):
            return plain(key, sheet.get("particulars", {}).get(key))
        return sheet.get(key)

    def place(self, value: Any, office: str = "") -> str | None:
        """A place of the wire in the words of a scenario."""
        if value is None:
            return None
        if value["kind"] != "town":
            return str(value["kind"])
        letter = self._ledger.binding.letter_of(value["code"])
        return "here" if letter == office else letter

    def _abroad(self, expected: Mapping[str, Any], place: Mapping[str, Any]) -> bool:
        """Country, and the last town here: as far as they are written."""
        last = self._ledger.binding.letter_of(place.get("last"))
        country = place.get("country")
        fits = expected.get("abroad", country) == country or (expected["abroad"] == "any" and country is not None)
        return place.get("kind") == "abroad" and fits and expected.get("last", last) == last

    def tie(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """A tie in the letters of the story: of somebody who is only stated, of whoever bears that name."""
        other = shown["other"]
        if "person" in other:
            letters = sorted(self._ledger.letters(other["person"]))
        else:
            name = plain("name", other.get("stated", {}).get("name"))
            persons = self._ledger.binding.persons
            letters = [each for each, human in persons.items() if plain("name", human.particulars["name"]) == name]
        return {"tie": shown["tie"], "other": letters, "at": self._ledger.binding.letter_of(other.get("at"))}

    def _same(self, key: str, office: str, expected: Any, actual: Any, shown: Callable[[str], Sheet]) -> bool:
        if isinstance(expected, Mapping) and "not" in expected:
            return not self._same(key, office, expected["not"], actual, shown)
        if isinstance(expected, Mapping) and "same_as" in expected:
            return bool(actual == self.value(key, expected["same_as"], shown(expected["same_as"])))
        if key in VIEW_PLACES and (expected == "abroad" or isinstance(expected, Mapping)):
            wanted = expected if isinstance(expected, Mapping) else {}
            return self._abroad(wanted, shown(office).get(key) or {})
        if expected == "any":
            return actual not in {None, ""}
        if key in {"roles", "deviations", "further_at"}:
            return bool(actual == sorted(expected))
        if key == "ties":
            return len(actual) == len(expected) and _assigned(expected, actual)
        if key == "record":
            return actual in (expected if isinstance(expected, list) else [expected])
        if key in VIEW_PLACES and expected == office:
            return bool(actual == "here")
        if key in {"since", "until"} and isinstance(expected, int):
            return bool(actual == self._ledger.day(expected, self._ledger.day_zero).isoformat())
        return bool(actual == plain(key, expected))


def _assigned(expected: Sequence[Mapping[str, Any]], actual: Sequence[Mapping[str, Any]]) -> bool:
    """Whether each expected tie is another one of those shown."""
    if not expected:
        return True
    fitting = [tie for tie in actual if _fits(expected[0], tie)]
    return any(_assigned(expected[1:], [tie for tie in actual if tie is not each]) for each in fitting)


def _fits(expected: Mapping[str, Any], tie: Mapping[str, Any]) -> bool:
    at = "at" not in expected or expected["at"] == tie["at"]
    return at and expected["tie"] == tie["tie"] and expected["other"] in tie["other"]


def plain(key: str, value: Any) -> Any:
    """A particular in its shortest form: a name as its text, a document as its number."""
    if isinstance(value, Mapping):
        if key == "name":
            return value.get("full")
        if key.startswith("document."):
            return value.get("number")
    return value
