"""The node that a command works on: where it is, and who works on it."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from events.errors import ExchangeError, Malformed
from exchange.access.caller import Caller, Role
from exchange.cli import speech
from exchange.cli.command import answers, option
from exchange.jurisdictions.codes import Level
from exchange.node import Node
from exchange.registers.places import town_of
from exchange.settings import Settings, load, settings

Function = TypeVar("Function", bound=Callable[..., Any])


_OF_THE_COMMAND = frozenset({"EXCHANGE_SETTINGS", "EXCHANGE_LANGUAGE"})  # read elsewhere


class OutOfReach(ExchangeError):
    """The data folder, the database or the address cannot be had."""

    code = "out_of_reach"
    status = 503


def on_node(function: Function) -> Function:
    """The options of every command that works on a node."""
    file = click.Path(dir_okay=False, path_type=Path)
    function = option("--settings", "settings_file", type=file, envvar="EXCHANGE_SETTINGS", help="cli.option.settings")(
        function
    )
    function = option("--data", type=click.Path(file_okay=False, path_type=Path), help="cli.option.data")(function)
    return answers(function)


def settings_of(settings_file: Path | None, **given: Any) -> Settings:
    """The settings of file and environment, with what the command line gives on top.

    Without a file, `exchange.toml` in the data folder, where there is one. Raises SettingsWrong.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_COMMAND}
    named = {name: value for name, value in given.items() if value is not None}
    beside_data = Settings(data=Path(named.get("data") or environment.get("EXCHANGE_DATA") or Settings().data)).file
    found = load(settings_file or (beside_data if beside_data.is_file() else None), environment)
    return settings(**{**{name: getattr(found, name) for name in found.__struct_fields__}, **named})


@contextmanager
def opened(found: Settings, *, made: bool = True) -> Iterator[Node]:
    """The node of these settings, closed again at the end; without `made` only one that is there. Raises OutOfReach.

    What says that all is equal must never say so of an empty node at a mistyped place.
    """
    with in_reach(found):
        if not made and not found.database_url and not found.database.exists():
            raise OutOfReach(field="data", rule="cli.no_node", data=found.data)
        node = Node.open(found)
    try:
        yield node
    finally:
        node.close()


@contextmanager
def in_reach(found: Settings) -> Iterator[None]:
    """Says OutOfReach where the system keeps the data folder from us."""
    try:
        yield
    except BrokenPipeError:
        raise  # somebody stopped reading what we say
    except OSError as error:
        raise OutOfReach(field="data", rule="cli.data", data=found.data, why=error) from error


def acting(office: str, *roles: Role) -> Caller:
    """Somebody at this machine, for an office: whoever may read the node's master key needs no other."""
    code = town_of(office, "--office")
    return Caller(code, actor(), frozenset(roles), language=speech.language())


def check_served(node: Node, caller: Caller) -> None:
    """Raises Malformed where the node does not serve the caller's office, and says how it would."""
    if not node.serving.serves(caller.office):
        where = {"office": caller.office, "area": caller.office[: Level.COUNTY]}
        raise Malformed(field="--office", rule="cli.not_served", file=node.settings.file, **where)


def actor() -> str:
    """The account at this machine, as the log keeps it."""
    return "cli." + (re.sub(r"[^A-Za-z0-9._-]", "-", getpass.getuser())[:50] or "unknown")
