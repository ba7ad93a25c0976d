"""Without what a type of event means, or without a row of routing, a named story fails: none is there for nothing."""

from collections.abc import Callable, Iterable

import pytest

from events.catalogue import TYPES
from events.errors import ExchangeError
from events.event import Event
from events.standing import Facts, Stand, its_author, stand
from exchange.protocol import basis
from exchange.protocol.routing_table import ROUTING
from exchange.scenarios.embedded import embedded
from exchange.scenarios.model import Step
from exchange.scenarios.playing import Play
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FOLDER

SEED = 7

# The story that shows what the type means. It is recorded and told as ever; the record alone passes it by.
MEANT = {
    "person.registered": "arrival-confirmed",
    "person.stated": "requested-change",
    "person.changed": "requested-change",
    "person.protected": "protected-address",
    "person.unprotected": "protected-address",
    "person.deceased": "death-recorded-where-he-lived",
    "person.merged": "two-entries-merged",
    "person.unmerged": "unmerged-with-allotment",
    "registration.changed": "registration-moved-on-request",
    "movement.departed": "announced-and-matched",
    "movement.arrived": "arrival-confirmed",
    "movement.moved_within": "protected-address",
    "movement.extended": "stay-extended",
    "movement.main_changed": "further-stay-becomes-main",
    "movement.left": "left-and-arrived",
    "movement.returned": "returned",
    "case.confirmed": "arrival-confirmed",
    "case.disputed": "update-disputed",
    "case.redirected": "redirected",
    "case.settled": "deviations-insisted",
    "case.deferred": "case-deferred",
    "case.noted": "case-noted",
    "case.reopened": "case-reopened-by-either-side",
    "case.withdrawn": "announced-elsewhere",
    "case.reminded": "reminded-overdue-escalated",
    "case.escalated": "reminded-overdue-escalated",
    "request.opened": "requested-change",
    "enquiry.opened": "enquiry-about-a-stranger",
    "enquiry.answered": "enquiry-about-a-stranger",
    "tie.began": "marriage-across-two-offices",
    "tie.ended": "divorce",
    "event.corrected": "origin-corrected",
    "event.retracted": "retracted-and-restored",
}
# What no record shows: offices are a list of their own, and the others stand in the log for whoever asks.
SHOWN_ELSEWHERE = {type_ for type_ in TYPES if type_.startswith("jurisdiction.")} | {
    "notification.rejected",
    "person.held",
    "person.kept_apart",
}

