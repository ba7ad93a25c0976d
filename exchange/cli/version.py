"""`exchange version`: which exchange this is."""

from __future__ import annotations

from importlib.metadata import version as installed

import click

from exchange.cli import speech
from exchange.cli.command import Command, answers


@click.command(cls=Command, help="cli.version")
@answers
def version() -> None:
    found = installed("exchange")
    speech.say({"version": found}, found)
