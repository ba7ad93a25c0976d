"""Forward: bring the books of all offices concerned up to the head, in one transaction (DESIGN.md section 6, Work)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from events.codec import SealedEvent
from events.errors import ExchangeError, StaleVersion
from events.store.contract import Dirty, StoredDelivery, StoredEvent
from events.store.errors import Unavailable
from events.store.rules import concerned
from exchange.books import Shelf
from exchange.pipeline.in_force import Superseded, unmarked_in_force
from exchange.pipeline.joining import mark_backlog
from exchange.pipeline.likening import liken
from exchange.pipeline.project import project, write_records
from exchange.pipeline.relatives import Relatives, Watched
from exchange.pipeline.settled import Settled
from exchange.pipeline.settling import Settling
from exchange.protocol.settle import settle
from exchange.readable import readable
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 200

_log = structlog.get_logger(__name__)


Do = Callable[["Node", SqlSession, Sequence[str], datetime], set[str]]


def forward(node: Node, limit: int = BATCH) -> int:
    """Settle the dossiers of about this many persons who wait longest, and mark some of those for whom an office that
    joined later waits. The number of persons of both.

    A dossier that cannot be settled, or whose rows the database refuses, stays marked, and is named in `node.stuck`; it
    holds up no other. Raises Unavailable where the database cannot be used, Superseded where it is a newer version's.
    """
    node.step("before forward")
    try:
        done, room = _round(node, limit, _together)
    except (Superseded, Unavailable):
        raise
    except Exception:  # noqa: BLE001 (all was taken back; whatever it is, one by one shows whose it is)
        _log.warning("batch_taken_apart", exc_info=True)
        done, room = _round(node, limit, _one_by_one)
    finally:
        _tell_stuck(node)
    node.step("after forward")
    return done + (_mark_backlog(node, room) if room else 0)


def _round(node: Node, limit: int, bring_up: Do) -> tuple[int, int]:
    """The number of persons for whom nothing is left to do, and how many of a backlog there is room for; 0 for none."""
    with node.uow.begin() as session:
        settled: set[str] = set()
        claimed = session.claim(limit + len(node.stuck))
        behind = unmarked_in_force(session) is not None
        if claimed:
            node.step("claimed")
            node.learn_offices(session)  # another process may have recorded a succession since
            offices = {one.person for one in claimed if one.person.isdecimal()}
            people = [one.person for one in claimed if one.person not in offices]
            settled = offices | bring_up(node, session, people, node.clock())
            # Marks that came after the claim stay, even where the books were read later: twice harms nothing.
            session.done(one for one in claimed if one.person in settled)
            _note_stuck(node, session, [one for one in claimed if one.person not in settled])
            node.step("marks taken off")
    # Only few of them while others wait.
    return len(settled), max(limit - len(claimed), limit // 10, 1) if behind else 0


def _note_stuck(node: Node, session: SqlSession, left: Sequence[Dirty]) -> None:
    """On their marks, for other processes are asked how the node is doing."""
    if left and node.stuck:
        first = session.dossiers([one.person for one in left])
        session.fail(one for one in left if first[one.person][0] in node.stuck)


def _mark_backlog(node: Node, limit: int) -> int:
    # In a transaction of its own, for it locks the head of the log, and nobody should who holds anything else.
    with node.uow.begin() as session:
        return mark_backlog(session, limit, node.clock())


def _together(node: Node, session: SqlSession, persons: Sequence[str], moment: datetime) -> set[str]:
    """All at once, but for those who were stuck before."""
    dossiers = session.dossiers(persons) if node.stuck else {}
    suspects = [person for person, ids in dossiers.items() if ids[0] in node.stuck]
    done = _bring_up(node, session, [person for person in persons if person not in suspects], moment)
    return done | _one_by_one(node, session, suspects, moment)


def _one_by_one(node: Node, session: SqlSession, persons: Sequence[str], moment: datetime) -> set[str]:
    """Each dossier for itself, so that what goes wrong is taken back with that one alone."""
    done: set[str] = set()
    for ids in dict.fromkeys(session.dossiers(persons).values()):
        try:
            with session.attempt():
                done |= _bring_up(node, session, ids, moment)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 (named, and tried again in the next round)
            _is_stuck(node, ids[0], error)
    return done


def _bring_up(node: Node, session: SqlSession, persons: Sequence[str], moment: datetime) -> set[str]:
    """Settle, append, place, deliver and project. The persons for whom nothing is left to do.

    The head of the log is locked from the placing on, no earlier: until then other forwarders work beside this one.
    """
    shelved = readable(node, session, persons, lambda ids, error: _is_stuck(node, ids[0], error))
    relatives = Relatives(node, session, shelved)
    settled = [one for shelf in shelved if (one := settle_one(node, shelf, moment, relatives)) is not None]
    settled, events = _appended(session, settled)
    if events:
        node.step("automatic facts appended")
    watched = Watched(session, settled)
    write_records(node, session, settled)
    again = watched.to_read_again()
    placed: Sequence[StoredEvent] = ()
    if events:
        placed = session.place([event.frame.ref for event in events], moment)
        done = {person for one in settled for person in one.shelf.persons}
        session.mark_dirty({p for event in placed for p in concerned(event.frame)} - done, moment)
        node.step("automatic facts sequenced")
    if again:
        session.mark_dirty(again, moment)  # also who was settled with them, by what their relatives were before
        node.step("relatives marked")
    told = [delivery for one in settled for delivery in one.told()]
    fed = session.deliver(told, moment) if told else ()
    node.step("delivered")
    if (fed or placed) and (late := watched.tied_meanwhile()):
        session.mark_dirty(late, moment)
    _place(settled, placed, fed)
    project(node, session, settled, fed)
    node.step("inbox written")
    liken(node, session, settled)
    for one in settled:
        node.stuck.pop(one.shelf.persons[0], None)
    return {person for one in settled for person in one.shelf.persons}


def _appended(session: SqlSession, settled: list[Settled]) -> tuple[list[Settled], list[SealedEvent]]:
    """Append the automatic facts. A dossier in whose streams somebody recorded meanwhile is left for the next round."""
    events = [event for one in settled for event in one.sealed]
    if not events:
        return settled, events
    try:
        session.append(events)
    except StaleVersion:
        settled = [one for one in settled if _fits(session, one)]
        events = [event for one in settled for event in one.sealed]
    return settled, events


def _fits(session: SqlSession, one: Settled) -> bool:
    try:
        session.append(one.sealed)
    except StaleVersion:
        return False
    return True


def _place(settled: Iterable[Settled], placed: Iterable[StoredEvent], fed: Iterable[StoredDelivery]) -> None:
    """Tell each dossier where its new events and deliveries now stand."""
    dossier = {person: one for one in settled for person in one.shelf.persons}
    for event in placed:
        dossier[event.frame.subject.id].stored[event.frame.ref] = event
    for delivery in fed:
        dossier[delivery.person].deliveries.append(delivery)


def settle_one(node: Node, shelf: Shelf, moment: datetime, relatives: Relatives) -> Settled | None:
    """Settle one dossier in memory; None where that is not possible, which is kept in `node.stuck`."""
    settling = Settling(node, shelf, moment, relatives)
    try:
        shelf.require_keys()
        books = {office: shelf.book(office) for office in sorted(shelf.concerned()) if node.serves(office)}
        done = settle(settling, books)
    except (ExchangeError, RuntimeError) as error:
        _is_stuck(node, shelf.persons[0], error)
        return None
    return Settled(shelf, books, done, settling.sealed)


def _is_stuck(node: Node, person: str, error: Exception) -> None:
    """Unless it is stuck already for the same cause, which the log need not say in each round."""
    known = node.stuck.get(person)
    if known is None or str(known) != str(error):
        node.stuck[person] = error


def _tell_stuck(node: Node) -> None:
    """Say who got stuck, now that nobody waits for it, and let go of the batch that the tracebacks would hold."""
    for person, error in node.stuck.items():
        if error.__traceback__ is not None:
            _log.error("dossier_stuck", person=person, exc_info=error)
            each: BaseException | None = error
            while each is not None:
                each.__traceback__ = None
                each = each.__cause__ or each.__context__
