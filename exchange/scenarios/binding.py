"""Letters become distinct towns, and persons are made up from the seed: valid numbers, fitting birth date and sex."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from events.code_lists.countries import COUNTRIES
from events.codes import codes as code_list
from events.documents.resident import resident_number
from exchange.demo.names import name as made_up_name
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.lookup import divisions
from exchange.scenarios.api import CannotTry
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.model import Office, Person, Scenario

_NUMBERED = ("110105", "330106", "420115", "510104", "610113")  # where the made-up numbers were issued
_FAR = ("650000000000", "540000000000", "460000000000")  # where an office outside the exchange is looked for
_STREETS = ("和平路", "建设街", "清河巷", "东风路", "学府街")


@dataclass(frozen=True, slots=True)
class Human:
    """The particulars of one entry as they go over the wire."""

    letter: str
    particulars: Mapping[str, Any]

    @property
    def document(self) -> tuple[str, str] | None:
        """Kind and number, where there is a document."""
        for field, value in self.particulars.items():
            if field.startswith("document."):
                return field.removeprefix("document."), value["number"]
        return None


@dataclass(frozen=True, slots=True)
class Binding:
    """What the letters of one run stand for. `stranger`: an office outside the story, which must hear nothing."""

    offices: Mapping[str, str]
    persons: Mapping[str, Human]
    stranger: str | None
    outside: frozenset[str]

    def letter_of(self, code: str | None) -> str | None:
        """The letter of an office, or its code where the story has none for it."""
        return next((letter for letter, bound in self.offices.items() if bound == code), code)


def bind_standing(
    scenario: Scenario, areas: Collection[str], random: Random, given: Mapping[str, str], ended: Callable[[str], bool]
) -> Binding:
    """As `bind`, with towns that stand: on a node that runs, other stories may have closed, merged or split some."""
    chosen = {*given.values(), *(office.code for office in scenario.offices.values())}
    state, left_out = random.getstate(), set[str]()
    while True:
        random.setstate(state)
        found = bind(scenario, areas, random, given, left_out)
        towns = {code for letter, code in found.offices.items() if letter not in found.outside} | {found.stranger}
        over = {code for code in towns - chosen if code is not None and ended(code)}
        if not over:
            return found
        left_out |= over


def bind(
    scenario: Scenario,
    areas: Collection[str],
    random: Random,
    given: Mapping[str, str],
    left_out: Collection[str] = (),
) -> Binding:
    """`areas`: codes of the areas whose offices have a key.

    Raises ScenarioInvalid: scenario.no_town, scenario.office_level, scenario.office_inside; CannotTry: scenario.no_key,
    scenario.no_town where too few have a key.
    """
    pool = _towns(areas)
    random.shuffle(pool)
    pool = [code for code in pool if code not in left_out]
    bound: dict[str, str] = {}
    for office in sorted(scenario.offices.values(), key=lambda each: _order(each, given)):
        wanted = given.get(office.letter, office.code)
        code = wanted if wanted is not None else _free(office, scenario.offices, pool, bound, areas)
        if code is None:
            raise CannotTry(field=f"$.offices.{office.letter}", rule="scenario.no_town", value=office.letter)
        if code in bound.values():
            raise ScenarioInvalid(field=f"$.offices.{office.letter}", rule="scenario.no_town", value=office.letter)
        if wanted is not None:
            _check(office, code, areas)
        bound[office.letter] = code
    for office in scenario.offices.values():
        if office.inside is not None and not codes.is_within(bound[office.letter], bound[office.inside]):
            code = bound[office.letter]
            raise ScenarioInvalid(field=f"$.offices.{office.letter}", rule="scenario.office_inside", value=code)
    stranger = next((code for code in pool if code not in bound.values()), None)
    outside = frozenset(letter for letter, office in scenario.offices.items() if office.outside)
    return Binding(bound, _humans(scenario.persons, random), stranger, outside)


def _check(office: Office, code: str, areas: Collection[str]) -> None:
    """Whether the code that somebody chose can be the letter's."""
    if codes.level(code) != Level[office.level.upper()]:
        raise ScenarioInvalid(field=f"$.offices.{office.letter}", rule="scenario.office_level", value=code)
    known = any(codes.is_within(code, area) or codes.is_within(area, code) for area in areas)
    if not office.outside and not known:
        raise CannotTry(field=f"$.offices.{office.letter}", rule="scenario.no_key", value=code)


def _order(office: Office, given: Mapping[str, str]) -> tuple[bool, bool, bool]:
    """The fixed ones first, then areas before what lies inside them."""
    return office.letter not in given and office.code is None, office.level == "town", office.inside is None


