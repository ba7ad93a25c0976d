"""The day on which stays that were extended have lapsed: their keepers ask about them, as the sweep does."""

from __future__ import annotations

import random

from events.envelope import SYSTEM_ACTOR
from exchange.protocol.questions.reviewing import reviews
from tests.properties.commands import Commands
from tests.properties.world import World

DAY = "2027-02-01"  # behind the last day of every stay that a history extends


class Reviews:
    """Asks about one person's stays now and then; drawn apart, so that it changes no other draw of a history."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"reviews {world.seed}")

    def step(self) -> None:
        """What the day brings to one office's record, if it brings anything."""
        if self.random.random() > 0.3:
            return
        for office in self.world.offices:
            record = self.world.record(office, self.random.choice(self.commands.persons))
            for draft in list(reviews(record, DAY)) if record is not None else ():
                asked = self.world.author(
                    office, draft.person, DAY, draft.payload, actor=SYSTEM_ACTOR, id_=draft.id, because=draft.because
                )
                self.world.command(asked)
                self.commands.counts["review"] = self.commands.counts.get("review", 0) + 1
