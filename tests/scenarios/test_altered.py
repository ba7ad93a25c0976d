"""Whatever offices send amid a story: no fault of ours, every refusal says why, and both sides stay equal."""

import json
from contextlib import suppress
from random import Random

import httpx
import pytest

from exchange.scenarios.api import CannotTry
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.embedded import Embedded, embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.altering import Altering
from tests.scenarios.stories import FILES

BLOCK, SOAK = 4, 2_000
MORE = 60  # altered requests behind the end of the story
STORIES = [file for file in FILES if "jurisdiction.opened" not in file.read_text(encoding="utf-8")]  # it begins anew


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(BLOCK, SOAK, BLOCK))])
def test_requests_that_are_altered_on_the_way_break_nothing(first):
    for seed in range(first, first + BLOCK):
        random = Random(seed)
        file = random.choice(STORIES)
        with embedded() as ground:
            altering = Altering(ground.client, random)
            with suppress(ScenarioInvalid, CannotTry):  # what the story names may have become of another kind
                run(read(file), ground, seed, {})
            for _ in range(MORE):
                altering.send()
                ground.settle()
            assert faults(ground) == [], f"{seed} {file.stem}"


@pytest.mark.parametrize(
    ("status", "answered"),
    [(500, {}), (422, {"errors": []}), (422, {"errors": [{"field": "", "rule": "day.form", "message": "No day."}]})],
)
def test_an_answer_that_the_api_does_not_give_is_found(status, answered):
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=answered))
    headers = {"Authorization": "Bearer x", "Exchange-Office": "420115001000"}
    with httpx.Client(transport=transport, base_url="http://node.invalid") as client:
        altering = Altering(client, Random(1))
        altering.hear("/v1/events", {"id": "x", "person": "y"}, headers)
        with pytest.raises(AssertionError, match=str(status)):
            altering.send()


def faults(ground: Embedded) -> list[str]:
    headers = {"Authorization": f"Bearer {ground.keys['operator']}"}
    found = ground.client.request("GET", "/v1/checks", headers=headers).json()
    return [*(json.dumps(each) for each in found["differences"]), *ground.replayed()]
