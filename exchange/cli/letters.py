"""`exchange letters`: the letters that an office has to write to those outside the exchange, listed or as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from exchange.access.caller import Caller
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.node import acting, check_served, on_node, opened, settings_of
from exchange.console.words import Words
from exchange.letters.letter import Letter
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.letters import letters_of

_PURPOSE = "case"


@click.command(cls=Command, help="cli.letters")
@option("--office", required=True, help="cli.option.office")
@option("--out", type=click.Path(file_okay=False, path_type=Path), help="cli.option.letters_out")
@on_node
def letters(office: str, out: Path | None, data: Path | None, settings_file: Path | None) -> None:
    caller = acting(office, "clerk")
    with opened(settings_of(settings_file, data=data), made=False) as node:
        check_served(node, caller)
        advance(node)
        found = list(_all(node, caller))
    files = [] if out is None else [str(path) for path in _written(found, out)]
    rows = [{"case": each.case, "reference": each.reference, "to": each.to, "kind": each.kind} for each in found]
    words = Words(speech.language())
    lines = [f"{each.reference}  {words.office(each.to)}" for each in found]
    total = speech.words("letters.count", count=len(found))
    speech.say({"office": caller.office, "letters": rows, "files": files}, *lines, total, *files)


def _all(node: Node, caller: Caller) -> Iterator[Letter]:
    cursor = None
    while True:
        page = letters_of(node, caller, _PURPOSE, cursor)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def _written(found: list[Letter], folder: Path) -> Iterator[Path]:
    from exchange.letters.pdf import pdf  # noqa: PLC0415 (its libraries take half a second, and a list needs none)

    folder.mkdir(parents=True, exist_ok=True)
    for each in found:
        path = folder / f"letter-{each.reference}-{each.case[:8]}.pdf"
        path.write_bytes(pdf([each]))
        yield path
