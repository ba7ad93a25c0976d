"""A web process goes on looking whether it is superseded, whatever comes between."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from events.store.errors import Unavailable
from exchange.http import version_watch
from exchange.http.version_watch import VersionWatch
from exchange.pipeline.in_force import Superseded


@pytest.mark.parametrize("between", [Unavailable(rule="store.lost"), RuntimeError("no such column")])
def test_it_is_told_once_though_the_database_could_not_be_asked_before(monkeypatch, between):
    answers = [between, between, Superseded(found="9999", known="0001")]

    def asked(_node: object) -> None:
        raise answers.pop(0)

    monkeypatch.setattr(version_watch, "require_in_force", asked)
    node: Any = SimpleNamespace(settings=SimpleNamespace(poll_seconds=0.001))
    told = threading.Event()
    looking = VersionWatch(node, told.set).start()
    assert told.wait(5)
    looking.stop()
    assert answers == []
