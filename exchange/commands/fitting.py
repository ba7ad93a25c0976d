"""What only the record can say of a payload's form: whom it is about, and whether it fits what it speaks of. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed, Reopened
from events.catalogue.fact import Fact
from events.catalogue.person import Merged, Unmerged
from events.standing import Standing
from exchange.commands import corrections, deviations
from exchange.protocol.dossier import spoken_of_by
from exchange.protocol.record import Record
from exchange.protocol.refusals import ActRecorded, Unallotted


def subject(fact: Fact, person: str, record: Record) -> str:
    """New facts use the surviving id; an amendment, a reply and what says something of a stay that of what they speak
    of: when an office is split that never heard of the merge, nobody gets the one without the other.
    """
    spoken_of = record.facts.get(ref) if (ref := spoken_of_by(fact)) is not None else None
    if spoken_of is not None:
        return spoken_of.event.person
    return person if isinstance(fact, Merged | Unmerged) else record.person


def since(record: Record, merge: Standing) -> list[Standing]:
    """What was recorded since a merge, and is given to one of the two where they are parted."""
    later = (s for s in record.facts.values() if s.stamp > merge.stamp and not s.event.frame.automatic)
    return sorted(later, key=lambda s: (s.stamp, s.ref))


def require_new(act: str, record: Record, of_this_request: Container[str]) -> None:
    """Nothing of the person was recorded by an earlier request under this name: one act is one notice about one person,
    so that nobody would see what is said later. Raises ActRecorded.
    """
    for standing in record.facts.values():
        frame = standing.event.frame
        if frame.submission == act and standing.author == record.office and frame.id not in of_this_request:
            raise ActRecorded


def require(fact: Fact, record: Record, today: date) -> None:
    """A correction fits its target, a reply names fields of its question, an unmerging allots all.

    Raises Malformed, Unallotted.
    """
    if isinstance(fact, Corrected):
        target = record.facts[fact.target]
        corrections.require_fit(target.payload, target.day, fact.set, today)
    elif isinstance(fact, Confirmed | Reopened):
        deviations.require_fit(fact, record.facts.get(fact.case.opening))
    elif isinstance(fact, Unmerged):
        recorded = since(record, record.facts[fact.merge])
        left = sorted(str(s.ref) for s in recorded if str(s.ref) not in fact.allotment)
        if left:
            raise Unallotted(events=left)
