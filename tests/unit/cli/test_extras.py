"""Without the extra `server` a command that needs it says so, and the others are as they were."""

import json
import subprocess
import sys

import pytest

LACKING = "import sys; sys.modules.update(dict.fromkeys(['celery', 'gunicorn', 'redis', 'psycopg']));"


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", f"{LACKING} from exchange.cli import main; main({list(words)!r})"]
    given = {f"EXCHANGE_{name}": text for name, text in settings.items()}
    return subprocess.run(line, env=given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["worker"], {"BROKER_URL": "redis://127.0.0.1:1/0"}),
        (["beat"], {"BROKER_URL": "redis://127.0.0.1:1/0"}),
        (["serve", "--workers", "2"], {"BROKER_URL": "redis://127.0.0.1:1/0"}),
        (["status"], {"DATABASE_URL": "postgresql:///nowhere"}),
    ],
)
def test_a_command_that_needs_it_names_it(words, settings, tmp_path):
    told = run(*words, "--json", DATA=str(tmp_path), **settings)
    assert told.returncode == 2, told.stderr
    assert json.loads(told.stdout)["error"]["rule"] == "settings.no_server"


def test_a_package_that_no_extra_brings_is_missing_from_the_installation():
    line = "import sys; sys.modules['waitress'] = None; from exchange.cli import main; main(['serve', '--json'])"
    told = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=False)
    assert told.returncode == 2, told.stderr
    assert json.loads(told.stdout)["error"]["rule"] == "settings.not_locked"


def test_the_demo_on_servers_names_it():
    told = run("demo", "--setting", "server", "--json")
    assert told.returncode == 2, told.stderr
    assert json.loads(told.stdout)["error"]["rule"] == "settings.no_bundled"


def test_the_other_commands_need_none_of_it(tmp_path):
    assert run("db", "upgrade", DATA=str(tmp_path)).returncode == 0
    assert "worker" in run("--help").stdout
