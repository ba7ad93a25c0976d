"""Likening: whose entries may be one human is found when what is known of a person changes (catalogue, rule 9).

Only entries that share a token are compared, and only where an entry is found by another or says something else of what
is compared: so it takes as long as there are candidates, however many persons there are. An office's own entries are
compared with each other; those of two offices only by strong tokens, for whoever oversees both, and neither of the two
offices is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from events.canonical import encode_known
from events.vault.blind_index import BlindIndex
from exchange.books import UNREADABLE, Shelf
from exchange.pipeline.project import opened_sheet
from exchange.pipeline.settled import Settled
from exchange.protocol.comparing.likeness import Key, entry, keys, likeness, sought, weighed
from exchange.protocol.shown.entries import entries
from exchange.protocol.shown.sheet import state
from exchange.tables import likenesses, records
from exchange.tables.likenesses import MOST, Entry, Known, Proposal, Token
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

_KEPT = 4_000  # those of some batches
_SHOWN = frozenset({"open", "closed"})
_GUARD = b"likened"  # with the first byte of a token after it
Held = Mapping[str, Any]


def liken(node: Node, session: SqlSession, settled: Sequence[Settled], *, anew: bool = False) -> None:
    """Find the likely duplicates of these dossiers. `anew`: whatever was found before."""
    everybody = _persons(settled)
    seen = [record for one in settled for record in one.records() if record.holds]
    held = {Entry(r.person, r.office): entry(r) for r in seen if state(r) in _SHOWN}
    # An entry that was given up is found by what it says under the id that survives.
    given_up = {Entry(r.person, r.office): entries(r)[1:] for r in seen if r.merged}
    said = {each: (content, *given_up.get(each, ())) for each, content in held.items()}
    now = {each: _weighed(node.index, contents) for each, contents in said.items()}
    before = {} if anew else likenesses.before(session, everybody)
    tokens = {each: _found_by(node.index, said[each]) for each, weight in now.items() if weight != before.get(each)}
    differing = before.keys() - now.keys() | {each for each, found in tokens.items() if found or each in before}
    persons = everybody if anew else _of_dossiers(settled, differing)
    if not persons:
        return
    tokens |= {each: _found_by(node.index, said[each]) for each in now.keys() - tokens.keys() if each.person in persons}
    found_by = {each: Known(found, now[each]) for each, found in tokens.items() if each.person in persons}
    # Of two newcomers settled at once one sees the other, for whoever comes second waits here for the first. By a few
    # locks, however many tokens a batch has: the database keeps room for some thousands in all.
    session.guard(_GUARD + token.token[:1] for token in _all(found_by))
    sharing = likenesses.sharing(session.sql, _all(found_by), besides=persons)
    found = list(_proposals(node, session, held, found_by, sharing))
    with session.without_waiting():  # nothing is asked of what is written here
        likenesses.keep(session.sql, persons, found_by)
        likenesses.propose(session.sql, found)


def _persons(settled: Iterable[Settled]) -> set[str]:
    return {person for one in settled for person in one.persons}


def _of_dossiers(settled: Iterable[Settled], entries: Iterable[Entry]) -> set[str]:
    """Everybody of the dossiers in which one of these stands."""
    persons = {each.person for each in entries}
    return _persons(one for one in settled if not persons.isdisjoint(one.persons))


def _weighed(index: BlindIndex, contents: Sequence[Held]) -> int:
    """A keyed hash of what is compared of an entry, and of those given up for it, by which a change is seen: as much of
    it as a column of numbers takes is enough.
    """
    plain = b"".join([encode_known(weighed(content)) for content in contents]).decode()
    return int.from_bytes(index.token("like", plain)[:8], signed=True)


def _found_by(index: BlindIndex, contents: Sequence[Held]) -> frozenset[Token]:
    return frozenset().union(*[_tokens(index, encode_known(sought(content))) for content in contents])


@lru_cache(maxsize=_KEPT)
def _tokens(index: BlindIndex, plain: bytes) -> frozenset[Token]:
    """Of an entry that says this, made once for the sides of a dossier, which hold the same of what is sought though
    one knows more, and while it is settled again for some other cause.
    """
    return frozenset([token_of(index, key) for key in keys(msgspec.json.decode(plain))])


def token_of(index: BlindIndex, key: Key) -> Token:
    """Under which an entry is kept that has this key."""
    return Token(index.token(f"like.{key.kind}", key.form), key.strong)


def _all(now: Mapping[Entry, Known]) -> Iterator[Token]:
    return (token for known in now.values() for token in known.tokens)


def _proposals(
    node: Node,
    session: SqlSession,
    held: Mapping[Entry, Held],
    now: Mapping[Entry, Known],
    sharing: Mapping[bytes, list[Entry]],
) -> Iterator[Proposal]:
    """`sharing`: who else has these tokens."""
    pairs = set(_candidates(now, sharing))
    others = _opened(node, session, {each for pair in pairs for each in pair if each not in held})
    contents = {**others, **held}
    for one, other in sorted(pairs):
        if one in contents and other in contents:
            found = likeness(contents[one], contents[other], elsewhere=one.holder != other.holder)
            if found.likely:
                yield Proposal(one=one, other=other, exact=found.exact, score=found.score)


def _candidates(now: Mapping[Entry, Known], sharing: Mapping[bytes, list[Entry]]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs that share a token, the lower first: of one office, or by a strong token of any two.

    The entries of an office that has too many under one token are not looked at by that token.
    """
    seekers: dict[Token, list[Entry]] = {}
    for each, known in now.items():
        for token in known.tokens:
            seekers.setdefault(token, []).append(each)
    for token, seeking in seekers.items():
        under = [*sharing.get(token.token, ()), *seeking]
        if len({each.person for each in under}) == 1:  # nobody else has it, as of most
            continue
        entries = Counter(each.holder for each in under)
        few = {each for each in under if entries[each.holder] <= MOST}
        for each in few.intersection(seeking):
            for other in few:
                if other.person != each.person and (token.strong or other.holder == each.holder):
                    yield min(each, other), max(each, other)


def _opened(node: Node, session: SqlSession, entries: set[Entry]) -> dict[Entry, Held]:
    """What the holders' stored records say of these entries; nothing where one does not open, or was erased."""
    if not entries:  # as of most newcomers, who share a token with nobody
        return {}
    persons = sorted({each.person for each in entries})
    wrapped = session.wrapped_keys(persons)
    found = {}
    for row in records.of_persons(session.sql, persons):
        each = Entry(row.person, row.office)
        if each in entries and row.person in wrapped:
            with suppress(*UNREADABLE):  # which the checks name, and which concerns nobody else
                cipher = {row.person: node.keys.unwrapped(row.person, wrapped[row.person])}
                found[each] = _entry(opened_sheet(Shelf((row.person,), (), (), cipher, node.offices), row))
    return found


def _entry(plain: bytes) -> Held:
    sheet = msgspec.json.decode(plain)
    home = (sheet["registration"] or {}).get("code")
    return {**sheet["particulars"], **({"registration": home} if home else {})}
