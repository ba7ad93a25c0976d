"""`exchange replay`: makes every record anew from the events alone, and compares with what is stored."""

from __future__ import annotations

from pathlib import Path

import click

from exchange.audit.rebuild import compare, rebuild
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import DIFFERENT, FINE
from exchange.cli.node import on_node, opened, settings_of


@click.command(cls=Command, help="cli.replay")
@option("--rebuild", "write", is_flag=True, help="cli.option.rebuild")
@on_node
def replay(write: bool, data: Path | None, settings_file: Path | None) -> int:
    with opened(settings_of(settings_file, data=data), made=False) as node:
        found = rebuild(node) if write else compare(node)
    differing = [{"office": office, "person": person} for office, person in found.differing]
    answer = {
        "persons": found.persons,
        "records_compared": found.records,
        "differences": differing,
        "rebuilt": write,
    }
    lines = [speech.words("replay.differs", **each) for each in differing]
    summary = speech.words("replay.done", records=found.records, persons=found.persons, count=len(differing))
    speech.say(answer, *lines, summary)
    return DIFFERENT if differing else FINE
