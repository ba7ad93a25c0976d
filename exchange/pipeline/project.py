"""Project: write what the offices' books now say into the tables that queries read, set-wise.

Everything here follows from events, deliveries and acknowledgements alone, so that a rebuild gives the same rows; but
where no fact sets the day of a case (`CaseRow.counted`), it is counted by the calendar of the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events import canonical
from events.catalogue.case import Disputed
from events.catalogue.person import KeptApart
from events.envelope import Ref
from events.log.leaf import leaf_of
from events.store.contract import StoredDelivery
from exchange.books import Shelf, as_told
from exchange.feeds import position_for
from exchange.pipeline.awaited import counted
from exchange.pipeline.settled import Settled
from exchange.protocol.life.contradictions import case_id
from exchange.protocol.questions.asking_anew import undecided_again
from exchange.protocol.questions.replying import deviates
from exchange.protocol.questions.reviewing import review_on
from exchange.protocol.record import ASKED, DECIDING, CaseState, Record
from exchange.protocol.routing_table import rank
from exchange.protocol.shown.notices import Notice, notices
from exchange.protocol.shown.sheet import lives_at, protected_until, roles, sheet, shown
from exchange.tables import books, cases, inbox, likenesses, records
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

TOLD = "told"  # what becomes of a notice that expects nothing
_ASSOCIATED = b"exchange/record/1"


def write_records(node: Node, session: SqlSession, settled: Sequence[Settled]) -> None:
    """Replace the records of these dossiers, which say nothing of places in the log and in feeds."""
    rows = [row for one in settled for row in record_rows(one)]
    with session.without_waiting():
        records.replace(session.sql, _persons(settled), rows)
    node.step("records written")


def project(node: Node, session: SqlSession, settled: Sequence[Settled], fed: Sequence[StoredDelivery]) -> None:
    """Replace the other rows of these dossiers, and take what was fed into the books of those told."""
    persons = _persons(settled)
    seen = acknowledged(session, [d for one in settled for d in one.deliveries])
    with session.without_waiting():  # nothing is asked of what is written here
        books.hold(session.sql, held_rows(node, settled, fed))
        node.step("books held")
        cases.replace(session.sql, persons, [row for one in settled for row in case_rows(node, one)])
        node.step("cases written")
        inbox.replace(session.sql, persons, [row for one in settled for row in inbox_rows(one, seen)])
        likenesses.keep_apart(session.sql, persons, [pair for one in settled for pair in kept_apart(one)])


def _persons(settled: Iterable[Settled]) -> list[str]:
    return [person for one in settled for person in one.shelf.persons]


def held_rows(node: Node, settled: Iterable[Settled], fed: Iterable[StoredDelivery]) -> list[books.BookRow]:
    """What the offices told now hold."""
    bodies = {ref: event.body for one in settled for ref, event in one.stored.items()}
    return [
        books.BookRow(
            office=delivery.to,
            person=delivery.person,
            ref=delivery.ref,
            teller=delivery.teller,
            leaf=leaf_of(bodies[delivery.ref]),
            parts=delivery.parts,
            told=delivery,
        )
        for delivery in fed
        if node.serves(delivery.to)
    ]


def record_rows(one: Settled) -> list[records.RecordRow]:
    """Each office's record under the surviving id, and a pointer to it under each id that gave its entry up."""
    return [
        replace(row, sealed=one.shelf.seal(row.person, plain, _associated(row.office, row.person)))
        for row, plain in plain_rows(one)
    ]


def plain_rows(one: Settled) -> list[tuple[records.RecordRow, bytes]]:
    """The same with nothing sealed, each row with the sheet that is to be sealed in it."""
    return [row for record in one.records() if record.holds for row in _plain_rows(record)]


def _plain_rows(record: Record) -> Iterator[tuple[records.RecordRow, bytes]]:
    seen = sheet(record)
    plain = canonical.encode_known(seen)
    digest = hashlib.sha256(plain).digest()
    if record.withdrawn:  # of whom the sheet shows neither, though the columns say both
        held, home = roles(record), lives_at(record)
        lives = home.code if home is not None else None
    else:
        held, lives = tuple(seen["roles"]), (seen["lives_at"] or {}).get("code")
    for person in record.persons:
        row = records.RecordRow(
            office=record.office,
            person=person,
            survivor=record.person,
            state=_state(record, seen["state"], person),
            roles=held,
            keeper=record.keeper,
            lives_at=lives,
            since=seen["since"],
            review_on=review_on(record),
            protected_until=protected_until(record) if person == record.person else None,
            version=record.version,
            sealed=b"",
            digest=digest,
        )
        yield row, plain


def opened_sheet(shelf: Shelf, row: records.RecordRow) -> bytes:
    """The stored sheet. Raises Tampered where it does not open."""
    return shelf.unseal(row.person, row.sealed, _associated(row.office, row.person))


def _associated(office: str, person: str) -> bytes:
    return b"\0".join((_ASSOCIATED, office.encode(), person.encode()))


def _state(record: Record, shown: records.State, person: str) -> records.State:
    return "merged" if person in record.merged else shown


