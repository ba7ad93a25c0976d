"""Duties: what is due, as a function of the office's whole book; new deliveries = due − delivered. Pure.

The same code serves the first notice, corrections, merges, rebuild and repair. Each rule is named, so that a
test can leave one out and show that something is then found to be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from events.catalogue.movement import Departed, Extended, MainChanged, MovedWithin, Returned
from events.envelope import Part
from events.standing import Standing
from exchange.protocol.book import NO_PARTS, Book, Delivery, Question
from exchange.protocol.grounds import counting
from exchange.protocol.life.causes import human_cause
from exchange.protocol.life.kinship import GROUND as FAMILY_GROUND
from exchange.protocol.naming import named_no_more
from exchange.protocol.questions.cases import ONE_DOCUMENT
from exchange.protocol.questions.false_statements import said_of_keeper
from exchange.protocol.questions.redirecting import sent_in_error
from exchange.protocol.questions.replying import says_more
from exchange.protocol.record import Record
from exchange.protocol.routing_table import rank
from exchange.protocol.telling import author, chains, family, keeper, replies, threads
from exchange.protocol.telling.amended import OF_KEEPER, follow_amendments
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.telling.in_error import told_in_error
from exchange.protocol.telling.owing import DueKey, add

Rule = Callable[[Sight], Iterator[Due]]

RULES: Mapping[str, Rule] = {
    "author_tells": author.author_tells,
    "keeper_tells_ends": keeper.keeper_tells_ends,
    "keeper_tells_rivals": keeper.keeper_tells_rivals,
    "keeper_tells_open_stays": keeper.keeper_tells_open_stays,
    "keeper_tells_statement": keeper.keeper_tells_statement,
    "keeper_tells_announced": keeper.keeper_tells_announced,
    "keeper_tells_protection": keeper.keeper_tells_protection,
    "keeper_tells_family": family.keeper_tells_family,
    "thread_of_tie": family.thread_of_tie,
    "chain_to_open_stays": chains.chain_to_open_stays,
    "chain_to_openers": chains.chain_to_openers,
    "claim_given_up": chains.claim_given_up,
    "chain_after_retraction": chains.chain_after_retraction,
    "rival_registrations": chains.rival_registrations,
    "rival_documents": chains.rival_documents,
    "reply_to_other_side": replies.reply_to_other_side,
    "reply_to_keeper": replies.reply_to_keeper,
    "thread_of_case": replies.thread_of_case,
    "redirected": replies.redirected,
    "thread_of_stay": threads.thread_of_stay,
    "thread_of_merges": threads.thread_of_merges,
    "announcer": threads.announcer,
    "without_chain": threads.without_chain,
    "hand_over": threads.hand_over,
}

_OF_A_STAY = (MainChanged, MovedWithin, Extended)


def duties(sight: Sight, rules: Mapping[str, Rule] = RULES, extra: Iterable[Due] = ()) -> dict[DueKey, Due]:
    """Everything that this office owes others about this record, whether told already or not.

    `extra`: what the matching of documents, which no single book shows, adds.
    """
    record = sight.record
    owed: dict[DueKey, Due] = {}
    for rule in rules.values():
        for due in rule(sight):
            add(owed, sight, due)
    for due in extra:
        add(owed, sight, due)
    _bring_stays(owed, sight)
    _bring_links(owed, sight)
    follow_amendments(owed, sight)
    _one_question_an_act(owed, record)
    _withhold_protected(owed, sight)
    return owed


def _bring_stays(owed: dict[DueKey, Due], sight: Sight) -> None:
    """What says only something of a stay says nothing without the stay, be it taken back or heard of only later."""
    facts = sight.record.facts
    stays = {s.ref: s.payload.stay for s in facts.of(*_OF_A_STAY) if isinstance(s.payload, _OF_A_STAY)}
    if not stays:
        return
    for ref, to in (*owed, *sight.told.besides(owed)):
        stay = stays.get(ref)
        if stay is None or stay not in facts:
            continue
        # A stay told before is not due anew, or the parts that were told in error would be kept.
        if (stay, to) not in owed and sight.told.of(stay, to) is None:
            due = owed.get((ref, to))
            trigger, by = (due.trigger or ref, due.by) if due is not None else (ref, None)
            add(owed, sight, Due(ref=stay, to=to, ground="stay_of_change", trigger=trigger, by=by))


def _bring_links(owed: dict[DueKey, Due], sight: Sight) -> None:
    """What only the keeper may record says nothing without what named its author as keeper, by an error perhaps."""
    facts = sight.record.facts
    links = {s.ref: judging for s in facts.of(Departed, Returned) if (judging := said_of_keeper(s, facts))}
    if not links:
        return
    # Its author may not have heard of what named it, and was taken back before anybody was told.
    of_author = [(ref, facts[ref].author) for ref in links] if sight.is_keeper else []
    for ref, to in (*owed, *sight.told.besides(owed), *of_author):
        for link in links.get(ref, ()):
            if (link.ref, to) not in owed and sight.told.of(link.ref, to) is None:
                add(owed, sight, Due(ref=link.ref, to=to, ground=OF_KEEPER, trigger=ref))


def _one_question_an_act(owed: dict[DueKey, Due], record: Record) -> None:
    """One office, one act: the first question opens the one case and carries the rest (rule 2 of routing)."""
    groups: dict[tuple[str, str], list[Due]] = {}
    for due in owed.values():
        if due.asks and not due.apart:
            groups.setdefault((due.to, record.facts[due.ref].event.frame.submission), []).append(due)
    if not groups:
        return
    asked: dict[tuple[str, str], set[str]] = {}
    for case in record.cases.values():
        opening = record.facts.get(case.ref.opening)
        if opening is not None and case.status != "withdrawn":
            key = (case.ref.asked, opening.event.frame.submission)
            asked.setdefault(key, set()).add(case.ref.kind)
    for key, asking in groups.items():
        # What was asked already stays the question; else the first kind in the order of routing.
        asking.sort(key=lambda d: (d.kind not in asked.get(key, ()), rank(d.kind, asks=True), d.ref))
        already = asked.get(key, set())
        for due in asking if already and asking[0].kind not in already else asking[1:]:
            owed[(due.ref, due.to)] = msgspec.structs.replace(due, asks=False)


def _withhold_protected(owed: dict[DueKey, Due], sight: Sight) -> None:
    """While the person is protected the address goes nowhere."""
    if sight.record.protected is None and not sight.sheltered:
        return
    for key, due in owed.items():
        if "address" in due.parts and sight.withholds_address(due.ref):
            owed[key] = msgspec.structs.replace(due, parts=due.parts - {"address"})


def new_deliveries(sight: Sight, owed: Mapping[DueKey, Due]) -> list[Delivery]:
    """Due − delivered: first deliveries, further parts, further questions, and parts that are withdrawn."""
    book, record = sight.book, sight.record
    made: list[Delivery] = []
    for (ref, to), whole in owed.items():
        told = book.told.get((ref, to))
        due = _put_next(whole, told)
        asks = due.asks and (told is None or due.kind not in {q.kind for q in told.asked})
        if told is not None and not asks and due.parts <= told.parts:
            continue
        trigger = due.by.ref if due.by is not None else due.trigger or ref
        cause = human_cause(record, trigger)
        own = due.by.author == to if due.by is not None else cause is not None and _is_of(cause, record, book, to)
        silent = own and not asks
        act = due.by.act if due.by is not None else cause.event.frame.submission if cause is not None else ""
        if says_more(record.facts[ref]):
            silent = False  # whom it concerns was told the answer, and not that it was not all
        kind = None if silent or (told is not None and not asks) else due.kind
        asked, ground = (told.asked, told.ground) if told is not None else ((), due.ground)
        ground = counting(ground, due.ground, asked=bool(asked), asks=due.asks)
        if asks and due.kind is not None:
            asked = (*asked, Question(due.kind))
        made.append(
            Delivery(
                ref=ref,
                teller=book.office,
                to=to,
                parts=due.parts | (told.parts if told is not None else NO_PARTS),
                ground=ground,
                kind=kind,
                asked=asked,
                act=act,
                trigger=trigger,
                revision=told.revision + 1 if told is not None else 1,
            )
        )
    changed = {(d.ref, d.to): d for d in made}
    in_error = told_in_error(sight) if book.told else frozenset()
    for key, told in {**book.told, **changed}.items():
        if not told.parts or key[0] not in record.facts:
            continue
        allowed = _may_keep(sight, owed, told)
        if told.to in in_error and told.ground != FAMILY_GROUND:  # it keeps no more of it than is still due
            allowed &= owed[key].parts if key in owed else NO_PARTS
        if not told.parts <= allowed:
            first = changed.get(key)
            revision = first.revision if first else told.revision + 1
            changed[key] = msgspec.structs.replace(
                told, parts=told.parts & allowed, kind=first.kind if first else None, revision=revision
            )
    if not changed:
        return []
    return sorted(changed.values(), key=lambda d: (record.facts[d.ref].stamp, d.ref, d.to))


def _put_next(due: Due, told: Delivery | None) -> Due:
    """Of two questions about one event the one that is put now: each has a notice of its own."""
    if due.also is None:
        return due
    put = {question.kind for question in told.asked} if told is not None else set()
    if due.also.kind in put or (due.asks and due.kind not in put):
        return due
    return msgspec.structs.replace(due.also, parts=due.parts)


def _is_of(cause: Standing, record: Record, book: Book, office: str) -> bool:
    """Whether the act was the office's own; also where what followed from it is about another person (rule 2)."""
    frame = cause.event.frame
    elsewhere = frame.automatic and frame.because is not None and frame.because not in record.facts
    if elsewhere and frame.because is not None:
        return book.offices.successor(frame.because.author, frame.subject.id) == office
    return cause.author == office


def _may_keep(sight: Sight, owed: Mapping[DueKey, Due], told: Delivery) -> frozenset[Part]:
    """The parts that the office told may go on holding: none where it was told in error, no protected address."""
    book, record, allowed = sight.book, sight.record, told.parts
    if sight.withholds_address(told.ref):
        allowed -= {"address"}
    standing = record.facts[told.ref]
    root = record.facts.root(standing)
    due = owed.get((root.ref, told.to))
    # Whoever asks, or is asked, hears a reply though it named that office by an error as well.
    if due is not None and due.ground not in {"told", "case_thread"}:
        return allowed
    first = sight.told.of(root.ref, told.to)
    if book.office in {standing.author, record.keeper}:
        by_document = first is not None and first.ground == ONE_DOCUMENT  # no other person has the document any more
        if by_document or named_no_more(root, record.facts, told.to):
            return NO_PARTS
    if sent_in_error(record, root.ref, told.to):  # also what who kept the person for a while handed over
        return NO_PARTS
    for_family = first is not None and first.ground == FAMILY_GROUND
    return NO_PARTS if for_family and family.told_in_error(sight, told.to) else allowed
