"""One life in the demo's year: a pen that writes steps in the order in which they can happen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from exchange.demo.acts import Answer, Mention, Step
from exchange.demo.population import Person, address
from exchange.demo.towns import BY_CODE, TOWNS

YEAR = 365
SETTLING = 3  # days after which everybody concerned has surely heard of a step

Content = dict[str, Any]


class YearOver(Exception):
    """The next step would fall after the last day of the story."""


class Life:
    """Writes what offices record about one person; `day` is the day of the story on which the last step held."""

    def __init__(self, person: Person, first_day: date, seed: str) -> None:
        self.person = person
        self.first_day = first_day
        self.random = Random(f"{seed} {person.handle}")
        self.keeper = person.home
        self.day = 0
        self.last_on = 0
        self.steps: list[Step] = []

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def passes(self, least: int, most: int) -> None:
        """Some days go by."""
        self.day += self.random.randint(least, most)

    def date_of(self, day: int) -> str:
        return (self.first_day + timedelta(days=day)).isoformat()

    def write(
        self,
        type_: str,
        office: str,
        content: Content,
        *,
        day: str | None = None,
        lag: tuple[int, int] = (0, 2),
        opens: bool = False,
        with_last: bool = False,
        refused: str | None = None,
        answers: Mapping[str, Answer] | None = None,
        person: str | None = None,
        on: int | None = None,
        act: str | None = None,
    ) -> Mention:
        """One more step, recorded some days after it held, and after the step before is known to all.

        `on`, `act`: when it is recorded, and with what else, where others have a part in it.
        Raises YearOver where that is past the last day of the story.
        """
        earliest = self.last_on if with_last or not self.steps else self.last_on + SETTLING
        if on is None:
            on = self.last_on if with_last else max(earliest, self.day + self.random.randint(*lag))
        if on >= YEAR:
            raise YearOver
        label = f"{self.person.handle}-{len(self.steps)}"
        step = Step(
            label=label,
            on=on,
            office=office,
            type=type_,
            person=person or self.person.handle,
            day=day or self.date_of(min(self.day, on)),
            content=content,
            act=act or (self.steps[-1].act if with_last and self.steps else label),
            opens=opens,
            refused=refused,
            answers=answers or {},
        )
        self.steps.append(step)
        self.last_on = on
        return Mention(label)

    def town(self, *but: str) -> str:
        """A town to go to."""
        towns = [town for town in TOWNS if town.code not in but]
        return self.random.choices(towns, [town.takes for town in towns])[0].code

    def sibling(self, code: str, *but: str) -> str:
        """Another town of the same province: what a clerk may confuse with it."""
        near = [t.code for t in TOWNS if t.province == BY_CODE[code].province and t.code not in {code, *but}]
        return self.random.choice(near)

    def address(self, town: str) -> str:
        return address(self.random, town)

    def reason(self) -> str:
        """Why somebody of this age goes elsewhere."""
        age = self.person.age(self.first_day)
        if age < 6:
            return "family"
        if age < 23:
            return self.random.choice(("study", "schooling", "family"))
        if age < 60:
            return self.random.choices(("work", "marriage", "family", "moving_house"), (8, 1, 1, 1))[0]
        return self.random.choice(("grandchildren", "old_age", "family"))


def place(code: str) -> Content:
    """A town as a place."""
    return {"kind": "town", "code": code}
