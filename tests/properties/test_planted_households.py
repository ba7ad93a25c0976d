"""A planted fault in what a line is made of, and the histories that find it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from exchange.protocol.book import Book, Delivery
from exchange.protocol.record import Record
from exchange.protocol.shown.notices import Notice, notices
from tests.properties.histories import history, shape
from tests.properties.households import drawn, line_faults

MOST = 100
SEEDS = [seed for seed in range(MOST) if drawn(seed)]


def found() -> bool:
    return any(line_faults(history(seed, **shape(seed))[0]) for seed in SEEDS)


def test_a_line_that_shows_one_member_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[tuple[str, str, str]] = set()

    def first(book: Book, record: Record, deliveries: Iterable[Delivery] | None = None) -> list[Notice]:
        kept = []
        for each in notices(book, record, deliveries):
            others = {person for office, act, person in seen if (office, act) == (book.office, each.act)}
            if not others - {each.person}:
                seen.add((book.office, each.act, each.person))
                kept.append(each)
        return kept

    monkeypatch.setattr("tests.properties.households.notices", first)
    assert found()


def test_an_act_that_is_noticed_twice_about_one_person_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_each_event(book: Book, record: Record, deliveries: Iterable[Delivery] | None = None) -> list[Notice]:
        found = notices(book, record, deliveries)
        return [msgspec.structs.replace(each, event=ref) for each in found for ref in each.events]

    monkeypatch.setattr("tests.properties.households.notices", of_each_event)
    assert found()
