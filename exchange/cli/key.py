"""`exchange key`: makes, lists and revokes the keys of the API. A secret is shown once and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from exchange.access.caller import ROLES, Role
from exchange.access.keys import Key, Keys
from exchange.cli import speech
from exchange.cli.command import Command, Group, answers, option
from exchange.cli.node import on_node, opened, settings_of
from exchange.clock import utcnow
from exchange.registers.places import area_of


@click.group(cls=Group, help="cli.key", no_args_is_help=True)
@answers
def key() -> None:
    """The keys of the API."""


@key.command(cls=Command, help="cli.key.create")
@click.argument("name")
@option("--office", "areas", multiple=True, required=True, help="cli.option.key_office")
@option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="cli.option.role")
@option("--days", type=click.IntRange(1, 3650), help="cli.option.days")
@on_node
def create(
    name: str,
    areas: tuple[str, ...],
    roles: tuple[Role, ...],
    days: int | None,
    data: Path | None,
    settings_file: Path | None,
) -> None:
    expires_at = None if days is None else utcnow() + timedelta(days=days)
    scopes = [area_of(area, "--office") for area in areas]
    with _keys(data, settings_file, made=True) as keys:
        made, secret = keys.issue(name, scopes, roles, expires_at)
    speech.say({**_plain(made), "key": secret}, speech.words("key.created", id=made.id), secret)


@key.command("list", cls=Command, help="cli.key.list")
@on_node
def list_(data: Path | None, settings_file: Path | None) -> None:
    with _keys(data, settings_file) as keys:
        held = keys.all()
    lines = [
        "  ".join([each.id, _standing(each).ljust(8), ",".join(sorted(each.roles)), ",".join(each.scopes), each.name])
        for each in held
    ]
    speech.say({"keys": [_plain(each) for each in held]}, *(lines or [speech.words("key.none")]))


@key.command(cls=Command, help="cli.key.revoke")
@click.argument("identifier", metavar="ID")
@on_node
def revoke(identifier: str, data: Path | None, settings_file: Path | None) -> None:
    with _keys(data, settings_file) as keys:
        ended = keys.revoke(identifier)
    speech.say(_plain(ended), speech.words("key.revoked", id=ended.id))


@contextmanager
def _keys(data: Path | None, settings_file: Path | None, *, made: bool = False) -> Iterator[Keys]:
    with opened(settings_of(settings_file, data=data), made=made) as node:
        yield Keys(node.uow, node.clock)


def _plain(held: Key) -> dict[str, Any]:
    return {
        "id": held.id,
        "name": held.name,
        "scopes": held.scopes,
        "roles": sorted(held.roles),
        "created_at": held.created_at,
        "expires_at": held.expires_at,
        "revoked_at": held.revoked_at,
    }


def _standing(held: Key) -> str:
    if held.revoked_at is not None:
        return speech.words("key.standing.revoked")
    return speech.words("key.standing.valid" if held.valid(utcnow()) else "key.standing.expired")
