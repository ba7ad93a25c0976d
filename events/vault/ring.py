"""The master key ring of a node: it wraps the keys of persons, and lives in one file that only its owner may read."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.errors import ExchangeError, Tampered

KEY_BYTES = 32
NONCE_BYTES = 12
_ID_BYTES = 4
_FORM = b"\x01"  # a wrapped key is: this byte, id of the master key, nonce, ciphertext with tag
_HEAD = len(_FORM) + _ID_BYTES


class KeyRingUnusable(ExchangeError):
    """The file of master keys cannot be read or trusted, or lacks the key asked for."""

    code = "key_ring_unusable"
    status = 503


class _RingFile(msgspec.Struct, forbid_unknown_fields=True):
    """Master keys in hex by id, oldest first."""

    keys: dict[str, str]


class MasterKeys:
    """Wraps with the newest key, unwraps with whichever key wrapped."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES or len(bytes.fromhex(id_)) != _ID_BYTES for id_, key in keys.items()):
            raise KeyRingUnusable(rule="key_ring.content")
        self._keys = dict(keys)
        self._ciphers = {bytes.fromhex(id_): AESGCM(key) for id_, key in keys.items()}
        self._current = bytes.fromhex(next(reversed(self._keys)))

    def __repr__(self) -> str:
        return f"MasterKeys({', '.join(self._keys)})"  # ids only: what is printed ends in logs

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, oldest first."""
        return tuple(self._keys)

    @property
    def oldest(self) -> bytes:
        """The key that rotation leaves alone, for deriving what must stay the same."""
        return next(iter(self._keys.values()))

    @classmethod
    def new(cls) -> Self:
        """A ring of one fresh key."""
        return cls(_fresh())

    def rotated(self) -> Self:
        """This ring with one more key, which wraps from now on."""
        return type(self)(self._keys | _fresh())

    def require_for(self, sealed: Sequence[bytes]) -> None:
        """Raises KeyRingUnusable where it is of another node: it fits none of these. One may have been altered."""
        if sealed and not any(wrapped[len(_FORM) : _HEAD] in self._ciphers for wrapped in sealed):
            self.check(sealed[0])

    def check(self, wrapped: bytes) -> AESGCM:
        """The cipher of the master key that wrapped this one. Raises KeyRingUnusable where the ring lacks it."""
        master = wrapped[len(_FORM) : _HEAD]
        cipher = self._ciphers.get(master)
        if cipher is None:
            raise KeyRingUnusable(rule="key_ring.unknown_key", key=master.hex())
        return cipher

    def wrap(self, person: str, key: bytes) -> bytes:
        """The person's key under the newest master key, bound to the person."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, key, person.encode())
        return _FORM + self._current + nonce + sealed

    def unwrap(self, person: str, wrapped: bytes) -> bytes:
        """The person's key. Raises Tampered where it was altered or is another person's, KeyRingUnusable where our
        ring lacks the master key.
        """
        if wrapped[: len(_FORM)] != _FORM:
            raise Tampered(field="key", rule="key.form")
        cipher = self.check(wrapped)
        try:
            return cipher.decrypt(wrapped[_HEAD : _HEAD + NONCE_BYTES], wrapped[_HEAD + NONCE_BYTES :], person.encode())
        except (InvalidTag, ValueError) as error:
            raise Tampered(field="key", rule="key.unwrap") from error

    def save(self, path: Path) -> None:
        """Put this ring in the place of the file's, all or nothing."""
        _written_beside(path, self._keys).replace(path)
        _settle(path.parent)

    @classmethod
    def at(cls, path: Path, *, made: bool = True) -> Self:
        """The ring in the file, made with mode 0600 if missing. Raises KeyRingUnusable where others may read it, and,
        without `made`, where it is missing: a new one would open nothing of what was sealed.
        """
        if not path.exists():
            if not made:
                raise KeyRingUnusable(rule="key_ring.missing", file=path.name)
            beside = _written_beside(path, _fresh())
            # A link, unlike a rename, never replaces the ring of a process that was quicker: then theirs is read.
            with suppress(FileExistsError):
                path.hardlink_to(beside)
            beside.unlink()
            _settle(path.parent)
        return cls._read(path)

    @classmethod
    def _read(cls, path: Path) -> Self:
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyRingUnusable(rule="key_ring.mode")
        try:
            held = msgspec.json.decode(path.read_bytes(), type=_RingFile)
            return cls({id_: bytes.fromhex(key) for id_, key in held.keys.items()})
        except (msgspec.DecodeError, ValueError) as error:
            raise KeyRingUnusable(rule="key_ring.content") from error


def _written_beside(path: Path, keys: Mapping[str, bytes]) -> Path:
    content = msgspec.json.encode(_RingFile({id_: key.hex() for id_, key in keys.items()}))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _settle(folder: Path) -> None:
    """Put the folder's entries on the disk: a ring lost with the power would take every person's data with it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fresh() -> dict[str, bytes]:
    return {secrets.token_hex(_ID_BYTES): secrets.token_bytes(KEY_BYTES)}
