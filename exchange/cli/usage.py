"""What a command line cannot be, said in the caller's language: click's own words are English, and for programmers."""

from __future__ import annotations

import re

import click

from exchange.cli import speech
from exchange.cli.exit_codes import BAD_INPUT
from exchange.translations import text

_RULES = (
    (click.exceptions.NoSuchCommand, "cli.no_such_command"),
    (click.NoSuchOption, "cli.no_such_option"),
    (click.MissingParameter, "cli.missing"),
    (click.BadParameter, "cli.bad_value"),
    (click.UsageError, "cli.usage"),
)
_MORE = re.compile(r"Got unexpected extra arguments? \((?P<words>.*)\)")


def tell_usage(error: click.ClickException) -> int:
    """Say which flag, argument or value the command cannot take, and the exit status for it."""
    rule = next((rule for kind, rule in _RULES if isinstance(error, kind)), "cli.usage")
    named = _named(error)
    if not speech.for_machines() and isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    language = speech.language()
    speech.tell("malformed", named or None, rule, text("malformed", language), _reason(error, rule, named))
    return BAD_INPUT


def _reason(error: click.ClickException, rule: str, named: str) -> str:
    key, details = rule, {"message": error.message}
    if isinstance(error, click.BadParameter) and error.param is not None and rule == "cli.bad_value":
        key, details = _of_value(error.param.type, error.message)
    elif found := _MORE.fullmatch(error.message):
        key, details = "cli.too_many", {"message": found["words"]}
    elif isinstance(error, click.BadOptionUsage):
        key = "cli.no_value"
    return text(key, speech.language(), field=named, **details)


def _of_value(kind: click.ParamType[object, object], message: str) -> tuple[str, dict[str, str]]:
    """What the parameter takes instead."""
    if isinstance(kind, click.Choice):
        return "cli.takes.choice", {"allowed": ", ".join(map(str, kind.choices))}
    if isinstance(kind, click.IntRange):
        least = "" if kind.min is None else f"≥ {kind.min}"
        most = "" if kind.max is None else f"≤ {kind.max}"
        return "cli.takes.number_within", {"limits": ", ".join(filter(None, (least, most)))}
    if kind is click.INT:
        return "cli.takes.number", {}
    if isinstance(kind, click.DateTime):
        return "cli.takes.day", {}
    if isinstance(kind, click.Path):
        return "cli.takes.file" if kind.file_okay else "cli.takes.folder", {}
    return "cli.bad_value", {"message": message}


def _named(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption | click.BadOptionUsage):
        return error.option_name
    if isinstance(error, click.exceptions.NoSuchCommand):
        return error.command_name
    if isinstance(error, click.BadParameter) and error.param is not None:
        argument = isinstance(error.param, click.Argument)
        return error.param.human_readable_name.strip("[].") if argument else error.param.opts[-1]
    return ""