def _towns(areas: Iterable[str]) -> list[str]:
    return sorted({code for area in areas for code in _below(area)})


def _below(area: str) -> Iterator[str]:
    """The towns within an area, by code."""
    if codes.level(area) >= Level.TOWN:
        yield area
        return
    for each in divisions().children(area):
        yield from _below(each.code)


def _free(
    office: Office, offices: Mapping[str, Office], pool: list[str], bound: Mapping[str, str], areas: Collection[str]
) -> str | None:
    if office.outside:
        served = {area[:2] for area in areas}
        far = (code for area in _FAR if area[:2] not in served for code in _below(area))
        return next((code for code in far if code not in bound.values()), None)
    inside = bound.get(office.inside or "", "")
    free = [code for code in pool if not inside or codes.is_within(code, inside)]
    if office.level != "town":
        return _around(office, offices, free, bound)
    return next((code for code in free if code not in bound.values()), None)


def _around(office: Office, offices: Mapping[str, Office], pool: list[str], bound: Mapping[str, str]) -> str | None:
    """An area around those of the story that lie in it: whoever is bound already, and room for the others."""
    level = Level[office.level.upper()]
    within = [each for each in offices.values() if each.inside == office.letter]
    held = [bound[each.letter] for each in within if each.letter in bound]
    wanted = sum(each.level == "town" and each.letter not in bound for each in within)
    room = Counter(codes.at(code, level) for code in pool if code not in bound.values())
    found = (codes.at(code, level) for code in held or pool)
    return next((area for area in found if area not in bound.values() and room[area] >= wanted), None)


def _humans(persons: Mapping[str, Person], random: Random) -> dict[str, Human]:
    made: dict[str, Human] = {}
    for person in sorted(persons.values(), key=lambda each: each.same_human_as is not None):
        twin = made.get(person.same_human_as or "")
        made[person.letter] = Human(person.letter, _particulars(person, twin, random))
    return made


def _particulars(person: Person, twin: Human | None, random: Random) -> dict[str, Any]:
    held = dict(twin.particulars) if twin else {}
    sex = person.sex or held.get("sex") or random.choice("FM")
    born = person.born_on or held.get("born_on") or f"{random.randint(1950, 2005)}-{random.randint(1, 12):02}-11"
    found = {
        "name": {"full": person.name} if person.name else held.get("name") or {"full": made_up_name(random, sex)},
        "sex": sex,
        "born_on": born,
    }
    if person.document is None and twin is not None:
        return {**held, **found}
    kind = person.document or "resident"
    if kind != "none":
        found[f"document.{kind}"] = {"number": number(kind, born, sex, random)}
    return found


def number(kind: str, born_on: str, sex: str, random: Random) -> str:
    """A number of a made-up document that fits the person."""
    if kind == "passport":
        return f"E{random.randrange(10**8):08}"
    if kind == "permit":
        return f"H{random.randrange(10**8):08}"
    day = (born_on + "-01-01")[:10] if len(born_on) == 4 else (born_on + "-01")[:10]
    return resident_number(random.choice(_NUMBERED), day, random.randrange(2, 998, 2) + (sex == "M"))


def made_up(field: str, current: object, random: Random) -> Any:
    """A value for `any`, other than the current one."""
    if field == "address":
        return f"{random.choice(_STREETS)}{random.randint(1, 400)}号{random.randint(101, 2404)}室"
    if field in {"marital_status", "education", "ethnic_group", "reason"}:
        return random.choice([each.code for each in code_list(field) if each.code != current])
    if field == "ground":
        return "other"
    if field in {"text", "note"}:
        return f"备注{random.randrange(1000)}"
    if field == "sex":
        return "F" if current == "M" else "M"
    if field == "born_on":
        return f"{random.randint(1950, 2005)}-{random.randint(1, 12):02}-{random.randint(12, 28)}"
    if field == "nationality":
        return [random.choice([c for c in ("KZ", "TH", "DE") if [c] != current])]
    if field == "birth_place":
        return random.choice([f"{area}000000" for area in _NUMBERED if f"{area}000000" != current])
    if field == "name":
        return {"full": made_up_name(random, random.choice("FM"))}
    if field in {"country", "abroad"}:
        return random.choice([c for c in ("KZ", "TH", "DE", "FR", "MY") if c in COUNTRIES])
    if field == "occupation":
        return random.choice([each for each in ("教师", "司机", "厨师", "会计") if each != current])
    if field == "phone":
        return f"130{random.randrange(10**8):08}"
    if field.startswith("document."):
        return {"number": number(field.removeprefix("document."), "1980-01-01", "F", random)}
    raise ScenarioInvalid(field=field, rule="scenario.no_any", value=field)
