"""What a line of the log never says, in either form."""

import logging

import pytest
import structlog

from exchange import logs


@pytest.fixture
def restored():
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
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
