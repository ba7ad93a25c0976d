"""One schema reads the bodies of all requests, some of them at once: nothing of one body is left for the next."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from marshmallow import ValidationError

from schemas.v1.event import BatchSchema, EventSchema
from schemas.v1.wire import Wire

GOOD = {
    "type": "movement.moved_within",
    "person": "00000000-0000-4000-8000-00000000000a",
    "effective_on": "2026-03-01",
    "with": {"address": "文三路1号101室"},
}
BAD: dict[str, Any] = {**GOOD, "effective_on": "the first of March", "with": {"adress": "文三路1号101室"}}
BODIES = [GOOD, BAD, {**GOOD, "effective_on": "2026-03-02"}, {**BAD, "more": 1}] * 50


def said(schema: Wire, body: Any) -> Any:
    try:
        return schema.load(body)
    except ValidationError as error:
        return error.messages


def test_a_body_leaves_nothing_for_the_next():
    for kind, bodies in ((EventSchema, BODIES), (BatchSchema, [{"events": [body, GOOD]} for body in BODIES])):
        alone = [said(kind(), body) for body in bodies]
        assert [isinstance(each.get("type", each.get("events")), str | list) for each in alone[:2]] == [True, False]
        shared = kind()
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(lambda body, schema=shared: said(schema, body), bodies)) == alone
