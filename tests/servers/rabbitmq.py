"""A RabbitMQ of one's own: Debian's server, as this account, at free ports, in a folder forgotten afterwards."""

import os
from pathlib import Path

from exchange.demo.servers.child import Child, free_port

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class RabbitMQ:
    """Begins when made; `end` ends it, and the process that maps its names too."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        given = {
            "HOME": folder,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": free_port(),
            "RABBITMQ_CONFIG_FILE": folder / "none",
            "RABBITMQ_DIST_PORT": free_port(),
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
            "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_MNESIA_BASE": folder / "mnesia",
            "RABBITMQ_NODENAME": f"exchange{self.port}@localhost",
            "RABBITMQ_NODE_PORT": self.port,
        }
        environment = {**os.environ, **{name: str(value) for name, value in given.items()}}
        self._epmd = Child("epmd", ["epmd"], folder / "epmd.log", environment)
        self.child = Child("rabbitmq", [SERVER], folder / "rabbitmq.log", environment)
        self.child.wait_until(lambda: b"completed with" in self.child.log.read_bytes())

    def end(self) -> None:
        self.child.kill()
        self._epmd.kill()
