"""`exchange serve` as people start it: a process at a free port, with its own folder, that ends well when told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
from click.testing import CliRunner

from exchange.cli import main
from exchange.demo.keepsake import Keepsake
from exchange.http.counting import FOLDER
from tests.integration.cli import town

COMMAND = Path(sys.executable).with_name("exchange")
PATIENCE = 60.0  # seconds
KEPT = Keepsake(persons=0, seed=0, made_at="", keys=(), shown=None, fell_due=0, in_time=0)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    return {**kept, "EXCHANGE_SERVES": "420115", "LANG": "C.UTF-8"}


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    line = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(line, env=environment(), capture_output=True, text=True, check=False, timeout=PATIENCE)


@contextmanager
def serving(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    line = [str(COMMAND), "serve", "--data", str(data), "--port", str(port), "--json"]
    process = subprocess.Popen(line, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["address"] == f"http://127.0.0.1:{port}/"
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_at_the_address_that_it_prints_and_ends_well_when_told_to(tmp_path, sign):
    port = free_port()
    with serving(tmp_path, port) as process:
        for path in ("healthz", "readyz"):
            assert httpx.get(f"http://127.0.0.1:{port}/{path}", timeout=PATIENCE).json() == {"status": "ok"}
        assert httpx.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE).status_code == 200
        process.send_signal(sign)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert command("reconcile", "--data", tmp_path).returncode == 0


def test_a_busy_port_is_named_and_nothing_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        told = command("serve", "--data", tmp_path / "data", "--port", str(port))
    assert told.returncode == 4
    assert f"port {port}" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "data").exists()


def test_what_another_command_records_is_forwarded_while_it_serves(tmp_path):
    register = town.write(tmp_path / "register.csv", [town.person(at) for at in range(30)])
    port = free_port()
    with serving(tmp_path / "data", port) as process:
        taken = command("import", register, "--office", town.OFFICE, "--data", tmp_path / "data", "--json")
        assert json.loads(taken.stdout)["recorded"] == 30
        deadline = time.monotonic() + PATIENCE
        while json.loads(command("status", "--data", tmp_path / "data", "--json").stdout)["lag_events"]:
            assert time.monotonic() < deadline
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert json.loads(command("reconcile", "--data", tmp_path / "data", "--json").stdout)["equal"] is True


def refused(port: int, **given: str | Path) -> str:
    """By which rule `exchange serve --demo` refuses where a broker is named."""
    settings = {f"EXCHANGE_{name.upper()}": str(text) for name, text in given.items()}
    told = CliRunner().invoke(main, ["serve", "--demo", "--port", str(port), "--json"], env=settings)
    error = json.loads(told.stdout)["error"]
    return f"{error['field']} {error['rule']}"


def test_no_demo_is_made_with_a_broker_and_one_that_is_there_is_served(tmp_path):
    given = {"data": tmp_path, "broker_url": "redis://127.0.0.1:1"}
    with socket.create_server(("127.0.0.1", 0)) as busy:  # where it would serve, it hears that it cannot
        port = busy.getsockname()[1]
        assert refused(port, **given) == "--demo cli.serve.demo_alone"
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "demo.json").write_bytes(msgspec.json.encode(KEPT))
        assert refused(port, **given) == "--port cli.port_busy"
    assert FOLDER not in os.environ, "whatever serves next in this process would count in a folder that is gone"
