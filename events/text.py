"""Free text as people type it: what may stand in a line, and in a note of several lines."""

from __future__ import annotations

import unicodedata

from events.errors import Malformed

# Signs that nobody sees: of no width, turning the direction of writing, halves of pairs, separators of lines.
_HIDDEN = frozenset({"Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
_VOWEL_SEPARATOR = "\u180e"
_VIRAMA = 9  # its combining class


def line(value: object, field: str, most: int) -> str:
    """The text without space around it. Raises Malformed: text.length, text.control, text.hidden."""
    return _text(value, field, most, several=False)


def lines(value: object, field: str, most: int) -> str:
    """As `line`, and line ends may stand in it."""
    return _text(value, field, most, several=True)


def require_plain(value: str, field: str, *, several: bool = False) -> None:
    """Refuse what a reader cannot see, and what breaks a line. `several`: lines are expected.

    Two texts that look the same must be the same, and none may reverse what stands beside it. Where a script is
    written with a joiner (RFC 5892, appendix A, for Arabic and Indic letters; Mongolian), it stands.
    """
    if value.isascii() and value.isprintable():
        return
    before = ""
    for sign in value:
        category = unicodedata.category(sign)
        if category == "Cc" and not (several and sign in "\n\t"):
            raise Malformed(field=field, rule="text.control")
        if category in _HIDDEN and not _joins(before, sign):
            raise Malformed(field=field, rule="text.hidden", sign=f"U+{ord(sign):04X}")
        before = sign


def _joins(before: str, sign: str) -> bool:
    if not before:
        return False
    if sign in _JOINERS:
        return unicodedata.bidirectional(before) == "AL" or unicodedata.combining(before) == _VIRAMA
    return sign == _VOWEL_SEPARATOR and unicodedata.name(before, "").startswith("MONGOLIAN")


def _text(value: object, field: str, most: int, *, several: bool) -> str:
    if not isinstance(value, str):
        raise Malformed(field=field, rule="value.text")
    # Lines of other systems end in CR LF; one spelling is kept.
    found = value.replace("\r\n", "\n").strip(" \u3000\n\t") if several else value.strip(" \u3000")
    if not found.strip() or len(found) > most:
        raise Malformed(field=field, rule="text.length", most=most)
    require_plain(found, field, several=several)
    return found
