"""Help in the caller's language: click writes its own words in English, whatever language the texts have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from exchange.cli import speech
from exchange.translations import CHINESE, known, text

Function = TypeVar("Function", bound=Callable[..., Any])

_MARKS = (("[required]", "[必填]"), ("; required]", "；必填]"), ("[default: ", "[默认："))


def told(key: str | None) -> str | None:
    """The text of a key, or what is no key as it stands."""
    return text(key, speech.language()) if key and known(key) else key


class Option(click.Option):
    """An option whose help is a key of `cli.toml`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        key, self.help = self.help, told(self.help)
        try:
            record = super().get_help_record(ctx)
        finally:
            self.help = key
        if record is None or speech.language() != CHINESE:
            return record
        name, said = record
        for english, chinese in _MARKS:
            said = said.replace(english, chinese)
        return name, said


class Helping(click.Command):
    """A command whose help is a key of `cli.toml`."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, words, prefix=speech.words("usage_line"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [each.get_help_record(ctx) for each in self.get_params(ctx) if isinstance(each, click.Option)]
        with formatter.section(speech.words("options")):
            formatter.write_dl([each for each in records if each is not None])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = speech.words("option.help")
        return option

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        key, self.help = self.help, told(self.help)
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = key

    def get_short_help_str(self, limit: int = 45) -> str:
        return first_line(self.help)


def first_line(key: str | None) -> str:
    """What a list of commands says of one."""
    return (told(key) or "").partition("\n")[0]


def option(*names: str, **kwargs: Any) -> Callable[[Function], Function]:
    """A click option whose `help` is a key of `cli.toml`."""
    return click.option(*names, cls=Option, **kwargs)
