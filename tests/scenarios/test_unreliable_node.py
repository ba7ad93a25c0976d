"""A node that breaks its own promises fails the story by name, and stops no other story."""

from typing import Any

import httpx
import pytest

from exchange.scenarios import report
from exchange.scenarios.api import CannotTry, NotAnswering, Offices
from exchange.scenarios.embedded import embedded
from exchange.scenarios.playing import Play
from exchange.scenarios.reading import parse
from exchange.scenarios.remote import Remote, remote
from exchange.scenarios.running import run
from tests.scenarios.stories import SMALL

KEYS = {"420982000000": "one", "operator": "two"}


def broken(status: int, text: str = "{}") -> Remote:
    ground = Remote("http://node.invalid", KEYS)
    ground.client = httpx.Client(
        base_url="http://node.invalid", transport=httpx.MockTransport(lambda _: httpx.Response(status, text=text))
    )
    return ground


@pytest.mark.parametrize(("status", "text"), [(500, "{}"), (401, "{}"), (200, "<html>")])
def test_an_answer_that_the_api_does_not_promise_is_a_difference(status, text):
    found = run(parse(SMALL, "small"), broken(status, text), 7, {})
    assert [each.kind for each in found.differences] == ["node"]
    shown = "\n".join(report.lines(found, "zh-CN"))
    assert "节点的应答不符合接口约定。 (/v1/jurisdictions/" in shown
    assert "node_not_answering" not in shown


def test_what_a_key_may_not_do_could_not_be_tried():
    found = run(parse(SMALL, "small"), broken(403), 7, {})
    assert (found.verdict, found.differences) == ("not_tried", [])
    assert "/v1/jurisdictions/" in "\n".join(report.lines(found, "zh-CN"))


def test_two_stories_of_one_seed_have_people_of_their_own():
    """On one node, whoever was made up for the first would be held already in the second."""
    with embedded() as ground:
        plays = [Play(parse(SMALL.replace("id: small", f"id: {name}"), name), ground, 7, {}) for name in ("one", "two")]
    assert len({play.binding.persons["P1"].document for play in plays}) == 2


def test_the_key_of_the_narrowest_area_is_used():
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(200, json={})

    ground = Remote("http://node.invalid", {**KEYS, "420000000000": "wide"})
    ground.client = httpx.Client(base_url="http://node.invalid", transport=httpx.MockTransport(answer))
    offices = Offices(ground)
    offices.get("420982100000", "/v1/cases")
    offices.get("420921100000", "/v1/cases")
    assert seen == ["Bearer one", "Bearer wide"]


def test_an_operator_of_several_areas_speaks_for_one_of_the_file():
    def answer(request: httpx.Request) -> httpx.Response:
        named = request.headers.get("Exchange-Office")
        return httpx.Response(422 if named is None else 200 if named == "420982000000" else 403, json={})

    ground = Remote("http://node.invalid", {**KEYS, "110101": "elsewhere"})
    ground.client = httpx.Client(base_url="http://node.invalid", transport=httpx.MockTransport(answer))
    ground.name_an_area()
    assert Offices(ground).node("status") == {}


def test_too_few_towns_with_a_key_are_no_fault_of_the_file():
    ground = Remote("http://node.invalid", {"420982100000": "one", "operator": "two"})
    assert run(parse(SMALL, "small"), ground, 7, {}).verdict == "not_tried"


def test_an_office_without_a_key_cannot_act():
    with pytest.raises(NotAnswering):
        Offices(broken(200)).get("110101001000", "/v1/cases")


def test_time_cannot_go_by_on_a_node_of_somebody_else():
    with pytest.raises(CannotTry):
        broken(200).pass_time(3, 0)


def test_a_file_of_keys_names_areas_and_an_operator(tmp_path):
    file = tmp_path / "keys.yaml"
    file.write_text('"420982000000": one\noperator: two\n', encoding="utf-8")
    with remote("http://node.invalid", file) as ground:
        assert Offices(ground).areas == ("420982000000",)


def test_a_node_without_records_of_another_time_is_not_tried():
    text = SMALL.replace("end:\n", "views:\n  - {office: A, person: P1, as_of: -1, expect: {lives_at: B}}\nend:\n")
    with embedded() as ground:
        hides(ground.client)
        found = run(parse(text, "small"), ground, 7, {})
    assert (found.verdict, found.differences) == ("not_tried", [])
    assert ["scenario.other_time" in str(each) for each in found.untried] == [True]


def hides(client: httpx.Client) -> None:
    """Refuse the two times, as a node does that does not know them."""
    request = client.request

    def answer(method: str, url: str, **rest: Any) -> httpx.Response:
        times = {"as_of", "known_at"} & set(rest.get("params") or {})
        return httpx.Response(422, json={"code": "malformed"}) if times else request(method, url, **rest)

    client.request = answer  # type: ignore[assignment, method-assign]  # a client that is only ours
