"""`exchange serve`: the API and pages. Alone, with the worker that forwards in the same process; or, where the settings
name a broker, in as many processes as asked for, and workers forward elsewhere.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from events.errors import Malformed
from exchange import logs
from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.exit_codes import FINE
from exchange.cli.node import OutOfReach, in_reach, on_node, opened, settings_of
from exchange.cli.progress import progress
from exchange.collecting import collect_seldom
from exchange.console.pages import console
from exchange.demo import keepsake
from exchange.extras import NotInstalled
from exchange.http.alone import server
from exchange.http.app import create_app
from exchange.http.backlog import watch_queue
from exchange.http.counting import counting
from exchange.node import Node
from exchange.pipeline.loop import Loop
from exchange.settings import Settings
from exchange.wakes import NoBroker

THREADS = 8  # reads go on beside the one writer that SQLite takes; more threads would only wait for it, and for Python
PROCESSES = 2  # where there is a broker, and no other number is asked for


@click.command(cls=Command, help="cli.serve")
@option("--host", help="cli.option.host")
@option("--port", type=click.IntRange(1, 65_535), help="cli.option.port")
@option("--workers", type=click.IntRange(1, 256), help="cli.serve.workers")
@option("--demo/--no-demo", default=None, help="cli.option.demo")
@on_node
def serve(
    host: str | None,
    port: int | None,
    workers: int | None,
    demo: bool | None,
    data: Path | None,
    settings_file: Path | None,
) -> int:
    found = settings_of(settings_file, data=data, host=host, port=port, demo=demo)
    if found.broker_url:
        _no_demo_to_make(found)
        return _in_processes(found, workers or PROCESSES)
    if workers is not None:
        raise NoBroker(field="broker_url", rule="settings.no_broker")
    _alone(found)
    return FINE


def _no_demo_to_make(found: Settings) -> None:
    """Several processes serve a demo that is there, or one that goes on beside them. Raises Malformed for any other."""
    if found.demo and found.demo_clock is None and keepsake.load(found.data) is None:
        raise Malformed(field="--demo", rule="cli.serve.demo_alone")


def _alone(found: Settings) -> None:
    logs.set_up(for_machines=False)  # before anybody works: what is said until then shows the values of variables
    with _until_told(), _listening(found) as listener, opened(_demo(found) if found.demo else found) as node:
        loop = Loop(node, superseded=_end_this_process).start()
        try:
            _serve(node, loop, listener)
        finally:
            loop.stop()
        if not speech.for_machines():
            click.echo(speech.words("serve.stopped"), err=True)


def _serve(node: Node, loop: Loop, listener: socket.socket) -> None:
    watch_queue()
    app = create_app(node, [console(node)], forwarding=lambda: loop.failure is None)
    alone = server(app, listener, THREADS)
    collect_seldom()
    _tell_address(node.settings)
    alone.run()  # until a signal ends it; requests at hand are answered
    alone.close()
    app.extensions["exchange_checker"].wait()  # the checks beside the page read the node, which is closed next


def _in_processes(found: Settings, processes: int) -> int:
    ours = os.getpid()
    with counting():
        try:
            from exchange.http.processes import WebProcesses  # noqa: PLC0415 (gunicorn comes with the extra `server`)
        except ModuleNotFoundError as error:
            raise NotInstalled(field="--workers", rule="settings.no_server", missing=error.name) from error
        logs.set_up(for_machines=True)
        with _listening(found) as listener:
            with opened(found):
                pass  # so that a database that cannot be had is told here, once, and not by every process
            _tell_address(found)
            code = WebProcesses(found, listener, processes, THREADS).serve()
    if os.getpid() == ours and not speech.for_machines():
        click.echo(speech.words("serve.stopped"), err=True)
    return code


def _tell_address(at: Settings) -> None:
    address = f"http://{f'[{at.host}]' if ':' in at.host else at.host}:{at.port}/"
    speech.say({"address": address, "data": str(at.data)}, speech.words("serve.address", address=address))
    sys.stdout.flush()
    if not at.serves and not speech.for_machines():
        click.echo(speech.words("serve.nobody", file=at.file), err=True)


def _demo(found: Settings) -> Settings:
    # Only the demo needs its population, so nobody else waits for it to be loaded.
    from exchange.demo.life import YEAR  # noqa: PLC0415
    from exchange.demo.run import ensure_demo  # noqa: PLC0415

    with in_reach(found), progress(speech.words("serve.demo"), YEAR) as told:
        return ensure_demo(found, tell=told)


@contextmanager
def _listening(found: Settings) -> Iterator[socket.socket]:
    """The address, taken before anything else is done. Raises OutOfReach."""
    family = socket.AF_INET6 if ":" in found.host else socket.AF_INET
    try:
        listener = socket.create_server((found.host, found.port), family=family)
    except OSError as error:
        rule = "cli.port_busy" if error.errno == errno.EADDRINUSE else "cli.address"
        raise OutOfReach(field="--port", rule=rule, host=found.host, port=found.port, why=error) from error
    with listener:
        yield listener


def _end_this_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _until_told() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl-C does: what is begun is finished, and the status is that of a good end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
