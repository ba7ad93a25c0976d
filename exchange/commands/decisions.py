"""What an act will write once all its items are decided: everything, or nothing."""

from __future__ import annotations

from events.codec import SealedEvent
from events.vault.keys import PersonKeys
from exchange.commands import match_person
from exchange.commands.lookups import Lookups
from exchange.pipeline.relatives import TIED, TOLD
from exchange.unit_of_work import SqlSession


class Decisions:
    """`events` by id; `keys`: wrapped ones of persons who had none; `tokens` of documents; `links` between persons;
    `ties`: whom an event names beside its subject, by whom the subject is found; `told`: whom an answer may mean.
    """

    def __init__(self) -> None:
        self.events: dict[str, SealedEvent] = {}
        self.keys: dict[str, bytes] = {}
        self.tokens: list[tuple[bytes, str]] = []
        self.links: list[tuple[str, str]] = []
        self.ties: list[tuple[bytes, str]] = []
        self.told: list[tuple[bytes, str]] = []

    def need_key(self, person: str, session: SqlSession, keys: PersonKeys) -> None:
        """A key for a person of whom nobody may have heard here. Raises Erased: an erased person is not a new one."""
        found = session.wrapped_key(person)
        self.keys.setdefault(person, found if found is not None else keys.fresh(person))

    def holders(self, token: bytes) -> set[str]:
        """Who holds this document by what was decided."""
        return {person for each, person in self.tokens if each == token}

    def discard(self) -> None:
        """One item was refused, and with it the act."""
        for decided in (self.events, self.keys, self.tokens, self.links, self.ties, self.told):
            decided.clear()

    def write(self, session: SqlSession, lookups: Lookups) -> None:
        """Write all of it. Raises StaleVersion where others wrote to the same streams meanwhile."""
        session.keep({}, TIED, self.ties)
        session.keep({}, TOLD, self.told)
        events = list(self.events.values())
        if len(events) == 1:
            session.append_first(events[0], self.keys, match_person.LOOKUP, self.tokens)
        else:
            session.keep(self.keys, match_person.LOOKUP, self.tokens)
            session.append(events)
        for token, person in self.tokens:
            lookups.hold(token, person)
        for person, other in self.links:
            session.link(person, other)
        about = {event.frame.subject.id for event in self.events.values()}
        lookups.forget([*about, *(other for _, other in self.links)])
