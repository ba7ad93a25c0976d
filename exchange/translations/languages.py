"""Which of our languages a caller reads best."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["zh-CN", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "en"
CHINESE: Language = "zh-CN"


def language_of(tag: str) -> Language | None:
    """Ours for one language tag (RFC 4647, by its primary subtag); None where we have no texts in it."""
    primary = tag.strip().lower().partition("-")[0]
    return {"zh": CHINESE, "en": DEFAULT, "*": DEFAULT}.get(primary)


def choose(accept_language: str | None) -> Language:
    """The best of ours for an Accept-Language header (RFC 9110, section 12.5.4): by weight, then as written.

    A malformed member is passed over, since a header that cannot be read must not refuse the request it came with.
    """
    best: Language = DEFAULT
    best_weight = 0.0
    for member in (accept_language or "").split(","):
        tag, _, parameters = member.partition(";")
        language = language_of(tag)
        weight = _weight(parameters)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    """The q of a member: 1 where none is given, 0 (never chosen) where it is not a number from 0 to 1."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    digits = value.strip()
    if name.strip().lower() != "q" or not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        return 0.0
    weight = float(digits)
    return weight if weight <= 1 else 0.0
