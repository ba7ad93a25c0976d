"""One random history on a real node: commands, households, areas, ends of offices, forwarding and days that go by."""

from __future__ import annotations

from tests.properties.closings import Closings
from tests.properties.mirror import Mirror
from tests.properties.stored import Ground, Sent
from tests.properties.stored_areas import StoredAreas, oversees
from tests.properties.stored_households import StoredHouseholds
from tests.properties.stored_successions import Endings, closes, ends
from tests.properties.stored_ties import StoredTies


def stored_history(seed: int, ground: Ground, steps: int = 14) -> tuple[Mirror, Sent]:
    """A history that is at its end on both sides."""
    world = Mirror(seed, ground)
    commands = Sent(world, ground)
    households = StoredHouseholds(world, commands)
    ties = StoredTies(world, commands)
    areas = StoredAreas(world, commands)
    recorded = Endings(world, commands)
    endings, closings = recorded if ends(seed) else None, Closings(world, recorded.record)
    for step in range(steps):
        if endings is not None and step == steps // 2:
            endings.draw(world.random.choice(("merge", "split")))
        commands.step()
        households.step()
        ties.step()
        if oversees(seed):
            areas.step()
        if closes(seed):
            closings.step()
        draw = world.random.random()
        if draw < 0.55:
            ties.count_together()
            commands.forward()
        elif draw < 0.65:
            commands.day_goes_by()
    closings.open_all()
    commands.forward()
    return world, commands
