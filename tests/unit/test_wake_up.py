"""What counts as a wake-up of ours in a queue on Redis."""

import json
from base64 import b64encode
from typing import Any, cast

import msgspec
import pytest
import redis

from exchange.wakes.broker import ADVANCE, SWEEP
from exchange.wakes.ear import Ear
from workers.wake_up import require_ours

AFTERWARDS = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def body(arguments: Any = (), named: Any = None, afterwards: Any = AFTERWARDS) -> str:
    return b64encode(json.dumps([arguments, named or {}, afterwards]).encode()).decode()


def message(headers: Any = None, place: Any = None, **more: Any) -> dict[str, Any]:
    """As Celery sends it."""
    of_task = {"lang": "py", "task": SWEEP, "id": "1", "root_id": "1", "parent_id": None, "origin": "gen1@host"}
    of_sender = {"argsrepr": "()", "kwargsrepr": "{}", "ignore_result": True, "timelimit": [None, None], "stamps": {}}
    properties = {
        "correlation_id": "1",
        "reply_to": "2",
        "delivery_mode": 2,
        "priority": 0,
        "body_encoding": "base64",
        "delivery_info": {"exchange": "", "routing_key": ADVANCE, **(place or {})},
        "delivery_tag": "3",
    }
    whole = {
        "body": body(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {**of_task, **of_sender, **(headers or {})},
        "properties": properties,
    }
    return whole | more


OURS = {
    "plain": message(),
    "of a request": message({"task": ADVANCE, "reference": "r"}),
    "for the next slice": message({"expires": "2026-11-27T11:06:21.027931+08:00"}, body=body([1, "behind"])),
    "handed out again": message({"redelivered": True}, {"redelivered": True}),
}
NOT_OURS = {
    "no object": [],
    "nothing in it": {},
    "another task": message({"task": "os.system"}),
    "limits that are none": message({"timelimit": "x"}),
    "compressed": message({"compression": "zlib"}),
    "for later": message({"eta": "2099-01-01T00:00:00Z"}),
    "a name that is none": message({"id": ["1"]}),
    "a place that is none": message(place={"routing_key": "elsewhere"}),
    "something afterwards": message(body=body(afterwards={**AFTERWARDS, "callbacks": 5})),
    "named arguments": message(body=body(named={"task": "x"})),
    "no base64": message(body="%"),
    "no JSON": message(body=b64encode(b"\x80").decode()),
    "pickled": message(**{"content-type": "application/x-python-serialize"}),
}


@pytest.mark.parametrize("raw", OURS.values(), ids=OURS)
def test_what_our_own_tasks_look_like_is_taken(raw):
    require_ours(raw)


@pytest.mark.parametrize("raw", NOT_OURS.values(), ids=NOT_OURS)
def test_everything_else_is_not(raw):
    with pytest.raises((ValueError, msgspec.MsgspecError)):
        require_ours(raw)


class Channel:
    """Redis, where somebody has said what is no text."""

    subscribed = True

    def __init__(self) -> None:
        self.said = [{"type": "message", "data": b"\xff"}]

    def pubsub(self) -> "Channel":
        return self

    def get_message(self, **_: float) -> dict[str, Any] | None:
        return self.said.pop() if self.said else None


def test_a_listener_hears_that_something_was_said_even_where_it_is_no_text():
    assert Ear(cast("redis.Redis", Channel()), "look").next(0.0) == "\ufffd"
