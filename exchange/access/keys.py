"""API keys: `xk_<id>_<secret>`, shown once, stored as a salted hash, scoped to jurisdictions and roles.

The secret has 256 random bits, so that one round of SHA-256 is beyond guessing and a slow hash would only slow us.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, insert, select, update

from events.envelope import Ref
from events.errors import ExchangeError, Malformed
from events.store.sql.rows import Query
from exchange.access.caller import ROLES, Role
from exchange.access.keys_table import access_keys
from exchange.clock import Clock, utcnow
from exchange.jurisdictions import codes
from exchange.unit_of_work import UnitOfWork

_PRESENTED = re.compile(r"xk_([0-9a-f]{12})_([0-9a-f]{64})")
Hear = Callable[[frozenset[Ref]], object]
_NOBODY = (b"\0" * 16, b"\0" * 32)


# With the events about offices, of which the caller's may be one.
_BY_ID = Query(
    "SELECT id, name, salt, digest, scopes, roles, created_at, expires_at, revoked_at"
    " FROM access_keys WHERE id {keys} UNION ALL"
    " SELECT id, author, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM events WHERE kind = 'jurisdiction'"
)


class _Row(NamedTuple):
    id: str
    name: str
    salt: bytes
    digest: bytes
    scopes: str
    roles: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None


def _nothing(_told: frozenset[Ref]) -> None:
    """Nobody listens."""


class Unauthenticated(ExchangeError):
    """No key was presented, or none that is valid now; which of the two an attacker must not learn."""

    code = "unauthenticated"
    status = 401


@dataclass(frozen=True, slots=True)
class Key:
    """What a key allows: `scopes` are 12-digit codes, each standing for its whole area."""

    id: str
    name: str
    scopes: tuple[str, ...]
    roles: frozenset[Role]
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None

    def covers(self, office: str) -> bool:
        """Whether the office lies in one of the key's areas."""
        return any(codes.is_within(office, area) for area in self.scopes)

    def valid(self, moment: datetime) -> bool:
        """Whether the key is neither revoked nor past its last moment."""
        return self.revoked_at is None and (self.expires_at is None or moment < datetime.fromisoformat(self.expires_at))


class Keys:
    """The keys of a node. `hear`: told which events about offices there are, whenever a key is read."""

    def __init__(self, uow: UnitOfWork, clock: Clock = utcnow, hear: Hear = _nothing) -> None:
        self._uow = uow
        self._clock = clock
        self._hear = hear

    def issue(
        self, name: str, scopes: Iterable[str], roles: Iterable[Role], expires_at: datetime | None = None
    ) -> tuple[Key, str]:
        """A new key, and the one time that its secret is told. Raises Malformed, by `access_key.…` rules."""
        areas = tuple(sorted({codes.parse(each, "scopes") for each in scopes}))
        wanted = tuple(sorted(set(roles)))
        now = self._clock()
        _require(name, areas, wanted, expires_at, now)
        identifier, secret, salt = secrets.token_hex(6), secrets.token_hex(32), secrets.token_bytes(16)
        key = Key(
            identifier,
            name.strip(),
            areas,
            frozenset(wanted),
            now.isoformat(),
            expires_at.isoformat() if expires_at else None,
        )
        row = {
            "id": key.id,
            "name": key.name,
            "salt": salt,
            "digest": _digest(salt, secret),
            "scopes": " ".join(areas),
            "roles": " ".join(wanted),
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        }
        with self._uow.begin() as session:
            session.sql.execute(insert(access_keys).values(row))
        return key, f"xk_{identifier}_{secret}"

    def authenticate(self, presented: str) -> Key:
        """The key that was presented. Raises Unauthenticated, in the same time whatever was wrong."""
        form = _PRESENTED.fullmatch(presented)
        row = self._row(form[1]) if form else None
        salt, digest = (row.salt, row.digest) if row is not None else _NOBODY
        same = hmac.compare_digest(_digest(salt, form[2] if form else ""), digest)
        if row is None or not same or not (key := _key(row)).valid(self._clock()):
            raise Unauthenticated(rule="access_key.invalid")
        return key

    def revoke(self, identifier: str) -> Key:
        """Ends a key at once; twice is as good as once. Raises Malformed: access_key.unknown."""
        row = self._row(identifier)
        if row is None:
            raise Malformed(field="id", rule="access_key.unknown", value=identifier)
        if row.revoked_at is None:
            ending = update(access_keys).where(access_keys.c.id == identifier)
            with self._uow.begin() as session:
                session.sql.execute(ending.values(revoked_at=self._clock().isoformat()))
        return _key(self._row(identifier) or row)

    def all(self) -> tuple[Key, ...]:
        """Every key ever issued, the latest last."""
        with self._uow.look() as session:
            rows = session.sql.execute(select(access_keys).order_by(access_keys.c.created_at, access_keys.c.id))
            return tuple(_key(row) for row in rows)

    def _row(self, identifier: str) -> _Row | None:
        found, told = None, set()
        for row in self._uow.glance(lambda reader: list(reader.ask_rows(_BY_ID, [identifier]))):
            if row[2] is None:
                told.add(Ref(row[1], row[0]))
            else:
                found = _Row(*row)
        self._hear(frozenset(told))
        return found


def _require(
    name: str, areas: tuple[str, ...], roles: tuple[Role, ...], expires_at: datetime | None, now: datetime
) -> None:
    if not 1 <= len(name.strip()) <= 100 or not name.isprintable():
        raise Malformed(field="name", rule="access_key.name")
    if not areas:
        raise Malformed(field="scopes", rule="access_key.scope")
    if not roles or not set(roles) <= set(ROLES):
        raise Malformed(field="roles", rule="access_key.role", allowed=", ".join(ROLES))
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= now):
        raise Malformed(field="expires_at", rule="access_key.expiry")


def _digest(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode()).digest()


def _key(row: _Row | Row[Any]) -> Key:
    return Key(
        row.id,
        row.name,
        tuple(row.scopes.split(" ")),
        frozenset(role for role in ROLES if role in row.roles.split(" ")),
        row.created_at,
        row.expires_at,
        row.revoked_at,
    )
