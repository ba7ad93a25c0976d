"""From a kind and a typed number to a document."""

from __future__ import annotations

from events.documents.birth import parse_birth
from events.documents.document import KINDS, Document
from events.documents.foreign import parse_foreign
from events.documents.passport import parse_passport
from events.documents.permit import parse_permit
from events.documents.resident import parse_resident
from events.documents.spelling import spelled
from events.errors import Malformed


def parse(
    kind: str, number: str, *, field: str = "number", as_printed: bool = False, as_of: str | None = None
) -> Document:
    """The document that a number names. Raises Malformed with the first `document.…` rule that the number breaks.

    `as_printed` is a clerk's deliberate word that the card really shows this: a wrong check digit becomes a warning.
    `as_of` is the day by which the person must have been born; this module knows no clock.
    """
    if kind not in KINDS:
        raise Malformed(field=field, rule="document.kind")
    text = spelled(number, field)
    match kind:
        case "resident":
            return parse_resident(kind, text, field, as_printed=as_printed, as_of=as_of)
        case "foreign":
            return parse_foreign(kind, text, field, as_printed=as_printed, as_of=as_of)
        case "permit":
            return parse_permit(kind, text, field, as_printed=as_printed, as_of=as_of)
        case "passport":
            return parse_passport(kind, text, field)
        case _:
            return parse_birth(kind, text, field)
