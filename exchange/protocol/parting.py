"""What a death does to the ties of others: a fact of the keeper's system actor, for each of them (rule 3). Pure.

The death stands in another dossier than the end of the tie that follows from it. So the end cannot share its fate by
the reading of one book alone: where the death is taken back, the same actor takes the end back.
"""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.amendment import Retracted
from events.catalogue.family import TieEnded
from events.catalogue.values import Other
from events.standing import Standing
from exchange.ids import derived_id
from exchange.protocol.draft import Draft
from exchange.protocol.life.kinship import ENDED_BY_DEATH
from exchange.protocol.telling.due import Sight


def parted_by_death(sight: Sight) -> Iterator[Draft]:
    """As keeper: the end of each tie whose other person died."""
    record = sight.record
    for tie in record.ties_in_force if sight.is_keeper else ():
        person = tie.other.person
        other = sight.kin.get(person or "")
        death = other.died if other is not None else None
        if person is None or death is None or tie.tie not in ENDED_BY_DEATH:
            continue
        before = sum(end.void for end in _ends(sight, person))  # a death may be taken back, and stand again
        yield Draft(
            id=derived_id("parted", record.office, record.person, str(death.ref), str(tie.ref), str(before)),
            person=record.person,
            payload=TieEnded(tie=tie.tie, other=Other(person=person), ground="death"),
            because=death.ref,
            touches=(person,),
            day=max(death.day, tie.since),
            after=death.stamp,
        )


def not_parted_after_all(sight: Sight) -> Iterator[Draft]:
    """As author of such an end: it is taken back where no death of the other stands any more."""
    for person, other in sight.kin.items():
        if other.died is not None or not other.deaths:
            continue
        last = other.deaths[-1]
        for end in _ends(sight, person):
            if end.retraction is None:
                yield Draft(
                    id=derived_id("not_parted", sight.me, str(end.ref)),
                    person=end.event.person,
                    payload=Retracted(target=end.ref, ground="cause_taken_back"),
                    because=last.taken_back_by or last.ref,
                    after=last.stamp,
                )


def _ends(sight: Sight, person: str) -> list[Standing]:
    """Those that this office's system actor recorded because this person died."""
    facts = (s for s in sight.record.facts.values() if sight.mine(s.author) and s.event.frame.automatic)
    return [s for s in facts if isinstance(s.payload, TieEnded) and s.payload.other.person == person]
