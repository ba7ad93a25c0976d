"""Each rule of pressing for an answer left out: a story notices."""

import pytest

import exchange.pipeline.reminding
import exchange.protocol.cases
import exchange.protocol.duties
import exchange.protocol.reminding
from events.catalogue.case import Confirmed
from exchange.protocol.record import ASKED, Record
from exchange.protocol.telling import author
from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FOLDER


def differs(story: str) -> bool:
    with embedded() as ground:
        return run(read(FOLDER / f"{story}.yaml"), ground, 7, {}).verdict == "different"


def test_reminding_of_the_dead_is_noticed(monkeypatch):
    def heartless(_record, state):
        return state.status in ASKED

    monkeypatch.setattr(exchange.protocol.reminding, "waits", heartless)
    monkeypatch.setattr(exchange.pipeline.reminding, "waits", heartless)
    assert differs("no-reminder-after-death")


def test_reminders_that_change_no_state_are_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.cases, "_pressed", lambda state, _payload: state)
    assert differs("overdue-on-both-sides")


def test_telling_no_county_is_noticed(monkeypatch):
    monkeypatch.setattr(author, "ESCALATED", None)
    assert differs("reminded-overdue-escalated")


def test_giving_a_county_the_record_is_noticed(monkeypatch):
    monkeypatch.setattr(Record, "holds", property(lambda record: bool(record.facts)))
    assert differs("reminded-overdue-escalated")


def test_reminders_that_belong_to_the_act_of_the_question_are_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.duties, "Reminded", Confirmed)
    assert differs("reminded-overdue-escalated")


@pytest.mark.parametrize("story", ["case-deferred", "case-noted", "matched-then-reopened"])
def test_replies_that_nobody_is_told_are_noticed(monkeypatch, story):
    rules = {
        k: rule
        for k, rule in exchange.protocol.duties.RULES.items()
        if k not in {"reply_to_other_side", "thread_of_case"}
    }
    monkeypatch.setattr("exchange.node.RULES", rules)
    assert differs(story)


def test_forgetting_whom_nobody_can_ask_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.cases, "out_of_reach", lambda _offices, _facts, _found: ())
    assert differs("asked-outside-the-exchange")
