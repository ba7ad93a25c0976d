"""Requests about a stay or an event: what answers them; and while it stands that a stay is to be reviewed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryOpened, Rejected, Reply, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Extended, Left
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Standing
from exchange.ids import derived_id
from exchange.protocol.record import Record, Stay

SAID = Reply | RequestOpened | EnquiryOpened | Rejected  # which do nothing of what is requested


def is_review(standing: Standing) -> bool:
    """Whether the exchange itself asked it."""
    return standing.event.frame.automatic and isinstance(standing.payload, RequestOpened)


def stands(record: Record, request: Standing) -> bool:
    """Whether the keeper still has to ask: the stay goes on, and no day of which nobody was asked is its last one."""
    asked = request.payload
    stay = record.stay(asked.about) if isinstance(asked, RequestOpened) and asked.about is not None else None
    if record.keeper != record.office or stay is None or not stay.open:
        return False
    if stay.until is None:
        return True
    first = asked_about_last_day(record, stay)
    if first is None or request.ref == first.ref:
        return first is not None
    # Those of later years came after it, and after that day; so may one about a day that was the last for a while.
    later = request.stamp > first.stamp and request.day > stay.until
    return later and all(request.ref.id != review_id(stay, day) for day in _said_to_be_last(record, stay))


def asked_about_last_day(record: Record, stay: Stay) -> Standing | None:
    """What this keeper asked about the stay because of the day that is its last one by now."""
    wanted = review_id(stay, stay.until) if stay.until is not None else None
    requests = record.facts.of(RequestOpened)
    return next((s for s in requests if s.ref.id == wanted and s.author == record.office), None)


def _said_to_be_last(record: Record, stay: Stay) -> Iterator[str]:
    """Every day that was ever said to be the last one, corrected since or not."""
    said = [s for s in record.facts.of(Arrived, Extended) if s.ref == stay.id or _extends(s.payload, stay)]
    for standing in said:
        content = standing.event.payload
        if isinstance(content, Arrived | Extended) and content.stay_until is not None:
            yield content.stay_until
    amended = {standing.ref for standing in said}
    for standing in record.facts.of(Corrected):
        if isinstance(standing.payload, Corrected) and standing.payload.target in amended:
            day = standing.payload.set.get("stay_until")
            if isinstance(day, str):
                yield day


def _extends(payload: Fact, stay: Stay) -> bool:
    return isinstance(payload, Extended) and payload.stay == stay.id


def review_id(stay: Stay, day: str) -> str:
    """Of the request that asks about a stay because of this day: its last one, or that on which a year is over."""
    return derived_id("review", stay.id.author, stay.id.id, day)


def answers(facts: Iterable[Standing]) -> dict[Ref, Ref]:
    """Request -> the last act that did what it asked: that names it as its cause; or that extended or ended the stay,
    or amended the event, that it is about, whether or not the act names it.

    Both sides hold an act of the latter kind, so the case closes in both books alike. What is only said or asked
    because of a request does nothing of it.
    """
    held = [standing for standing in facts if not standing.void]
    asked = [s for s in held if isinstance(s.payload, RequestOpened) and s.payload.asks in {"stay", "amendment"}]
    acts = [s for s in held if isinstance(s.payload, Extended | Left | Corrected | Retracted)] if asked else []
    acts.sort(key=lambda act: act.stamp)
    found = {request.ref: act.ref for request in asked for act in acts if _answers(act, request)}
    doing = (s for s in held if not isinstance(s.payload, SAID))
    return found | {s.event.frame.because: s.ref for s in doing if s.event.frame.because is not None}


def done_by_another(case: CaseRef, facts: Mapping[Ref, Standing]) -> bool:
    """Whether what was requested was done by another than the office asked, which need not hear of it."""
    act = answers(facts.values()).get(case.opening)
    return act is not None and facts[act].author != case.asked


def _answers(act: Standing, request: Standing) -> bool:
    said, asked = act.payload, request.payload
    if not isinstance(asked, RequestOpened) or act.stamp < request.stamp:
        return False
    if asked.asks == "amendment":
        return amends_as_asked(act, request)
    return isinstance(said, Extended | Left) and said.stay == asked.about


def amends_as_asked(act: Standing, request: Standing) -> bool:
    """Whether an act amends the event that somebody asked to be amended before."""
    said, asked = act.payload, request.payload
    if not isinstance(said, Corrected | Retracted) or not isinstance(asked, RequestOpened):
        return False
    return asked.asks == "amendment" and said.target == asked.about and act.stamp > request.stamp
