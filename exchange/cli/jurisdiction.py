"""`exchange jurisdiction`: an office is renamed, succeeded by another, split among several, closed, or opened again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from events.errors import Malformed
from events.faults import Faults
from exchange.access.caller import Caller
from exchange.cli import speech
from exchange.cli.command import Command, Group, answers, option
from exchange.cli.node import actor, on_node, opened, settings_of
from exchange.clock import day_of, utcnow
from exchange.commands.jurisdiction import record_office
from exchange.jurisdictions.lookup import divisions
from exchange.registers.allotment import Allotment
from exchange.registers.places import town_of

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group, help="cli.jurisdiction", no_args_is_help=True)
@answers
def jurisdiction() -> None:
    """What becomes of offices."""


@jurisdiction.command(cls=Command, help="cli.jurisdiction.rename")
@click.argument("office")
@click.argument("name")
@option("--day", help="cli.jurisdiction.option.day")
@on_node
def rename(office: str, name: str, day: str | None, data: Path | None, settings_file: Path | None) -> None:
    _record(office, "jurisdiction.renamed", day, {"name": name}, data, settings_file)


@jurisdiction.command(cls=Command, help="cli.jurisdiction.succeed")
@click.argument("office")
@click.argument("successor")
@option("--day", help="cli.jurisdiction.option.day")
@on_node
def succeed(office: str, successor: str, day: str | None, data: Path | None, settings_file: Path | None) -> None:
    content = {"to": [town_of(successor, "SUCCESSOR")]}
    _record(office, "jurisdiction.succeeded", day, content, data, settings_file)


@jurisdiction.command(cls=Command, help="cli.jurisdiction.split")
@click.argument("office")
@option("--to", multiple=True, help="cli.jurisdiction.option.to")
@option("--allotment", type=FILE, help="cli.jurisdiction.option.allotment")
@option("--day", help="cli.jurisdiction.option.day")
@on_node
def split(
    office: str,
    to: tuple[str, ...],
    allotment: Path | None,
    day: str | None,
    data: Path | None,
    settings_file: Path | None,
) -> None:
    if len(to) < 2:
        raise Malformed(field="--to", rule="cli.jurisdiction.one_successor")
    heirs = [town_of(each, "--to") for each in to]
    told = Allotment(allotment) if allotment is not None else None
    content = {"to": heirs, "allotment": told.given if told is not None else {}}
    count = len(content["allotment"])
    allotted = speech.words("jurisdiction.allotted", count=count, office=heirs[0])
    try:
        _record(office, "jurisdiction.succeeded", day, content, data, settings_file, allotted, allotted=count)
    except Malformed as error:
        if told is None:
            raise
        faults = Faults()
        for each in error.faults:
            with faults:
                raise told.in_file(each) from error
        faults.settle()


@jurisdiction.command(cls=Command, help="cli.jurisdiction.close")
@click.argument("office")
@option("--day", help="cli.jurisdiction.option.day")
@on_node
def close(office: str, day: str | None, data: Path | None, settings_file: Path | None) -> None:
    _record(office, "jurisdiction.closed", day, {}, data, settings_file)


@jurisdiction.command(cls=Command, name="open", help="cli.jurisdiction.open")
@click.argument("office")
@option("--day", help="cli.jurisdiction.option.day")
@on_node
def open_again(office: str, day: str | None, data: Path | None, settings_file: Path | None) -> None:
    code = town_of(office, "OFFICE")
    area = divisions().get(code)
    _record(code, "jurisdiction.opened", day, {"name": area.name if area is not None else code}, data, settings_file)


def _record(
    office: str,
    type_: str,
    day: str | None,
    content: dict[str, Any],
    data: Path | None,
    settings_file: Path | None,
    *lines: str,
    **told: Any,
) -> None:
    code = town_of(office, "OFFICE")
    caller = Caller(code, actor(), frozenset({"operator"}), language=speech.language())
    with opened(settings_of(settings_file, data=data)) as node:
        done = record_office(node, caller, code, type_, day or day_of(utcnow()).isoformat(), content)
    said = speech.words("jurisdiction.recorded", office=code)
    speech.say({"id": done.id, "office": code, "type": type_, **told}, said, *lines)
