"""`exchange status`: what the node serves, and how far it is."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from exchange.cli import speech
from exchange.cli.command import Command
from exchange.cli.node import on_node, opened, settings_of
from exchange.queries.status import status as status_of


@click.command(cls=Command, help="cli.status")
@on_node
def status(data: Path | None, settings_file: Path | None) -> None:
    with opened(settings_of(settings_file, data=data), made=False) as node:
        found = msgspec.to_builtins(status_of(node))
    lines = [f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in found.items()]
    speech.say(found, *lines)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
