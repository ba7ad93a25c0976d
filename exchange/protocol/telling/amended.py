"""T3 and T5. Amendments go wherever what they amend went or goes, and never without it. Pure."""

from __future__ import annotations

from functools import partial

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.values import NoteKind
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.naming import named_no_more
from exchange.protocol.questions.cases import ONE_DOCUMENT
from exchange.protocol.questions.redirecting import asked_no_more
from exchange.protocol.telling.due import NO_PARTS, Due, Sight, amendments_of
from exchange.protocol.telling.owing import AMENDMENT, DueKey, add

OF_KEEPER = "keeper_of_departure"  # ground: what a departure that was told is judged by


def follow_amendments(owed: dict[DueKey, Due], sight: Sight) -> None:
    """T3 and T5: an amendment goes wherever its target went or goes; with the target's parts, never without it."""
    amendments = amendments_of(sight.record.facts)
    if not amendments:
        return
    concerned: dict[Ref, dict[str, None]] = {}
    for ref, to in owed:
        if ref in amendments:
            concerned.setdefault(ref, {})[to] = None
    for ref in amendments:
        concerned.setdefault(ref, {}).update(dict.fromkeys(sight.told.to(ref)))
    # What is amended before what amends it, for that goes with the parts of the other.
    for ref in sorted(amendments, key=partial(_depth, sight.record.facts)):
        for to in concerned.get(ref, ()):
            target = owed.get((ref, to))
            told = sight.told.of(ref, to)
            parts = (target.parts if target else NO_PARTS) | (told.parts if told else NO_PARTS)
            for amendment in amendments[ref]:
                kind: NoteKind = "retraction" if _concerned_no_more(sight, amendment, target, to) else "correction"
                # A first notice carries its amendments; what only goes with a departure is none.
                first = told is None and target is not None and target.ground != OF_KEEPER
                due = Due(ref=amendment.ref, to=to, ground=AMENDMENT, parts=parts, kind=None if first else kind)
                add(owed, sight, _beside(owed.get((amendment.ref, to)), due))
                concerned.setdefault(amendment.ref, {})[to] = None
                _bring_target(owed, sight, target, ref, to)


def _depth(facts: Facts, ref: Ref) -> tuple[int, Ref]:
    """How many amendments lead to the fact that is amended in the end."""
    steps, standing = 0, facts.get(ref)
    while standing is not None and isinstance(standing.payload, Corrected | Retracted):
        steps, standing = steps + 1, facts.get(standing.payload.target)
    return steps, ref


def _beside(known: Due | None, due: Due) -> Due:
    """What another rule tells of the amendment already is told as that rule says; but with the parts of the target."""
    return due if known is None else msgspec.structs.replace(known, parts=due.parts)


def _concerned_no_more(sight: Sight, amendment: Standing, target: Due | None, to: str) -> bool:
    """A retraction; or a correction to an office that only the content as first recorded named."""
    if isinstance(amendment.payload, Retracted):
        return True
    root = sight.record.facts.root(amendment)
    named_once = named_no_more(root, sight.record.facts, to)
    sent_on = any(asked_no_more(sight.record, c) for c in sight.record.cases if (c.opening, c.asked) == (root.ref, to))
    told = sight.told.of(root.ref, to)
    by_document = told is not None and told.ground == ONE_DOCUMENT
    return (named_once or sent_on or by_document) and (target is None or target.ground in {AMENDMENT, "told"})


def _bring_target(owed: dict[DueKey, Due], sight: Sight, target: Due | None, ref: Ref, to: str) -> None:
    """The target stays due as it was told, so that what is due and what was delivered can be compared."""
    told = sight.told.of(ref, to)
    if target is None and told is not None:
        owed.setdefault((ref, to), Due(ref=ref, to=to, ground="told", parts=NO_PARTS))
