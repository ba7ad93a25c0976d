"""The one small hierarchy of errors that this project raises on purpose.

Every error has a stable `code` (part of the API) and, where one field is to blame, `field` and `rule`.
Texts for people live in `exchange/translations`, keyed by code and rule; `str(error)` is for logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class ExchangeError(Exception):
    """Root of the hierarchy. `details` are the values that a translated text may name; never personal data."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    about: ClassVar[str | None] = None  # the field to blame where whoever raises it names none

    def __init__(self, *, field: str | None = None, rule: str | None = None, **details: object) -> None:
        field = self.about if field is None else field
        self.field = field
        self.rule = rule
        self.details = details
        where = f" at {field}" if field else ""
        why = f": {rule}" if rule else ""
        super().__init__(f"{self.code}{where}{why}" + (f" {details}" if details else ""))

    @property
    def faults(self) -> Sequence[ExchangeError]:
        """Each thing that is wrong, by itself."""
        return (self,)


class Malformed(ExchangeError):
    """First tier of legality: the input can never be right (schema, check digit, born after the event)."""

    code = "malformed"
    status = 422

    @property
    def faults(self) -> Sequence[Malformed]:
        """Each thing that is wrong, by itself."""
        return (self,)


class Several(Malformed):
    """More than one field is wrong: all of them are named, and the first stands for them where only one can."""

    def __init__(self, found: Sequence[Malformed]) -> None:
        self._found = tuple(found)
        super().__init__(field=found[0].field, rule=found[0].rule, **found[0].details)

    @property
    def faults(self) -> Sequence[Malformed]:
        return self._found


class Illegal(ExchangeError):
    """Second tier: at odds with the author's own book. Subclasses carry the stable code."""

    code = "illegal"
    status = 409


class Conflict(ExchangeError):
    """The same event id was used with other content."""

    code = "event_id_conflict"
    status = 409
    about = "id"


class StaleVersion(ExchangeError):
    """The stream moved on since the caller looked."""

    code = "stale_version"
    status = 412


class Erased(ExchangeError):
    """The person's key was destroyed: nothing can be compared or opened any more."""

    code = "erased"
    status = 410


class Tampered(ExchangeError):
    """Stored bytes, columns, hashes or tree do not fit together."""

    code = "tampered"
    status = 500
