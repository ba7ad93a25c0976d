"""One spelling of a number, however it was typed."""

from __future__ import annotations

from events.errors import Malformed

LONGEST = 40  # as typed, with spaces and hyphens

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DROPPED = dict.fromkeys(map(ord, " \t\u00a0\u2002\u2003\u2009\u202f\u3000-\u2010\u2011\u2012\u2013\u2014\u2212"))
_SPELLING = _FULL_WIDTH | _DROPPED | {0xFF0D: None}


def spelled(number: object, field: str) -> str:
    """ASCII, upper case, without spaces and hyphens. Raises Malformed: `document.empty`, `.length`, `.characters`."""
    if not isinstance(number, str):
        raise Malformed(field=field, rule="document.characters")
    if len(number) > LONGEST:
        raise Malformed(field=field, rule="document.length", length=len(number))
    text = number.translate(_SPELLING)
    if not text:
        raise Malformed(field=field, rule="document.empty")
    # Lookalikes (a Cyrillic Х, the sign ×) are refused, not guessed; before upper case, which makes an S of ſ.
    if not text.isascii() or not text.isprintable():
        raise Malformed(field=field, rule="document.characters")
    return text.upper()
