"""The matching of documents: the one look across offices that opening a dossier takes (catalogue, rule 9).

An equal document and name is the same person, whatever birth date is stated: that may be the very deviation that the
registration place is asked about. An equal document with another name is another person. The recorder is never told
which of them it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from events import documents
from events.catalogue import content_of
from events.errors import Malformed
from events.event import Event
from events.names import same_name
from events.parts import CONTAINERS
from events.store.contract import Reader
from events.vault.blind_index import BlindIndex
from events.vault.keys import PersonKeys
from exchange import books
from exchange.protocol.offices import Offices

LOOKUP = "document"


def tokens(index: BlindIndex, content: Mapping[str, Any]) -> list[bytes]:
    """The look-up tokens of every document that the content holds, wherever it stands."""
    return [index.token(LOOKUP, form) for form in _forms(content)]


def document_token(index: BlindIndex, kind: str, number: str) -> bytes:
    """The token of one document. Raises Malformed where it is none."""
    return index.token(LOOKUP, documents.lookup_form(kind, number))


def match(
    reader: Reader, keys: PersonKeys, index: BlindIndex, content: Mapping[str, Any], offices: Offices
) -> str | None:
    """The person whom the node knows with the same document and name."""
    stated = _stated(content)
    if "name" not in stated:
        return None
    candidates = {person for token in tokens(index, content) for person in reader.persons_with(LOOKUP, token)}
    for person in sorted(candidates):
        shelf = books.shelf(reader, keys, offices, person, pending=True)
        if _same(stated, map(shelf.event, shelf.stored)):
            return person
    return None


def _same(stated: Mapping[str, Any], events: Iterable[Event]) -> bool:
    held = (_stated(content_of(event.payload)) for event in events)
    return any(same_name(stated["name"], particulars["name"]) for particulars in held if "name" in particulars)


def _stated(content: Mapping[str, Any]) -> dict[str, Any]:
    """Every particular that a payload holds in any of its containers."""
    return {field: value for name in CONTAINERS for field, value in (content.get(name) or {}).items() if value}


def _forms(content: Mapping[str, Any]) -> Iterator[str]:
    for field, value in _stated(content).items():
        if field.startswith("document.") and isinstance(value, Mapping):
            try:
                yield documents.lookup_form(field.removeprefix("document."), str(value.get("number", "")))
            except Malformed:
                continue  # a foreign fact may hold a number that our rules do not know; nothing finds it
