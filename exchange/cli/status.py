"""`exchange status`: what the node serves, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from exchange.cli import speech
from exchange.cli.command import Command
from exchange.cli.node import on_node, opened, settings_of
from exchange.console.words import Words
from exchange.jurisdictions import codes
from exchange.queries.status import status as status_of


@click.command(cls=Command, help="cli.status")
@on_node
def status(data: Path | None, settings_file: Path | None) -> None:
    with opened(settings_of(settings_file, data=data), made=False) as node:
        found = msgspec.to_builtins(status_of(node))
    speech.say(found, *_lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    words = Words(speech.language())
    for name, value in found.items():
        if name == "at":
            shown = words.moment(datetime.fromisoformat(value))
        elif name == "offices":
            shown = f"{len(value)}" if value else speech.words("status_line.nowhere")
        else:
            shown = f"{round(value, 1):,}"
        yield words.by(speech.words(f"status_line.{name}"), shown)
        if name == "offices":
            yield from (f"  {codes.stem(area)}  {words.office(area)}" for area in value)
