"""What an office's own book can refuse, each with its stable code (second tier of legality)."""

from __future__ import annotations

from collections.abc import Sequence

from events.errors import ExchangeError, Illegal


class UnknownPerson(Illegal):
    """The office's book holds nothing of the person."""

    code = "person_unknown"
    status = 404
    about = "person"


class AlreadyHeld(Illegal):
    """The office holds the person already: nothing opens a dossier twice."""

    code = "already_held"
    about = "person"


class AlreadyHere(Illegal):
    """A stay of this kind goes on at this office."""

    code = "already_here"
    about = "kind"


class ActRecorded(Illegal):
    """An earlier request recorded that act of the person: an act is recorded whole, and told in one notice."""

    code = "act_recorded"
    about = "submission"


class NoSuchStay(Illegal):
    """The book holds no such open stay of this office."""

    code = "no_such_stay"
    about = "stay"


class NotLapsed(Illegal):
    """By the office's own book the stay's last day has not gone by: it ends in another way."""

    code = "not_lapsed"
    about = "basis"


class NotLonger(Illegal):
    """By the office's own book the stay lasts until that day or a later one already."""

    code = "not_longer"
    about = "stay_until"


class NotKeeper(Illegal):
    """Only the keeper may record this; others request it."""

    code = "not_keeper"
    about = "type"


class NotConcerned(Illegal):
    """The office has neither the registration nor a stay of the person."""

    code = "not_concerned"
    about = "type"


class PersonDied(Illegal):
    """By the office's own book the person died before that day."""

    code = "person_died"
    about = "effective_on"


class NotProtected(Illegal):
    """There is no protection to lift, or one is in force already."""

    code = "protection_state"
    about = "type"


class NoSuchEvent(Illegal):
    """The book holds no such event."""

    code = "no_such_event"
    status = 404
    about = "target"


class NotAuthor(Illegal):
    """Only the author amends an event; others request it."""

    code = "not_author"
    about = "target"


class NotAmendable(Illegal):
    """Merges, erasures and automatic facts are no targets."""

    code = "not_amendable"
    about = "target"


class AlreadyVoid(Illegal):
    """The event has been retracted."""

    code = "already_retracted"
    about = "target"


class EarlierState(Illegal):
    """Without the correction the question would be put as it may not be put any more: it is corrected again instead."""

    code = "earlier_state"
    about = "target"


class NoSuchCase(Illegal):
    """The book holds no such case."""

    code = "no_such_case"
    status = 404
    about = "case"


class CaseClosed(Illegal):
    """The case is closed."""

    code = "case_closed"
    about = "case"


class CaseWithdrawn(Illegal):
    """The question no longer stands."""

    code = "case_withdrawn"
    about = "case"


class NotAsked(Illegal):
    """The case does not ask this office, or it is not the one that asked."""

    code = "not_a_party"
    about = "case"


class RedirectedBack(Illegal):
    """The case is redirected to one of its own two sides, or to who was asked before: nobody would be asked."""

    code = "redirected_back"
    about = "to"


class AnswersItself(Illegal):
    """The office asked is in the exchange: nobody records for it what it answered on paper."""

    code = "answers_itself"
    about = "received_on"


class StillKeeps(Illegal):
    """By its own word the office keeps the registration asked about: it records a move before it redirects."""

    code = "still_keeps"
    about = "to"


class RecordsItself(Illegal):
    """By its own record the office may do itself what it requests: nobody else is asked to."""

    code = "records_itself"
    about = "to"


class AlreadyDeferred(Illegal):
    """The office asked has deferred its answer as often as it may."""

    code = "already_deferred"


class DeferralDay(Illegal):
    """The answer is deferred until a later day than the one on which it is due."""

    code = "deferral_day"


class AnsweredOtherwise(Illegal):
    """A case of this kind is answered by another reply: an enquiry with facts, and nothing else is."""

    code = "answered_otherwise"
    about = "case"


class NotEntitled(Illegal):
    """The enquiry did not ask for this field, or its purpose and consent do not entitle to it."""

    code = "not_entitled"
    about = "facts"


class NothingToSettle(Illegal):
    """No reply left anything open."""

    code = "nothing_to_settle"
    about = "case"


class AlreadyRejected(Illegal):
    """The office rejected this sending of the message already."""

    code = "already_rejected"
    about = "notification"


class NotRejected(Illegal):
    """No rejection of the message stands: there is nothing to send again."""

    code = "not_rejected"


class NoSuchMerge(Illegal):
    """There is no such merge in force."""

    code = "no_such_merge"
    about = "merge"


class Unallotted(Illegal):
    """Events recorded since the merge are given to neither person."""

    code = "unallotted_events"
    about = "allotment"

    def __init__(self, *, field: str | None = None, rule: str | None = None, events: Sequence[str] = ()) -> None:
        super().__init__(field=field, rule=rule, **({"value": field.partition(".")[2]} if field is not None else {}))
        self._each = tuple(Unallotted(field=f"allotment.{each}", rule="allotment.missing") for each in events)

    @property
    def faults(self) -> Sequence[ExchangeError]:
        """Each of the events by itself: whoever parts the two goes through them."""
        return self._each or (self,)


class TieWithOneself(Illegal):
    """A person is tied to others only: by the office's own book both ids are one human."""

    code = "tie_with_oneself"
    about = "other"


class TieInForce(Illegal):
    """By the office's own book this tie goes on already, or, of spouses, one with somebody else does."""

    code = "tie_in_force"
    about = "other"


class NoSuchTie(Illegal):
    """By the office's own book no such tie is in force."""

    code = "no_such_tie"
    about = "other"


class OneSidedTie(Illegal):
    """The office holds both persons, and only one of them has the tie, or its end: both are one act."""

    code = "one_sided_tie"
    about = "other"


REFUSALS: tuple[type[Illegal], ...] = tuple(
    kind for kind in list(globals().values()) if isinstance(kind, type) and kind.__module__ == __name__
)
