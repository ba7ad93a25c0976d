"""What `docker-compose.yml` says, read without containers."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.conventions.sources import ROOT

OURS = ("migrations", "web", "worker", "beat")
_ASKED = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found["services"]


def asked_for(text: str) -> dict[str, str]:
    """Each variable in a text, with what stands for it where nobody sets it; '?' where it must be set."""
    return {name: default if sign == "-" else "?" for name, sign, default in _ASKED.findall(text)}


def filled(text: str, given: Mapping[str, str]) -> str:
    """The text with its variables in place."""
    return _ASKED.sub(lambda found: given.get(found[1]) or found[3] or "", text)


def command(name: str, given: Mapping[str, str]) -> list[str]:
    """The words after `exchange` that a service of ours is started with."""
    return [filled(word, given) for word in services()[name]["command"]]
