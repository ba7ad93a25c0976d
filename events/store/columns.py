"""Does an event's row say what its very bytes say? They are what is hashed; every column is derived from them."""

from __future__ import annotations

import msgspec

from events.envelope import Subject
from events.errors import Tampered
from events.log.leaf import leaf_of
from events.store.sql.events import EventRow
from events.vault.seal import held


class _Said(msgspec.Struct):
    """What a frame says that stands in columns, too."""

    id: str
    author: str
    subject: Subject
    version: int
    submission: str
    commitments: dict[str, str] = {}


_said = msgspec.json.Decoder(_Said).decode


class Unlike(msgspec.Struct, frozen=True):
    """An event whose columns do not fit its bytes. `author`, `id`, `subject`: by the bytes, if they say it.

    `columns`: those that differ; of `body` that it is no frame, or not the one that the log hashed.
    """

    author: str
    id: str
    subject: str
    columns: tuple[str, ...]


def unlike(row: EventRow) -> Unlike | None:
    """What does not fit in this row."""
    try:
        said = _said(row.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Unlike(row.author, row.id, row.subject, ("body",))
    by_bytes = {
        "author": said.author,
        "id": said.id,
        "kind": said.subject.kind,
        "subject": said.subject.id,
        "version": said.version,
        "submission": said.submission,
    }
    columns = [name for name, value in by_bytes.items() if getattr(row, name) != value]
    if row.leaf is not None and leaf_of(row.body) != row.leaf:
        columns.append("body")
    if _parts(row.sealed) != said.commitments.keys():
        columns.append("sealed")
    return Unlike(said.author, said.id, said.subject.id, tuple(columns)) if columns else None


def _parts(sealed: bytes) -> frozenset[str] | None:
    try:
        return held(sealed)
    except Tampered:
        return None
