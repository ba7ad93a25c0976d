"""What the demo's story is made of: steps that offices take, and how offices answer what they are asked. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Manner = Literal["confirm", "deviate", "not_ours", "redirect", "duplicate", "not_come", "wait", "silent"]
Patience = Literal["prompt", "late", "never"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Stands in a content for the event that an earlier step recorded."""

    step: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How an office answers a question that a step caused.

    `other`: the office that should have been asked, or the person who is meant. `insists`: the asker does not give in.
    `ours`: what whoever answers holds in the field, where the entry that is asked about does not say it.
    """

    manner: Manner = "confirm"
    patience: Patience = "prompt"
    field: str | None = None
    other: str | None = None
    insists: bool = False
    ours: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """One event. `on`: the day of the story on which the office records it, `day` the day on which it holds.

    `act`: steps of one act are recorded together. `opens`: the person is found by what the content states.
    `refused`: the code with which the exchange must refuse the step. `answers`: by kind of question.
    """

    label: str
    on: int
    office: str
    type: str
    person: str
    day: str
    content: Mapping[str, Any]
    act: str
    opens: bool = False
    refused: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


def mentions(value: Any) -> set[str]:
    """The steps that a content refers to."""
    if isinstance(value, Mention):
        return {value.step}
    if isinstance(value, Mapping):
        return set().union(*map(mentions, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(mentions, value))
    return set()


def resolved(value: Any, events: Mapping[str, tuple[str, str]]) -> Any:
    """The content with each mention as [author, id]. Raises KeyError for a step that has not been recorded."""
    if isinstance(value, Mention):
        return list(events[value.step])
    if isinstance(value, Mapping):
        return {key: resolved(item, events) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(item, events) for item in value]
    return value
