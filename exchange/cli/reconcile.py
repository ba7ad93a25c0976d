"""`exchange reconcile [ONE] [OTHER]`: the four checks that both sides are equal; of all, or between two areas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import DIFFERENT, FINE, NOT_TRIED
from exchange.cli.node import on_node, opened, settings_of
from exchange.cli.progress import progress
from exchange.node import Node
from exchange.queries.checks import area_with_offices
from exchange.reconcile import Between, Checked, Difference, between, latest, repair, repair_everybody, stepwise
from exchange.reconcile.finding import Check
from exchange.reconcile.processes import cores

SHOWN = 20  # differences of one check; a machine is told up to a thousand in all


@click.command(cls=Command, help="cli.reconcile")
@click.argument("one", required=False)
@click.argument("other", required=False)
@option("--repair", "mend", is_flag=True, help="cli.option.repair")
@option("--latest", "kept", is_flag=True, help="cli.option.latest")
@option("--full", is_flag=True, help="cli.option.full")
@option("--processes", type=click.IntRange(1, 64), default=cores, help="cli.option.processes")
@on_node
def reconcile(
    one: str | None,
    other: str | None,
    mend: bool,
    kept: bool,
    full: bool,
    processes: int,
    data: Path | None,
    settings_file: Path | None,
) -> int:
    if kept and (mend or one or full):
        raise click.BadOptionUsage(
            "--latest", "--latest shows what was found before: it takes no area, no --repair and no --full"
        )
    first, second = area_with_offices(one, "ONE"), area_with_offices(other, "OTHER")
    with opened(settings_of(settings_file, data=data), made=False) as node:
        if first:
            return _between(node, first, second, mend, full=full)
        if kept:
            return _kept(node)
        found = _all(node, full=full, processes=processes)
        lines = list(_lines(found))
        repaired = 0
        if mend and not found.equal:
            repaired = repair_everybody(node) if found.more else repair(node, found.differences)
            found = _all(node, full=full, processes=processes)
            lines += [speech.words("reconcile.repaired", persons=repaired), *_lines(found)]
    speech.say({**_plain(found), "repaired_persons": repaired}, *lines)
    return FINE if found.equal else DIFFERENT


def _all(node: Node, *, full: bool, processes: int) -> Checked:
    with progress(speech.words("reconcile.bar")) as tell:
        return stepwise(node, tell, trusted=not full, processes=processes)


def _kept(node: Node) -> int:
    """What was found when the checks last ran by themselves."""
    found = latest(node)
    if found is None:
        speech.say({"at": None}, speech.words("reconcile.no_report"))
        return NOT_TRIED
    at = found.checked.at.astimezone().isoformat(sep=" ", timespec="minutes")
    lines = [speech.words("reconcile.report", at=at, left_out=found.left_out), *_lines(found.checked)]
    speech.say({**_plain(found.checked), "left_out": found.left_out}, *lines)
    return FINE if found.checked.equal else DIFFERENT


def _between(node: Node, one: str, other: str, mend: bool, *, full: bool) -> int:
    found = _compared(node, one, other, full=full)
    lines = list(_lines_between(found))
    repaired = 0
    if mend and not found.equal:
        repaired = repair(node, [*found.differing, *found.checked.differences])
        found = _compared(node, one, other, full=full)
        lines += [speech.words("reconcile.repaired", persons=repaired), *_lines_between(found)]
    speech.say({**msgspec.to_builtins(found), "equal": found.equal, "repaired_persons": repaired}, *lines)
    return FINE if found.equal else DIFFERENT


def _compared(node: Node, one: str, other: str, *, full: bool) -> Between:
    with progress(speech.words("reconcile.bar")) as tell:
        return between(node, one, other, tell, trusted=not full)


def _lines_between(found: Between) -> Iterator[str]:
    told = {name: getattr(found, name) for name in ("shared", "trips", "exchanged", "read")}
    yield speech.words("reconcile.between", **told, count=found.differing_in_all)
    if found.forged:
        yield speech.words("reconcile.forged", count=found.forged)
    yield from (f"  {_line(each)}" for each in found.differing)
    yield from _lines(found.checked)


def _plain(found: Checked) -> dict[str, Any]:
    return {**msgspec.to_builtins(found), "equal": found.equal}


def _lines(found: Checked) -> Iterator[str]:
    for check in get_args(Check):
        those = [each for each in found.differences if each.check == check]
        name = speech.words(f"reconcile.{check}")
        faults, followed = found.checks[check], found.consequences[check]
        verdicts = [speech.words("reconcile.differences", count=faults)] if faults else []
        if followed:
            verdicts.append(speech.words("reconcile.followed", count=followed))
        yield f"{name}: {', '.join(verdicts) or speech.words('reconcile.equal')}"
        for each in those[:SHOWN]:
            yield f"  {_line(each)}"
            yield from (f"    -> {speech.words(f'reconcile.{one.check}')}  {_line(one)}" for one in each.consequences)
        if faults > SHOWN:
            yield f"  {speech.words('reconcile.more', count=faults - min(SHOWN, len(those)))}"
    yield speech.words("reconcile.checked", persons=f"{found.persons:,}", waiting=f"{found.waiting:,}")
    yield speech.words("reconcile.pairs", pairs=speech.counted(found.pairs, "pair"))


def _line(each: Difference) -> str:
    event = f"  {each.event.author}/{each.event.id}" if each.event else ""
    known = (each.office, each.other, each.person)
    return f"{'  '.join(name or '-' for name in known)}  {','.join(each.lacking)}{event}"
