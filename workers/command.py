"""`exchange worker` and `exchange beat`: the processes that forward, and the one that asks them to look."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click
from celery.apps.beat import Beat

from events.errors import Malformed
from events.pinyin import read_tables
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import FINE, UNAVAILABLE
from exchange.cli.node import on_node, settings_of
from exchange.settings import Settings
from exchange.wakes import NoBroker
from exchange.wakes.broker import is_redis
from workers import lines, listening, pulse
from workers.app import make_app
from workers.queues import ALL

PROCESSES = 2


@click.command(cls=Command, help="cli.worker")
@option("--concurrency", type=click.IntRange(1, 256), show_default=str(PROCESSES), help="cli.worker.concurrency")
@option("--listen", is_flag=True, help="cli.worker.listen")
@option("--beat", "with_beat", is_flag=True, help="cli.worker.beat")
@option("--check", is_flag=True, help="cli.worker.check")
@on_node
def worker(
    concurrency: int | None, listen: bool, with_beat: bool, check: bool, data: Path | None, settings_file: Path | None
) -> int:
    found = _settings(data, settings_file)
    if check:
        return _checked(found, pulse.LISTENER if listen else pulse.WORKER)
    if listen:
        return _listening(found, with_beat=with_beat, concurrency=concurrency)
    lines.set_up()
    read_tables()  # before the processes are forked, which then share them
    made: Any = make_app(found).Worker(
        beat=with_beat,
        concurrency=concurrency or PROCESSES,
        loglevel=logging.INFO,
        optimization="fair",
        pool="prefork",
        queues=",".join(ALL),
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )
    try:
        made.start()  # until SIGTERM or SIGINT: the tasks at hand are finished, what was only fetched is given back
    finally:
        pulse.ends(found.data, pulse.WORKER)
    return int(made.exitcode or FINE)


@click.command(cls=Command, help="cli.beat")
@option("--check", is_flag=True, help="cli.beat.check")
@on_node
def beat(check: bool, data: Path | None, settings_file: Path | None) -> int:
    found = _settings(data, settings_file)
    if check:
        return _checked(found, pulse.CLOCK)
    lines.set_up()
    made = Beat(app=make_app(found), loglevel="INFO", quiet=True)
    try:
        made.run()
    finally:
        pulse.ends(found.data, pulse.CLOCK)
    return FINE


def _listening(found: Settings, *, with_beat: bool, concurrency: int | None) -> int:
    if with_beat:
        raise Malformed(field="--beat", rule="cli.worker.listens_only")
    if concurrency is not None:
        raise Malformed(field="--concurrency", rule="cli.worker.listens_alone")
    if not is_redis(found.broker_url):
        raise Malformed(field="--listen", rule="cli.worker.only_redis")
    listening.listen(found)
    return FINE


def _settings(data: Path | None, settings_file: Path | None) -> Settings:
    found = settings_of(settings_file, data=data)
    if not found.broker_url:
        raise NoBroker(field="broker_url", rule="settings.no_broker")
    found.data.mkdir(parents=True, exist_ok=True)
    return found


def _checked(found: Settings, kind: str) -> int:
    alive = pulse.beats(found.data, kind)
    speech.say({"alive": alive}, speech.words(f"{kind}.alive" if alive else f"{kind}.still"))
    return FINE if alive else UNAVAILABLE


__all__ = ["beat", "worker"]
