"""The application in several processes behind one address, by gunicorn: the web side of the server setting."""

from __future__ import annotations

import logging
import os
import signal
import socket
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock

from exchange.collecting import collect_seldom
from exchange.console.pages import console
from exchange.http.app import create_app
from exchange.http.metrics import metrics
from exchange.http.patience import PatientWorker
from exchange.http.unread import refusal
from exchange.http.version_watch import VersionWatch
from exchange.node import Node
from exchange.settings import Settings

GRACE = 30  # seconds that requests at hand have when the end is told
STUCK = 120  # seconds after which a process that gives no sign of life is begun anew


class WebProcesses(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """So many processes that accept on one listener, which they take over. Each opens the node after the fork."""

    def __init__(self, settings: Settings, listener: socket.socket, processes: int, threads: int) -> None:
        self._settings = settings
        self._node: Node | None = None
        self._app: Flask | None = None
        self._version_watch: VersionWatch | None = None
        self._parent = os.getpid()
        self._given: dict[str, Any] = {
            "bind": f"fd://{listener.detach()}",
            "control_socket_disable": True,
            "graceful_timeout": GRACE,
            "logger_class": PlainLogger,
            "post_worker_init": _says_that_it_began,
            "proc_name": "exchange",
            "threads": threads,
            "timeout": STUCK,
            "worker_class": PlainWorker,
            "worker_exit": self._closes,
            "workers": processes,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._given.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        self._node = Node.open(self._settings)
        self._app = create_app(self._node, [console(self._node), metrics(self._node)])
        self._version_watch = VersionWatch(self._node, self._end_all).start()
        collect_seldom()
        return self._app

    def serve(self) -> int:
        """Until SIGTERM or SIGINT; requests at hand are answered. The exit status."""
        try:
            self.run()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 0
        return 0

    def _end_all(self) -> None:
        os.kill(self._parent, signal.SIGTERM)  # which would begin anew whoever ends alone

    def _closes(self, _server: object, _worker: object) -> None:
        if self._version_watch is not None:
            self._version_watch.stop()
        if self._app is not None:
            self._app.extensions["exchange_checker"].wait()  # it reads the node, which is closed next
        if self._node is not None:
            self._node.close()


class PlainWorker(PatientWorker):
    """Tells what could not be read as a problem, and not as a page."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status = next((told for kind, told in _TOLD if isinstance(exc, kind)), 400)
        answer = refusal(self.wsgi, status)
        answer.headers["Connection"] = "close"
        body = answer.get_data()
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.to_wsgi_list())
        with suppress(OSError):
            write_nonblock(client, f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode("latin-1") + body)


_TOLD = ((LimitRequestLine, 414), (LimitRequestHeaders, 431))


class PlainLogger(Logger):  # type: ignore[misc]  # likewise
    """Leaves to the log of the process how lines look; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        self.error_log = logging.getLogger("exchange.web")
        self.access_log = logging.getLogger("exchange.web.access")

    def access(self, *_: Any) -> None:
        pass

    def reopen_files(self) -> None:
        pass


def _says_that_it_began(_worker: object) -> None:
    logging.getLogger("exchange.web").info("web process %s began", os.getpid())
