"""Each rule of pressing for an answer left out: a story notices."""

import msgspec
import pytest

import exchange.pipeline.reminding
import exchange.pipeline.settling
import exchange.protocol.duties
import exchange.protocol.life.causes
import exchange.protocol.questions.asking_anew
import exchange.protocol.questions.cases
import exchange.protocol.questions.pressing
import exchange.protocol.questions.reminding
import exchange.protocol.questions.replying
from events.catalogue.case import Confirmed
from exchange.protocol.questions.pressing import pressed, turn
from exchange.protocol.record import DECIDING, Record
from exchange.protocol.telling import author
from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FOLDER


def differs(story: str) -> bool:
    with embedded() as ground:
        return run(read(FOLDER / f"{story}.yaml"), ground, 7, {}).verdict == "different"


def test_reminding_of_the_dead_is_noticed(monkeypatch):
    def heartless(_offices, _record, state):
        return turn(state.asker, state.ref.asked, state.status, outside=False)

    monkeypatch.setattr(exchange.protocol.questions.reminding, "turn_of", heartless)
    monkeypatch.setattr(exchange.pipeline.reminding, "turn_of", heartless)
    assert differs("no-reminder-after-death")


def test_reminders_that_change_no_state_are_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.questions.replying, "pressed", lambda state, _payload, **_: state)
    assert differs("overdue-on-both-sides")


@pytest.mark.parametrize("story", ["deviation-undecided", "answered-late-decided-late"])
def test_waiting_for_no_decision_is_noticed(monkeypatch, story):
    monkeypatch.setattr(exchange.protocol.questions.pressing, "DECIDING", frozenset())
    assert differs(story)


@pytest.mark.parametrize("story", ["deviation-undecided", "answered-late-decided-late"])
def test_a_decision_that_never_is_late_is_noticed(monkeypatch, story):
    def forgiving(state, payload, *, by_asked):
        return state if state.status in DECIDING else pressed(state, payload, by_asked=by_asked)

    monkeypatch.setattr(exchange.protocol.questions.replying, "pressed", forgiving)
    assert differs(story)


def test_taking_what_was_said_of_the_answer_for_what_is_said_of_the_decision_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.questions.replying, "answered", lambda state: state)
    assert differs("answered-late-decided-late")


def test_taking_what_was_said_of_one_answer_for_what_is_said_of_the_next_is_noticed(monkeypatch):
    anew = exchange.protocol.questions.asking_anew.asked_anew

    def remembering(state, stamp):
        return msgspec.structs.replace(anew(state, stamp), escalated=state.escalated)

    monkeypatch.setattr(exchange.protocol.questions.replying, "asked_anew", remembering)
    assert differs("late-again-when-reopened")


def test_an_urgent_question_that_has_the_time_of_any_other_is_noticed(monkeypatch):
    monkeypatch.setattr(exchange.pipeline.settling, "is_urgent", lambda _opening: False)
    assert differs("enquiry-urgent")


def test_telling_no_county_is_noticed(monkeypatch):
    monkeypatch.setattr(author, "ESCALATED", None)
    assert differs("reminded-overdue-escalated")


def test_giving_a_county_the_record_is_noticed(monkeypatch):
    monkeypatch.setattr(Record, "holds", property(lambda record: bool(record.facts)))
    assert differs("reminded-overdue-escalated")


def test_reminders_that_belong_to_the_act_of_the_question_are_noticed(monkeypatch):
    monkeypatch.setattr(exchange.protocol.life.causes, "Reminded", Confirmed)
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
    monkeypatch.setattr(exchange.protocol.questions.cases, "out_of_reach", lambda _offices, _facts, _found: ())
    assert differs("asked-outside-the-exchange")
