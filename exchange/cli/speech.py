"""How the command speaks: in the caller's language, to people or, with `--json`, to machines. One object a run."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from events.errors import ExchangeError
from exchange.cli.exit_codes import exit_code
from exchange.translations import CHINESE, DEFAULT, Language, known, language_of, text

_JSON, _LANGUAGE = "exchange.json", "exchange.language"


def listen(context: click.Context, arguments: Sequence[str]) -> None:
    """Learn from the whole line, before any of it can be wrong, how the answer is wanted."""
    context.meta[_JSON] = "--json" in arguments
    context.meta[_LANGUAGE] = _stated(arguments) or _of_the_environment()


def language() -> Language:
    """The caller's language: `--language`, else EXCHANGE_LANGUAGE, LC_ALL, LC_MESSAGES or LANG, else English."""
    context = click.get_current_context(silent=True)
    found: Language = (context.meta.get(_LANGUAGE) if context else None) or _of_the_environment()
    return found


def for_machines() -> bool:
    """Whether the answer is one JSON object."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_JSON))


def say(answer: Mapping[str, Any], *lines: str) -> None:
    """The answer of the command: the object for machines, the lines for people."""
    if for_machines():
        click.echo(json.dumps(answer, ensure_ascii=False, default=str))
    else:
        for line in lines:
            click.echo(line)


def words(key: str, /, **details: object) -> str:
    """A text of the command line in the caller's language."""
    return text(f"cli.{key}", language(), **details)


def counted(states: Mapping[Any, int], kind: str) -> str:
    """How many are in each state, the most first: `kind` is "case" or "pair"."""
    ordered = sorted(states.items(), key=lambda each: (-each[1], each[0]))
    told = [f"{words(f'{kind}.{state}')} {count:,}" for state, count in ordered]
    return ("，" if language() == CHINESE else ", ").join(told) or "–"


def tell_error(error: ExchangeError, answer: Mapping[str, Any] | None = None, /, *said: str) -> int:
    """Say what is wrong, and the exit status for it; `answer` and the lines, what was found before that."""
    title = text(error.code, language(), **_details(error))
    told = [{"field": each.field, "rule": each.rule, "message": _reason(each)} for each in error.faults]
    lines = "\n".join(str(each["message"]) for each in told)
    if not for_machines():
        say({}, *said)
    tell(error.code, error.field, error.rule, title, lines, told if len(told) > 1 else [], answer)
    return exit_code(error)


def _reason(error: ExchangeError) -> str:
    """What is wrong, with its place in front where the text does not name it."""
    why = text(error.rule if error.rule and known(error.rule) else error.code, language(), **_details(error))
    return f"{error.field}: {why}" if error.field and error.field not in why else why


def tell(
    code: str,
    field: str | None,
    rule: str | None,
    title: str,
    message: str,
    several: Sequence[Mapping[str, Any]] = (),
    answer: Mapping[str, Any] | None = None,
) -> None:
    """An error: an object for machines, beside what there is of an answer; a line for people."""
    if for_machines():
        told = {"code": code, "field": field, "rule": rule, "title": title, "message": message, "errors": several}
        say({**(answer or {}), "error": {k: v for k, v in told.items() if v}})
    else:
        click.echo(f"exchange: {message}", err=True)


def _details(error: ExchangeError) -> dict[str, object]:
    """What the text may name; what the operating system says is said in the caller's language, where we can."""
    told = {
        name: _of_system(value) if isinstance(value, OSError | UnicodeError) else value
        for name, value in error.details.items()
    }
    return {"field": error.field or "", **told}


def _of_system(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return text("cli.system.EILSEQ", language())
    key = f"cli.system.{errno.errorcode.get(error.errno or 0, '')}"
    return text(key, language()) if known(key) else error.strerror or str(error)


def _stated(arguments: Sequence[str]) -> Language | None:
    for at, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--language":
            return language_of(value or (arguments[at + 1] if at + 1 < len(arguments) else ""))
    return None


def _of_the_environment() -> Language:
    for name in ("EXCHANGE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, ""):
            return language_of(value.replace("_", "-")) or DEFAULT
    return DEFAULT
