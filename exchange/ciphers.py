"""The ciphers of persons within a transaction: keys come from its session, unwrapped ones are kept for the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.store.contract import Reader, Session
from events.vault.keys import PersonKeys
from events.vault.ring import MasterKeys
from exchange.unit_of_work import UnitOfWork


class Ciphers:
    """One for the process. Every look-up asks the session, so that a destroyed key opens nothing from then on."""

    def __init__(self, ring: MasterKeys, work: UnitOfWork) -> None:
        self._keys = PersonKeys(ring, _OwnTransactions(work))

    def of(self, session: Reader, person: str) -> AESGCM | None:
        """The person's cipher; None where the key was destroyed, or never made."""
        return self.of_all(session, [person]).get(person)

    def of_all(self, session: Reader, persons: Iterable[str]) -> Mapping[str, AESGCM]:
        """The ciphers of those who have one, in one look-up."""
        wrapped = session.wrapped_keys(persons)
        return {person: self._keys.unwrapped(person, key) for person, key in wrapped.items()}

    def of_or_new(self, session: Session, person: str) -> AESGCM:
        """The same, with a key that commits with the person's first event. Raises Erased where it was destroyed."""
        wrapped = session.wrapped_key(person)
        if wrapped is None:
            wrapped = session.put_key(person, self._keys.fresh(person))
        return self._keys.unwrapped(person, wrapped)


class _OwnTransactions:
    """A KeyStore for whoever asks outside of a transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def wrapped_key(self, person: str) -> bytes | None:
        with self._work.look() as session:
            return session.wrapped_key(person)

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        with self._work.begin() as session:
            return session.put_key(person, wrapped)

    def destroy_key(self, person: str) -> None:
        with self._work.begin() as session:
            session.destroy_key(person)
