"""What a run showed: for people as lines, expected beside actual; for machines as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from exchange.columns import column
from exchange.scenarios.api import CannotTry
from exchange.scenarios.comparing import Difference, Said
from exchange.scenarios.model import Step
from exchange.scenarios.running import Run
from exchange.translations import Language, text

_LABEL, _WIDE = 34, 52  # columns of a terminal


def beside(run: Run, language: Language) -> Iterator[str]:
    """Everything that was compared, step by step: what was expected, and beside it what came, also where they agree."""
    yield _row(" ", "", *(text(f"scenario.{side}", language) for side in ("expected", "actual")))
    for played in run.steps:
        yield f"  {named(played.step)}"
        for expected, actual in played.agreed:
            yield _row("=", "", expected, actual)
        for each in played.differences:
            yield _row("≠", "", _plain(each.expected, language), _plain(each.actual, language))
    for where, expected, actual in run.agreed:
        yield _row("=", where, _plain(expected, language), _plain(actual, language))
    for each in run.closing:
        yield _row("≠", each.where, _plain(each.expected, language), _plain(each.actual, language))


def _row(mark: str, where: str, expected: str, actual: str) -> str:
    return f"  {mark} {column(where, _LABEL) if where else '  '}{column(expected, _WIDE)}| {actual}".rstrip()


def lines(run: Run, language: Language) -> Iterator[str]:
    """The verdict, then each step that differs with what was expected and what came."""
    title = run.scenario.title_zh if language.startswith("zh") and run.scenario.title_zh else run.scenario.title
    yield f"{text(f'scenario.{run.verdict}', language)}  {run.scenario.id}  {title}"
    if run.verdict == "passed":
        return
    bound = ", ".join(f"{letter}={code}" for letter, code in run.offices.items())
    yield text("scenario.seed", language, seed=run.seed, offices=bound or "-")
    for played in run.steps:
        if played.differences:
            yield f"  {played.step.where} {named(played.step)}"
            for each in played.differences:
                yield from _beside(each, language)
            heard = "; ".join(map(str, played.heard)) or text("scenario.nothing", language)
            yield f"    {text('scenario.heard', language)}: {heard}"
    for each in run.closing:
        yield f"  {each.where}"
        yield from _beside(each, language)
    for untried in run.untried:
        yield f"  {text('scenario.untried', language)}: {_told(untried, language)}"


def data(run: Run) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "scenario": run.scenario.id,
        "title": run.scenario.title,
        "verdict": run.verdict,
        "seed": run.seed,
        "offices": dict(run.offices),
        "steps": [
            {
                "step": played.step.label,
                "where": played.step.where,
                "heard": [str(each) for each in played.heard],
                "differences": [asdict(each) for each in played.differences],
            }
            for played in run.steps
        ],
        "closing": [asdict(each) for each in run.closing],
        "untried": list(map(str, run.untried)),
    }


def coverage(reached: Mapping[str, Mapping[str, int]], language: Language) -> Iterator[str]:
    """How much of the protocol the stories reached, and each thing that none of them did."""
    for name, counts in reached.items():
        yield text(f"scenario.covered.{name}", language, reached=sum(map(bool, counts.values())), all=len(counts))
        yield from (f"  - {each}" for each, count in counts.items() if not count)


def summary(runs: Sequence[Run], language: Language) -> str:
    """How many passed, differed and could not be tried."""
    counts = {verdict: sum(run.verdict == verdict for run in runs) for verdict in ("passed", "different", "not_tried")}
    return text("scenario.summary", language, **counts)


def named(step: Step) -> str:
    """A step as people call it."""
    what = (f"again {step.again}" if step.again else "") or ", ".join(item.event for item in step.items) or step.kind
    return f"{step.label or ''} ({what})".strip()


def _plain(value: Any, language: Language) -> str:
    if not isinstance(value, Said):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    said = text(value.key, language, **value.details)
    return f"{said} ({value.beside})" if value.beside else said


def _told(untried: str | CannotTry, language: Language) -> str:
    if isinstance(untried, str):
        return untried
    return text(untried.rule or untried.code, language, field=untried.field, **untried.details)


def _beside(each: Difference, language: Language) -> Iterator[str]:
    yield f"    {text(f'scenario.kind.{each.kind}', language)}"
    for side, value in (("expected", each.expected), ("actual", each.actual)):
        told = _plain(value, language)
        yield f"      {text(f'scenario.{side}', language)}: {told}"
