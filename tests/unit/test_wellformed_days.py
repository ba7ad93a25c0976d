"""Which days an event may bear, and which of those inside may lie ahead; also where a correction sets them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.catalogue import AUTOMATIC, TYPES
from events.catalogue.movement import Departed
from events.catalogue.values import Place
from events.errors import Malformed
from exchange.commands import days
from exchange.commands.corrections import require_fields, require_fit
from exchange.commands.wellformed import wellformed
from tests.unit.test_wellformed import JURISDICTION, REGISTERED, TODAY, TOWN, faults


@pytest.mark.parametrize("day", ["2026-02-30", "1899-12-31", "2028-01-01", "20260301", "2026-W10-1", "yesterday"])
def test_a_day_that_cannot_be_meant_is_refused(day):
    with pytest.raises(Malformed) as refused:
        wellformed("movement.arrived", day, {"kind": "main"}, TODAY)
    assert refused.value.field == "effective_on"


AHEAD = "2026-03-03"
ABROAD, TO_TOWN = {"destination": {"kind": "abroad"}}, {"destination": TOWN}


@pytest.mark.parametrize("type_", sorted(TYPES.keys() - AUTOMATIC - JURISDICTION - {"movement.departed"}))
def test_what_has_not_happened_is_no_fact(type_):
    assert faults(type_, {}, AHEAD) == {"effective_on": "date.ahead"}


def test_only_a_departure_to_a_town_is_announced():
    assert wellformed("movement.departed", AHEAD, TO_TOWN, TODAY) == TO_TOWN
    assert faults("movement.departed", ABROAD, AHEAD) == {"effective_on": "date.ahead"}
    assert faults("movement.departed", TO_TOWN, "2028-01-01") == {"effective_on": "date.absurd"}


@pytest.mark.parametrize(
    ("type_", "content", "wrong"),
    [
        ("movement.departed", {**TO_TOWN, "expected_on": "2026-09-01"}, {}),
        ("movement.departed", {**TO_TOWN, "expected_on": "2028-01-01"}, {"expected_on": "date.absurd"}),
        ("movement.arrived", {"kind": "main", "stay_until": "2040-01-01"}, {}),
        ("movement.arrived", {"kind": "main", "stay_until": "9999-12-31"}, {"stay_until": "date.absurd"}),
        ("person.protected", {"ground": "threat", "until": "2036-01-01"}, {}),
        ("case.disputed", {"reason": "moved_elsewhere", "since": AHEAD}, {"since": "date.ahead"}),
        ("event.corrected", {"set": {"effective_on": AHEAD}}, {}),
    ],
)
def test_which_days_inside_may_lie_ahead(type_, content, wrong):
    if wrong:
        assert faults(type_, content) == wrong
    else:
        wellformed(type_, "2026-03-01", content, TODAY)


def test_the_day_begins_as_early_as_a_clock_may_run_fast():
    midnight = datetime(2026, 3, 2, 16, tzinfo=UTC)  # in Shanghai
    assert days.today(midnight - days.CLOCKS_APART) == date(2026, 3, 3)
    assert days.today(midnight - days.CLOCKS_APART - timedelta(seconds=1)) == date(2026, 3, 2)


DEPARTURE = Departed(destination=Place("town", "420115001000"))


def test_a_corrected_day_lies_ahead_where_that_of_its_target_may():
    require_fit(DEPARTURE, "2026-03-01", {"effective_on": AHEAD}, TODAY)
    for target, day, changes in (
        (REGISTERED, "2026-03-01", {"effective_on": AHEAD}),
        (DEPARTURE, AHEAD, {"destination": {"kind": "abroad"}}),
        (DEPARTURE, "2026-03-01", {"effective_on": AHEAD, "destination": {"kind": "unknown"}}),
    ):
        with pytest.raises(Malformed) as refused:
            require_fit(target, day, changes, TODAY)
        assert (refused.value.field, refused.value.rule) == ("set.effective_on", "date.ahead")


def test_every_change_that_does_not_fit_its_target_is_named():
    changes: dict[str, Any] = {"expected_on": 7, "stay": "x", "destination": {"kind": "nowhere"}, "effective_on": AHEAD}
    with pytest.raises(Malformed) as refused:
        require_fit(DEPARTURE, "2026-03-01", changes, TODAY)
    assert [each.field for each in refused.value.faults] == ["set.expected_on", "set.stay", "set.destination.kind"]
    with pytest.raises(Malformed) as refused:
        require_fields(DEPARTURE, {"mood": 1, "colour": 2})
    assert [each.field for each in refused.value.faults] == ["set.mood", "set.colour"]
