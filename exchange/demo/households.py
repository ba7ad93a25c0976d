"""Households in the demo's year: they move by one act, and who stays behind at first joins them by the same. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from exchange.demo.acts import Answer, Mention, Step
from exchange.demo.life import SETTLING, YEAR, Content, Life, YearOver, place
from exchange.demo.moves import Answers, corrects, ordinary, registered
from exchange.demo.names import surname
from exchange.demo.population import ADULT, RETIRED, Person
from exchange.demo.towns import TOWNS

ONE_IN = 50  # persons of the demo, a household
LEAST = 2  # households of the smallest demo
LATELY = 3  # every so-manieth moves in the last days, and still waits for an answer
_WRONG_PLACE = "420100000000"


@dataclass(frozen=True, slots=True)
class Household:
    """`members`: who goes first, the head before all. `behind`: who joins them later. `lately`: in the last days."""

    members: tuple[Person, ...]
    behind: Person | None
    lately: bool

    @property
    def persons(self) -> tuple[Person, ...]:
        return (*self.members, self.behind) if self.behind is not None else self.members


def gathered(persons: Sequence[Person], taken: Collection[str], first_day: date, seed: int) -> list[Household]:
    """Households out of these persons, but for those taken: all of one home, the children by the head's surname."""
    random = Random(f"households {seed}")
    free = [person for person in persons if person.handle not in taken]
    random.shuffle(free)
    found: list[Household] = []
    for number in range(max(LEAST, len(persons) // ONE_IN)):
        head = next((person for person in free if ADULT + 5 <= person.age(first_day) < RETIRED), None)
        if head is None or len(free) < 4:
            break
        free.remove(head)
        if number == 0:  # so that somebody's inbox, the first town's, shows one in any case
            head = replace(head, home=TOWNS[0].code)
        lately = number % LATELY == 0
        others = [_at_home(free.pop(), head, first_day) for _ in range(2 if lately else 3)]
        behind = None if lately else others.pop()
        found.append(Household((head, *others), behind, lately))
    return found


def moves_together(household: Household, first_day: date, seed: int) -> list[Step]:
    """What offices record of all of them, as far as the year goes."""
    lives = {person.handle: Life(person, first_day, f"life {seed}") for person in household.persons}
    with suppress(YearOver):  # what was recorded until the last day is the story
        _lived(household, lives)
    return [step for life in lives.values() for step in life.steps]


def _lived(household: Household, lives: Mapping[str, Life]) -> None:
    for life in lives.values():
        registered(life)
    going = [lives[person.handle] for person in household.members]
    head = going[0]
    town = head.town(head.keeper)
    if household.lately:
        head.day = YEAR - 1 - head.random.randint(1, 3)
    else:
        head.passes(10, 200)
        if head.chance(0.5):
            _departs(going, town)
            head.passes(5, 12)
    act, first = _arrives(going, town, waits=household.lately)
    if household.behind is not None:
        late = lives[household.behind.handle]
        late.day = head.day + head.random.randint(25, 70)
        _arrives([late], town, act=act)
    if not household.lately and head.chance(0.4):
        head.passes(8, 40)
        corrects(head, town, first, {"address": head.address(town)})


def _departs(lives: Sequence[Life], town: str) -> None:
    head = lives[0]
    content: Content = {"destination": place(town), "expected_on": head.date_of(head.day + 10)}
    _together(
        lives, "movement.departed", head.keeper, [content] * len(lives), [{"outflow": Answer("wait")}] * len(lives)
    )


def _arrives(lives: Sequence[Life], town: str, act: str | None = None, *, waits: bool = False) -> tuple[str, Mention]:
    """The act, and what it recorded of the first. Of one of several the birth place may be written down wrongly.

    `waits`: nobody has answered by the end of the year.
    """
    head = lives[0]
    shared: Content = {
        "kind": "main",
        "registration": place(head.keeper),
        "origin": place(head.keeper),
        "address": head.address(town),
        "stay_until": head.date_of(head.day + 365),
    }
    told = ordinary(head)
    contents, answers = [], []
    mistaken = len(lives) > 1 and head.chance(0.4)
    for life in lives:
        stated: Content = {**life.person.identity(), "sex": life.person.sex}
        answer: Answers = told
        if mistaken and life is lives[-1]:
            stated["birth_place"] = _WRONG_PLACE
            answer = {**told, "inflow": Answer("deviate", told["inflow"].patience, field="birth_place")}
        if waits:
            answer = {**told, "inflow": Answer("wait")}
        contents.append({**shared, "reason": life.reason(), "stated": stated})
        answers.append(answer)
    return _together(lives, "movement.arrived", town, contents, answers, opens=True, act=act)


def _together(
    lives: Sequence[Life],
    type_: str,
    office: str,
    contents: Sequence[Content],
    answers: Sequence[Answers],
    *,
    opens: bool = False,
    act: str | None = None,
) -> tuple[str, Mention]:
    """One act of all of them, recorded on one day."""
    head = lives[0]
    on = max(head.day + head.random.randint(0, 1), *(life.last_on + SETTLING for life in lives))
    day = head.date_of(min(head.day, on))
    first: Mention | None = None
    for life, content, answer in zip(lives, contents, answers, strict=True):
        life.day = head.day
        told = life.write(type_, office, content, day=day, opens=opens, answers=answer, on=on, act=act)
        first, act = first or told, act or told.step
    if first is None or act is None:
        raise ValueError("a household has members")
    return act, first


def _at_home(person: Person, head: Person, first_day: date) -> Person:
    """The person as one of the head's household."""
    young = person.age(first_day) < ADULT
    own = surname(person.name)
    name = surname(head.name) + person.name.removeprefix(own) if young else person.name
    return replace(person, home=head.home, name=name)
