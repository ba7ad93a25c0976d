"""What an office's system actor records because of what its book now says. Pure: drafts, made into events elsewhere.

Each draft's id is derived from its cause, so that no two workers and no replay record it twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import to_builtins

from events.canonical import encode
from events.catalogue.case import Confirmed, Reopened, Withdrawn
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Merged, Registered, Stated, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.envelope import Ref
from events.standing import Standing
from exchange.ids import derived_id
from exchange.protocol.comparing.equal import all_differences, certainly_same, found_later
from exchange.protocol.comparing.stated_ties import ties_held
from exchange.protocol.draft import Draft
from exchange.protocol.life.particulars import latest_statement
from exchange.protocol.life.ties import ties
from exchange.protocol.parting import not_parted_after_all, parted_by_death
from exchange.protocol.questions.cases import MATCH
from exchange.protocol.questions.false_statements import said_of_keeper
from exchange.protocol.questions.redirecting import (
    ANSWER_STANDS,
    SENT_IN_ERROR,
    answered_in_error,
    astray,
    put_by_author,
    sent_on,
    withdraws_answer,
)
from exchange.protocol.questions.replying import answer_of
from exchange.protocol.questions.stay_requests import done_by_another, is_review, stands
from exchange.protocol.record import CaseState, Record
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.telling.owing import DueKey


def automatic(sight: Sight, owed: Mapping[DueKey, Due], *, confirm_equal: bool = False) -> list[Draft]:
    """Every fact that now follows and is not recorded yet. `confirm_equal`: also what only a setting lets follow."""
    answers = (*_matched(sight, confirm_equal=confirm_equal), *_found_later(sight))
    known = () if sight.record.withdrawn else (*_statement(sight), *parted_by_death(sight), *answers)
    drafts = [*known, *not_parted_after_all(sight), *_questions(sight, owed), *_announced_in_error(sight)]
    return [d for d in drafts if Ref(sight.me, d.id) not in sight.record.facts]


def _statement(sight: Sight) -> Iterator[Draft]:
    """The keeper states anew whenever the particulars or ties that it states change, for whatever cause."""
    record = sight.record
    if not sight.is_keeper or not any(office != sight.me for office in sight.stay_offices):
        return
    # One that fell with its cause was told to some without that, who go on reading it.
    latest = latest_statement((s for s in record.facts.of(Stated) if sight.mine(s.author)), sight.me)
    cause = _cause_of_statement(record)
    now = Stated(particulars=dict(record.particulars), ties=ties_held(record), basis="confirmed")
    if cause is None or (latest is not None and not _anew(record, latest, now, cause)):
        return
    before = latest.ref.id if latest is not None else ""
    held = {"particulars": dict(record.particulars), "persons": list(record.persons)}
    digest = encode({**held, **({"ties": to_builtins(now.ties)} if now.ties else {})}).hex()
    yield Draft(
        id=derived_id("stated", record.office, record.person, before, str(cause.ref), digest),
        person=record.person,
        payload=now,
        because=cause.ref,
    )


def _anew(record: Record, latest: Standing, now: Stated, cause: Standing) -> bool:
    """Whether it is said again, after this statement: what falls though its cause is the latest would fall again."""
    if latest.void:
        return latest.event.frame.because != cause.ref
    return latest.payload != now or _misread(record, latest)


def _misread(record: Record, latest: Standing) -> bool:
    """Whether who reads after the statement what was recorded since finds other ties: of one that was recorded late, of
    an earlier day, it may be long known that it ended.
    """
    read, held = ties(record.facts.of(TieBegan, TieEnded), latest).in_force, record.ties_in_force
    one, other = (sorted((t.tie, t.since, t.other.person or "") for t in each) for each in (read, held))
    return one != other


def _cause_of_statement(record: Record) -> Standing | None:
    sources = (Registered, RegistrationChanged, Changed, Merged, Unmerged, Confirmed)
    facts = [s for s in record.facts.values() if not s.void]  # by what fell the statement would fall at once
    causes = [s for s in facts if isinstance(s.payload, sources) or s.payload.type.startswith("event.")]
    # Where nobody registered the person the keeper stands by its own arrivals; by another's only once it confirmed it.
    own = (s for s in facts if s.author == record.office)  # one that was taken back is no cause, but that it was is
    arrivals = [s for s in own if isinstance(s.payload, Arrived) and s.payload.stated]
    found = causes or arrivals
    # A tie may be recorded by whoever knows of it: it lets nobody state who did not before.
    ties = [s for s in facts if isinstance(s.payload, TieBegan | TieEnded)] if found else []
    return max((*found, *ties), key=lambda s: (s.stamp, s.ref), default=None)


def _matched(sight: Sight, *, confirm_equal: bool) -> Iterator[Draft]:
    """Departure and arrival that match close by themselves, and, by a setting, what is certainly the same (rules 3 and
    5 of routing).
    """
    record = sight.record
    for state in record.cases.values():
        opening = record.facts.get(state.ref.opening)
        if state.status != "open" or not sight.mine(state.ref.asked):
            continue
        if opening is None or state.thread or not sight.is_keeper:
            continue
        if _announced(sight, state, opening) or (confirm_equal and certainly_same(record, state, sight.kin)):
            yield Draft(
                id=derived_id("matched", *case_parts(state)),
                person=opening.event.person,
                payload=Confirmed(case=state.ref, sees=opening.corrections),
                because=opening.ref,
            )


def _found_later(sight: Sight) -> Iterator[Draft]:
    """What differs in the parts that come after the confirmation is a deviation, too; said once."""
    for state in sight.record.cases.values():
        deviations = found_later(sight.record, state) if sight.mine(state.ref.asked) else ()
        if deviations:
            opening, answer = sight.record.facts[state.ref.opening], answer_of(state, sight.record.facts)
            yield Draft(
                id=derived_id("found_later", *case_parts(state)),
                person=opening.event.person,
                payload=Confirmed(case=state.ref, sees=opening.corrections, deviations=deviations),
                because=answer.ref if answer is not None else opening.ref,
            )


def _announced(sight: Sight, state: CaseState, opening: Standing) -> bool:
    """Whether this office had announced just this arrival, and nothing stated differs."""
    if state.ref.kind != "inflow" or not isinstance(opening.payload, Arrived):
        return False
    announced = any(sight.mine(a.author) and a.arrival == opening.ref for a in sight.record.announcements)
    return announced and not all_differences(sight.record, opening, opening.payload.stated, sight.kin)


def _questions(sight: Sight, owed: Mapping[DueKey, Due]) -> Iterator[Draft]:
    """A question that no longer stands is withdrawn; one that stands again is reopened."""
    record = sight.record
    for state in record.cases.values():
        opening = record.facts.get(state.ref.opening)
        if opening is None or opening.void or state.on_paper:
            continue  # what was asked by letter is asked of nobody here
        if sight.mine(state.asker):
            still = _stands(sight, owed, state, opening)
        elif sight.mine(state.ref.asked) and state.ref.kind == "moved-on":
            still = _left_something(sight)
        else:
            continue
        last = sight.record.facts[state.thread[-1]] if state.thread else None
        before = str(last.ref) if last is not None else ""
        in_error = sight.mine(state.asker) and answered_in_error(record, state)
        unheard = state.status == "not_reachable" and sight.mine(state.asker)
        if not still and (state.open or in_error or unheard):
            turn = (str(len(state.aside)),) if in_error else ()  # such turns leave the thread as it was
            yield Draft(
                id=derived_id("withdrawn", *case_parts(state), before, *turn),
                person=opening.event.person,
                payload=Withdrawn(case=state.ref, ground=SENT_IN_ERROR if in_error else "no_longer_stands"),
                because=opening.ref,
            )
        elif still and state.status == "withdrawn" and last is not None and _may_put_again(sight, state, last):
            yield Draft(
                id=derived_id("reopened", *case_parts(state), before),
                person=opening.event.person,
                payload=Reopened(case=state.ref, reason=ANSWER_STANDS if withdraws_answer(last) else "stands_again"),
                because=opening.ref,
            )


def _announced_in_error(sight: Sight) -> Iterator[Draft]:
    """What was announced by whom only an arrival named as keeper, by an error: the town named is told no arrival, hears
    of no error, and would wait. What else makes somebody keeper is told with the departure, or with a return
    (`duties._bring_links`); but not who keeps the registration in place of whoever opened the dossier, who would be
    right while nobody does.
    """
    for state in sight.record.cases.values():
        opening = sight.record.facts.get(state.ref.opening)
        if state.ref.kind not in {"outflow", "moved-on"} or state.status != "withdrawn" or not sight.mine(state.asker):
            continue
        if opening is None or not opening.void or opening.retraction is not None or not sight.mine(opening.author):
            continue
        last = sight.record.facts[state.thread[-1]] if state.thread else None
        told = last is not None and isinstance(last.payload, Withdrawn)
        hears = state.ref.kind == "moved-on" or bool(said_of_keeper(opening, sight.record.facts))
        if not told and (not hears or sight.me in sight.record.openers):
            yield Draft(
                id=derived_id("withdrawn", *case_parts(state), str(last.ref) if last is not None else ""),
                person=opening.event.person,
                payload=Withdrawn(case=state.ref, ground="no_longer_stands"),
                because=opening.ref,
            )


def _may_put_again(sight: Sight, state: CaseState, last: Standing) -> bool:
    """Only who withdrew a question by itself puts it again; and whoever put it as well and asks it as keeper today,
    once, where it was an office that no longer does: what that one said of its own question says nothing of this one.
    """
    if not isinstance(last.payload, Withdrawn) or not last.event.frame.automatic:
        return False
    if sight.mine(last.author):  # whoever is asked: what it said as that, and not what somebody did whom it took over
        return not (sight.mine(state.ref.asked) and _put(sight, state))
    asks_as_well = sight.mine(state.asker) and last.author != state.ref.asked and _put(sight, state)
    before = (sight.record.facts[ref] for ref in state.thread)
    return asks_as_well and not any(isinstance(s.payload, Reopened) and sight.mine(s.author) for s in before)


def _put(sight: Sight, state: CaseState) -> bool:
    """Whether this office ever put the question itself, one of those that may be relayed."""
    told = sight.told.of(state.ref.opening, state.ref.asked)
    return told is not None and state.ref.kind in RELAYED.intersection(q.kind for q in told.asked)


def _left_something(sight: Sight) -> bool:
    """Whether "moved on?" still means anything here: not where the office took back every stay that it recorded."""
    if any(sight.mine(stay.office) for stay in sight.record.stays):
        return True
    return not any(sight.mine(s.author) for s in sight.record.facts.of(Arrived))  # whose stays are none any more


RELAYED = frozenset({"outflow", "moved-on", "contested"})


def _stands(sight: Sight, owed: Mapping[DueKey, Due], state: CaseState, opening: Standing) -> bool:
    """What the office asked by an act of its own stands while the person is known; what follows by itself may not."""
    due = owed.get((state.ref.opening, state.ref.asked))
    if sight.record.withdrawn:
        return state.ref.kind in {"inflow", "update", "family"} and _found(owed, state.ref.opening)
    if state.ref.kind == "request" and done_by_another(state.ref, sight.record.facts):
        return False
    if is_review(opening):
        return stands(sight.record, opening)
    within = sight.book.offices.within(state.ref.asked)  # else nothing is due to it, whatever stands
    if sent_on(sight.record, state.ref):
        if not within:
            return not astray(sight.record.facts, state.ref.opening, state.ref.asked)
        return due is not None and due.puts(state.ref.kind)
    if not _put(sight, state):
        return True  # opened by a dispute of a notice that asked nothing; or of a kind that is never relayed
    if state.ref.kind == "outflow":
        return any(a.ref == opening.ref and (a.waits or a.arrival is not None) for a in sight.record.announcements)
    if not within:
        return _still_so(sight.record, state, opening)
    return due is not None and due.puts(state.ref.kind)


def _found(owed: Mapping[DueKey, Due], opening: Ref) -> bool:
    """Whether an equal document still finds who keeps the person, though what opened the dossier here was taken back.
    Asked is whoever was found first, which may have given the registration up since.
    """
    return any(ref == opening and due.ground == MATCH for (ref, _), due in owed.items())


def _still_so(record: Record, state: CaseState, opening: Standing) -> bool:
    """Whether what was asked of an office that closed since is still in question, though nobody is asked."""
    if state.ref.kind == "contested":
        return any(opening.ref in contradiction.events for contradiction in record.contradictions)
    ended = (stay for stay in record.stays if opening.ref in {stay.ended_by, stay.demoted_by})
    return put_by_author(opening, record.facts, state.ref) or any(stay.office == state.ref.asked for stay in ended)


def case_parts(state: CaseState) -> tuple[str, str, str, str]:
    """What the id of an automatic fact about a case derives from."""
    return (state.ref.opening.author, state.ref.opening.id, state.ref.asked, state.ref.kind)
