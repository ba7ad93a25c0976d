"""The people of the demo: made up from a seed, with numbers that are valid and belong to nobody we know of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from events.documents import resident_number
from exchange.demo.names import name
from exchange.demo.towns import BY_CODE, TOWNS

# Ethnic groups as GB/T 3304 codes: nine of ten are Han, the rest such as live in these provinces.
_ETHNIC_GROUPS = ("01",) * 90 + ("15",) * 4 + ("03",) * 2 + ("06",) * 2 + ("08", "11")
_EDUCATION = ("80", "70", "70", "70", "60", "40", "30", "20", "10")
_OCCUPATIONS = ("装配工", "缝纫工", "电工", "驾驶员", "保安员", "厨师", "教师", "护士", "个体经营", "快递员")
ADULT = 18
RETIRED = 65


@dataclass(frozen=True, slots=True)
class Person:
    """One human being. `handle` names the person inside the demo only; `home` is the registration place."""

    handle: str
    name: str
    sex: str
    born_on: str
    number: str
    birth_place: str
    ethnic_group: str
    marital_status: str
    education: str
    occupation: str | None
    phone: str | None
    home: str

    def identity(self) -> dict[str, Any]:
        """What a newcomer states to be recognised."""
        return {"name": self.name, "born_on": self.born_on, "document.resident": {"number": self.number}}

    def particulars(self) -> dict[str, Any]:
        """What the registration place holds."""
        held: dict[str, Any] = {
            **self.identity(),
            "sex": self.sex,
            "birth_place": self.birth_place,
            "nationality": ["CN"],
            "ethnic_group": self.ethnic_group,
            "marital_status": self.marital_status,
            "education": self.education,
        }
        optional = {"occupation": self.occupation, "phone": self.phone}
        return {**held, **{field: value for field, value in optional.items() if value is not None}}

    def age(self, day: date) -> int:
        """Whole years on that day."""
        born = date.fromisoformat(self.born_on)
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def population(size: int, seed: int, today: date) -> tuple[Person, ...]:
    """So many persons, none of whom shares a number with another; the same for the same seed and day."""
    random = Random(f"population {seed}")
    numbers: set[str] = set()
    found: list[Person] = []
    for index in range(size):
        person = _person(random, f"p{index:05d}", today)
        while person.number in numbers:
            person = _person(random, f"p{index:05d}", today)
        numbers.add(person.number)
        found.append(person)
    return tuple(found)


def born(random: Random, handle: str, day: date, home: str) -> Person:
    """A child born on that day, to be registered at `home`."""
    return _made(random, handle, day, home, day)


def address(random: Random, town: str) -> str:
    """An address in the town, like those that its clerks write."""
    lane = random.choice(BY_CODE[town].lanes)
    if lane.endswith("村"):
        return f"{lane}{random.randint(1, 9)}组{random.randint(1, 60)}号"
    return f"{lane}{random.randint(1, 180)}号{random.randint(1, 6)}栋{random.randint(1, 18)}0{random.randint(1, 8)}室"


def _person(random: Random, handle: str, today: date) -> Person:
    home = random.choices(TOWNS, [town.sends for town in TOWNS])[0].code
    years = min(95, max(0, random.gauss(37, 17)))
    born_on = today - timedelta(days=int(years * 365.25) + random.randint(30, 364))
    return _made(random, handle, born_on, home, today)


def _made(random: Random, handle: str, born_on: date, home: str, today: date) -> Person:
    sex = random.choice("FM")
    years = (today - born_on).days // 365
    county = home[:6] if home[4:6] != "00" else home[:4] + "00"
    sequence = 2 * random.randint(0, 499) + (sex == "M")
    works = ADULT <= years < RETIRED
    return Person(
        handle=handle,
        name=name(random, sex),
        sex=sex,
        born_on=born_on.isoformat(),
        number=resident_number(county, born_on.isoformat(), sequence),
        birth_place=county.ljust(12, "0"),
        ethnic_group=random.choice(_ETHNIC_GROUPS),
        marital_status=_marital_status(random, years),
        education=random.choice(_EDUCATION) if years > 15 else "90",
        occupation=random.choice(_OCCUPATIONS) if works else None,
        phone=f"1{random.choice('3578')}{random.randint(0, 999_999_999):09d}" if years >= 12 else None,
        home=home,
    )


def _marital_status(random: Random, years: int) -> str:
    if years < 22:
        return "10"
    if years < 30:
        return random.choice(("10", "10", "21"))
    return random.choices(("10", "21", "22", "30", "40"), (8, 76, 4, 4 if years < 60 else 25, 8))[0]
