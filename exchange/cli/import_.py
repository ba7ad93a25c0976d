"""`exchange import`: takes a town's register in, and returns a file of the rows that could not be recorded."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from events.errors import Malformed
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import DIFFERENT, FINE
from exchange.cli.node import acting, check_served, on_node, opened, settings_of
from exchange.cli.progress import progress
from exchange.clock import day_of
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.registers import reading
from exchange.registers.columns import REASON, ROW
from exchange.registers.intake import Intake, Tally, beside
from exchange.registers.template import template
from exchange.registers.writing import writing

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("import", cls=Command, help="cli.import")
@click.argument("file", required=False, type=FILE)
@option("--office", help="cli.option.office")
@option("--template", "template_file", type=FILE, help="cli.option.template")
@option("--refused", type=FILE, help="cli.option.refused")
@option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="cli.option.as_of")
@option("--ask", is_flag=True, help="cli.option.ask")
@option("--check", is_flag=True, help="cli.option.check")
@on_node
def import_(
    file: Path | None,
    office: str | None,
    template_file: Path | None,
    refused: Path | None,
    as_of: datetime | None,
    ask: bool,
    check: bool,
    data: Path | None,
    settings_file: Path | None,
) -> int:
    if template_file is not None:
        if template_file.exists():
            raise Malformed(field="--template", rule="cli.file_exists", file=template_file.name)
        template(template_file, speech.language())
        speech.say({"template": str(template_file)}, speech.words("import.template", file=template_file))
        return FINE
    if file is None or office is None:
        raise Malformed(field="FILE" if file is None else "--office", rule="cli.missing_here")
    bad = refused or beside(file)
    with opened(settings_of(settings_file, data=data)) as node:
        today = day_of(node.clock())
        day = as_of.date() if as_of is not None else today
        if day > today:
            raise Malformed(field="--as-of", rule="cli.as_of_ahead", today=today)
        tally, left_out = _taken(node, file, office, bad, day, ask=ask, check=check)
    bad_rows = tally.differing + tally.refused
    if not bad_rows:
        bad.unlink(missing_ok=True)
    answer = {
        **msgspec.to_builtins(tally),
        "refused_file": str(bad) if bad_rows else None,
        "checked_only": check,
        "sheets_left_out": left_out,
    }
    lines = [speech.words("import.checked" if check else "import.done", **msgspec.to_builtins(tally))]
    if bad_rows:
        lines.append(speech.words("import.refused", file=bad))
    if left_out:
        lines.append(speech.words("import.left_out", sheets=", ".join(left_out)))
    speech.say(answer, *lines)
    return DIFFERENT if bad_rows else FINE


def _taken(
    node: Node, file: Path, office: str, bad: Path, day: date, *, ask: bool, check: bool
) -> tuple[Tally, tuple[str, ...]]:
    """What became of the rows, and the sheets that were not read."""
    caller = acting(office, "clerk")
    check_served(node, caller)
    if bad.resolve() == file.resolve():
        raise Malformed(field="--refused", rule="cli.same_file")
    if bad.exists() and not _came_back(bad):
        raise Malformed(field="--refused", rule="cli.file_exists", file=bad.name)
    rows = reading.length(file)  # all of it can be read, before anything is recorded
    with reading.opened(file) as table, writing(bad) as write, progress(speech.words("import.bar"), rows) as told:
        tally = Intake(node, caller, write, as_of=day, ask=ask, only_check=check).take(table, told)
    if not check:
        advance(node)
    return tally, table.left_out


def _came_back(file: Path) -> bool:
    """Whether it holds rows that an earlier run refused, which this one may write over."""
    try:
        with reading.opened(file) as table:
            return {ROW, REASON} <= set(table.columns)
    except Malformed:
        return False
