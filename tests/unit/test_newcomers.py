"""What a newcomer hears of other stays: what ended one while its own went on, and of no earlier one."""

from __future__ import annotations

import pytest

from events.catalogue.fact import Fact
from events.catalogue.movement import Departed, Left
from events.catalogue.values import ABROAD
from events.envelope import Ref
from tests.unit.test_corrected_away import HOME, NEW, OTHER
from tests.unit.test_who_asks import Asking

ENDS = [Departed, Left]


@pytest.fixture
def story() -> Asking:
    return Asking()


def hears(story: Asking, office: str, ref: Ref) -> bool:
    return any(ref in record.facts for record in story.world.records(office))


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize(("day", "hears_of_it"), [("2026-02-01", False), ("2026-03-10", True), ("2026-03-20", True)])
def test_of_a_stay_that_another_place_ends_it_hears_unless_it_was_over_before(story, kind, day, hears_of_it):
    earlier = story.lives("2026-01-02", OTHER)
    story.lives("2026-03-10", NEW)
    story.world.now += 1_000_000
    end: Fact = kind(stay=earlier, destination=ABROAD)
    said = story.on(day, OTHER, end)
    assert (hears(story, HOME, said), hears(story, NEW, said)) == (True, hears_of_it)
