"""How the command speaks: in the caller's language, to people or, with `--json`, to machines. One object a run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from events.errors import ExchangeError
from exchange.cli.exit_codes import BAD_INPUT, exit_code
from exchange.translations import DEFAULT, Language, known, language_of, text

_JSON, _LANGUAGE = "exchange.json", "exchange.language"
_BAD_FLAGS = (
    (click.exceptions.NoSuchCommand, "cli.no_such_command"),
    (click.NoSuchOption, "cli.no_such_option"),
    (click.MissingParameter, "cli.missing"),
    (click.BadParameter, "cli.bad_value"),
    (click.UsageError, "cli.usage"),
)


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


def tell_error(error: ExchangeError) -> int:
    """Say what is wrong, and the exit status for it."""
    title = text(error.code, language(), **{"field": error.field or "", **error.details})
    told = [{"field": each.field, "rule": each.rule, "message": _reason(each)} for each in error.faults]
    lines = "\n".join(str(each["message"]) for each in told)
    _tell(error.code, error.field, error.rule, title, lines, told if len(told) > 1 else [])
    return exit_code(error)


def _reason(error: ExchangeError) -> str:
    """What is wrong, with its place in front where the text does not name it."""
    details = {"field": error.field or "", **error.details}
    why = text(error.rule if error.rule and known(error.rule) else error.code, language(), **details)
    return f"{error.field}: {why}" if error.field and error.field not in why else why


def tell_usage(error: click.ClickException) -> int:
    """Say which flag, argument or value the command cannot take, and the exit status for it."""
    rule = next((rule for kind, rule in _BAD_FLAGS if isinstance(error, kind)), "cli.usage")
    named = _named(error)
    told = text(rule, language(), field=named, message=error.format_message())
    if not for_machines() and isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    _tell("malformed", named or None, rule, text("malformed", language()), told)
    return BAD_INPUT


def _named(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return error.option_name
    if isinstance(error, click.exceptions.NoSuchCommand):
        return error.command_name
    if isinstance(error, click.BadParameter) and error.param is not None:
        return error.param.human_readable_name if isinstance(error.param, click.Argument) else error.param.opts[-1]
    return ""


def _tell(
    code: str, field: str | None, rule: str | None, title: str, message: str, several: Sequence[Mapping[str, Any]] = ()
) -> None:
    if for_machines():
        told = {"code": code, "field": field, "rule": rule, "title": title, "message": message, "errors": several}
        click.echo(json.dumps({"error": {k: v for k, v in told.items() if v}}, ensure_ascii=False))
    else:
        click.echo(f"exchange: {message}", err=True)


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
