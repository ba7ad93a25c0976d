"""Running scenarios: what each needs, the play, the comparison at the end, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from exchange.commands.jurisdiction import TYPES as ABOUT_OFFICES
from exchange.scenarios.always import always
from exchange.scenarios.api import CannotTry, NotAnswering, Playground
from exchange.scenarios.comparing import Difference, Said, Sheet
from exchange.scenarios.composing import JOINS
from exchange.scenarios.covering import covered
from exchange.scenarios.model import Scenario
from exchange.scenarios.playing import Play, Played
from schemas.v1.contents import RECORDABLE

Verdict = Literal["passed", "different", "not_tried"]


@dataclass(slots=True)
class Run:
    """One scenario played. `untried`: what could not be tried here; it never counts as passed.

    `covered`: what of the protocol it reached, of a story that was played to its end.
    """

    scenario: Scenario
    seed: int
    offices: Mapping[str, str] = field(default_factory=dict)
    steps: list[Played] = field(default_factory=list)
    closing: list[Difference] = field(default_factory=list)
    agreed: Sequence[tuple[str, Any, Any]] = ()
    untried: list[str | CannotTry] = field(default_factory=list)
    covered: Mapping[str, Counter[str]] = field(default_factory=dict)

    @property
    def differences(self) -> list[Difference]:
        return [*(each for step in self.steps for each in step.differences), *self.closing]

    @property
    def verdict(self) -> Verdict:
        if self.differences:
            return "different"
        return "not_tried" if self.untried else "passed"


_KNOWN = {*RECORDABLE, *ABOUT_OFFICES, JOINS}


def needs(scenario: Scenario) -> list[str]:
    """The types of events that the story needs and this version does not have."""
    found = []
    for step in (*scenario.start, *scenario.steps):
        found += [f"{step.where}: {item.event}" for item in step.items if item.event not in _KNOWN]
    return found


def run(scenario: Scenario, ground: Playground, seed: int, given: Mapping[str, str], shuffles: int = 0) -> Run:
    """Play one scenario. Raises ScenarioInvalid for what only the play can show."""
    found = Run(scenario, seed, untried=[*needs(scenario)])
    if found.untried:
        return found
    try:
        play = Play(scenario, ground, seed, given)
        found.offices = play.binding.offices
        found.steps = play.played
        play.play()
        found.closing += [*_points(play, found.untried), *_cases(play), *always(play)]
        for number in range(shuffles):
            found.closing += _shuffled(play, number, Random(f"{seed}.{number}"))  # noqa: S311  # repeatable
        found.agreed = tuple(play.comparing.agreed)
        found.covered = covered(play)
    except CannotTry as error:
        found.untried.append(error)
    except NotAnswering as error:
        found.closing.append(Difference("always.answers", "node", Said("scenario.promised"), Said.of(error)))
    return found


def _points(play: Play, untried: list[str | CannotTry]) -> Iterator[Difference]:
    for point in (*play.scenario.end, *play.scenario.views):

        def shown(letter: str) -> Sheet:
            return play.shown(letter, point)  # noqa: B023  # used within this round

        try:
            yield from play.comparing.view(point.where, point.office, point.expect, shown)
        except CannotTry as error:
            untried.append(CannotTry(field=point.where, rule=error.rule, **error.details))


def _cases(play: Play) -> Iterator[Difference]:
    for name, expected in play.scenario.cases.items():
        states = play.cases.states(name, play.letters)
        if not states or any(state not in expected for state in states.values()):
            yield Difference(f"$.cases.{name}", "case", "|".join(expected), states or "no such case")
        else:
            play.comparing.agreed.append((f"$.cases.{name}", "|".join(expected), states))


def _shuffled(play: Play, number: int, random: Random) -> Iterator[Difference]:
    """What the offices show at the end, with the events in their books in another order, and some twice."""
    for point in play.scenario.end:

        def shown(letter: str) -> Sheet:
            office = play.binding.offices[letter]
            known = play.ledger.known(office, point.person) or play.ledger.any_id(point.person)  # noqa: B023
            found: Sheet = play.ground.shuffled(office, str(known), random)
            return found

        where = f"shuffle {number}: {point.where}"
        yield from play.comparing.view(where, point.office, point.expect, shown)
