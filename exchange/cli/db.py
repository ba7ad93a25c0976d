"""`exchange db upgrade`: brings the database to this version's form."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import make_url

from exchange import migrations
from exchange.cli import speech
from exchange.cli.command import Command, Group, answers
from exchange.cli.node import on_node, opened, settings_of
from exchange.settings import Settings


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
    speech.say({"step": step, "database": _named(found)}, speech.words("db.upgraded", step=step))


def _named(found: Settings) -> str:
    """The database, without the secret in its address."""
    return make_url(found.database_url).render_as_string() if found.database_url else str(found.database)
