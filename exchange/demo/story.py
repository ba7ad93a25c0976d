"""The demo's year: a story of movements out of a seed, the same for the same seed, size and last day. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from exchange.demo.acts import Step
from exchange.demo.households import gathered, moves_together
from exchange.demo.life import YEAR, Life, YearOver
from exchange.demo.lives import LIVES
from exchange.demo.population import Person, born, population
from exchange.demo.towns import TOWNS

BIRTHS = 0.012  # a year, for each person


@dataclass(frozen=True, slots=True)
class Story:
    """`steps`: in the order in which offices record them, day by day."""

    first_day: date
    persons: tuple[Person, ...]
    steps: tuple[Step, ...]

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=YEAR - 1)


def story(size: int, seed: int, last_day: date) -> Story:
    """A year that ends on `last_day`, about so many persons, and those who are born in it."""
    first_day = last_day - timedelta(days=YEAR - 1)
    random = Random(f"story {seed}")
    persons = list(population(size, seed, first_day))
    steps: list[Step] = []
    cast = _one_of_each(persons, first_day)
    households = gathered(persons, cast, first_day, seed)
    together = {person.handle: person for household in households for person in household.persons}
    for household in households:
        steps += moves_together(household, first_day, seed)
    persons = [together.get(person.handle, person) for person in persons]
    for person in persons:
        if person.handle in together:
            continue
        steps += _lived(person, first_day, seed, cast.get(person.handle))
    for index in range(round(size * BIRTHS)):
        child, life = _birth(random, f"b{index:05d}", first_day, seed)
        persons.append(child)
        steps += life
    # A stable sort: what one person does on one day stays in its order.
    steps.sort(key=lambda step: step.on)
    return Story(first_day, tuple(persons), tuple(steps))


def _one_of_each(persons: Iterable[Person], first_day: date) -> dict[str, Callable[[Life], None]]:
    """Who leads which kind of life in any case, so that the smallest demo shows them all."""
    waiting = list(LIVES)
    cast: dict[str, Callable[[Life], None]] = {}
    for person in persons:
        age = person.age(first_day)
        fitting = next((entry for entry in waiting if age >= entry[2]), None)
        if fitting is not None:
            waiting.remove(fitting)
            cast[person.handle] = fitting[0]
    return cast


def _lived(person: Person, first_day: date, seed: int, chosen: Callable[[Life], None] | None) -> list[Step]:
    life = Life(person, first_day, f"life {seed}")
    if chosen is None:
        age = person.age(first_day)
        kinds = [entry for entry in LIVES if age >= entry[2]]
        chosen = life.random.choices(kinds, [entry[1] for entry in kinds])[0][0]
    try:
        chosen(life)
    except YearOver:
        return life.steps  # what was recorded until the last day is the story
    return life.steps


def _birth(random: Random, handle: str, first_day: date, seed: int) -> tuple[Person, list[Step]]:
    day = random.randint(5, YEAR - 30)
    home = random.choices(TOWNS, [town.sends for town in TOWNS])[0].code
    child = born(random, handle, first_day + timedelta(days=day), home)
    life = Life(child, first_day, f"life {seed}")
    life.day = day
    content = {
        "particulars": child.particulars(),
        "basis": "birth",
        "registration": {"kind": "town", "code": home},
        "address": life.address(home),
    }
    life.write("person.registered", home, content, day=child.born_on, opens=True, lag=(3, 25))
    return child, life.steps
