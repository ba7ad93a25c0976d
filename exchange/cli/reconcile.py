"""`exchange reconcile [ONE] [OTHER]`: the ledger and the four checks; of the whole tree, or between two areas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from events.errors import ExchangeError
from events.store.errors import Unavailable
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import DIFFERENT, FINE, NOT_TRIED
from exchange.cli.node import on_node, opened, settings_of
from exchange.cli.progress import persons_of, progress
from exchange.node import Node
from exchange.queries.checks import area_with_offices
from exchange.reconcile import (
    Between,
    Checked,
    Difference,
    between,
    everywhere,
    forget_digests,
    keep,
    latest,
    repair,
    repair_everybody,
    size_of_log,
)
from exchange.reconcile.finding import Check
from exchange.reconcile.ledgers import Ledgers
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
        if kept:
            return _kept(node)
        look = partial(_look, node, first, second, full=full, processes=processes)
        found = look()
        lines = list(_lines_between(found))
        repaired, failed = 0, None
        if mend and not found.equal:
            try:
                repaired = _mended(node, found, everybody=not first)
                lines.append(speech.words("reconcile.repaired", persons=repaired))
                found = look()
            except ExchangeError as error:  # what took so long to find is said all the same
                failed = error
            else:
                lines += _lines_between(found)
    answer = {**(msgspec.to_builtins(found) if first else _of_all(found)), "equal": found.equal}
    if failed is not None:
        return speech.tell_error(failed, answer, *lines)
    speech.say({**answer, "repaired_persons": repaired}, *lines)
    return FINE if found.equal else DIFFERENT


def _mended(node: Node, found: Between, *, everybody: bool) -> int:
    """How many persons were repaired: those of the differences, or of whatever there is where these are too many."""
    if found.forged:
        forget_digests(node)
    if everybody and found.checked.more:
        return repair_everybody(node)
    return repair(node, [*found.differing, *found.checked.differences])


def _look(node: Node, one: str, other: str, *, full: bool, processes: int) -> Between:
    with progress(speech.words("reconcile.bar"), None if one else persons_of(node)) as tell:
        if one:
            return between(node, one, other, tell, trusted=not full)
        begun, events = node.clock(), size_of_log(node)
        found = everywhere(node, tell, trusted=not full, processes=processes)
    try:
        keep(node, begun, events, found.checked, found.ledgers)
    except Unavailable:  # what took so long to find is said all the same
        click.echo(speech.words("reconcile.not_kept"), err=True)
    return found


def _of_all(found: Between) -> dict[str, Any]:
    """The four checks, with the ledger of the whole tree beside them."""
    return {**msgspec.to_builtins(found.checked), "ledger": _ledger(found)}


def _ledger(found: Ledgers) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return {name: plain[name] for name in plain if name not in {"one", "other", "checked"}}


def _kept(node: Node) -> int:
    """What was found when everybody was last checked, by the command or at night."""
    found = latest(node)
    if found is None:
        speech.say({"at": None}, speech.words("reconcile.no_report"))
        return NOT_TRIED
    at = found.checked.at.astimezone().isoformat(sep=" ", timespec="minutes")
    lines = [speech.words("reconcile.report", at=at, left_out=found.left_out)]
    answer = {**msgspec.to_builtins(found.checked), "equal": found.equal, "left_out": found.left_out}
    if found.ledger is not None:
        lines += _lines_of_ledger(found.ledger)
        answer["ledger"] = _ledger(found.ledger)
    speech.say(answer, *lines, *_lines(found.checked))
    return FINE if found.equal else DIFFERENT


def _lines_between(found: Between) -> Iterator[str]:
    yield from _lines_of_ledger(found)
    yield from _lines(found.checked)


def _lines_of_ledger(found: Ledgers) -> Iterator[str]:
    told = {name: getattr(found, name) for name in ("shared", "trips", "exchanged", "read")}
    yield speech.words("reconcile.between", **told, count=found.differing_in_all)
    if found.forged:
        yield speech.words("reconcile.forged", count=found.forged)
    yield from (f"  {_line(each)}" for each in found.differing[:SHOWN])
    if found.differing_in_all > SHOWN:
        yield f"  {speech.words('reconcile.more', count=found.differing_in_all - min(SHOWN, len(found.differing)))}"


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
