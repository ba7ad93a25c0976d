"""A document as far as its number tells."""

from __future__ import annotations

from typing import Literal

import msgspec

Holder = Literal["mainland", "hong_kong", "macao", "taiwan", "foreign"]
Sex = Literal["M", "F"]

KINDS = ("resident", "passport", "permit", "foreign", "birth")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document.

    `number` is what the card shows, in one spelling; `canonical` what stays the same when the card is replaced
    (18 digits for 15, a permit without its issue count). `holder` is the group of persons who are given numbers of
    this form. `warnings` are rules that a person should look at, and that refuse nothing.
    """

    kind: str
    number: str
    canonical: str
    holder: Holder
    born_on: str | None = None
    sex: Sex | None = None
    division: str | None = None
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """No number: representations end in logs."""
        return f"Document(kind={self.kind!r}, holder={self.holder!r}, warnings={self.warnings!r})"
