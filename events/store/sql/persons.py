"""What is kept of persons beside their events: keys, blind index tokens, and who read what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from events.errors import Erased
from events.store.contract import Access
from events.store.moment import to_moment, to_number
from events.store.sql.rows import Asking, Query, batches, insert
from events.store.sql.schema import accesses, keys, tokens

_names = msgspec.json.Decoder(tuple[str, ...]).decode

_KEYS_OF = Query("SELECT person, wrapped FROM keys WHERE wrapped IS NOT NULL AND person {keys}")


class PersonRows(Asking):
    """The part of a session that keeps keys, tokens and accesses."""

    sql: Connection

    def wrapped_key(self, person: str) -> bytes | None:
        row = self.sql.execute(select(keys.c.wrapped).where(keys.c.person == person)).one_or_none()
        if row is None:
            return None
        if row.wrapped is None:
            raise Erased(person=person)
        return bytes(row.wrapped)

    def wrapped_keys(self, persons: Iterable[str]) -> Mapping[str, bytes]:
        rows = self.ask_rows(_KEYS_OF, dict.fromkeys(persons))
        return {person: wrapped if isinstance(wrapped, bytes) else b"" for person, wrapped in rows}

    def some_keys(self, limit: int) -> tuple[bytes, ...]:
        some = select(keys.c.wrapped).where(keys.c.wrapped.is_not(None)).limit(limit)
        return tuple(bytes(wrapped) for wrapped in self.sql.execute(some).scalars())

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        row = {"person": person, "wrapped": wrapped}
        self.sql.execute(insert(self.sql, keys).on_conflict_do_nothing(), row)
        return self.wrapped_key(person) or wrapped

    def destroy_key(self, person: str) -> None:
        statement = insert(self.sql, keys).on_conflict_do_update(index_elements=["person"], set_={"wrapped": None})
        self.sql.execute(statement, {"person": person, "wrapped": None})

    def put_token(self, kind: str, token: bytes, person: str) -> None:
        row = {"kind": kind, "token": token, "person": person}
        self.sql.execute(insert(self.sql, tokens).on_conflict_do_nothing(), row)

    def keep(self, keys: Mapping[str, bytes], kind: str, tokens: Sequence[tuple[bytes, str]]) -> None:
        for person, wrapped in keys.items():
            self.put_key(person, wrapped)
        for token, person in tokens:
            self.put_token(kind, token, person)

    def persons_with(self, kind: str, token: bytes) -> tuple[str, ...]:
        query = select(tokens.c.person).where(tokens.c.kind == kind, tokens.c.token == token)
        return tuple(self.sql.execute(query.order_by(tokens.c.person)).scalars())

    def remove_tokens(self, persons: Collection[str]) -> None:
        for batch in batches(persons):
            self.sql.execute(delete(tokens).where(tokens.c.person.in_(batch)))

    def record_access(self, entries: Iterable[Access]) -> None:
        rows = [
            {
                "office": entry.office,
                "actor": entry.actor,
                "purpose": entry.purpose,
                "person": entry.person,
                "fields": msgspec.json.encode(entry.fields).decode(),
                "at": to_number(entry.at),
            }
            for entry in entries
        ]
        if rows:
            self.sql.execute(accesses.insert(), rows)

    def accesses(self, person: str, after: int, limit: int) -> tuple[Access, ...]:
        query = select(accesses).where(accesses.c.person == person, accesses.c.number > after)
        return tuple(
            Access(
                office=row.office,
                actor=row.actor,
                purpose=row.purpose,
                person=row.person,
                fields=_names(row.fields),
                at=to_moment(row.at),
                number=row.number,
            )
            for row in self.sql.execute(query.order_by(accesses.c.number).limit(limit))
        )
