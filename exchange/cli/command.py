"""The shapes that every command has: help in the caller's language, options that all share, errors told by rule."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

import click

from events.errors import ExchangeError
from exchange.cli import speech
from exchange.cli.exit_codes import BROKEN, CLOSED, INTERRUPTED
from exchange.cli.helping import Helping, first_line, option
from exchange.cli.usage import tell_usage
from exchange.extras import OF_SERVER, NotInstalled
from exchange.translations import LANGUAGES

__all__ = ["Command", "Group", "Main", "answers", "option"]

Function = TypeVar("Function", bound=Callable[..., Any])
T = TypeVar("T")


class Command(Helping):
    """A command that returns its exit status; nothing is fine."""


class Group(Helping, click.Group):
    """Commands that are loaded when they are called: `lazy` says which module and which name holds each."""

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._lazy, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._lazy.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        try:
            found = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            rule = "settings.no_server" if (error.name or "").partition(".")[0] in OF_SERVER else "settings.not_locked"
            raise NotInstalled(field=cmd_name, rule=rule, missing=error.name) from error
        if not isinstance(found, click.Command):
            raise TypeError(place)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Listed from the texts alone, so that asking for help loads nothing."""
        keys = {name: f"cli.{name}" for name in self._lazy} | {name: held.help for name, held in self.commands.items()}
        rows = [(name, first_line(keys[name])) for name in self.list_commands(ctx)]
        with formatter.section(speech.words("commands")):
            formatter.write_dl(rows)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        Helping.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


class Main(Group):
    """The root: hears how the answer is wanted, and tells what goes wrong anywhere below it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        speech.listen(ctx, args)
        return self._telling(ctx, lambda: super(Main, self).parse_args(ctx, args))

    def invoke(self, ctx: click.Context) -> Any:
        with _told_to_end():
            code = self._telling(ctx, lambda: super(Main, self).invoke(ctx))
        ctx.exit(code if isinstance(code, int) else 0)

    def _telling(self, ctx: click.Context, step: Callable[[], T]) -> T:
        with ctx.scope(cleanup=False):
            try:
                return step()
            except (click.exceptions.Exit, click.exceptions.NoArgsIsHelpError):
                raise
            except BrokenPipeError:
                # Whoever read the answer (`| head`) wants no more; at the end nothing may be flushed there either.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                ctx.exit(CLOSED)
            except ExchangeError as error:
                ctx.exit(speech.tell_error(error))
            except click.ClickException as error:
                ctx.exit(tell_usage(error))
            except (KeyboardInterrupt, click.Abort):
                click.echo("", err=True)
                ctx.exit(INTERRUPTED)
            except Exception:  # noqa: BLE001 (ours to repair: shown whole, with a status of its own)
                traceback.print_exc()
                ctx.exit(BROKEN)


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Told to end, or without its terminal, it ends as by Ctrl-C: what it made for itself alone goes with it."""
    ours, before = os.getpid(), {}

    def end(number: int, _frame: FrameType | None) -> None:
        if os.getpid() == ours:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)  # a process that was forked here ends as others do
        os.kill(os.getpid(), number)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def answers(function: Function) -> Function:
    """The options of every command: `--json` and `--language`, which `speech` has read from the line already."""
    language = click.Choice(LANGUAGES)
    function = option("--language", type=language, expose_value=False, help="cli.option.language")(function)
    return option("--json", "for_machines", is_flag=True, expose_value=False, help="cli.option.json")(function)