# The story that fails where the office of the role is not told.
TOLD = {
    ("movement.arrived", "keeper"): "unknown-then-right-office",
    ("movement.arrived", "open_stays"): "further-stay-becomes-main",
    ("movement.arrived", "place_left"): "retracted-after-moving-on",
    ("movement.departed", "announced"): "announced-and-matched",
    ("movement.departed", "keeper"): "announced-by-residence-place",
    ("movement.departed", "place_left"): "abroad-recorded-at-home",
    ("movement.extended", "keeper"): "stay-extended",
    ("movement.left", "announced"): "left-and-arrived",
    ("movement.left", "keeper"): "left-ex-officio",
    ("movement.main_changed", "open_stays"): "further-stays-hear-of-the-main-one",
    ("movement.main_changed", "place_left"): "further-stay-becomes-main",
    ("movement.moved_within", "keeper"): "stay-extended",
    ("movement.returned", "place_left"): "returned",
    ("person.changed", "announced"): "announced-and-kept-informed",
    ("person.changed", "keeper"): "changed-or-corrected",
    ("person.changed", "open_stays"): "changed-or-corrected",
    ("person.protected", "keeper"): "protected-address",
    ("person.protected", "place_left"): "protected-address",
    ("person.registered", "keeper"): "first-record-confirmed",
    ("person.unprotected", "keeper"): "protected-address",
    ("person.unprotected", "place_left"): "protected-address",
    ("registration.changed", "announced"): "announced-and-kept-informed",
    ("registration.changed", "keeper"): "registration-moved-on-request",
    ("tie.began", "keeper"): "announced-elsewhere-child-born-away",
    ("movement.arrived", "family"): "marriage-across-two-offices",
    ("movement.departed", "family"): "spouse-hears-of-every-move",
    ("movement.left", "family"): "spouse-hears-of-every-move",
    ("movement.main_changed", "family"): "spouse-hears-of-every-move",
    ("movement.returned", "family"): "spouse-hears-of-every-move",
    ("person.changed", "family"): "marriage-across-two-offices",
    ("person.deceased", "family"): "widowhood",
    ("person.protected", "family"): "spouse-hears-of-every-move",
    ("person.unprotected", "family"): "spouse-hears-of-every-move",
    ("registration.changed", "family"): "spouse-hears-of-every-move",
    ("tie.began", "family"): "marriage-across-two-offices",
    ("tie.ended", "family"): "divorce",
}
# Rows that say of a role what a thread (T3) or the rule of protection says of whoever was told before: without the row
# the same is told to the same offices, so no story can miss it.
SAID_TWICE = {
    ("movement.arrived", "announced"): "the case.withdrawn that follows",
    ("movement.departed", "open_stays"): "thread_of_stay",
    ("movement.left", "open_stays"): "thread_of_stay",
    ("movement.main_changed", "keeper"): "thread_of_stay",
    ("movement.returned", "announced"): "the case.withdrawn that follows",
    ("movement.returned", "open_stays"): "thread_of_stay",
    ("person.deceased", "announced"): "the case.withdrawn that follows",
    ("person.deceased", "keeper"): "DEATH_ASKS, which asks",
    ("person.deceased", "open_stays"): "keeper_tells_ends",
    ("person.deceased", "place_left"): "keeper_tells_open_stays",
    ("person.protected", "announced"): "keeper_tells_protection",
    ("person.protected", "open_stays"): "keeper_tells_protection",
    ("person.registered", "family"): "the tie, which names whom it joins",
    ("person.stated", "open_stays"): "the reply, which carries it",
    ("person.unprotected", "announced"): "keeper_tells_protection",
    ("person.unprotected", "open_stays"): "keeper_tells_protection",
    ("registration.changed", "open_stays"): "chain_to_open_stays",
    ("tie.began", "open_stays"): "the statement, which holds the ties in force",
    ("tie.ended", "keeper"): "the statement, which holds the ties in force",
    ("tie.ended", "open_stays"): "the statement, which holds the ties in force",
}


class Differs(Exception):
    """A step of a story told something else: the rest of it need not be played."""


def fails(story: str) -> bool:
    """Whether the story does not happen as it was written; one that cannot even be told does not."""
    step = Play._step

    def watched(play: Play, each: Step) -> None:
        step(play, each)
        if play.played[-1].differences:
            raise Differs

    with embedded() as ground, pytest.MonkeyPatch.context() as changed:
        changed.setattr(Play, "_step", watched)
        try:
            return run(read(FOLDER / f"{story}.yaml"), ground, SEED, {}).verdict != "passed"
        except (Differs, ExchangeError, KeyError, RuntimeError):
            return True


def without(type_: str) -> Callable[..., Stand]:
    """Facts as they stand, those of the type left out."""

    def some(events: Iterable[Event], heir: Callable[[Event], str] = its_author) -> Stand:
        whole = stand(events, heir)
        facts = Facts((ref, s) for ref, s in whole.facts.items() if s.payload.type != type_)
        return Stand(facts, whole.waiting, whole.idle)

    return some


@pytest.mark.parametrize("type_", sorted(MEANT))
def test_a_type_that_means_nothing_fails_its_story(type_, monkeypatch):
    monkeypatch.setattr(basis, "stand", without(type_))
    assert fails(MEANT[type_])


@pytest.mark.parametrize(("type_", "role"), sorted(TOLD))
def test_a_row_of_routing_left_out_fails_its_story(type_, role, monkeypatch):
    row = {each: cell for each, cell in ROUTING[type_].items() if each != role}
    monkeypatch.setitem(ROUTING, type_, row)
    assert fails(TOLD[type_, role])


def test_every_type_and_every_row_has_its_story():
    assert TYPES.keys() - MEANT.keys() == SHOWN_ELSEWHERE
    rows = {(type_, role) for type_, row in ROUTING.items() for role in row}
    assert rows - TOLD.keys() == SAID_TWICE.keys()
