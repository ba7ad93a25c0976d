"""Every refusal and every event type is named in a story, told in seconds before all stories are played."""

import re

import pytest

from exchange.scenarios.covering import whole
from exchange.scenarios.reading import read
from tests.scenarios.stories import FILES

TOLD = "\n".join(file.read_text(encoding="utf-8") for file in FILES)


@pytest.mark.parametrize("code", whole()["refusals"])
def test_every_refusal_is_told_in_a_story(code):
    assert re.search(rf"error: .*\b{code}\b", TOLD)


@pytest.mark.parametrize("reason", whole()["disputes"])
def test_every_reason_to_dispute_is_given_in_a_story(reason):
    assert re.search(rf"reason: {reason}\b", TOLD)


def test_every_story_can_be_read():
    assert {read(file).id for file in FILES} == {file.stem for file in FILES}
