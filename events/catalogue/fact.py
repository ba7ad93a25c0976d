"""The base of every payload, and what the catalogue says of each type."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Fact(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="type",
    gc=False,
):
    """One payload. Its tag is the stable name of the type; `schema` its version."""

    schema: ClassVar[int] = 1
    amendable: ClassVar[bool] = True  # merges and erasures are undone by their own events

    @property
    def type(self) -> str:
        tag = type(self).__struct_config__.tag
        if not isinstance(tag, str):
            raise TypeError(type(self))
        return tag
