"""E4, field by field: what differs is found where nothing explains it, and each explanation excuses only its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from events.catalogue.case import Noted, RequestOpened
from events.catalogue.values import CaseRef, Other, town
from events.envelope import Ref
from exchange.protocol.comparing.agreement import Finding, compare
from exchange.protocol.record import CaseState, Contradiction, ContradictionKind, Record, Tie
from tests.unit.test_corrected_away import HOME, NEW, OTHER
from tests.unit.test_who_asks import Asking

SOME = Ref(HOME, "some fact")


class Pair:
    """HOME keeps somebody who lives in NEW, which it has confirmed: both show the same."""

    def __init__(self) -> None:
        story = Asking()
        stay = story.lives("2026-03-02", NEW)
        self.case = CaseRef(stay, HOME, "inflow")
        self.story = story

    def record(self, office: str) -> Record:
        found = self.story.world.record(office, "P1")
        assert found is not None
        return found

    def found(self, here: Record | None = None, /, **more: Any) -> Finding:
        """Compared where NEW, or also HOME, shows something else."""
        return compare(here or self.record(HOME), replace(self.record(NEW), **more), NEW)

    def state(self, **more: Any) -> tuple[str, tuple[str, ...]]:
        finding = self.found(**more)
        return finding.state, finding.fields

    def cases(self, **more: Any) -> dict[CaseRef, CaseState]:
        """As NEW has them, that about the stay otherwise."""
        held = self.record(NEW).cases
        return {**held, self.case: replace(held[self.case], **more)}


@pytest.fixture
def pair() -> Pair:
    return Pair()


def contradicts(kind: ContradictionKind) -> tuple[Contradiction, ...]:
    return (Contradiction(kind, (SOME,)),)


def spouse() -> tuple[Tie, ...]:
    return (Tie(tie="spouse", other=Other(at=OTHER), since="2020-01-01", ref=SOME),)


def other_name(pair: Pair) -> dict[str, Any]:
    return {"particulars": {**pair.record(NEW).particulars, "name": "乙"}}


DIFFERING: Mapping[str, Callable[[Pair], dict[str, Any]]] = {
    "registration": lambda _: {"registration": town(OTHER)},
    "keeper": lambda _: {"keeper": OTHER},
    "no stay": lambda _: {"stays": ()},
    "first day": lambda pair: {"stays": tuple(replace(s, main_since="2026-03-01") for s in pair.record(NEW).stays)},
    "death": lambda _: {"died_on": "2026-03-05"},
    "protection": lambda _: {"protected": SOME},
    "ties": lambda _: {"ties": spouse()},
    "name": other_name,
    "no name": lambda pair: {"particulars": {f: v for f, v in pair.record(NEW).particulars.items() if f != "name"}},
    "incomplete": lambda _: {"incomplete": (SOME,)},
    "status": lambda pair: {"cases": pair.cases(status="settled")},
    "late": lambda pair: {"cases": pair.cases(undecided=True)},
    "no case": lambda _: {"cases": {}},
}
FIELDS = {
    "keeper": "registration",
    "no stay": "stays",
    "first day": "stays",
    "death": "died_on",
    "no name": "name",
    "status": "cases",
    "late": "cases",
    "no case": "cases",
}


def test_what_agrees_is_equal(pair):
    assert pair.state() == ("equal", ())


@pytest.mark.parametrize("what", DIFFERING)
def test_what_differs_is_found_and_named(pair, what):
    assert pair.state(**DIFFERING[what](pair)) == ("different", (FIELDS.get(what, what),))


def test_a_record_that_is_not_there_differs(pair):
    assert compare(pair.record(HOME), None, NEW).state == "different"
    assert compare(pair.record(HOME), None, NEW).fields == ("record",)


def test_who_holds_more_than_the_keeper_does_not_differ(pair):
    more = {**pair.record(NEW).particulars, "education": "20"}
    assert pair.state(particulars=more) == ("equal", ())


def test_where_neither_has_an_open_stay_nothing_is_compared(pair):
    """A past office keeps what it has."""
    here = replace(pair.record(HOME), stays=())
    assert pair.found(here, stays=(), **other_name(pair)).state == "equal"
    assert pair.found(here, **other_name(pair)).state == "different", "by the other's own book it goes on"


def test_what_nobody_confirmed_counts_as_asked_and_never_as_different(pair):
    unanswered = pair.cases(recognised=False, status="open")
    assert pair.state(cases=unanswered, **other_name(pair)) == ("asked", ())
    here = pair.record(HOME)
    asking = replace(here, cases={**here.cases, pair.case: replace(here.cases[pair.case], recognised=False)})
    assert pair.found(asking, **other_name(pair)).state == "asked"


class TestWhatExplains:
    @pytest.mark.parametrize("what", DIFFERING)
    def test_an_objection_only_its_own_field(self, pair, what):
        state, _ = pair.state(**{**DIFFERING[what](pair), "objected": ("name",)})
        assert state == ("equal" if what in {"name", "no name"} else "different")

    @pytest.mark.parametrize("what", DIFFERING)
    def test_what_was_insisted_on_only_that(self, pair, what):
        state, _ = pair.state(**{**DIFFERING[what](pair), "insisted": {"name": "乙"}})
        assert state == ("insisted" if what in {"name", "no name"} else "different")

    @pytest.mark.parametrize(
        ("kind", "explained"),
        [
            ("contested_stays", {"no stay", "first day", "death", "status", "late", "no case"}),
            ("moved_after_death", {"no stay", "first day", "death", "status", "late", "no case"}),
            ("left_without_arrival", {"no stay", "first day", "death", "status", "late", "no case"}),
            (
                "two_registrations",
                {"registration", "keeper", "no stay", "first day", "ties", "name", "status", "late", "no case"},
            ),
            ("two_spouses", {"ties"}),
            ("one_document", set()),
        ],
    )
    @pytest.mark.parametrize("what", DIFFERING)
    def test_a_contradiction_only_what_it_is_about(self, pair, kind, explained, what):
        state, _ = pair.state(**{**DIFFERING[what](pair), "contradictions": contradicts(kind)})
        assert state == ("contradictory" if what in explained else "different")

    def test_two_marriages_the_marital_status_too(self, pair):
        here = pair.record(HOME)
        widowed = replace(here, particulars={**here.particulars, "marital_status": "30"})
        married = {**here.particulars, "marital_status": "20"}
        assert pair.found(widowed, particulars=married).state == "different"
        twice = contradicts("two_spouses")
        assert pair.found(widowed, particulars=married, contradictions=twice).state == "contradictory"


def test_a_contradiction_is_one_also_where_nothing_differs(pair):
    assert pair.state(contradictions=contradicts("one_document")) == ("contradictory", ())


def test_what_is_still_asked_is_under_way(pair):
    request = pair.story.record(NEW, RequestOpened(to=HOME, asks="change", wanted={"education": "20"}))
    assert pair.state() == ("under_way", ())
    pair.story.record(HOME, Noted(case=CaseRef(request, HOME, "request"), text="?"))
    assert pair.state(**other_name(pair)) == ("different", ("name",))


def test_a_question_for_another_persons_sake_or_to_others_is_not_between_the_two(pair):
    here = pair.record(HOME)
    by_document = replace(here, cases={pair.case: replace(here.cases[pair.case], by_document=True)})
    assert pair.found(by_document, cases={}).state == "equal"
    elsewhere = CaseRef(pair.case.opening, OTHER, "moved-on")
    of_others = replace(here, cases={**here.cases, elsewhere: CaseState(ref=elsewhere, asker=NEW, status="confirmed")})
    assert pair.found(of_others).state == "equal"
