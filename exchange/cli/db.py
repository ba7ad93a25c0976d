"""`exchange db upgrade`: brings the database to this version's form."""

from __future__ import annotations

from pathlib import Path

import click

from exchange import migrations
from exchange.cli import speech
from exchange.cli.command import Command, Group, answers
from exchange.cli.node import on_node, opened, settings_of


@click.group(cls=Group, help="cli.db", no_args_is_help=True)
@answers
def db() -> None:
    """The database."""


@db.command(cls=Command, help="cli.db.upgrade")
@on_node
def upgrade(data: Path | None, settings_file: Path | None) -> None:
    found = settings_of(settings_file, data=data)
    with opened(found) as node, node.uow.look() as session:
        step = migrations.current(session.sql)
    speech.say({"step": step, "database": str(found.database)}, speech.words("db.upgraded", step=step))
