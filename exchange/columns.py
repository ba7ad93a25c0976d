"""Columns of a terminal, in which a Chinese sign takes two. Pure."""

from __future__ import annotations

from unicodedata import east_asian_width


def width(told: str) -> int:
    """How many columns the text takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in told)


def column(told: str, wide: int) -> str:
    """The text with what room is left after it, and one space at least."""
    return told + " " * max(1, wide - width(told))
