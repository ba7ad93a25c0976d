"""`exchange demo`: a made-up people and its year of movements through the real API, and what came of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from exchange.cli import speech
from exchange.cli.command import Command, answers, option
from exchange.cli.exit_codes import DIFFERENT, FINE
from exchange.cli.node import in_reach, settings_of
from exchange.cli.progress import progress
from exchange.demo import keepsake
from exchange.demo.faults import Fault, plant, unnamed, unplanted
from exchange.demo.report import Report, report
from exchange.demo.run import PERSONS, SEED, DemoOccupied, demo_settings, made
from exchange.demo.stage import Staged, alone
from exchange.extras import NotInstalled
from exchange.own_folder import own_folder
from exchange.reconcile.finding import Check

LEAST = 30  # persons, so that every kind of life is led once
SETTINGS = ("embedded", "server")


@click.command(cls=Command, help="cli.demo")
@option("--persons", type=click.IntRange(min=LEAST), default=PERSONS, show_default=True, help="cli.demo.option.persons")
@option("--seed", type=int, default=SEED, show_default=True, help="cli.demo.option.seed")
@option("--plant-faults", is_flag=True, help="cli.demo.option.plant_faults")
@option("--setting", type=click.Choice(SETTINGS), default=SETTINGS[0], help="cli.demo.option.setting")
@option("--data", type=click.Path(file_okay=False, path_type=Path), help="cli.demo.option.data")
@answers
def demo(persons: int, seed: int, plant_faults: bool, setting: str, data: Path | None) -> int:
    if setting == "server" and data is not None:
        raise DemoOccupied(field="--data", rule="demo.keeps_nothing")
    with _folder(data) as folder:
        served = demo_settings(settings_of(None, data=folder))
        with in_reach(served):
            if served.database.exists():
                raise DemoOccupied(field="--data", rule="demo.occupied", data=folder)
        with (
            in_reach(served),
            progress(speech.words("demo.making"), persons) as tell,
            made(served, persons, seed, tell=tell, staged=_staged(setting)) as (node, outcome),
        ):
            faults = plant(node) if plant_faults else ()
            found = report(node, outcome)
        tries = () if data is None else tuple(_tries(folder))
    speech.say({**_plain(found), "setting": setting, **_planted(faults, found)}, *_lines(found, faults), *tries)
    return DIFFERENT if found.differences else FINE


def _staged(setting: str) -> Staged:
    if setting != "server":
        return alone
    # Its servers come with extras, which no other demo needs.
    try:
        from exchange.demo.servers.setting import in_processes  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NotInstalled(field="--setting", rule="settings.no_bundled", missing=error.name) from error
    return in_processes


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """The folder asked for, or one that is forgotten afterwards."""
    if data is not None:
        yield data
        return
    with own_folder("exchange-demo-") as made_up:
        yield made_up


def _tries(data: Path) -> Iterator[str]:
    """What may be tried with what was kept."""
    left = keepsake.load(data)
    yield speech.words("demo.try.serve", data=shlex.quote(str(data)), keys=data / keepsake.FILE)
    if left is not None and left.overseen is not None:
        asked = left.overseen
        county = next(key.token for key in left.keys if key.office == asked.county)
        yield speech.words("demo.try.county", county=asked.county, town=asked.town)
        yield (
            f'  curl -H "Authorization: Bearer {county}" http://127.0.0.1:8080/v1/events'
            f" --json '{json.dumps(asked.request)}'"
        )


def _plain(found: Report) -> dict[str, Any]:
    return {**msgspec.to_builtins(found), "differences": [msgspec.to_builtins(each) for each in found.differences]}


def _planted(faults: tuple[Fault, ...], found: Report) -> dict[str, Any]:
    if not faults:
        return {}
    return {
        "planted": [msgspec.to_builtins(fault) for fault in faults],
        "unnamed": [msgspec.to_builtins(fault) for fault in unnamed(faults, found.differences)],
        "unplanted": [msgspec.to_builtins(each) for each in unplanted(faults, found.differences)],
    }


def _lines(found: Report, faults: tuple[Fault, ...]) -> Iterator[str]:
    words = speech.words
    share = "–" if found.in_time_share is None else f"{100 * found.in_time_share:.1f}"
    counts = {"persons": found.persons, "events": found.events, "notifications": found.notifications}
    yield words("demo.counts", **{name: f"{count:,}" for name, count in counts.items()})
    yield words("demo.cases", cases=speech.counted(found.cases, "case"))
    yield words("demo.in_time", share=share)
    yield words("reconcile.pairs", pairs=speech.counted(found.pairs, "pair"))
    for check in get_args(Check):
        count = sum(each.check == check for each in found.differences)
        verdict = words("reconcile.differences", count=count) if count else words("reconcile.equal")
        yield f"{words(f'reconcile.{check}')}: {verdict}"
    missed, others = unnamed(faults, found.differences), unplanted(faults, found.differences)
    for fault in faults:
        named = words("demo.missed") if fault in missed else words("demo.named")
        what = words(f"demo.{fault.what}")
        yield words("demo.fault", what=what, office=fault.office, person=fault.person, named=named)
    for each in others:
        lacks = ",".join(each.lacking)
        check = words(f"reconcile.{each.check}")
        yield words("demo.difference", check=check, office=each.office, person=each.person, lacks=lacks)
    if followed := sum(len(each.consequences) for each in found.differences):
        yield words("demo.followed", count=followed)
    exactly = faults and not missed and not others
    verdict = "demo.equal" if not found.differences else "demo.exactly" if exactly else "demo.different"
    yield words(verdict, records=f"{found.records_compared:,}")
