"""Random replies, and questions of other kinds: what is said between the two sides of a case."""

from __future__ import annotations

import random
from collections.abc import Callable

from events.catalogue.case import (
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    Noted,
    Redirected,
    Rejected,
    Reopened,
    RequestOpened,
    Settled,
    Withdrawn,
)
from events.catalogue.fact import Fact
from events.catalogue.values import Deviation
from exchange.protocol.comparing.equal import all_differences
from exchange.protocol.record import ASKED, DECIDING, Record

CAME_ON = "2026-01-21"  # no earlier than any day of a history


class Replies:
    """Draws what an office says inside the cases of its book."""

    def __init__(self, draw: random.Random, office: Callable[[], str], seed: int) -> None:
        self.random = draw
        self.office = office
        self.paper = random.Random(f"paper {seed}")  # drawn apart: what comes on paper changes no other draw

    def reply(self, office: str, record: Record) -> Fact | None:
        """An answer to a case that asks this office."""
        asked = [c for c in record.cases.values() if c.ref.asked == office and c.status in ASKED]
        if not asked:
            return self.on_paper(office, record)
        state = self.random.choice(asked)
        opening = record.facts.get(state.ref.opening)
        draw = self.random.random()
        if draw < 0.12:
            return Deferred(
                case=state.ref, until=self.random.choice(("2026-04-01", "2026-05-01")), reason="still_looking"
            )
        if draw < 0.6 and opening is not None:
            stated = getattr(opening.payload, "stated", {})
            found = all_differences(record, opening, stated, {}) if state.ref.kind == "inflow" else ()
            return Confirmed(case=state.ref, sees=opening.corrections, deviations=found)
        if draw < 0.85:
            reason = self.random.choice(
                ("person_unknown", "identity_mismatch", "not_our_registration", "moved_elsewhere", "other")
            )
            return Disputed(case=state.ref, reason=reason)  # type: ignore[arg-type]  # one of the literal's words
        to = self.office()
        return None if to in {office, state.ref.opening.author} else Redirected(case=state.ref, to=to)

    def on_paper(self, office: str, record: Record) -> Fact | None:
        """What an office outside answered to this one."""
        written = [c for c in record.cases.values() if c.asker == office and c.status == "not_reachable"]
        if not written:
            return None
        case = self.paper.choice(written).ref
        if case.kind == "enquiry":
            return EnquiryAnswered(case=case, received_on=CAME_ON)
        draw = self.paper.random()
        if draw < 0.3:
            return Disputed(case=case, reason="person_unknown", received_on=CAME_ON)
        differs = (Deviation("name", "戊", "甲"),) if draw < 0.7 else ()
        return Confirmed(case=case, received_on=CAME_ON, deviations=differs)

    def ask_again(self, office: str, record: Record) -> Fact | None:
        """What the asker, or either side, does with a case."""
        if not record.cases:
            return None
        state = self.random.choice(list(record.cases.values()))
        if state.asker == office and state.status in DECIDING:
            return Settled(case=state.ref, whole=self.random.choice(("accepted", "insisted")))
        if self.random.random() < 0.2:
            return Noted(case=state.ref, text="?")
        if self.random.random() < 0.4:
            return Withdrawn(case=state.ref, ground="no_longer_needed")
        return Reopened(case=state.ref, reason="doubt")

    def other_case(self, office: str, record: Record) -> Fact | None:
        """A request, or a rejected message."""
        to = self.office()
        foreign = [s for s in record.facts.values() if s.author != office]
        draw = self.random.random()
        if draw < 0.5:
            if record.keeper == office:  # which asks nobody but for what is another's to record
                living = [stay.office for stay in record.main_stays if stay.office != office]
                return RequestOpened(to=living[0], asks="change", wanted={"phone": "1"}) if living else None
            to = record.keeper or to  # who may do it, where that is known
            return None if to == office else RequestOpened(to=to, asks="change", wanted={"name": "戊"})
        if not foreign:
            return None
        picked = self.random.choice(foreign)
        return Rejected(notification=picked.ref, teller=picked.author, reason="incomplete")
