"""For each rule of telling enquiries a planted fault, and the histories that find it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import exchange.protocol.questions.replying
import exchange.protocol.telling.author
from events.catalogue.case import EnquiryAnswered, EnquiryOpened, Reply
from events.envelope import Ref
from exchange.protocol.duties import RULES
from exchange.protocol.record import Record
from exchange.protocol.telling.due import ALL_PARTS, Due, Sight
from tests.properties import checks
from tests.properties.enquiries import drawn, enquiry_faults
from tests.properties.histories import history, shape
from tests.properties.world import World

MOST = 400
SEEDS = [seed for seed in range(MOST) if drawn(seed)]


def found(judge=enquiry_faults, first: int = 0, **planted) -> bool:
    """Whether one of the histories shows a fault. `first`: to be drawn, where few do."""
    drawn_then = sorted(SEEDS, key=lambda seed: seed < first)
    return any(judge(history(seed, **planted, **shape(seed))[0]) for seed in drawn_then)


def test_an_enquiry_that_the_office_asked_never_hears_of_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = exchange.protocol.telling.author.named_cell

    def deaf(sight, standing, to):
        return None if isinstance(standing.payload, EnquiryOpened) else kept(sight, standing, to)

    monkeypatch.setattr(exchange.protocol.telling.author, "named_cell", deaf)
    assert found(checks.direct_faults)


def test_an_answer_that_the_asker_never_hears_of_is_found() -> None:
    assert found(rules={name: rule for name, rule in RULES.items() if name != "reply_to_other_side"})


def test_an_answer_told_to_the_keeper_too_is_found() -> None:
    def to_keeper(sight: Sight) -> Iterator[Due]:
        for standing in sight.own:
            if isinstance(standing.payload, EnquiryAnswered) and sight.keeper is not None:
                yield sight.due(standing, sight.keeper, "planted")

    assert found(rules={**RULES, "planted": to_keeper})


def test_enquiries_handed_over_with_a_dossier_are_found() -> None:
    def handed_over(sight: Sight) -> Iterator[Due]:
        for standing in sight.in_force:
            said = isinstance(standing.payload, Reply) and standing.payload.case.kind == "enquiry"
            if (said or isinstance(standing.payload, EnquiryOpened)) and sight.keeper is not None:
                yield sight.due(standing, sight.keeper, "planted", parts=ALL_PARTS)

    assert found(rules={**RULES, "planted": handed_over})


def test_an_answer_that_closes_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The histories must reach answers that both sides then see."""
    kept = exchange.protocol.questions.replying._take
    monkeypatch.setattr(
        exchange.protocol.questions.replying,
        "_take",
        lambda state, reply, **by: None if isinstance(reply.payload, EnquiryAnswered) else kept(state, reply, **by),
    )

    def unanswered(world: World) -> list[str]:
        return [
            str(reply.ref)
            for office in world.offices
            for record in world.records(office)
            for reply in record.facts.values()
            if isinstance(payload := reply.payload, EnquiryAnswered)
            and payload.case in record.cases
            and record.cases[payload.case].status == "open"
            and not record.cases[payload.case].reopened
        ]

    assert found(unanswered)


def test_a_stranger_whose_enquiry_begins_a_dossier_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "exchange.protocol.record._enquires", lambda fact: not isinstance(fact, EnquiryOpened | EnquiryAnswered)
    )
    assert found()


def test_an_address_that_stays_with_the_asker_of_a_protected_stranger_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "sheltered", lambda *_: frozenset())
    assert found(first=11)


def test_an_address_that_is_kept_back_for_ever_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(self: World, office: str, record: Record) -> frozenset[Ref]:
        return frozenset(s.ref for s in record.facts.of(EnquiryAnswered) if s.event.frame.touches)

    monkeypatch.setattr(World, "sheltered", once)
    assert found(first=75)
