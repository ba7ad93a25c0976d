"""What lets a question be asked anew, and from when (catalogue, rules 7 and 11). Pure.

A day that was set for the first answer says nothing of the next one: time runs from what opened the case again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed, EnquiryAnswered, Redirected, Reply, Settled, Withdrawn
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.record import ASKED, CaseState

# Answers that hold only for the content that they saw. (What answers a request is no reply, and folded later.)
COVERING = frozenset({"confirmed", "matched", "deviations", "settled", "answered"})


def moments(thread: Iterable[Standing], facts: Mapping[Ref, Standing]) -> list[tuple[int, Standing]]:
    """The replies by their stamps; one that was taken back also by the stamp of what took it back."""
    return sorted(_moments(thread, facts), key=lambda each: (each[0], each[1].ref))


def _moments(thread: Iterable[Standing], facts: Mapping[Ref, Standing]) -> Iterator[tuple[int, Standing]]:
    for reply in thread:
        yield reply.stamp, reply
        if reply.retraction is not None:
            yield facts[reply.retraction].stamp, reply


def answers_wait(before: CaseState, after: CaseState | None) -> bool:
    """Whether the office asked had to act before the reply, and not after it."""
    return before.status in ASKED and after is not None and after.status not in ASKED


def waits_since_before(state: CaseState, reply: Standing) -> bool:
    """Whether the answer that the reply gave is awaited again, and was not asked for anew since by anything else."""
    return state.status in ASKED and (state.again or 0) < reply.stamp


def undecided_again(facts: Facts, state: CaseState) -> list[Ref]:
    """What took back the decisions of whoever asked on the answer that waits for one."""
    decided = (s for s in facts.of(Settled, Redirected, Withdrawn) if s.author == state.asker)
    about = (s for s in decided if isinstance(s.payload, Reply) and s.payload.case == state.ref)
    return [s.retraction for s in about if s.retraction is not None and s.stamp > (state.again or 0)]


def reconsidered(state: CaseState, facts: Mapping[Ref, Standing], until: int | None) -> CaseState:
    """A field that an answer covered and that was corrected afterwards is open again (catalogue, rule 7)."""
    opening = facts.get(state.ref.opening)
    if opening is None or state.status not in COVERING:
        return state
    last = facts[state.thread[-1]]
    seen: set[Ref] = set()
    for ref in state.thread:
        payload = facts[ref].payload
        if isinstance(payload, Confirmed | EnquiryAnswered):
            seen |= set(payload.sees)
    if isinstance(last.payload, Settled):
        act = last.event.frame.submission
        # Accepting is one act: the statement is corrected and the case settled, in whichever order they stand.
        seen |= {
            ref
            for ref in opening.corrections
            if facts[ref].stamp < last.stamp or facts[ref].event.frame.submission == act
        }
    fields: set[str] = set()
    latest = 0
    for ref in opening.corrections:
        payload = facts[ref].payload
        if until is not None and facts[ref].stamp > until:
            continue
        if ref not in seen and isinstance(payload, Corrected):
            fields |= set(payload.fields)
            latest = max(latest, facts[ref].stamp)
    if not fields:
        return state
    anew = asked_anew(state, latest)
    return msgspec.structs.replace(anew, reopened=tuple(sorted(fields)), automatic=False)


def asked_anew(state: CaseState, stamp: int) -> CaseState:
    """Asked anew: with no day for the answer yet, and the office asked may defer once more."""
    return msgspec.structs.replace(
        state, status="open", again=stamp, due_on=None, deferrals=0, escalated=(), undecided=False, on_paper=False
    )
