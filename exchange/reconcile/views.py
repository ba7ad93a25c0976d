"""E2. Each stored record equals `view` of the stored book, recomputed from what the office's side holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from events.envelope import Part, Ref
from events.errors import Tampered
from exchange.books import as_told
from exchange.jurisdictions.served import Serving
from exchange.pipeline.project import opened_sheet, plain_rows
from exchange.pipeline.settled import Settled
from exchange.protocol.book import Book, Delivery
from exchange.protocol.inheriting import handed_on
from exchange.protocol.settle import Settlement
from exchange.protocol.view import view
from exchange.reconcile.finding import Difference
from exchange.tables.books import BookRow
from exchange.tables.records import RecordRow

_LOST = "record"
_CLEAR = tuple(name for name in RecordRow.__struct_fields__ if name != "sealed")  # a seal is never twice the same
_clear = attrgetter(*_CLEAR)


def check_views(
    one: Settled, held: Sequence[BookRow], stored: Iterable[RecordRow], serving: Serving
) -> list[Difference]:
    """The stored records of one dossier that are not what their books say."""
    books = own_books(one, held, serving)
    return compare_views(
        Settled(one.shelf, books, Settlement([], [], {o: view(b) for o, b in books.items()}), ()), stored
    )


def compare_views(one: Settled, stored: Iterable[RecordRow]) -> list[Difference]:
    """The stored records that are not those of this settlement."""
    new = {(row.office, row.person): (row, plain) for row, plain in plain_rows(one)}
    old = {(row.office, row.person): row for row in stored}
    found = []
    for key in sorted(new.keys() | old.keys()):
        lacks = _lacks(one, new.get(key), old.get(key))
        if lacks:
            found.append(Difference("view", key[0], key[1], lacking=lacks))
    return found


def own_books(one: Settled, held: Sequence[BookRow], serving: Serving) -> dict[str, Book]:
    """The books out of what each office's side holds: its events, and what it took of what it was told."""
    today = one.shelf.offices.successor
    author = {ref: today(ref.author, stored.frame.subject.id) for ref, stored in one.stored.items()}
    offices = {*author.values()} | {today(row.office, row.person) for row in held}
    books = {office: Book(office, one.shelf.offices) for office in sorted(offices) if serving.serves(office)}
    for ref in one.stored:
        if author[ref] in books:
            books[author[ref]].record(one.shelf.event(ref))
    for delivery in handed_on(((as_told(row), row.person) for row in one.shelf.latest), one.shelf.offices):
        if delivery.teller in books:
            books[delivery.teller].tell(delivery)
    parts: dict[tuple[Ref, str], frozenset[Part]] = {}
    for row in held:
        key = (row.ref, today(row.office, row.person))
        parts[key] = parts.get(key, frozenset()) | row.parts
    for delivery in handed_on(((taken(row), row.person) for row in held), one.shelf.offices):
        if delivery.to in books and delivery.ref in one.stored:
            kept = one.shelf.restricted(delivery.ref, parts[delivery.ref, delivery.to])
            books[delivery.to].receive(delivery, kept)
    return books


def taken(row: BookRow) -> Delivery:
    """The delivery that an office took; what it is of and who holds it as the columns have it, should they differ."""
    told = as_told(row.told)
    if (told.ref, told.teller, told.to) == (row.ref, row.teller, row.office):
        return told
    return msgspec.structs.replace(told, ref=row.ref, teller=row.teller, to=row.office)


def _lacks(one: Settled, new: tuple[RecordRow, bytes] | None, old: RecordRow | None) -> tuple[str, ...]:
    if new is None or old is None:
        return (_LOST,)
    row, plain = new
    names = [] if _clear(row) == _clear(old) else [n for n in _CLEAR if getattr(row, n) != getattr(old, n)]
    try:
        if opened_sheet(one.shelf, old) != (plain if one.shelf.cipher(row.person) is not None else b""):
            names.append("sealed")
    except Tampered:
        names.append("sealed")
    return tuple(names)
