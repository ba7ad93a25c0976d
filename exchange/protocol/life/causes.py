"""The act to which something belongs that follows by itself: that of the human fact behind it. Pure."""

from __future__ import annotations

import msgspec

from events.catalogue.case import Escalated, Reminded, Reopened, RequestOpened, Withdrawn
from events.catalogue.person import Merged, Unmerged
from events.envelope import Ref
from events.standing import Standing
from exchange.protocol.naming import named_offices
from exchange.protocol.record import Record


class Cause(msgspec.Struct, frozen=True, gc=False):
    """A fact of another dossier because of which something is due, from its day on.

    `stamp` is its own; the act is that of the human fact behind it.
    """

    ref: Ref
    day: str
    stamp: int
    author: str
    act: str


def human_cause(record: Record, ref: Ref) -> Standing | None:
    """The fact whose act it is: automatic facts belong to the act of their cause, unless a day that came made them."""
    standing = record.facts.get(ref)
    seen: set[Ref] = set()
    while standing is not None and standing.event.frame.automatic and standing.ref not in seen:
        if isinstance(standing.payload, Reminded | Escalated | RequestOpened):
            return standing
        if isinstance(standing.payload, Withdrawn | Reopened):
            # Its cause names only what it is about, for the true one would tell where the person is.
            return max(
                (s for s in record.facts.values() if not s.event.frame.automatic), key=lambda s: (s.stamp, s.ref)
            )
        seen.add(standing.ref)
        cause = standing.event.frame.because
        before = record.facts.get(cause) if cause is not None else None
        if before is None:
            return standing
        standing = before
    return standing


def cause(record: Record, standing: Standing, day: str) -> Cause:
    """The fact, with the act that it belongs to."""
    human = human_cause(record, standing.ref) or standing
    return Cause(standing.ref, day, standing.stamp, human.author, human.event.frame.submission)


def made_keeper(record: Record) -> Standing | None:
    """The latest of all that can make an office keeper: the links of the chain, and merges."""
    makers = [record.facts[link.ref] for link in record.chain if not link.from_arrival]
    return max((*makers, *record.facts.in_force(Merged, Unmerged)), key=lambda s: (s.stamp, s.ref), default=None)


def naming_the_keeper(record: Record, made: Standing) -> Standing:
    """What let that fact make today's keeper so: itself, or the correction since which it names that office."""
    corrected = record.keeper is not None and made.corrections
    if not corrected or record.keeper in named_offices(made.event.payload):
        return made
    return record.facts[made.corrections[-1]]
