"""The dossiers on which those of the persons who are being settled hang: read for a look, never settled with them.

What an office is told of one person may hang on where another is by its teller's own books. So whoever changes for some
office has those tied to them read again, by marks: as one dossier all families of a country would hang together. So it
is with an enquiry that stands in a dossier of its own, once its answer told where somebody lives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from events.envelope import Ref
from events.store.contract import StoredEvent
from events.store.sql.rows import Query
from exchange.books import UNREADABLE, Shelf
from exchange.pipeline.settled import Settled
from exchange.protocol.life.kinship import Kin, kinship, tied_to
from exchange.protocol.record import Record
from exchange.protocol.shown.sheltered import NOTHING, sheltered, told_of
from exchange.protocol.view import view
from exchange.readable import readable
from exchange.tables import records
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

_TYING = frozenset({"tie.began", "tie.ended", "event.corrected", "enquiry.answered"})
# The kinds of token by which those are found whose dossier hangs on a person: that person's id.
TIED, TOLD = "tie", "answer"
_HANGING_ON = Query("SELECT kind, token, person FROM tokens WHERE kind IN ('tie', 'answer') AND token {bytes}")


class Relatives:
    """Those tied to the persons of some dossiers, or told of in them, as they stood when these were read."""

    def __init__(self, node: Node, session: SqlSession, shelved: Sequence[Shelf]) -> None:
        self._offices = node.offices
        self._shelves = {person: shelf for shelf in shelved for person in shelf.persons}
        wanted = {other for shelf in shelved for other in tied(shelf.stored.values())} - self._shelves.keys()
        # Whoever cannot be read is named where they are settled.
        for shelf in readable(node, session, sorted(wanted), lambda *_: None):
            self._shelves.update(dict.fromkeys(shelf.persons, shelf))
        self._records: dict[tuple[str, tuple[str, ...]], tuple[Record, ...]] = {}

    def kin(self, office: str, record: Record) -> Mapping[str, Kin]:
        """What the office's own books say of those tied to this person."""
        named = tied_to(record)
        return kinship(record, self._records_of(office, named)) if named else {}

    def sheltered(self, office: str, record: Record) -> frozenset[Ref]:
        """The answers in this dossier that tell of somebody whom the office's own books show to be protected."""
        named = told_of(record)
        return sheltered(record, self._records_of(office, sorted(named)), self._offices) if named else NOTHING

    def _records_of(self, office: str, persons: Iterable[str]) -> list[Record]:
        shelved = {shelf.persons: shelf for each in persons if (shelf := self._shelves.get(each)) is not None}
        return [record for shelf in shelved.values() for record in self._view(office, shelf)]

    def _view(self, office: str, shelf: Shelf) -> tuple[Record, ...]:
        key = (office, shelf.persons)
        if key not in self._records:
            try:
                self._records[key] = view(shelf.book(office))
            except UNREADABLE:  # whoever does not open is named where they are settled
                self._records[key] = ()
        return self._records[key]


class Watched:
    """The persons of some dossiers on whom others hang, and what each office saw of them before."""

    def __init__(self, session: SqlSession, settled: Sequence[Settled]) -> None:
        self._session = session
        self._settled = settled
        self._persons = [person for one in settled for person in one.shelf.persons]
        self._named, self._told = hanging_on(session, self._persons)
        self._before = self._seen()

    def to_read_again(self) -> set[str]:
        """Those who are tied to whoever some office now sees otherwise; and every dossier in which one was told of.

        An answer may come while somebody else settles what it does not know of. It marks the person, too: so whatever
        it did not see, the dossier in which it stands is read again once that is done.
        """
        now = self._seen()
        keys = {*now, *self._before}
        moved = {person for office, person in keys if now.get((office, person)) != self._before.get((office, person))}
        changed = (one for one in self._settled if not moved.isdisjoint(one.shelf.persons))
        tied = {person for one in changed for other in one.shelf.persons for person in self._named.get(other, ())}
        return tied.union(*self._told.values())

    def tied_meanwhile(self) -> set[str]:
        """Those whose ties came to name one of them since the first look: somebody else may have settled these by now,
        by what they were before. While the head of the log is locked, nobody comes after this look without seeing them.
        """
        named, _ = hanging_on(self._session, self._persons)
        return {person for other in named for person in named[other] - self._named.get(other, set())}

    def _seen(self) -> Mapping[tuple[str, str], bytes]:
        watched = [one for one in self._settled if not self._named.keys().isdisjoint(one.shelf.persons)]
        persons = [person for one in watched for person in one.shelf.persons]
        rows = records.of_persons(self._session.sql, persons) if persons else ()
        return {(row.office, row.person): row.digest for row in rows}


def tied(stored: Iterable[StoredEvent]) -> set[str]:
    """The persons whom ties and answers in these frames name, whether they still hold or not."""
    return {person for event in stored if event.frame.type in _TYING for person in event.frame.touches}


def hanging_on(session: SqlSession, persons: Collection[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Of these persons those whom ties of others name, with these others; and those whom answers do, with theirs."""
    tied: dict[str, set[str]] = {}
    told: dict[str, set[str]] = {}
    for kind, token, person in session.ask_rows(_HANGING_ON, persons):
        (tied if kind == TIED else told).setdefault(bytes(token).decode(), set()).add(person)
    return tied, told
