"""The server of the embedded setting: one process, whose threads read no more than the application would take."""

from __future__ import annotations

import socket
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from exchange.http.app import LARGEST_BODY
from exchange.http.unread import refusal


def server(app: Flask, listener: socket.socket, threads: int) -> Any:
    """The server, which answers from `run` on."""
    # The library keeps a body whole before it passes it on, by default up to a gigabyte.
    found = create_server(app, sockets=[listener], threads=threads, ident=None, max_request_body_size=LARGEST_BODY + 1)
    found.channel_class = _Channel
    found.app = app
    return found


class _Task(ErrorTask):  # type: ignore[misc]  # the library has no types
    def execute(self) -> None:
        language = self.request.headers.get("ACCEPT_LANGUAGE")
        answer = refusal(self.channel.server.app, self.request.error.code, language)
        self.status = answer.status
        self.response_headers.extend(answer.headers.to_wsgi_list())
        self.set_close_on_finish()
        body = answer.get_data()
        self.content_length = len(body)
        self.write(b"" if getattr(self.request, "command", "") == "HEAD" else body)


class _Channel(HTTPChannel):  # type: ignore[misc]  # likewise
    error_task_class = _Task
