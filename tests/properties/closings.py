"""Offices that close in the middle of a history, with nobody to follow them, and mostly open again."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed, Opened
from exchange.protocol.record import ASKED
from tests.properties.succession import record
from tests.properties.world import World


def closes(seed: int) -> bool:
    """Whether an office closes in the history with this seed.

    None of these is repeated in another order: who is keeper, and whom anybody asked, hangs on when it closed.
    """
    return seed % 9 == 5


class Closings:
    """Closes an office now and then, and opens it again; drawn apart, so that it changes no other draw."""

    def __init__(self, world: World, tells: Callable[[str, Fact], None] | None = None) -> None:
        self.world = world
        self.tells = tells or partial(record, world)
        self.random = random.Random(f"closings {world.seed}")
        self.asked = 0  # questions that nobody had answered when the office that was asked closed

    def step(self) -> None:
        """Mostly nothing; two offices are closed at once at most."""
        closed = self.world.closed
        if closed and self.random.random() < 0.1:
            self._open(self.random.choice(closed))
        elif len(closed) < 2 < len(self.world.offices) and self.random.random() < 0.12:
            office = self.random.choice(self.world.offices)
            cases = [each for own in self.world.records(office) for each in own.cases.values()]
            self.asked += sum(each.ref.asked == office and each.status in ASKED for each in cases)
            self.tells(office, Closed())

    def end(self) -> None:
        """Mostly all are open again at the end: then everybody has heard what was to be told meanwhile."""
        if self.random.random() < 0.7:
            self.open_all()
            self.world.drain()

    def open_all(self) -> None:
        for office in self.world.closed:
            self._open(office)

    def _open(self, office: str) -> None:
        self.tells(office, Opened(name="又一镇"))


def closing_faults(world: World) -> list[str]:
    """Nobody waits for an answer of an office that closed, and it asks nobody; whoever was asked by it hears so."""
    return [
        f"{office} has open what {state.asker} asks {state.ref.asked}: {state.ref}"
        for office in world.offices
        for own in world.records(office)
        for state in own.cases.values()
        if (state.ref.asked in world.closed and state.status in ASKED)
        or (state.asker in world.closed and (state.open or state.status == "not_reachable"))
    ]
