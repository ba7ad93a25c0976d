"""Questions between two offices, and their answers."""

from __future__ import annotations

from typing import ClassVar, Literal

from events.catalogue.fact import Fact
from events.catalogue.values import CaseRef, Code, Day, Deviation, Office, Particulars, Place, Text
from events.envelope import Ref

DisputeReason = Literal[
    "person_unknown",
    "identity_mismatch",
    "not_our_registration",
    "moved_elsewhere",
    "deceased",
    "alive",
    "duplicate",
    "other",
]
ReminderGround = Literal["half_time", "day_before", "on_day", "overdue"]
Refusal = Literal["incomplete", "no_consent", "not_entitled"]
# An office that says so is not the keeper by the link of the chain that it was asked about.
DISCLAIMING: frozenset[str] = frozenset({"person_unknown", "identity_mismatch", "not_our_registration"})


class Reply(Fact, frozen=True, kw_only=True):
    """Whatever is said inside a case: it names the case, and goes to its other side."""

    case: CaseRef


class Answer(Reply, frozen=True, kw_only=True):
    """What the office asked says. From an office outside the exchange it comes on paper, and the asker records it."""

    sees: tuple[Ref, ...] = ()  # the amendments that the reply knew
    received_on: Day | None = None  # by the asker, on paper; the day of the event is that of the answer
    note: Text | None = None  # of an answer on paper, also who signed it and where it lies


class Confirmed(Answer, frozen=True, tag="case.confirmed", kw_only=True):
    """The same is held, or what differs."""

    deviations: tuple[Deviation, ...] = ()


class Disputed(Answer, frozen=True, tag="case.disputed", kw_only=True):
    """It is not held so."""

    reason: DisputeReason
    place: Place | None = None
    since: Day | None = None


class Redirected(Reply, frozen=True, tag="case.redirected", kw_only=True):
    """Another office should be asked."""

    to: Office


class Settled(Reply, frozen=True, tag="case.settled", kw_only=True):
    """Ends what a reply left open: fields accepted, fields insisted on, or the whole."""

    accepted: tuple[str, ...] = ()
    insisted: tuple[str, ...] = ()
    whole: Literal["accepted", "insisted"] | None = None


class Deferred(Reply, frozen=True, tag="case.deferred", kw_only=True):
    """The office asked is still looking, or needs longer: once, until a day, with a reason that both sides see."""

    until: Day
    reason: Code


class Noted(Reply, frozen=True, tag="case.noted", kw_only=True):
    """A question or remark of either side inside the case; it changes nothing."""

    text: Text | None = None  # withheld from everybody but the other side


class Reopened(Reply, frozen=True, tag="case.reopened", kw_only=True):
    """The case is open again."""

    reason: Code
    fields: tuple[str, ...] = ()


class Withdrawn(Reply, frozen=True, tag="case.withdrawn", kw_only=True):
    """The question no longer stands."""

    ground: Code


class Reminded(Reply, frozen=True, tag="case.reminded", kw_only=True):
    """The day of an answer, or of the decision on it, comes near, is there, or has gone by, and the case is late."""

    amendable: ClassVar[bool] = False

    ground: ReminderGround
    due_on: Day


class Escalated(Reply, frozen=True, tag="case.escalated", kw_only=True):
    """The county of the side that is late, later its province, is asked to see to it that it answers or decides."""

    amendable: ClassVar[bool] = False

    to: Office
    due_on: Day


class EnquiryOpened(Fact, frozen=True, tag="enquiry.opened", kw_only=True):
    """Asks another office for facts about a person, who may be unknown to the office that asks."""

    to: Office
    purpose: Code
    consent: bool = False  # the person agreed, and the office that asks keeps that on record
    given: Particulars = {}  # by which the office asked recognises the person
    fields: tuple[str, ...] = ()  # what is asked for, in the clear
    urgent: bool = False  # the answer is due sooner


class EnquiryAnswered(Answer, frozen=True, tag="enquiry.answered", kw_only=True):
    """What the office asked holds of what was asked for; that it holds no such person; or why it does not say."""

    held: bool = False  # whether the office asked holds the person; of a refusal it says nothing
    facts: Particulars = {}
    refused: Refusal | None = None

    @property
    def why_nothing(self) -> str | None:
        """Why it tells nothing, where it does not."""
        return self.refused or (None if self.held else "not_held")


class RequestOpened(Fact, frozen=True, tag="request.opened", kw_only=True):
    """Asks the one office that may: amend that event, change that particular, move the registration."""

    to: Office
    asks: Literal["amendment", "change", "registration", "stay"]
    wanted: Particulars = {}
    about: Ref | None = None  # the event to amend, or the stay due for review
    urgent: bool = False  # the answer is due sooner
    note: Text | None = None


class Rejected(Fact, frozen=True, tag="notification.rejected", kw_only=True):
    """A message could not be taken as a message; the fact is left alone."""

    notification: Ref
    teller: Office
    revision: int = 1  # which sending of the message it speaks of; recording sets it
    reason: Literal["unreadable", "version_unknown", "incomplete", "not_for_us", "other"]
