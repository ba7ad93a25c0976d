"""The key of each person: random, wrapped by the node's master keys. To destroy it is to erase the person."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Protocol, TypeVar, overload

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.errors import Erased
from events.vault.ring import KEY_BYTES, MasterKeys

T = TypeVar("T")


class KeyStore(Protocol):
    """Where wrapped keys are kept: one row a person, which outlives the key that stood in it."""

    def wrapped_key(self, person: str) -> bytes | None:
        """The person's wrapped key; None where there never was one. Raises Erased where it was destroyed."""

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        """Keep the key unless the person has one, and give back the one that now stands: of two who come at once,
        both get the first's. Raises Erased where it was destroyed.
        """

    def destroy_key(self, person: str) -> None:
        """Overwrite the person's key for ever, also where there was none yet. Doing it again changes nothing."""


class PersonKeys:
    """The ciphers of persons.

    Each look-up asks the store, and only then the cache, which goes by the wrapped key: so a key destroyed by one
    process opens nothing in any other, although its bytes may linger in memory until they are crowded out. A caller
    who read the wrapped key together with other rows passes it to `unwrapped` and spares the look-up.
    """

    def __init__(self, ring: MasterKeys, store: KeyStore, *, held: int = 4_000) -> None:
        self._ring = ring
        self._store = store
        self._cached = lru_cache(maxsize=held)(lambda person, wrapped: AESGCM(ring.unwrap(person, wrapped)))

    def cipher(self, person: str) -> AESGCM:
        """The cipher under the person's key. Raises Erased where the key is gone."""
        wrapped = self._store.wrapped_key(person)
        if wrapped is None:
            raise Erased(person=person)
        return self.unwrapped(person, wrapped)

    def cipher_or_new(self, person: str) -> AESGCM:
        """The same, with a key made for a person who never had one. Raises Erased where it was destroyed."""
        wrapped = self._store.wrapped_key(person)
        if wrapped is None:
            wrapped = self._store.put_key(person, self.fresh(person))
        return self.unwrapped(person, wrapped)

    def fresh(self, person: str) -> bytes:
        """A new wrapped key, for a caller who puts it in the transaction of the person's first event."""
        return self._ring.wrap(person, secrets.token_bytes(KEY_BYTES))

    def unwrapped(self, person: str, wrapped: bytes) -> AESGCM:
        """The cipher of a wrapped key. Raises Tampered where it is not this person's."""
        return self._cached(person, wrapped)

    def ciphers(self, wrapped: Mapping[str, bytes]) -> Mapping[str, AESGCM]:
        """The ciphers of persons whose wrapped keys were read together."""
        return _Ciphers(self, wrapped)

    def erase(self, person: str) -> None:
        """Destroy the person's key, in the store and in this process."""
        self._store.destroy_key(person)
        self._cached.cache_clear()


class _Ciphers(Mapping[str, AESGCM]):
    """Each made when it is asked for: of many persons a key that does not open concerns its own alone."""

    def __init__(self, keys: PersonKeys, wrapped: Mapping[str, bytes]) -> None:
        self._keys = keys
        self._wrapped = wrapped

    def __getitem__(self, person: str) -> AESGCM:
        return self._keys.unwrapped(person, self._wrapped[person])

    @overload
    def get(self, person: str, /) -> AESGCM | None: ...

    @overload
    def get(self, person: str, /, default: AESGCM | T) -> AESGCM | T: ...

    def get(self, person: str, /, default: AESGCM | T | None = None) -> AESGCM | T | None:
        wrapped = self._wrapped.get(person)  # as the mapping would, which asks by an error for whoever has none
        return default if wrapped is None else self._keys.unwrapped(person, wrapped)

    def __iter__(self) -> Iterator[str]:
        return iter(self._wrapped)

    def __len__(self) -> int:
        return len(self._wrapped)
