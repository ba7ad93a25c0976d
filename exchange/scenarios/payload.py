"""What stands under `with` becomes the payload on the wire: letters, labels, days and `any` are put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from events.parts import CONTAINERS
from exchange.scenarios.binding import Binding, made_up
from exchange.scenarios.contents import DAYS
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.model import Day, Item
from exchange.scenarios.words import BEGINS_STAY, LOOKED_UP, TIES, is_particular

_PLACES = frozenset({"registration", "origin", "destination", "place", "from"})
_OWN = {"person.registered": "particulars", "movement.arrived": "stated", "enquiry.opened": "given"}


@dataclass(slots=True)
class Told:
    """An event that a step recorded."""

    office: str
    id: str
    person: str
    type: str
    letters: tuple[str, ...]

    @property
    def ref(self) -> list[str]:
        return [self.office, self.id]


@dataclass(slots=True)
class Ledger:
    """What the story has recorded so far: events by label, ids of persons by office."""

    day_zero: date
    binding: Binding
    random: Random
    events: dict[str, list[Told]] = field(default_factory=dict)
    all: list[Told] = field(default_factory=list)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)  # office -> letter -> the id by which it knows them
    looked_up: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # label -> what the look-up gave
    introduced: set[str] = field(default_factory=set)  # letters whose dossiers the act in the making opens

    def day(self, value: Day, before: date) -> date:
        """The date of a step; where none is given, that of the step before."""
        if value is None:
            return before
        return self.day_zero + timedelta(days=value) if isinstance(value, int) else value

    def known(self, office: str, letter: str) -> str | None:
        """The id by which the office knows the person."""
        return self.ids.get(office, {}).get(letter)

    def named(self, office: str, letter: str) -> str | None:
        """As the office names the person in an act: by the id that it knows, or by a handle that the act introduces."""
        known = self.known(office, letter)
        return letter if known is None and letter in self.introduced else known or self.any_id(letter)

    def any_id(self, letter: str) -> str | None:
        """Some id of the person: what another office may have said on the telephone."""
        return next((ids[letter] for ids in self.ids.values() if letter in ids), None)

    def letters(self, person: str) -> frozenset[str]:
        """The persons of the story that an id stands for."""
        known = {letter for ids in self.ids.values() for letter, held in ids.items() if held == person}
        return frozenset(known.union(*(told.letters for told in self.all if told.person == person)))

    def only(self, label: str) -> Told:
        """The only event of a label."""
        events = self.events.get(label.partition(".")[0], [])
        if len(events) != 1:
            raise ScenarioInvalid(field=label, rule="scenario.label_event", value=label, count=len(events))
        return events[0]


def content_of(item: Item, ledger: Ledger, office: str, letter: str | None) -> dict[str, Any]:
    """The payload of an item, as its office would send it."""
    writer = _Writer(ledger, office, letter, item.event, moves=_moves(item, ledger))
    found = {key: writer.value(key, value) for key, value in item.content.items()}
    own = _OWN.get(item.event)
    if own is not None and letter is not None:
        stated = dict(found.get(own, {}))
        given = ledger.looked_up.get(stated.pop(LOOKED_UP, ""), None)
        if given is None:
            stated = {**ledger.binding.persons[letter].particulars, **stated}
        else:  # as it was reviewed
            stated = {**given["stated"], **stated}
            found.setdefault("registration", given["registration"])
        found[own] = {name: told for name, told in stated.items() if told is not None}  # null: not stated at all
    return {key: value for key, value in found.items() if value is not None}


def _moves(item: Item, ledger: Ledger) -> bool:
    """Whether it speaks of a registration's move, which goes to a place: recorded, or corrected by this."""
    if item.event != "event.corrected" or item.of is None:
        return item.event == "registration.changed"
    return any(told.type == "registration.changed" for told in ledger.events.get(item.of.partition(".")[0], ()))


