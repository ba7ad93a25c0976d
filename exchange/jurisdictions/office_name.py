"""What an office may be called."""

from __future__ import annotations

from events import text

LONGEST = 100


def office_name(value: object, field: str = "name") -> str:
    """The name without space around it. Raises Malformed as `events.text.line` does."""
    return text.line(value, field, LONGEST)
