"""One random history on a real node: commands, households, ends of offices, forwarding and days that go by."""

from __future__ import annotations

from tests.properties.stored import Ground, Mirror, Sent
from tests.properties.stored_households import StoredHouseholds
from tests.properties.stored_successions import Endings, ends
from tests.properties.stored_ties import StoredTies


def stored_history(seed: int, ground: Ground, steps: int = 14, *, together: bool = False) -> tuple[Mirror, Sent]:
    """A history that is at its end on both sides.

    `together`: what is done to those who are tied is forwarded together, as it comes. Whoever is settled looks at
    relatives as they stood before, and is marked where they have moved. So the node may tell on the way what the model
    does not, or not tell it, and only its own checks judge it; else what two acts did to both is forwarded in order.
    """
    world = Mirror(seed, ground)
    commands = Sent(world, ground)
    households = StoredHouseholds(world, commands)
    ties = StoredTies(world, commands)
    endings = Endings(world, commands) if ends(seed) else None
    for step in range(steps):
        if endings is not None and step == steps // 2:
            endings.draw(world.random.choice(("merge", "split")))
        commands.step()
        if ties.drawn and not together:
            commands.forward()
        households.step()
        ties.step()
        draw = world.random.random()
        if draw < 0.55:
            ties.count_together()
            commands.forward()
        elif draw < 0.65:
            commands.day_goes_by()
    commands.forward()
    return world, commands
