"""`exchange serve`: one process with everything in it: the API and pages, and the worker that forwards."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from waitress.server import create_server

from exchange.cli import speech
from exchange.cli.command import Command, option
from exchange.cli.node import OutOfReach, on_node, opened, settings_of
from exchange.cli.progress import progress
from exchange.console.pages import console
from exchange.http.app import create_app
from exchange.node import Node
from exchange.pipeline.loop import Loop
from exchange.settings import Settings

THREADS = 8


@click.command(cls=Command, help="cli.serve")
@option("--host", help="cli.option.host")
@option("--port", type=click.IntRange(1, 65_535), help="cli.option.port")
@option("--demo/--no-demo", default=None, help="cli.option.demo")
@on_node
def serve(host: str | None, port: int | None, demo: bool | None, data: Path | None, settings_file: Path | None) -> None:
    found = settings_of(settings_file, data=data, host=host, port=port, demo=demo)
    with _until_told(), _listening(found) as listener, opened(_demo(found) if found.demo else found) as node:
        loop = Loop(node).start()
        try:
            _serve(node, loop, listener)
        finally:
            loop.stop()
    if not speech.for_machines():
        click.echo(speech.words("serve.stopped"), err=True)


def _serve(node: Node, loop: Loop, listener: socket.socket) -> None:
    app = create_app(node, [console(node)], forwarding=lambda: loop.failure is None)
    server = create_server(app, sockets=[listener], threads=THREADS, ident=None)
    at = node.settings
    address = f"http://{f'[{at.host}]' if ':' in at.host else at.host}:{at.port}/"
    speech.say({"address": address, "data": str(at.data)}, speech.words("serve.address", address=address))
    server.run()  # until a signal ends it; requests at hand are answered
    server.close()
    app.extensions["exchange_checker"].wait()  # the checks beside the page read the node, which is closed next


def _demo(found: Settings) -> Settings:
    # Only the demo needs its population, so nobody else waits for it to be loaded.
    from exchange.demo.life import YEAR  # noqa: PLC0415
    from exchange.demo.run import ensure_demo  # noqa: PLC0415

    try:
        with progress(speech.words("serve.demo"), YEAR) as told:
            return ensure_demo(found, tell=told)
    except OSError as error:
        raise OutOfReach(field="data", rule="cli.data", data=found.data, why=error.strerror) from error


@contextmanager
def _listening(found: Settings) -> Iterator[socket.socket]:
    """The address, taken before anything else is done. Raises OutOfReach."""
    family = socket.AF_INET6 if ":" in found.host else socket.AF_INET
    try:
        listener = socket.create_server((found.host, found.port), family=family)
    except OSError as error:
        rule = "cli.port_busy" if error.errno == errno.EADDRINUSE else "cli.address"
        raise OutOfReach(
            field="--port", rule=rule, host=found.host, port=found.port, why=error.strerror or str(error)
        ) from error
    with listener:
        yield listener


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
