"""Looking a newcomer up, by document and family name and with consent, and recording what came of it after review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events.pinyin import surname_of
from exchange.scenarios.api import Answer
from exchange.scenarios.comparing import Difference
from exchange.scenarios.model import Step
from exchange.scenarios.payload import Ledger

PATH = "/v1/persons/prefill"


def look_up(step: Step, ledger: Ledger) -> tuple[str, Any]:
    """The path and the body: a document of the person, and the family name unless the step says another."""
    person, _, name = step.looks_up
    held = ledger.binding.persons[person].particulars
    document = next((field for field in held if field.startswith("document.")), "document.resident")
    number = held.get(document, {}).get("number", "")
    full = held["name"]["full"]
    asked = {"kind": document.removeprefix("document."), "number": number, "name": name or surname_of(full) or full}
    return PATH, {**asked, "consent": step.looks_up[1]}


def looked_up(step: Step, answer: Answer, ledger: Ledger) -> Iterator[Difference]:
    """What came of it is kept under the step's label, and compared with what the step says of it."""
    found: Mapping[str, Any] = answer.data
    if step.label is not None:
        ledger.looked_up[step.label] = found
    if step.gives is not None and step.gives != (told := frozenset(found["stated"])):
        yield Difference(f"{step.where}.gives", "view", sorted(step.gives), sorted(told))
