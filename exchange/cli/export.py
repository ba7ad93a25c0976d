"""`exchange export`: gives out the register of an office, for a stated purpose that is kept with every person read."""

from __future__ import annotations

from pathlib import Path

import click

from exchange.access.purposes import PURPOSES
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import DIFFERENT, FINE
from exchange.cli.node import acting, check_served, on_node, opened, settings_of
from exchange.cli.progress import progress
from exchange.pipeline.advance import advance
from exchange.queries.register import held_now
from exchange.registers.outgoing import give_out
from exchange.registers.writing import writing

# What somebody at an office may read its own register for.
_PURPOSES = tuple(name for name, roles in PURPOSES.items() if "clerk" in roles)


@click.command(cls=Command, help="cli.export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@option("--office", required=True, help="cli.option.office")
@option("--purpose", required=True, type=click.Choice(_PURPOSES), help="cli.option.purpose")
@on_node
def export(file: Path, office: str, purpose: str, data: Path | None, settings_file: Path | None) -> int:
    caller = acting(office, "clerk")
    unread: list[str] = []
    with opened(settings_of(settings_file, data=data), made=False) as node:
        check_served(node, caller)
        advance(node)
        bar = progress(speech.words("export.bar"), held_now(node, caller))
        with writing(file) as write, bar as told:
            count = give_out(node, caller, purpose, write, told, unread.append)
    for person in unread:
        click.echo(speech.words("export.unread", person=person), err=True)
    answer = {"office": caller.office, "persons": count, "unread": unread, "file": str(file), "purpose": purpose}
    speech.say(answer, speech.words("export.done", count=count, file=file))
    return DIFFERENT if unread else FINE
