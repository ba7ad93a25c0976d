"""Each rule about stays due for review left out: a story notices."""

import pytest

import exchange.pipeline.project
import exchange.pipeline.sweep
import exchange.protocol.automatic
import exchange.protocol.legality
import exchange.protocol.life.causes
import exchange.protocol.questions.stay_requests
from events.catalogue.case import Deferred
from exchange.protocol.questions.reviewing import Periods, reviews
from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FOLDER


def differs(story: str) -> bool:
    with embedded() as ground:
        return run(read(FOLDER / f"{story}.yaml"), ground, 7, {}).verdict == "different"


def test_asking_nobody_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.pipeline.sweep, "reviews", lambda _record, _today, _periods: ())
    assert differs("stay-lapsed")


def test_asking_on_the_last_day_alone_is_noticed(monkeypatch):
    late = Periods(before_days=0, after_months=12)
    monkeypatch.setattr(
        exchange.pipeline.sweep, "reviews", lambda record, today, _periods: reviews(record, today, late)
    )
    assert differs("stay-lapsed")


def test_an_end_that_answers_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.questions.cases, "answers", lambda _facts: {})
    assert differs("stay-lapsed")


@pytest.mark.parametrize("stands", [True, False])
def test_a_question_that_always_or_never_stands_is_noticed(monkeypatch, stands):
    monkeypatch.setattr(exchange.protocol.automatic, "stands", lambda _record, _request: stands)
    assert differs("stay-review-overtaken")


def test_a_question_that_belongs_to_the_act_of_the_arrival_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.life.causes, "RequestOpened", Deferred)
    assert differs("stay-extended-when-asked")


def test_a_stay_that_lapses_before_its_last_day_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.legality, "Left", Deferred)
    assert differs("stay-lapsed")


def test_reminders_that_do_what_was_requested_are_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.questions.stay_requests, "SAID", ())
    assert differs("request-overdue")