def place(value: Any, binding: Binding, random: Random) -> dict[str, Any] | None:
    """A place on the wire; None for `none`."""
    if isinstance(value, Mapping):
        country = value.get("abroad")
        found = {"kind": "abroad", "country": made_up("abroad", None, random) if country == "any" else country}
        return {**found, "last": binding.offices[value["last"]]} if "last" in value else found
    if value == "none":
        return None
    if value in binding.offices:
        return {"kind": "town", "code": binding.offices[value]}
    return {"kind": value}


class _Writer:
    def __init__(self, ledger: Ledger, office: str, letter: str | None, event: str, *, moves: bool) -> None:
        self.ledger = ledger
        self.binding = ledger.binding
        self.office = office
        self.letter = letter
        self.event = event
        self.moves = moves

    def value(self, key: str, value: Any) -> Any:
        if key in _PLACES or (key == "to" and self.moves):
            return place(value, self.binding, self.ledger.random)
        if key in {"to", "keeper"}:
            return self.binding.offices[value] if isinstance(value, str) else value
        if key in DAYS:
            day = date.fromisoformat(value) if isinstance(value, str) else value
            return None if day is None else self.ledger.day(day, date.min).isoformat()
        if key in CONTAINERS:
            return {name: self.inner(name, told) for name, told in value.items()}
        if key == "deviations":
            return [self.deviation(each) for each in value]
        if key == "stay":
            return self.stay(value)
        if key == "continues":
            return self.stay_name(value)
        if key == "ends":
            return [self.stay_name(each) for each in (value if isinstance(value, list) else [value])]
        if key in {"about", "previous"}:
            return self.ledger.only(value).ref
        if key == "sees":
            return [self.ledger.only(each).ref for each in (value if isinstance(value, list) else [value])]
        if key == "other" and self.event in TIES:
            return self.other(value)
        if key == "ties":
            return [{**tie, "other": self.other(tie["other"])} for tie in value]
        if key == "other" and isinstance(value, str):
            return self.ledger.known(self.office, value) or self.ledger.any_id(value)
        if key == "allotment":
            return {"/".join(self.ledger.only(k).ref): self.ledger.any_id(v) for k, v in value.items()}
        if value == "any":
            return made_up(key, None, self.ledger.random)
        return value

    def inner(self, key: str, value: Any) -> Any:
        return self.particular(key, value) if is_particular(key) else self.value(key, value)

    def particular(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping) and "same_as" in value:
            return self.binding.persons[value["same_as"]].particulars.get(key)
        if value == "any":
            own = self.binding.persons[self.letter].particulars if self.letter else {}
            return made_up(key, own.get(key), self.ledger.random)
        return {"full": value} if key == "name" and isinstance(value, str) else value

    def other(self, value: Any) -> dict[str, Any]:
        """The other person of a tie: by letter, or as somebody states the particulars of one."""
        if isinstance(value, str):
            return {"person": self.ledger.named(self.office, value)}
        own = self.binding.persons[value["of"]].particulars if "of" in value else {}
        stated = {key: self.particular(key, told) for key, told in value.items() if key not in {"of", "at"}}
        at = {"at": self.binding.offices[value["at"]]} if "at" in value else {}
        return {**at, "stated": {**own, **stated}}

    def deviation(self, told: Mapping[str, Any]) -> dict[str, Any]:
        sides = {side: self.inner(told["field"], told[side]) for side in ("ours", "yours") if side in told}
        return {"field": told["field"], **sides}

    def stay(self, value: str) -> list[str]:
        """By the label of the event that began it, or by the office's letter where only one stay is there."""
        if value not in self.binding.offices:
            return self.ledger.only(value).ref
        office = self.binding.offices[value]
        theirs = [told for told in self.ledger.all if told.office == office and self.letter in told.letters]
        found = [told for told in theirs if told.type in BEGINS_STAY]
        if len(found) != 1:
            raise ScenarioInvalid(field="stay", rule="scenario.which_stay", value=value, count=len(found))
        return found[0].ref

    def stay_name(self, value: str) -> dict[str, Any]:
        if value in self.binding.offices:
            return {"town": self.binding.offices[value]}
        return {"stay": self.ledger.only(value).ref}
