"""The processes of `docker-compose.yml`, started by the very commands that stand there, without containers."""

import os
import subprocess
from contextlib import ExitStack

import httpx
import psycopg
import pytest

from exchange.demo.servers.child import answers, free_port
from exchange.demo.servers.ours import command
from exchange.demo.servers.postgres import Postgres
from exchange.demo.servers.redis import Redis
from exchange.node import Node
from exchange.reconcile import checks
from exchange.settings import settings
from tests import compose
from tests.conventions.sources import ROOT
from tests.integration.towns import BEIJING_AND_HUBEI
from tests.servers.platform import play, settle


@pytest.fixture
def login(server: Postgres):
    """An empty database after the script that the image of PostgreSQL runs once; the address of the service's login."""
    server.create("composed")
    given = {
        "PATH": f"{server.programs}:{os.environ['PATH']}",
        "PGHOST": str(server.folder),
        "POSTGRES_USER": "exchange",
        "POSTGRES_DB": "composed",
        "SERVICE_PASSWORD": "made up's",
    }
    subprocess.run([ROOT / "deploy/service-role.sh"], env=given, check=True)
    yield f"postgresql://exchange_service@/composed?host={server.folder}"
    server.drop("composed")
    with server.owner() as connection:
        connection.execute("DROP ROLE exchange_service")


def test_they_run_and_forward_with_a_login_that_can_only_add(server, login, tmp_path):
    with ExitStack() as ending:
        redis = Redis(tmp_path)
        ending.callback(redis.end)
        port = free_port()
        given = {
            "data": str(tmp_path / "data"),
            "serves": ",".join(BEIJING_AND_HUBEI),
            "broker_url": redis.url,
            "database_url": login,
        }

        def begin(name: str, **other: str):
            words = compose.command(name, {})
            here = [{"0.0.0.0": "127.0.0.1", "8080": str(port)}.get(word, word) for word in words]  # noqa: S104
            child = command(name, here, tmp_path, {**given, **other})
            ending.callback(child.kill)
            return child

        assert begin("migrations", database_url=server.url("composed"), broker_url="").wait() == 0
        web, worker, beat = begin("web"), begin("worker"), begin("beat")
        web.wait_until(lambda: answers(port))
        worker.wait_until(lambda: b"worker_ready" in worker.log.read_bytes())
        node = Node.open(
            settings(data=tmp_path / "data", serves=BEIJING_AND_HUBEI, broker_url=redis.url, database_url=login)
        )
        play(node, 3, lambda: settle(node))
        assert checks(node).equal
        node.close()
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").json() == {"status": "ok"}
        for name in ("worker", "beat"):
            check = command(f"{name}-check", [name, "--check"], tmp_path, given)
            assert check.wait() == 0
        with psycopg.connect(login) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM events")
        assert [child.end() for child in (web, worker, beat)] == [0, 0, 0]
