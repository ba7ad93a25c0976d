"""The check digit of GB 11643 (ISO 7064, MOD 11-2): weights 2^(17-i) modulo 11."""

from __future__ import annotations

import re

from events.errors import Malformed

_WEIGHTS = tuple(2 ** (17 - position) % 11 for position in range(17))
_DIGITS = "10X98765432"  # by the weighted sum modulo 11
_BODY = re.compile(r"[0-9]{17}")


def check_digit(first17: str) -> str:
    """The eighteenth character of a number. Raises Malformed unless it is given exactly seventeen digits."""
    if not _BODY.fullmatch(first17):
        raise Malformed(field="number", rule="document.characters")
    return _DIGITS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]
