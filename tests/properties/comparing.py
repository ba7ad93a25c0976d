"""What must hold of cases that the exchange confirmed by comparing. Said without the code that is judged."""

from __future__ import annotations

from events.catalogue.case import Confirmed, Reply
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from exchange.protocol.comparing.compare import differences
from exchange.protocol.questions.replying import says_more
from tests.properties.world import World

AMENDING = frozenset({"person.changed", "event.corrected", "event.retracted", "person.merged", "person.stated"})


def confirmed_wrongly(world: World) -> list[str]:
    """What a system actor confirmed although its office had no word of its own, or one that said something else."""
    found = []
    for office in world.offices:
        for record in world.records(office):
            for standing in record.facts.values():
                payload = standing.payload
                opening = record.facts.get(payload.case.opening) if isinstance(payload, Confirmed) else None
                if opening is None or standing.author != office or not standing.event.frame.automatic:
                    continue
                if says_more(standing):
                    continue  # it names what differs
                before = [s for s in record.facts.values() if s.stamp < standing.stamp]
                # With whom the person was found to be one since, nobody compared.
                entries = [s for s in before if s.author == office and s.event.person == opening.event.person]
                own = [s.event.payload for s in entries if isinstance(s.event.payload, Registered)]
                if all(isinstance(s.payload, Arrived | Reply) for s in before):
                    found.append(f"confirmed by another's word: {standing.ref}")
                if len(own) == 1 and not any(s.payload.type in AMENDING for s in before):
                    stated = getattr(opening.event.payload, "stated", {})
                    differing = {each.field for each in differences(own[0].particulars, stated)}
                    if differing - {"sex"}:  # which is told only after the answer, and compared then
                        found.append(f"confirmed what differs: {standing.ref}")
    return found
