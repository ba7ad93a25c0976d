"""What the demo leaves behind beside its data: its keys, and the person whom the root page shows. Nobody real."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

FILE = "demo.json"


class DemoKey(msgspec.Struct, frozen=True):
    """A key in the clear: it opens nothing but made-up data."""

    office: str
    role: str
    token: str


class Shown(msgspec.Struct, frozen=True):
    """A person with a record at two offices: the registration place, and the residence place."""

    person: str
    left: str
    right: str


class Overseen(msgspec.Struct, frozen=True):
    """A person whom a town keeps, and the county that may ask something of the town. `day`: the demo's last."""

    person: str
    town: str
    county: str
    day: str

    @property
    def request(self) -> dict[str, Any]:
        """What the county may record."""
        wanted = {"to": self.town, "asks": "change", "wanted": {"education": "20"}}
        return {"type": "request.opened", "effective_on": self.day, "person": self.person, "with": wanted}


class Keepsake(msgspec.Struct, frozen=True, kw_only=True):
    """`fell_due`, `in_time`: cases whose deadline lay in the demo's year, and those of them answered by then."""

    persons: int
    seed: int
    made_at: str
    keys: tuple[DemoKey, ...]
    shown: Shown | None
    overseen: Overseen | None = None
    fell_due: int
    in_time: int


def load(data: Path) -> Keepsake | None:
    """What the demo left in this data folder; None where none was made."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=Keepsake)
    except FileNotFoundError:
        return None


def save(data: Path, keepsake: Keepsake) -> None:
    """Written whole or not at all, and readable by the node's own account alone."""
    waiting = data / f"{FILE}.new"
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(keepsake), indent=1))
    waiting.replace(data / FILE)
