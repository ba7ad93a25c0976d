"""Recording events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from events.envelope import Ref
from events.errors import ExchangeError, StaleVersion
from exchange.commands.act import ActRefused, Item, Result
from exchange.http.allows import allows
from exchange.http.etag import if_match
from exchange.http.gate import caller
from exchange.http.judging import all_wrong
from exchange.http.problems import answer, problem
from exchange.http.routes import Resource, use_cases
from exchange.http.v1 import examples
from schemas.v1.event import BatchResultSchema, BatchSchema, EventSchema, ResultSchema
from schemas.v1.household import HouseholdResultSchema, HouseholdSchema, events_of
from schemas.v1.wire import FEW_FAULTS, MOST_FAULTS, Fault

resource = Resource("events", "Record what happened.", "登记发生的事实。")
REPLAYED = {"Idempotent-Replay": "true"}
_OF_EVENT = frozenset({
    "$", "If-Match", "id", "type", "person", "effective_on", "with", "because", "submission", "if_match", "office",
    "roles",
})  # fmt: skip
_ON_THE_WIRE = {"day": "effective_on"}


@resource.post(
    "/events",
    summary=("Record one event", "登记一个事件"),
    body=EventSchema,
    asks={
        "registered": examples.REGISTERED,
        "arrived": examples.ARRIVED,
        "left": examples.LEFT,
        "married": examples.MARRIED,
        "enquired": examples.ENQUIRED,
        "answered": examples.ANSWERED,
    },
    answer=ResultSchema,
    example=examples.RECORDED,
    status=201,
    repeats=True,
    problems=(404, 409, 410, 412),
    headers=("If-Match",),
)
@allows("clerk", "confirmer", "supervisor")
def record_event(body: dict[str, Any]) -> tuple[Mapping[str, Any], int, dict[str, str]]:
    """Records one event in the caller's office. The same id and content again gives the first result with 200.

    A supervisor names the office by `Exchange-Office`; in the name of the area itself only requests, enquiries and
    what belongs to their cases are recorded.
    """
    [result] = use_cases().record(caller(), [item_of(body, if_match=if_match())], all_or_nothing=True)
    return single(result)


@resource.post(
    "/events/batch",
    summary=("Record up to 1,000 events", "批量登记事件（至多1000个）"),
    body=BatchSchema,
    asks={
        "two": {"all_or_nothing": True, "events": [examples.REGISTERED, {**examples.LEFT, "person": "#0"}]},
        "enquiries": {
            "all_or_nothing": True,
            "events": [examples.ENQUIRED, {**examples.ENQUIRED, "id": examples.REPLY}],
        },
    },
    answer=BatchResultSchema,
    example={"recorded": 1, "repeated": 0, "refused": 0, "results": [examples.RECORDED]},
    status=201,
    repeats=True,
    problems=(404, 409, 410, 412),
)
@allows("clerk", "confirmer", "supervisor")
def record_events(body: dict[str, Any]) -> Response | tuple[Mapping[str, Any], int, dict[str, str]]:
    """Records events in order: all or nothing (the default), or each by itself with a result of its own.

    All or nothing: refused as a problem that names every event at fault (`events.N.…`). Each by itself: 200 with a
    result per event, refused ones with their problem. 201 where anything was recorded.
    """
    whole, shared = bool(body["all_or_nothing"]), body.get("submission")
    items = [item_of(each, submission=shared) for each in body["events"]]
    results = _beside(body.get("misshapen", {}), items, shared, whole=whole)
    if whole and any(result.status == "refused" for result in results):
        return refused_whole([each.error for each in results], [f"events.{number}" for number in range(len(results))])
    return _counted(results)


@resource.post(
    "/events/household",
    summary=("Record the move of a household", "登记一户人同迁"),
    body=HouseholdSchema,
    asks={"two": examples.HOUSEHOLD},
    answer=HouseholdResultSchema,
    example={
        "submission": examples.EVENT,
        "recorded": 2,
        "repeated": 0,
        "refused": 0,
        "results": [examples.RECORDED, {**examples.RECORDED, "id": examples.REPLY, "person": examples.CASE}],
    },
    status=201,
    repeats=True,
    problems=(404, 409, 410, 412),
)
@allows("clerk", "supervisor")
def record_household(body: dict[str, Any]) -> Response | tuple[Mapping[str, Any], int, dict[str, str]]:
    """Records one event of each member, all of them or none: one act, which offices told of several members see as one.

    Refused as a problem that names every member at fault (`members.N.…`).
    """
    items = [item_of(event) for event in events_of(body, "with_")]
    results = use_cases().record(caller(), items, all_or_nothing=True)
    if any(result.status == "refused" for result in results):
        return refused_whole([each.error for each in results], [f"members.{number}" for number in range(len(results))])
    counted, status, headers = _counted(results)
    return {"submission": body.get("submission", results[0].id), **counted}, status, headers


def _counted(results: Sequence[Result]) -> tuple[Mapping[str, Any], int, dict[str, str]]:
    counts = {word: sum(result.status == word for result in results) for word in ("recorded", "repeated", "refused")}
    replayed = REPLAYED if counts["repeated"] == len(results) else {}
    few = _each(counts["refused"])
    return {**counts, "results": [row(each, few) for each in results]}, 201 if counts["recorded"] else 200, replayed


def _each(refused: int) -> int:
    """How many faults are named of each of so many events."""
    return max(MOST_FAULTS // max(refused, 1), FEW_FAULTS)


def _beside(
    misshapen: Mapping[int, tuple[Any, Sequence[Fault]]], items: Sequence[Item], shared: str | None, *, whole: bool
) -> list[Result]:
    """A result for each event of the batch, those of a wrong form included; with one of these its act is refused."""
    acts = {_act_of(event, shared): number for number, (event, _) in misshapen.items()}
    acts.pop(None, None)
    taken = [item for item in items if item.submission not in acts]
    recorded = iter(use_cases().record(caller(), taken, all_or_nothing=whole) if taken else ())
    others = iter(items)
    results = []
    few = _each(len(misshapen))
    for number in range(len(items) + len(misshapen)):
        if number in misshapen:
            event, found = misshapen[number]
            error: ExchangeError = all_wrong(EventSchema(), event, found, most=few)
            results.append(Result(id="", person=None, status="refused", error=error))
        elif (item := next(others)).submission in acts:
            error = ActRefused(item=acts[item.submission])
            results.append(Result(id=item.id or "", person=None, status="refused", error=error))
        else:
            results.append(next(recorded))
    return results


def _act_of(event: Any, shared: str | None) -> str | None:
    own = event.get("submission", shared) if isinstance(event, Mapping) else shared
    return own if isinstance(own, str) else shared


def item_of(body: Mapping[str, Any], *, if_match: str | None = None, submission: str | None = None) -> Item:
    """The item of an event on the wire."""
    because = body.get("because")
    return Item(
        type=body["type"],
        day=body["effective_on"],
        content=body["with_"],
        id=body.get("id"),
        person=body.get("person"),
        because=Ref(*because) if because else None,
        submission=body.get("submission", submission),
        if_match=body.get("if_match", if_match),
    )


def single(result: Result, within: str = "with.") -> tuple[Mapping[str, Any], int, dict[str, str]]:
    """The answer for one event. Raises what it was refused for; `within`: the path of the content in the body."""
    if result.error is not None:
        if isinstance(result.error, StaleVersion):
            result.error.field = "If-Match"  # where it stands, unless in a batch
        raise placed(result.error, within)
    return row(result), *((200, REPLAYED) if result.status == "repeated" else (201, {}))


def row(result: Result, most: int = MOST_FAULTS) -> dict[str, Any]:
    """A result on the wire. Who is meant by the word of a refused event stays open. `most`: faults that are named."""
    refused = result.error is not None
    return {
        "id": result.id or None,
        "person": None if refused else result.person,
        "status": result.status,
        "version": result.version,
        "stamp": result.stamp,
        "error": None if result.error is None else problem(placed(result.error), most),
    }


def placed(error: ExchangeError, within: str = "with.") -> ExchangeError:
    """The error with its fields as the wire has them: what is no field of the event itself lies in its content."""
    for each in error.faults:
        if each.field is not None:
            first = each.field.partition(".")[0]
            each.field = _ON_THE_WIRE.get(each.field, each.field if first in _OF_EVENT else f"{within}{each.field}")
    return error


def refused_whole(refusals: Sequence[ExchangeError | None], places: Sequence[str]) -> Response:
    """The problem of the first event at fault, naming the fields of all; events that only shared its fate are not.

    `places`: where each stands in the body.
    """
    refused = [(at, each) for at, each in zip(places, refusals, strict=True) if each is not None]
    at_fault = [(at, each) for at, each in refused if each.code != ActRefused.code] or refused
    told: dict[str, Any] = {}
    errors: list[dict[str, Any]] = []
    for at, each in at_fault:
        if len(errors) == MOST_FAULTS:
            break
        found = problem(placed(each), most=MOST_FAULTS - len(errors))
        told = told or found
        own = found.get("errors") or [{"field": "", "rule": found["code"], "message": found["detail"]}]
        errors += [{**fault, "field": f"{at}.{fault['field']}".rstrip(".$")} for fault in own]
    return answer({**told, "errors": errors})
