"""`exchange scenario run`: plays stories from files and shows expected beside actual."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from events.errors import Malformed
from events.faults import Faults
from exchange.cli import speech
from exchange.cli.command import Group, answers, option
from exchange.cli.exit_codes import DIFFERENT, FINE, NOT_TRIED
from exchange.cli.progress import progress
from exchange.jurisdictions import codes
from exchange.scenarios import report
from exchange.scenarios.api import Playground
from exchange.scenarios.covering import listed, together
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.embedded import embedded
from exchange.scenarios.model import Scenario
from exchange.scenarios.reading import read
from exchange.scenarios.remote import remote
from exchange.scenarios.running import Run, run

_OFFICE = re.compile(r"(?P<letter>[^=]+)=(?P<code>[0-9]+)")


@click.group(cls=Group, help="cli.scenario", no_args_is_help=True)
@answers
def scenario() -> None:
    """Stories as data."""


@scenario.command(name="run", help="cli.scenario.run")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@option("--url", help="cli.scenario.option.url")
@option("--keys", type=click.Path(dir_okay=False, path_type=Path), help="cli.scenario.option.keys")
@option("--office", "offices", multiple=True, metavar="A=CODE", help="cli.scenario.option.office")
@option("--seed", type=int, help="cli.scenario.option.seed")
@option("--shuffle", type=click.IntRange(min=0), default=0, help="cli.scenario.option.shuffle")
@option("--coverage", is_flag=True, help="cli.scenario.option.coverage")
@answers
def run_files(
    files: tuple[Path, ...],
    url: str | None,
    keys: Path | None,
    offices: tuple[str, ...],
    seed: int | None,
    shuffle: int,
    coverage: bool,
) -> int:
    given = dict(map(_given, offices))
    seed = secrets.randbelow(2**31) if seed is None else seed
    stories = _all_read(files)  # every file is judged before the first is played
    if unused := given.keys() - {letter for story in stories for letter in story.offices}:
        raise Malformed(field="--office", rule="scenario.office_letter", value=", ".join(sorted(unused)))
    if (url is None) != (keys is None):
        raise Malformed(field="--keys", rule="cli.url_with_keys")
    runs = []
    with progress(speech.words("scenario.bar"), len(stories)) as tell:
        for story in stories:
            runs.append(_one(story, url, keys, seed, given, shuffle))
            tell(len(runs))
    language = speech.language()
    shown = [line for each in runs for line in report.lines(each, language)]
    if len(runs) == 1:  # whoever plays one story wants to see it; of many, what differs
        shown += report.beside(runs[0], language)
    told: dict[str, Any] = {"runs": [report.data(each) for each in runs]}
    if coverage:
        reached = together(each.covered for each in runs)
        told["coverage"] = listed(reached)
        shown += report.coverage(listed(reached), language)
    speech.say(told, *shown, report.summary(runs, language))
    verdicts = {each.verdict for each in runs}
    return DIFFERENT if "different" in verdicts else NOT_TRIED if "not_tried" in verdicts else FINE


def _all_read(files: Sequence[Path]) -> list[Scenario]:
    """The stories. Raises the faults of all files at once, each with its file before its place."""
    stories, faults = [], Faults()
    for file in files:
        with faults:
            try:
                stories.append(read(file))
            except ScenarioInvalid as error:
                place = f"{file}: {error.field}" if error.field != str(file) else error.field
                raise ScenarioInvalid(field=place, rule=error.rule, **error.details) from error
    faults.settle()
    return stories


def _one(story: Scenario, url: str | None, keys: Path | None, seed: int, given: dict[str, str], shuffles: int) -> Run:
    ground: AbstractContextManager[Playground] = embedded() if url is None or keys is None else remote(url, keys)
    with ground as node:
        return run(story, node, seed, given, shuffles)


def _given(told: str) -> tuple[str, str]:
    found = _OFFICE.fullmatch(told)
    if found is None:
        raise Malformed(field="--office", rule="scenario.office_option", value=told)
    return found["letter"], codes.parse(found["code"], "--office")
