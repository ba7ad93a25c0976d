"""The record: what an office sees of a person. Pure data, made by `view`.

Nothing in frozen data leads back to what holds it, so Python is spared looking for cycles there (`gc=False`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryOpened, Escalated, Reply
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Merged
from events.catalogue.values import CaseRef, Deviation, Other, Place, StayKind, TieKind
from events.envelope import Ref
from events.standing import Facts, Standing

CaseStatus = Literal[
    "open",
    "deferred",
    "overdue",
    "deviations",
    "disputed",
    "confirmed",
    "settled",
    "answered",
    "redirected",
    "matched",
    "withdrawn",
    "not_reachable",
]
ContradictionKind = Literal[
    "two_registrations",
    "contested_stays",
    "moved_after_death",
    "left_without_arrival",
    "one_document",
    "two_spouses",
    "idle_amendment",
]
Ended = Literal["taken_back", "amended", "sent_again", "closed"]
OPEN: frozenset[CaseStatus] = frozenset({"open", "deferred", "overdue", "deviations", "disputed"})
ASKED: frozenset[CaseStatus] = frozenset({"open", "deferred", "overdue"})
DECIDING: frozenset[CaseStatus] = OPEN - ASKED  # answered, and the asker has still to decide what holds


class Stay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One residence at one place; its id is the event that began it."""

    id: Ref
    office: str
    kind: StayKind
    began: str
    stamp: int
    main_since: str  # the day from which it has been main; the order of main stays follows it
    origin: Place | None = None
    address: str | None = None
    until: str | None = None
    ended: str | None = None
    ended_by: Ref | None = None
    demoted_by: Ref | None = None
    destination: Place | None = None
    contests: tuple[Ref, ...] = ()
    touched_by: tuple[Ref, ...] = ()

    @property
    def open(self) -> bool:
        return self.ended is None


