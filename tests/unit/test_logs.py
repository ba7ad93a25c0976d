"""What a line of the log never says, in either form."""

import logging

import pytest
import structlog
from click.testing import CliRunner

from exchange import logs
from exchange.cli import main


@pytest.fixture
def restored():
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    talkative = {name: logging.getLogger(name).level for name in logs.TALKATIVE}
    yield
    root.handlers[:], root.level = handlers, level
    for name, was in talkative.items():
        logging.getLogger(name).setLevel(was)
    structlog.configure(**before)


def fails(name: str) -> None:
    raise RuntimeError(len(name))


@pytest.mark.parametrize("for_machines", [True, False])
def test_a_traceback_shows_no_values_of_variables(restored, capsys, for_machines):
    logs.set_up(for_machines=for_machines)
    synthetic = chr(0x738B) + "of" + "nobody"
    try:
        fails(synthetic)
    except RuntimeError:
        structlog.get_logger("exchange.test").exception("failed")
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert synthetic not in said


def test_the_requests_that_the_demo_sends_are_not_told_one_by_one(restored, capsys):
    logs.set_up(for_machines=False)
    logging.getLogger("httpx").info("HTTP Request: POST http://demo/v1/events/batch")
    logging.getLogger("httpx").warning("of note")
    assert [line.count("of note") for line in capsys.readouterr().err.splitlines()] == [1]


def test_a_command_logs_beside_its_answer_and_shows_no_values_of_variables(restored, capsys):
    assert CliRunner().invoke(main, ["version"]).exit_code == 0
    synthetic = chr(0x738B) + "of" + "nobody"
    try:
        fails(synthetic)
    except RuntimeError:
        structlog.get_logger("exchange.test").exception("failed")
    said = capsys.readouterr()
    assert said.out == ""
    assert "RuntimeError" in said.err
    assert synthetic not in said.err
