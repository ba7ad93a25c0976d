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
from exchange.cli.progress import persons_of, progress
from exchange.node import Node
from exchange.progress import Tell

SHOWN = 20  # differing records; a machine is told up to a thousand in all


@click.command(cls=Command, help="cli.replay")
@option("--rebuild", "write", is_flag=True, help="cli.option.rebuild")
@option("--log", "fold", type=click.Choice(["clear", "opened"]), help="cli.option.log")
@on_node
def replay(write: bool, fold: str | None, data: Path | None, settings_file: Path | None) -> int:
    if write and fold is not None:
        raise Malformed(field="--log", rule="cli.log_writes_nothing")
    with (
        opened(settings_of(settings_file, data=data), made=False) as node,
        progress(speech.words("replay.bar"), persons_of(node)) as tell,
    ):
        found = _found(node, fold, tell, write=write)
    return _told_of_log(found) if isinstance(found, Folded) else _told(found, rebuilt=write)


def _found(node: Node, fold: str | None, tell: Tell, *, write: bool) -> Rebuilt | Folded:
    if fold is not None:
        return folded(node, parts=fold == "opened", tell=tell)
    return rebuild(node, tell=tell) if write else compare(node, tell=tell)


def _told(found: Rebuilt, *, rebuilt: bool) -> int:
    count = found.differing_in_all
    named, lines = _named(found.differing, count)
    answer = {"persons": found.persons, "records_compared": found.records, "differences": named, "rebuilt": rebuilt}
    summary = speech.words("replay.done", records=found.records, persons=found.persons, count=count)
    speech.say({**answer, "differences_in_all": count}, *lines, summary)
    return DIFFERENT if count else FINE


def _told_of_log(found: Folded) -> int:
    count = found.differing_in_all
    named, lines = _named(found.differing, count)
    answer = {
        "persons": found.persons,
        "events": found.events,
        "known_otherwise": list(found.otherwise),
        "known_otherwise_in_all": found.otherwise_in_all,
        "differences": named,
        "differences_in_all": count,
    }
    counted = {"events": found.events, "persons": found.persons, "otherwise": found.otherwise_in_all}
    speech.say(answer, *lines, speech.words("replay.folded", **counted, count=count))
    return DIFFERENT if count else FINE


def _named(found: tuple[tuple[str, str], ...], count: int) -> tuple[list[dict[str, Any]], list[str]]:
    named = [{"office": office, "person": person} for office, person in found]
    lines = [speech.words("replay.differs", **each) for each in named[:SHOWN]]
    if count > SHOWN:
        lines.append(speech.words("reconcile.more", count=count - SHOWN))
    return named, lines
