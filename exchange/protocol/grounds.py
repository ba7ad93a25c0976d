"""Grounds of telling: of two on which an office was told of one event, the one that counts. Pure.

A question stands and ends by the ground on which it was put, whatever else is told of the event. Where both asked,
the one counts from which more follows: whoever was named as well was not asked for a document's sake alone. What only
told gives way to what is told later.

Invariant: it is all one whether an office is told again, or the heir of one that was told.
"""

from __future__ import annotations

from exchange.protocol.life.kinship import GROUND as FAMILY
from exchange.protocol.questions.cases import MATCH, ONE_DOCUMENT, RIVAL_DOCUMENT

# Grounds that end with what they stand on, or hide what was asked: the lightest first.
_LIGHT = (ONE_DOCUMENT, MATCH, FAMILY)


def counting(before: str, now: str, *, asked: bool, asks: bool) -> str:
    """`asked`, `asks`: whether anything was on the ground before, and is on the one now."""
    if follows(before) == follows(now):
        return now
    if asked != asks:
        return before if asked else now
    return weightier(before, now) if asked else now


def weightier(before: str, now: str) -> str:
    """The one from which more follows."""
    return before if follows(before) > follows(now) else now


def follows(ground: str) -> int:
    """How much: the same for all from which nothing follows but that the office may know.

    Only of the ground of two persons with one document does it follow that the teller itself asks, and not the keeper.
    """
    if ground == RIVAL_DOCUMENT:
        return len(_LIGHT) + 1
    return _LIGHT.index(ground) if ground in _LIGHT else len(_LIGHT)
