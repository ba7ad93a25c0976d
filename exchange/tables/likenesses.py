"""Who may be one human: keyed tokens by which entries find each other, the pairs to look at, and those kept apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from events.store.sql.rows import Query, about, add, remove
from exchange.tables.paging import Page, page, within
from exchange.tables.schema import apart, likenesses, proposals
from exchange.unit_of_work import Glance

_WEIGHED = Query("SELECT DISTINCT holder, person, weighed FROM likenesses WHERE person {keys}")
MOST = 40  # entries of one office under one token: so many share it that it says nothing


class Entry(msgspec.Struct, frozen=True, order=True):
    """One person as one office holds them."""

    person: str
    holder: str


class Token(msgspec.Struct, frozen=True):
    """What an entry is found by. `strong`: found among the entries of all offices, else among those of the holder."""

    token: bytes
    strong: bool


class Known(msgspec.Struct, frozen=True):
    """What an entry is found by, and a keyed hash of what is compared of it, as long as both stay as they are."""

    tokens: frozenset[Token]
    weighed: int


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Two entries that a person should look at, the lower first. `exact`: one document stands on both."""

    one: Entry
    other: Entry
    exact: bool
    score: int


def before(session: Glance, persons: Collection[str]) -> dict[Entry, int]:
    """What was last weighed of every entry of these persons that is found by anything."""
    return {Entry(person, holder): weighed for holder, person, weighed in session.ask_rows(_WEIGHED, persons)}


def keep(sql: Connection, persons: Collection[str], entries: Mapping[Entry, Known]) -> None:
    """These entries, and no others, are those of the persons; what was proposed about them is not any more."""
    remove(sql, likenesses, persons)
    remove(sql, proposals, persons, "one")
    remove(sql, proposals, persons, "other")
    rows = [
        {
            "holder": entry.holder,
            "person": entry.person,
            "token": token.token,
            "strong": token.strong,
            "weighed": known.weighed,
        }
        for entry, known in entries.items()
        for token in known.tokens
    ]
    add(sql, likenesses, rows)


def sharing(sql: Connection, tokens: Iterable[Token], besides: Collection[str] = ()) -> dict[bytes, list[Entry]]:
    """The entries under each of these tokens, but for those of some persons."""
    found: dict[bytes, list[Entry]] = {}
    apart_from = set(besides)
    for holder, person, token, *_ in about(sql, likenesses, {token.token for token in tokens}, "token"):
        if person not in apart_from:
            found.setdefault(token, []).append(Entry(person, holder))
    return found


def propose(sql: Connection, found: Iterable[Proposal]) -> None:
    """Keep these pairs. A pair is found from both of its sides, and kept once."""
    rows = [
        {
            "one": each.one.person,
            "one_holder": each.one.holder,
            "other": each.other.person,
            "other_holder": each.other.holder,
            "exact": each.exact,
            "score": each.score,
        }
        for each in found
    ]
    add(sql, proposals, rows, key=("one", "one_holder", "other", "other_holder"))


def keep_apart(sql: Connection, persons: Collection[str], pairs: Iterable[tuple[str, str, str]]) -> None:
    """These are all that was found to be two of these persons: (holder, person, other)."""
    remove(sql, apart, persons)
    rows = [{"holder": holder, "person": person, "other": other} for holder, person, other in sorted(set(pairs))]
    add(sql, apart, rows)


def some(sql: Connection, area: str, person: str | None, after: str | None, limit: int) -> Page[Proposal]:
    """A page of what is proposed among the entries of an area, the likeliest first, less what was kept apart there."""
    wanted = [within(proposals.c.one_holder, area), within(proposals.c.other_holder, area), ~_kept_apart(area)]
    if person is not None:
        wanted.append(or_(proposals.c.one == person, proposals.c.other == person))
    keys = (proposals.c.score, proposals.c.one, proposals.c.other, proposals.c.one_holder, proposals.c.other_holder)
    return page(sql, select(proposals).where(*wanted), keys, _row, after, limit, falling=True)


def _kept_apart(area: str) -> ColumnElement[bool]:
    one, other = proposals.c.one, proposals.c.other
    pair = or_(and_(apart.c.person == one, apart.c.other == other), and_(apart.c.person == other, apart.c.other == one))
    return exists().where(pair, within(apart.c.holder, area))


def _row(row: Row[Any]) -> Proposal:
    return Proposal(
        one=Entry(row.one, row.one_holder),
        other=Entry(row.other, row.other_holder),
        exact=bool(row.exact),
        score=row.score,
    )
