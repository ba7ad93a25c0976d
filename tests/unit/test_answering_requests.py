"""What answers a request is told to whoever asked, in full: an amendment never travels without its target (T5)."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.person import Changed
from events.catalogue.values import CaseRef
from events.envelope import Ref
from tests.properties.checks import agreement_faults
from tests.properties.world import COUNTY
from tests.unit.test_corrected_away import HOME, NEW
from tests.unit.test_who_asks import Asking

SCHOOL = {"education": "20"}


@pytest.fixture
def story() -> Asking:
    return Asking()


def does(story: Asking, fact: Fact, request: Ref) -> Ref:
    act = story.world.author(HOME, "P1", "2026-03-05", fact, because=request)
    story.world.command(act)
    story.world.drain()
    return act.ref


def test_who_asked_for_a_change_hears_what_was_corrected_though_it_was_before_the_stay(story):
    """HOME finds that what it had recorded of the years before was wrong."""
    change = story.record(HOME, Changed(set={"education": "10"}, ground="other"))
    story.record(HOME, Changed(set={"marital_status": "10"}, ground="other"))
    story.lives("2026-03-04", NEW)
    request = story.record(NEW, RequestOpened(to=HOME, asks="change", wanted=SCHOOL))
    does(story, Corrected(target=change, set=SCHOOL, fields=("education",)), request)
    held = story.world.record(NEW, "P1")
    assert (held.incomplete, held.particulars["education"]) == ((), "20")
    assert held.cases[CaseRef(request, HOME, "request")].status == "answered"
    assert agreement_faults(story.world) == []


def test_an_area_that_asked_for_an_amendment_holds_what_was_amended_in_the_clear(story):
    story.world.skew[COUNTY] = 0
    change = story.record(HOME, Changed(set=SCHOOL, ground="other"))
    wrong = story.record(HOME, Corrected(target=change, set={"education": "10"}, fields=("education",)))
    story.record(COUNTY, RequestOpened(to=HOME, asks="amendment", about=wrong))
    undone = story.record(HOME, Retracted(target=wrong))
    area = story.world.record(COUNTY, "P1")
    assert {change, wrong, undone} <= area.facts.keys()
    assert (area.incomplete, dict(area.particulars)) == ((), {})