def case_rows(node: Node, one: Settled) -> list[cases.CaseRow]:
    """Each case in the book of each of its sides."""
    asked_at: dict[tuple[Ref, str, str], datetime] = {}
    for delivery in one.deliveries:
        for kind, _ in delivery.asked:
            key = (delivery.ref, one.shelf.offices.successor(delivery.to, delivery.person), kind)
            asked_at[key] = min(delivery.at, asked_at.get(key, delivery.at))
    return [
        _case_row(node, one, record, state, asked_at)
        for record in one.records()
        for state in shown(record)
        if record.office in {state.asker, state.ref.asked}
    ]


def _case_row(
    node: Node, one: Settled, record: Record, state: CaseState, asked_at: Mapping[tuple[Ref, str, str], datetime]
) -> cases.CaseRow:
    ref = state.ref
    replies = [one.sequenced_at(reply) for reply in state.thread]
    opened = asked_at.get((ref.opening, ref.asked, ref.kind)) or min(replies, default=one.sequenced_at(ref.opening))
    return cases.CaseRow(
        office=record.office,
        id=case_id(ref),
        opening=ref.opening,
        asked=ref.asked,
        asker=state.asker,
        kind=ref.kind,
        status=state.status,
        person=record.person,
        due_on=state.due_on,
        counted=counted(node, record, state),
        opened_at=opened,
        answered_at=_answered_at(one, record, state),
        closed_at=None if state.open else max((opened, *replies, *_amended(one, record, ref.opening))),
        late=state.late,
        escalated=state.escalated,
        reason=state.reason,
    )


def _answered_at(one: Settled, record: Record, state: CaseState) -> datetime | None:
    """When the log got the first answer that left open what holds, or what took back the decision on it; None where
    nothing waits for one.
    """
    if state.status not in DECIDING:
        return None
    thread = (record.facts[ref] for ref in state.thread if record.facts[ref].stamp > (state.again or 0))
    left_open = [s.ref for s in thread if isinstance(s.payload, Disputed) or deviates(s)]
    since = [*left_open[:1], *undecided_again(record.facts, state)] if left_open else []
    return max(map(one.sequenced_at, since), default=None)


def _amended(one: Settled, record: Record, ref: Ref) -> list[datetime]:
    """When the opening event was amended, which may close its case without a reply."""
    opening = record.facts.get(ref)
    if opening is None:
        return []
    amendments = [*opening.corrections, *([opening.retraction] if opening.retraction is not None else [])]
    return [one.sequenced_at(amendment) for amendment in amendments]


def inbox_rows(one: Settled, seen: Mapping[tuple[str, int], datetime]) -> list[inbox.InboxRow]:
    """One row for each notice."""
    rows = []
    for record in one.records():
        received = one.received(record.office)
        by_event: dict[Ref, list[StoredDelivery]] = {}
        for delivery in received:
            by_event.setdefault(delivery.ref, []).append(delivery)
        for notice in notices(one.books[record.office], record, map(one.shelf.told, received)):
            told = _told(one, by_event[notice.event], notice)
            rows.append(
                inbox.InboxRow(
                    office=record.office,
                    person=notice.person,
                    act=notice.act,
                    teller=notice.teller,
                    kind=notice.kind,
                    expects_reply=notice.expects_reply,
                    case=case_id(notice.case) if notice.case is not None else None,
                    position=position_for(record.office, told),
                    at=told.at,
                    acknowledged=seen.get((told.to, told.position)),
                    outcome=_outcome(record, notice),
                )
            )
    return rows


def _told(one: Settled, of_event: Iterable[StoredDelivery], notice: Notice) -> StoredDelivery:
    """The delivery of its event that the notice stands on; what it shows as may be another kind than it was told as."""
    made_by = one.shelf.offices.successor
    telling = [
        d
        for d in of_event
        if d.kind is not None and made_by(d.teller, d.person) == notice.teller
        if (d.act or (d.trigger or d.ref).id) == notice.act
    ]
    return telling[0] if len(telling) == 1 else min(telling, key=_placed)


def _placed(delivery: StoredDelivery) -> tuple[tuple[bool, int], int]:
    told = as_told(delivery)
    return rank(told.kind, asks=told.asks), delivery.position


def _outcome(record: Record, notice: Notice) -> str | None:
    """What became of it; None while the office has still to answer, or to mend a message that was rejected."""
    if notice.kind == "rejected":
        return next((each.ended for each in record.rejections if each.ref == notice.event), TOLD)
    if not notice.expects_reply or notice.case is None:
        return notice.outcome or TOLD
    case = record.cases.get(notice.case)
    return None if case is None or case.status in ASKED else case.status


def kept_apart(one: Settled) -> Iterator[tuple[str, str, str]]:
    """Whom an office found to be two: (holder, person, other)."""
    for record in one.records():
        for standing in record.facts.in_force(KeptApart) if record.holds else ():
            if isinstance(standing.payload, KeptApart) and standing.author == record.office:
                yield from ((record.office, person, standing.payload.other) for person in record.persons)


def acknowledged(session: SqlSession, told: Iterable[StoredDelivery]) -> dict[tuple[str, int], datetime]:
    """When the notices that came with these deliveries were seen, by the place in the feed."""
    places = [(delivery.to, delivery.position) for delivery in told]
    found = session.acknowledged_at(places) if places else {}
    return {place: kept.at for place, kept in found.items()}
