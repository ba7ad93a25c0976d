"""`/metrics` in the form of Prometheus, for a key of an operator: requests, and how far each stage lies behind.

Requests are counted by each web process in files of its own, which whoever is asked adds up; the stages are read from
the database when asked. One line of the log tells of each request.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from exchange.http.allows import allows
from exchange.http.counting import FOLDER
from exchange.queries.lag import lag, set_aside, stuck

if TYPE_CHECKING:
    from exchange.node import Node

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})  # each other is counted as one

_log = structlog.get_logger(__name__)


class Stages(Collector):
    """What waits at each stage, and whether the broker can be reached."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("exchange_waiting", "What waits at a stage: events, or persons.", labels=["stage"])
        events = GaugeMetricFamily("exchange_lag_events", "Events that wait at a stage.", labels=["stage"])
        seconds = GaugeMetricFamily("exchange_lag_seconds", "How long the oldest has waited.", labels=["stage"])
        for each in lag(self._node):
            waiting.add_metric([each.stage], each.waiting)
            events.add_metric([each.stage], each.events)
            seconds.add_metric([each.stage], each.seconds)
        yield waiting
        yield events
        yield seconds
        aside = GaugeMetricFamily("exchange_set_aside", "Events that a stage has set aside.", labels=["stage"])
        aside.add_metric(["sequencing"], set_aside(self._node))
        yield aside
        left = float(stuck(self._node))
        yield GaugeMetricFamily("exchange_stuck", "Dossiers that could not be forwarded.", value=left)
        there = float(self._node.bell.heard())
        yield GaugeMetricFamily("exchange_broker_up", "Whether the broker can be reached.", value=there)


def metrics(node: Node) -> Blueprint:
    """The route, and the counting of requests on every other."""
    counted, stages = CollectorRegistry(), CollectorRegistry()
    requests = Counter("exchange_requests", "Answers.", ["method", "route", "status"], registry=counted)
    durations = Histogram("exchange_request_seconds", "Time to the answer.", ["method", "route"], registry=counted)
    stages.register(Stages(node))
    blueprint = Blueprint("metrics", __name__)

    @blueprint.before_app_request
    def begin() -> None:
        g.began = time.perf_counter()

    @blueprint.after_app_request
    def count(answer: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "none"
        took = time.perf_counter() - g.get("began", time.perf_counter())
        method = request.method if request.method in METHODS else "other"  # or anybody makes us count for ever
        requests.labels(method, route, answer.status_code).inc()
        durations.labels(method, route).observe(took)
        _log.info("request", method=request.method, route=route, status=answer.status_code, seconds=round(took, 4))
        return answer

    @blueprint.get("/metrics")
    @allows("operator")
    def exposed() -> Response:
        """Everything that is counted and measured."""
        shown = counted
        if FOLDER in os.environ:
            shown = CollectorRegistry()
            MultiProcessCollector(shown)  # type: ignore[no-untyped-call]  # its module has no types
        return Response(generate_latest(shown) + generate_latest(stages), content_type=CONTENT_TYPE_LATEST)

    return blueprint
