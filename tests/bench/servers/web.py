"""The web processes of the server setting with one route more, which only parses and validates the same body.

`python -m tests.bench.servers.web PROCESSES THREADS`, with the settings in the environment; it prints its port.
"""

import os
import socket
import sys

from flask import Flask

from exchange import logs
from exchange.http.processes import WebProcesses
from exchange.settings import load
from tests.bench.serving import with_empty


class Benched(WebProcesses):
    def load(self) -> Flask:
        return with_empty(super().load())


def main(processes: int, threads: int) -> int:
    logs.set_up(for_machines=True)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    return Benched(load(None, os.environ), listener, processes, threads).serve()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
