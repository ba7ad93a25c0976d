"""`exchange replay`: makes every record anew from the events alone, and compares with what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from events.errors import Malformed
from exchange.audit.outlines import Folded, folded
from exchange.audit.rebuild import Rebuilt, compare, rebuild
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import DIFFERENT, FINE
from exchange.cli.node import on_node, opened, settings_of

SHOWN = 20  # differing records; a machine is told all


@click.command(cls=Command, help="cli.replay")
@option("--rebuild", "write", is_flag=True, help="cli.option.rebuild")
@option("--log", "fold", type=click.Choice(["clear", "opened"]), help="cli.option.log")
@on_node
def replay(write: bool, fold: str | None, data: Path | None, settings_file: Path | None) -> int:
    if write and fold is not None:
        raise Malformed(field="--log", rule="cli.log_writes_nothing")
    with opened(settings_of(settings_file, data=data), made=False) as node:
        if fold is not None:
            return _told_of_log(folded(node, parts=fold == "opened"))
        return _told(rebuild(node) if write else compare(node), rebuilt=write)


def _told(found: Rebuilt, *, rebuilt: bool) -> int:
    differing, lines = _differing(found.differing)
    answer = {"persons": found.persons, "records_compared": found.records, "differences": differing, "rebuilt": rebuilt}
    summary = speech.words("replay.done", records=found.records, persons=found.persons, count=len(differing))
    speech.say(answer, *lines, summary)
    return DIFFERENT if differing else FINE


def _told_of_log(found: Folded) -> int:
    differing, lines = _differing(found.differing)
    answer = {
        "persons": found.persons,
        "events": found.events,
        "known_otherwise": list(found.otherwise),
        "differences": differing,
    }
    counted = {"events": found.events, "persons": found.persons, "otherwise": len(found.otherwise)}
    speech.say(answer, *lines, speech.words("replay.folded", **counted, count=len(differing)))
    return DIFFERENT if differing else FINE


def _differing(found: tuple[tuple[str, str], ...]) -> tuple[list[dict[str, Any]], list[str]]:
    differing = [{"office": office, "person": person} for office, person in found]
    lines = [speech.words("replay.differs", **each) for each in differing[:SHOWN]]
    if len(differing) > SHOWN:
        lines.append(speech.words("reconcile.more", count=len(differing) - SHOWN))
    return differing, lines
