"""The person whom the root page shows: one with much to see, whose two records agree after a difference."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from exchange.demo.drive import Outcome
from exchange.demo.keepsake import Shown
from exchange.demo.story import Story
from exchange.tables import records

if TYPE_CHECKING:
    from exchange.node import Node


def example(node: Node, story: Story, outcome: Outcome) -> Shown | None:
    """The best that the story has; None where nobody lives away from home."""
    told: Counter[str] = Counter()
    for step in story.steps:
        told[step.person] += 1
        answer = step.answers.get("inflow")
        if step.type == "movement.arrived" and answer is not None and answer.manner == "deviate" and not answer.insists:
            told[step.person] += 3
    for person in sorted(story.persons, key=lambda person: (-told[person.handle], person.handle)):
        known = outcome.known.get((person.home, person.handle))
        if known is None:
            continue
        with node.uow.look() as session:
            held = {row.office: row for row in records.of_persons(session.sql, [known])}
        home = held.get(person.home)
        if home is None or home.state != "open" or home.keeper != person.home or home.lives_at in {None, person.home}:
            continue
        away = held.get(str(home.lives_at))
        if away is not None and away.state == "open" and away.lives_at == home.lives_at:
            return Shown(known, person.home, away.office)
    return None
