"""What the bench works on: a node with two towns, synthetic people who move from one to the other, and a bare table."""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.catalogue.movement import MovedWithin
from events.codec import SealedEvent, sealed_event
from events.envelope import Envelope, Ref, Subject
from events.event import parts_of
from exchange.access.caller import Caller
from exchange.clock import microseconds, utcnow
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.demo.population import Person, population
from exchange.ids import new_id, new_person_id
from exchange.node import Node
from exchange.settings import settings

_MARKS = 15_999_989  # a prime: of the last thousand of half a million people some thirty are left out
HOME, TOWN = "420115001000", "110101001000"
CLERKS = {office: Caller(office, "clerk", frozenset({"clerk", "confirmer"})) for office in (HOME, TOWN)}

_TABLE = """
CREATE TABLE bare (author TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
version INTEGER NOT NULL, submission TEXT NOT NULL, body BLOB NOT NULL, sealed BLOB NOT NULL,
PRIMARY KEY (author, id), UNIQUE (subject, author, version))
"""
_INSERT = "INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


@contextmanager
def node_in(folder: Path) -> Iterator[Node]:
    """A node for two provinces, with nobody in it."""
    node = Node.open(settings(data=folder, serves=("11", "42")))
    try:
        yield node
    finally:
        node.close()


def people(size: int, seed: int = 1) -> tuple[Person, ...]:
    return population(size, seed, date(2026, 1, 1))


def crowds(size: int, first: int = 1) -> Iterator[list[Person]]:
    """Crowds of about that size without end, in all of which no two persons have one document.

    Whose number falls on a mark that another has set is left out: a few too many, and no list that grows with the log.
    """
    marks = bytearray(_MARKS)
    for seed in count(first):
        crowd = []
        for person in people(size, seed):
            at = int(number_of(person)[:17]) % _MARKS
            if not marks[at]:
                marks[at] = 1
                crowd.append(person)
        yield crowd


def number_of(person: Person) -> str:
    """The number of the person's identity card."""
    return str(person.particulars()["document.resident"]["number"])


def registered(person: Person) -> Item:
    content = {
        "particulars": person.particulars(),
        "basis": "first_record",
        "registration": {"kind": "town", "code": HOME},
        "address": "和平路8号3幢201室",
    }
    return Item(type="person.registered", day="2026-01-02", content=content)


def arrived(person: Person) -> Item:
    place = {"kind": "town", "code": HOME}
    content = {
        "stated": person.identity(),
        "kind": "main",
        "registration": place,
        "origin": place,
        "address": "文三路90号2幢1单元502室",
        "reason": "work",
    }
    return Item(type="movement.arrived", day="2026-02-01", content=content)


def moved(person: str) -> Item:
    return Item(type="movement.moved_within", day="2026-03-01", content={"address": "文三路1号101室"}, person=person)


def amended(arrival: Result) -> Item:
    content = {"target": {"author": TOWN, "id": arrival.id}, "set": {"reason": "study"}}
    return Item(type="event.corrected", day="2026-02-02", content=content, person=arrival.person)


def take(node: Node, office: str, items: Iterable[Item], batch: int = 500) -> list[Result]:
    """Record these as acts of their own, some a transaction. Raises what any of them is refused for."""
    waiting = list(items)
    results: list[Result] = []
    for start in range(0, len(waiting), batch):
        results += record(node, CLERKS[office], waiting[start : start + batch], all_or_nothing=False)
    for result in results:
        if result.error is not None:
            raise result.error
    return results


class Persons:
    """Known persons of one town, each with a key, to whom one event after the other happens."""

    def __init__(self, number: int, town: str = TOWN) -> None:
        self._town = town
        self._versions = count(1)
        self._ciphers = {new_person_id(): AESGCM(secrets.token_bytes(32)) for _ in range(number)}

    def frames(self) -> list[Envelope]:
        """The next event of each person, not sealed."""
        version, moment = next(self._versions), utcnow()
        return [
            Envelope(
                id=(id_ := new_id(moment)),
                type="movement.moved_within",
                schema=1,
                subject=Subject("person", person),
                stay=Ref(self._town, new_id(moment)),
                author=self._town,
                actor="clerk",
                effective_on="2026-03-01",
                stamp=microseconds(moment),
                recorded_at=moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                version=version,
                submission=id_,  # as of every event that is recorded by itself
                facts={},
            )
            for person in self._ciphers
        ]

    def seal(self, frame: Envelope) -> SealedEvent:
        """The event with its address sealed under the person's key."""
        fact = MovedWithin(stay=frame.stay or frame.ref, address="文三路1号101室")
        return sealed_event(frame, parts_of(fact)[1], self._ciphers[frame.subject.id])

    def sealed(self) -> list[SealedEvent]:
        """The next event of each person."""
        return [self.seal(frame) for frame in self.frames()]


def streams(node: Node, number: int) -> Persons:
    """The same in a node that holds the first event of each."""
    persons = Persons(number)
    with node.uow.begin() as session:
        session.append(persons.sealed())
    return persons


class Bare:
    """The reference: one table with the same columns and unique keys, as durable as ours, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._driver = sqlite3.connect(folder / "bare.db", isolation_level=None)
        self._driver.execute("PRAGMA journal_mode = WAL")
        self._driver.execute("PRAGMA synchronous = FULL")
        self._driver.execute(_TABLE)

    def one_by_one(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """A commit for each row."""
        execute = self._driver.execute
        for row in rows:
            execute(_INSERT, row)

    def together(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """All rows in one commit."""
        self._driver.execute("BEGIN IMMEDIATE")
        self._driver.executemany(_INSERT, rows)
        self._driver.execute("COMMIT")

    def close(self) -> None:
        self._driver.close()


def row(event: SealedEvent) -> tuple[Any, ...]:
    """The columns of an event, whose bytes both sides write."""
    frame = event.frame
    subject = frame.subject
    return (
        frame.author, frame.id, subject.kind, subject.id, frame.version, frame.submission, event.body, event.sealed,
    )  # fmt: skip
