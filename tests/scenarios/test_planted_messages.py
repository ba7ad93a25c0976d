"""Each rule about rejected messages left out: a story notices."""

import pytest

import exchange.protocol.legality
import exchange.protocol.questions.rejections
from events.catalogue.case import Deferred
from exchange.protocol.telling import author
from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FOLDER


def differs(story: str) -> bool:
    with embedded() as ground:
        return run(read(FOLDER / f"{story}.yaml"), ground, 7, {}).verdict == "different"


@pytest.mark.parametrize("ended", [None, "amended"])
def test_a_matter_that_never_ends_or_never_is_open_is_noticed(monkeypatch, ended):
    monkeypatch.setattr(exchange.protocol.questions.rejections, "_ended", lambda *_: ended)
    assert differs("message-rejected")


def test_not_telling_the_sender_is_noticed(monkeypatch):
    monkeypatch.setattr(author, "REJECTED", None)
    assert differs("message-rejected")


def test_rejecting_one_message_twice_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.legality, "Rejected", Deferred)
    assert differs("message-rejected")
