"""How the console says things: texts, days, numbers, offices, places and codes, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from events import codes as code_lists
from events import documents
from events.errors import ExchangeError
from events.names import full_name, pinyin
from exchange.clock import SHANGHAI
from exchange.jurisdictions import codes, past
from exchange.translations import CHINESE, Language, known, text

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LISTS = {"sex": "sex", "ethnic_group": "ethnic_group", "marital_status": "marital_status", "education": "education"}


class Words:
    """Everything that a page says to one reader."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.chinese = language == CHINESE

    def say(self, key: str, **details: object) -> str:
        """The console's text of that name."""
        return text(f"console.{key}", self.language, **details)

    def has(self, key: str) -> bool:
        """Whether the console has a text of that name."""
        return known(f"console.{key}")

    def asks(self, key: str) -> str:
        """The sentence in which a case says what it asks."""
        return text(key, self.language)

    def contradiction(self, kind: str) -> str:
        """What cannot all be true."""
        return text(f"contradiction.{kind}", self.language)

    def counted(self, key: str, count: int, **details: object) -> str:
        """The text for one or for many."""
        return self.say(f"{key}.one" if count == 1 else f"{key}.many", count=self.number(count), **details)

    def number(self, value: int) -> str:
        """With separators of thousands."""
        return f"{value:,}"

    def day(self, iso: str) -> str:
        """A whole day, as far as it is known."""
        parts = iso.split("-")
        if self.chinese:
            return "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))
        if len(parts) == 1:
            return parts[0]
        return " ".join([*(str(int(part)) for part in parts[2:]), _MONTHS[int(parts[1]) - 1], parts[0]])

    def day_in_year(self, iso: str) -> str:
        """A day whose year stands above it."""
        day = date.fromisoformat(iso)
        return f"{day.month}月{day.day}日" if self.chinese else f"{day.day} {_MONTHS[day.month - 1]}"

    def moment(self, moment: datetime) -> str:
        """A moment in China's time."""
        there = moment.astimezone(SHANGHAI)
        return f"{self.day(there.date().isoformat())} {there:%H:%M}"

    def on(self, moment: datetime) -> str:
        """The day of a moment, in China's time."""
        return self.day(moment.astimezone(SHANGHAI).date().isoformat())

    def office(self, code: str) -> str:
        """The office with the area above it: 安陆市赵棚镇, Zhaopeng Town, Anlu City."""
        named = [name for name in (self.area(above) for above in codes.ancestors(code)[-1:]) if name]
        own = self.area(code) or code
        return "".join([*named, own]) if self.chinese else ", ".join([own, *named])

    def area(self, code: str) -> str:
        """One area by its own name."""
        division = past.area(code)
        if division is None:
            return code
        return division.name if self.chinese else division.english.replace("'", "’")

    def place(self, place: Mapping[str, Any] | None) -> str:
        """Where somebody is, or comes from."""
        if place is None:
            return self.say("place.unknown")
        if place["kind"] == "town":
            return self.office(str(place["code"]))
        if place["kind"] == "abroad" and place.get("country"):
            return code_lists.text("country", str(place["country"]), self.language)
        return self.say(f"place.{place['kind']}")

    def code(self, list_name: str, value: str) -> str:
        """What a code means."""
        return code_lists.text(list_name, value, self.language)

    def field(self, name: str) -> str:
        """What a field is called; a document without its kind."""
        return self.say(f"field.{name.split('.', maxsplit=1)[0]}")

    def fields(self, names: object) -> str:
        """Several fields in one line."""
        listed = [self.field(str(name)) for name in names] if isinstance(names, list | tuple) else []
        return self.listed(dict.fromkeys(listed))

    def listed(self, said: Iterable[str]) -> str:
        """Several things in one line."""
        return ("、" if self.chinese else ", ").join(said)

    def ties(self, ties: Sequence[Mapping[str, Any]]) -> str:
        """What others are to the person: by name where the record knows one, and with the town of who holds them."""
        told = []
        for tie in ties:
            other = tie["other"]
            name, at = other.get("stated", {}).get("name"), other.get("at")
            known = [] if name is None else [self.value("name", name)]
            told.append(" ".join([self.say(f"tie.{tie['tie']}"), *known, *([self.area(at)] if at else [])]))
        return ("；" if self.chinese else "; ").join(told)

    def value(self, field: str, value: Any) -> str:
        """A particular as people read it; a document never in full."""
        if field in _LISTS:
            return self.code(_LISTS[field], str(value))
        if field == "born_on":
            return self.day(str(value))
        if field == "name":
            return full_name(value)
        if field.startswith("document."):
            return self.masked(field.removeprefix("document."), value)
        if field == "birth_place":
            return self.office(str(value)) if str(value)[:1].isdigit() else self.code("country", str(value))
        if field == "nationality":
            return ", ".join(self.code("country", each) for each in value)
        return str(value)

    def masked(self, kind: str, value: Any) -> str:
        """Enough of a number to recognise a card at hand."""
        number = str(value.get("number", "")) if isinstance(value, Mapping) else str(value)
        try:
            return documents.mask(documents.parse(kind, number, field="number", as_printed=True))
        except ExchangeError:
            return "****"  # a number that our rules do not read is hidden whole

    def by(self, who: str, what: str) -> str:
        """What somebody else did."""
        return f"{who}：{what}" if self.chinese else f"{who}: {what}"

    def reading(self, name: Any) -> str:
        """The name in plain letters, for readers of English; nothing where it has none but its own."""
        read = pinyin(name)
        return "" if read == name else read
