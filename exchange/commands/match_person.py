"""The matching of documents: the one look across offices that opening a dossier takes (catalogue, rule 9).

An equal document and name is the same person, whatever birth date is stated: that may be the very deviation that the
registration place is asked about. An equal document with another name is another person, whose dossier is read together
with the first from then on. The recorder is never told which of them it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from events import documents
from events.catalogue import content_of
from events.event import Event
from events.names import same_name
from events.vault.blind_index import BlindIndex
from exchange.books import UNREADABLE
from exchange.protocol.questions.one_document import forms

LOOKUP = "document"
# Who asks by a document, or is answered, comes to hold nobody by it: what an enquiry says joins no persons.
HOLDING = ("particulars", "set", "stated", "wanted")
MOST = 20  # persons: what more hold says nothing of who they are, as a number that stands for none


def tokens(index: BlindIndex, content: Mapping[str, Any]) -> list[bytes]:
    """The look-up tokens of every document that the content holds, wherever it stands."""
    return [index.token(LOOKUP, form) for _, form in forms(_stated(content))]


def document_token(index: BlindIndex, kind: str, number: str) -> bytes:
    """The token of one document. Raises Malformed where it is none."""
    return index.token(LOOKUP, documents.lookup_form(kind, number))


def telling(holders: set[str]) -> set[str]:
    """Those who hold one document, where it says anything of them (decision 0059)."""
    return holders if len(holders) <= MOST else set()


def match(
    content: Mapping[str, Any], candidates: Iterable[str], events: Callable[[str], Iterable[Event]]
) -> str | None:
    """Of those who hold the same document, the person with the same name. `events`: what the node knows of one.

    First by what was recorded under each one's own id: a merge that was undone made two names those of both. Raises
    one of UNREADABLE where it may be somebody who cannot be read.
    """
    stated = _stated(content)
    if "name" not in stated:
        return None
    bearing: dict[str, set[str]] = {}
    closed: Exception | None = None
    for person in sorted(candidates):
        try:
            bearing[person] = set(_bearing(stated, events(person)))
        except UNREADABLE as error:
            closed = error
    own = next((person for person, subjects in bearing.items() if person in subjects), None)
    if own is None and closed is not None:
        raise closed
    return own or next((person for person, subjects in bearing.items() if subjects), None)


def _bearing(stated: Mapping[str, Any], events: Iterable[Event]) -> Iterator[str]:
    """The ids under which the name was recorded."""
    for event in events:
        held = _stated(content_of(event.payload))
        if "name" in held and same_name(stated["name"], held["name"]):
            yield event.frame.subject.id


def _stated(content: Mapping[str, Any]) -> dict[str, Any]:
    """Every particular that a payload holds in any of its containers that say whom it is about."""
    containers = [held for name in HOLDING if isinstance(held := content.get(name), Mapping)]
    return {field: value for held in containers for field, value in held.items() if value}
