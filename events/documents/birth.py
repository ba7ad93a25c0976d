"""Medical certificates of birth: one letter and nine digits."""

from __future__ import annotations

import re

from events.documents.document import Document
from events.errors import Malformed

_FORM = re.compile(r"[A-Z][0-9]{9}")


def parse_birth(kind: str, number: str, field: str) -> Document:
    """Raises Malformed: `document.form`."""
    if not _FORM.fullmatch(number):
        raise Malformed(field=field, rule="document.form")
    return Document(kind=kind, number=number, canonical=number, holder="mainland")