class Tie(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What another person is to this one. `ref`: the event that says so, which may be the keeper's statement."""

    tie: TieKind
    other: Other
    since: str
    ref: Ref
    until: str | None = None
    ended_by: Ref | None = None


class Announcement(msgspec.Struct, frozen=True, gc=False):
    """A departure or a leaving that names a town; `waits` until the person arrives somewhere or dies."""

    ref: Ref
    author: str
    to: str
    waits: bool
    arrival: Ref | None = None  # the arrival at the town announced
    ended_by: Ref | None = None  # what else ended the waiting: that the person came elsewhere, or died

    def ref_stamp(self, facts: Mapping[Ref, Standing]) -> int:
        """The stamp of the event that announced."""
        return facts[self.ref].stamp


class Link(msgspec.Struct, frozen=True, gc=False):
    """One link of the chain of registrations."""

    ref: Ref
    stamp: int
    day: str
    place: Place | None
    named: tuple[str, ...]  # the offices that the link makes keeper, the first that may be
    disclaimed: frozenset[str] = frozenset()
    from_arrival: bool = False


class CaseState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One case as this book tells it."""

    ref: CaseRef
    asker: str
    status: CaseStatus
    recognised: bool = False  # the office asked has confirmed, and not disputed since
    automatic: bool = False  # closed by the exchange itself
    deviations: tuple[Deviation, ...] = ()
    insisted: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    reason: str | None = None
    place: Place | None = None
    redirected_to: str | None = None
    reopened: tuple[str, ...] = ()
    thread: tuple[Ref, ...] = ()
    aside: tuple[Ref, ...] = ()  # replies that came when the case was closed: kept, and without effect
    due_on: str | None = None  # fixed when it opened, or the day until which it is deferred
    undecided: bool = False  # the asker let the day of its decision go by
    deferrals: int = 0
    escalated: tuple[str, ...] = ()  # who has been asked to see to it
    again: int | None = None  # stamp of what opened it again last
    hidden: bool = False  # opened by a match that the asker may not see before the answer
    on_paper: bool = False  # the last answer is one that the asker recorded for an office outside
    by_document: bool = False  # put because the office asked keeps another person with the same document
    rivalled: bool = False  # put because the asker holds another person with the same document

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def late(self) -> bool:
        """Whether the day of what it waits for went by, by a recorded fact and not by the clock."""
        return self.status == "overdue" or self.undecided


class Contradiction(msgspec.Struct, frozen=True, order=True, gc=False):
    """What cannot all be true; its id is derived from its events."""

    kind: ContradictionKind
    events: tuple[Ref, ...]


class Rejection(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One rejected message, as both sides see it. `ended`: how it came to rest; None while it is open."""

    ref: Ref
    notification: Ref
    by: str
    teller: str
    reason: str
    day: str
    ended: Ended | None


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one office sees of one dossier."""

    office: str
    person: str  # the surviving id
    persons: tuple[str, ...]
    merged: tuple[str, ...]  # ids that gave their entry up
    keeper: str | None
    openers: tuple[str, ...]
    chain: tuple[Link, ...]
    registration: Place | None
    particulars: Mapping[str, Any]
    insisted: Mapping[str, Any]
    objected: tuple[str, ...]  # fields in an open case
    stays: tuple[Stay, ...]
    announcements: tuple[Announcement, ...]
    died_on: str | None
    protected: Ref | None
    ties: tuple[Tie, ...]  # all that began, the ended ones too
    family: bool  # whether the office was told something for the sake of somebody tied to the person
    cases: Mapping[CaseRef, CaseState]
    contradictions: tuple[Contradiction, ...]
    rejections: tuple[Rejection, ...]
    incomplete: tuple[Ref, ...]
    withdrawn: bool
    version: int  # events and deliveries that the record knows: the ETag
    facts: Facts

    @property
    def holds(self) -> bool:
        """Whether there is anything to be seen. Who was only asked to see to a case holds no book of the person."""
        return any(not isinstance(standing.payload, Escalated) for standing in self.facts.values())

    @property
    def only_asked(self) -> bool:
        """Whether the book holds enquiries about the person and nothing else: no dossier stands on these."""
        return all(_enquires(standing.payload) for standing in self.facts.values())

    @property
    def open_stays(self) -> tuple[Stay, ...]:
        return tuple([stay for stay in self.stays if stay.ended is None])

    @property
    def main_stays(self) -> tuple[Stay, ...]:
        return tuple([stay for stay in self.stays if stay.ended is None and stay.kind == "main"])

    @property
    def ties_in_force(self) -> tuple[Tie, ...]:
        return tuple([tie for tie in self.ties if tie.until is None])

    def stay(self, ref: Ref) -> Stay | None:
        """The stay that this event began."""
        return next((stay for stay in self.stays if stay.id == ref), None)

    def recognised(self, stay: Stay) -> bool:
        """Whether the keeper has confirmed the stay, or it needs no confirmation."""
        if stay.office == self.keeper:
            return True
        return any(case.recognised for case in self.questions_about(stay.id))

    def confirmed(self, stay: Stay) -> bool:
        """By the keeper's own book: confirmed, or brought by a hand-over or a registration, which asked nothing."""
        if stay.office == self.keeper:
            return True
        asked = self.questions_about(stay.id)
        return any(case.recognised for case in asked) if asked else not self.asked_before(stay)

    def asked_before(self, stay: Stay) -> bool:
        """Whether who kept the person before was asked and has not answered, and nobody was asked since.

        The keeper knows no more of that question than the fact that asked: answers alone are handed over.
        """
        fact = self.facts[stay.id].payload
        asked = fact.registration.code if isinstance(fact, Arrived) and fact.registration is not None else None
        if asked is None or asked in {self.keeper, stay.office} or self.questions_about(stay.id):
            return False
        if CaseRef(stay.id, asked, "inflow") in self.cases:
            return False  # outside the exchange, where nobody answers
        gave_up = (s.author for s in self.facts.in_force(Merged))
        return asked in gave_up or any(asked in link.named for link in self.chain if not link.from_arrival)

    def questions_about(self, stay: Ref) -> list[CaseState]:
        """The cases that asked the registration place about the fact that began a stay.

        Whoever was asked only for another person's sake is none, unless it said that it is the same; nor is who is
        outside, whatever came on paper.
        """
        return [
            case
            for ref, case in self.cases.items()
            if ref.opening == stay and ref.kind in {"inflow", "registration"}
            if case.status != "not_reachable" and not case.on_paper and (case.recognised or not case.by_document)
        ]


def _enquires(fact: Fact) -> bool:
    """Whether it is an enquiry, said inside of one, or amends what stands beside it."""
    asks = isinstance(fact, EnquiryOpened | Corrected | Retracted)
    return asks or (isinstance(fact, Reply) and fact.case.kind == "enquiry")
