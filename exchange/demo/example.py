"""The person whom the root page shows: one with much to see, whose two records agree after a difference."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from exchange.demo.drive import Outcome
from exchange.demo.keepsake import Overseen, Shown
from exchange.demo.population import Person
from exchange.demo.story import Story
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import same_province
from exchange.tables import records

if TYPE_CHECKING:
    from exchange.node import Node


def example(node: Node, story: Story, outcome: Outcome) -> Shown | None:
    """The one of whom most is told, rather in another province; None where nobody lives away from home."""
    told: Counter[str] = Counter()
    for step in story.steps:
        told[step.person] += 1
        answer = step.answers.get("inflow")
        if step.type == "movement.arrived" and answer is not None and answer.manner == "deviate" and not answer.insists:
            told[step.person] += 3
    ordered = sorted(story.persons, key=lambda person: (-told[person.handle], person.handle))
    fitting = (shown for person in ordered if (shown := _shown(node, person, outcome)) is not None)
    near: Shown | None = None
    for shown in fitting:
        if not same_province(shown.left, shown.right):
            return shown
        near = near or shown
    return near


def overseen(node: Node, county: str, day: str) -> Overseen | None:
    """Somebody whom a town of the county keeps."""
    which = records.Which(area=codes.stem(county), state="open", role="registration")
    with node.uow.look() as session:
        found = records.some(session.sql, which, limit=1).rows
    return Overseen(found[0].survivor, found[0].office, county, day) if found else None


def _shown(node: Node, person: Person, outcome: Outcome) -> Shown | None:
    """The person from both sides, if both hold an open record of a life away from home."""
    known = outcome.known.get((person.home, person.handle))
    if known is None:
        return None
    with node.uow.look() as session:
        held = {row.office: row for row in records.of_persons(session.sql, [known])}
    home = held.get(person.home)
    if home is None or home.state != "open" or home.keeper != person.home or home.lives_at in {None, person.home}:
        return None
    away = held.get(str(home.lives_at))
    if away is None or away.state != "open" or away.lives_at != home.lives_at:
        return None
    return Shown(known, person.home, away.office)
