"""The first tier: what can never be right is refused with its field and rule; the rest comes back in one spelling."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.catalogue import AUTOMATIC, TYPES
from events.catalogue.amendment import Corrected
from events.catalogue.movement import Departed
from events.catalogue.person import Registered
from events.catalogue.values import Place
from events.documents import resident_number
from events.envelope import Ref
from events.errors import Malformed
from exchange.commands import days
from exchange.commands.complete import complete
from exchange.commands.corrections import require_fields, require_fit
from exchange.commands.wellformed import wellformed

TODAY = date(2026, 3, 2)
JURISDICTION = {type_ for type_ in TYPES if type_.startswith("jurisdiction.")}
TOWN = {"kind": "town", "code": "420115001000"}
EVENT = "01936b5e-7c40-7cc3-98c4-dc0c0c07398f"
NUMBER = resident_number("420115", "1988-05-02", 2)
PASSPORT = {"number": "E12345678"}


def arrival(**content: Any) -> dict[str, Any]:
    return wellformed("movement.arrived", "2026-03-01", {"kind": "main", **content}, TODAY)


def test_values_come_back_in_their_one_spelling():
    found = arrival(
        registration={"kind": "town", "code": "420115001"},
        stated={"name": " 王小雨 ", "document.resident": NUMBER, "nationality": ["US", "CN", "CN"]},
        ends=[f"420115001000/{EVENT}", {"town": "110101001000"}],
        continues={"author": "420115001000", "id": EVENT},
    )
    assert found["registration"] == TOWN
    assert found["stated"] == {
        "name": "王小雨",
        "document.resident": {"number": NUMBER},
        "nationality": ["CN", "US"],
    }
    assert found["ends"] == [{"stay": ["420115001000", EVENT]}, {"town": "110101001000"}]
    assert found["continues"] == {"stay": ["420115001000", EVENT]}


@pytest.mark.parametrize(
    ("content", "field", "rule"),
    [
        (
            {"stated": {"document.resident": NUMBER[:-1] + "1"}},
            "stated.document.resident.number",
            "document.check_digit",
        ),
        ({"stated": {"born_on": "2026-03-02"}}, "stated.born_on", "born.after_event"),
        ({"stated": {"born_on": "1988-13"}}, "stated.born_on", "date.month"),
        ({"stated": {"sex": "X"}}, "stated.sex", "code.unknown"),
        (
            {"stated": {"document.passport": {**PASSPORT, "valid_from": "2026-03-02", "valid_until": "2026-03-01"}}},
            "stated.document.passport.valid_until",
            "document.validity",
        ),
        (
            {"stated": {"document.passport": {**PASSPORT, "valid_from": "2027-01", "valid_until": "2026"}}},
            "stated.document.passport.valid_until",
            "document.validity",
        ),
        ({"stated": {"height": "tall"}}, "stated.height", "particular.unknown"),
        ({"stated": {"name": ""}}, "stated.name", "name.empty"),
        ({"registration": {"kind": "town", "code": "420115999000"}}, "registration.code", "division.unknown"),
        ({"registration": {"kind": "town"}}, "registration.code", "place.town_without_code"),
        ({"registration": {"kind": "birth"}}, "registration", "place.birth_only_origin"),
        ({"origin": {"kind": "abroad", "country": "ZZ"}}, "origin.country", "code.unknown"),
        ({"origin": {"kind": "abroad", "code": "420115001000"}}, "origin.code", "place.code_without_town"),
        ({"reason": "whim"}, "reason", "code.unknown"),
        ({"ends": ["nowhere"]}, "ends.0", "ref.form"),
        ({"ends": "nowhere"}, "ends", "ref.form"),
        ({"registration": {"kind": "town", "code": "420000000000"}}, "registration.code", "place.not_town"),
        ({"origin": {"kind": "town", "code": "420115000000"}}, "origin.code", "place.not_town"),
        ({"origin": {"kind": "abroad", "last": "420115000000"}}, "origin.last", "place.not_town"),
        ({"stay_until": "2026-02-30"}, "stay_until", "date.form"),
        ({"address": " "}, "address", "text.length"),
        ({"stated": {"phone": 1.5}}, "stated.phone", "json.float"),
    ],
)
def test_what_can_never_be_right_is_refused_with_field_and_rule(content, field, rule):
    with pytest.raises(Malformed) as refused:
        arrival(**content)
    assert (refused.value.field, refused.value.rule) == (field, rule)


@pytest.mark.parametrize("until", ["2026", "2026-03", "2026-03-02", "2036-03-01"])
def test_a_document_may_end_on_any_day_that_is_not_surely_before_it_begins(until):
    held = {**PASSPORT, "valid_from": "2026-03-02", "valid_until": until}
    assert arrival(stated={"document.passport": held})["stated"]["document.passport"] == held


def faults(type_: str, content: dict[str, Any], day: str = "2026-03-01") -> dict[str | None, str | None]:
    """The rule that each field breaks."""
    with pytest.raises(Malformed) as refused:
        wellformed(type_, day, content, TODAY)
    assert len({each.field for each in refused.value.faults}) == len(refused.value.faults)
    return {each.field: each.rule for each in refused.value.faults}


def test_every_field_that_is_wrong_is_named_not_only_the_first():
    content = {
        "kind": "main",
        "registration": {"kind": "town", "code": "420115000000", "country": "ZZ"},
        "origin": {"kind": "abroad", "last": "420115999000", "country": "QQ"},
        "continues": {"town": "420115000000"},
        "ends": [EVENT, {"stay": "x"}, {"town": "420115001000"}, {"town": "999"}],
        "address": "6 Lake\nRoad",
        "reason": "whim",
        "stay_until": "soon",
        "stated": {
            "name": "",
            "sex": "X",
            "height": "tall",
            "born_on": "2026-03-02",
            "nationality": ["CN", "C", "ZZ"],
            "document.resident": {"number": NUMBER[:-1] + "1", "valid_until": "2030-13", "colour": "red"},
            "phone": "\u202e123",
            "education": "90",
        },
    }
    assert faults("movement.arrived", content, "1066-10-14") == {
        "effective_on": "date.absurd",
        "registration.code": "place.not_town",
        "registration.country": "place.only_abroad",
        "origin.last": "division.unknown",
        "origin.country": "code.unknown",
        "continues.town": "place.not_town",
        "ends.0": "ref.form",
        "ends.1.stay": "ref.form",
        "address": "text.control",
        "reason": "code.unknown",
        "stay_until": "date.form",
        "stated.name": "name.empty",
        "stated.sex": "code.unknown",
        "stated.height": "particular.unknown",
        "stated.nationality.1": "code.unknown",
        "stated.nationality.2": "code.unknown",
        "stated.document.resident.number": "document.check_digit",
        "stated.document.resident.valid_until": "date.month",
        "stated.document.resident.colour": "document.value",
        "stated.phone": "text.hidden",
    }


@pytest.mark.parametrize(
    ("type_", "content", "wrong"),
    [
        (
            "person.changed",
            {"set": {"sex": "Q", "ethnic_group": "99", "name": 7}},
            {"set.sex": "code.unknown", "set.ethnic_group": "code.unknown", "set.name": "name.form"},
        ),
        (
            "person.registered",
            {"particulars": {"education": "x", "birth_place": "XX"}},
            {"particulars.education": "code.unknown", "particulars.birth_place": "code.unknown"},
        ),
        (
            "request.opened",
            {"to": "990000000000", "wanted": {"sex": "Q", "phone": ""}},
            {"to": "division.province", "wanted.sex": "code.unknown", "wanted.phone": "text.length"},
        ),
        (
            "case.confirmed",
            {
                "case": {"opening": "x", "asked": "42011500100x"},
                "sees": ["x"],
                "deviations": [{"field": "sex", "ours": "Q", "yours": "Z"}, {"ours": 1}, {"field": "mood\u200b"}],
                "note": "a\0b".replace("\0", "\x07"),
            },
            {
                "case.opening": "ref.form",
                "sees.0": "ref.form",
                "deviations.0.ours": "code.unknown",
                "deviations.0.yours": "code.unknown",
                "deviations.1": "deviation.field",
                "deviations.2.field": "text.hidden",
                "note": "text.control",
            },
        ),
        (
            "event.corrected",
            {"target": "x", "set": {"ends": ["x"], "sex": "Q", "address": "", "effective_on": "2026-W09-7"}},
            {
                "target": "ref.form",
                "set.ends.0": "ref.form",
                "set.sex": "code.unknown",
                "set.address": "text.length",
                "set.effective_on": "date.form",
            },
        ),
        ("case.withdrawn", {"ground": "gone\n"}, {"ground": "text.control"}),
    ],
)
def test_all_of_them_wherever_they_stand(type_, content, wrong):
    assert faults(type_, content) == wrong


def test_one_fault_is_no_collection():
    with pytest.raises(Malformed) as refused:
        arrival(stated={"sex": "X"})
    assert type(refused.value) is Malformed


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


@pytest.mark.parametrize("type_", ["jurisdiction.opened", "person.stated", "movement.flew"])
def test_types_that_no_caller_records_are_refused(type_):
    with pytest.raises(Malformed) as refused:
        wellformed(type_, "2026-03-01", {}, TODAY)
    assert refused.value.rule == "type.unknown"


def test_an_address_begins_a_main_stay_and_an_unknown_person_opens_a_dossier():
    assert complete("person.registered", {"basis": "birth", "address": "6 Lake"}, "A", None)["kind"] == "main"
    assert complete("movement.arrived", {"kind": "main", "opens": False}, "A", None)["opens"]


REGISTERED = Registered(basis="register", registration=Place("town", "420115001000"))


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({}, "set", "correction.empty"),
        ({"nonsense": 1}, "set.nonsense", "correction.no_such_field"),
        ({"particulars": {"sex": "Q"}}, "set.particulars", "correction.no_such_field"),
        ({"particulars.sex": "F"}, "set.particulars.sex", "correction.no_such_field"),
        ({"stay_until": "2026-09-01"}, "set.stay_until", "correction.no_such_field"),
    ],
)
def test_a_correction_names_what_its_target_has(changes, field, rule):
    with pytest.raises(Malformed) as refused:
        require_fields(REGISTERED, changes)
    assert (refused.value.field, refused.value.rule) == (field, rule)


def test_fields_particulars_the_day_and_an_earlier_corrections_own_set_can_be_corrected():
    require_fields(REGISTERED, {"registration": TOWN, "sex": "F", "effective_on": "2026-02-01"})
    require_fields(Corrected(target=Ref("420115001000", EVENT)), {"set": {"sex": "F"}})


def test_the_set_of_an_earlier_correction_is_judged_as_any_other():
    with pytest.raises(Malformed) as refused:
        wellformed(
            "event.corrected", "2026-03-01", {"target": f"420115001000/{EVENT}", "set": {"set": {"sex": "Q"}}}, TODAY
        )
    assert (refused.value.field, refused.value.rule) == ("set.set.sex", "code.unknown")


def test_a_field_cannot_be_accepted_and_insisted_on():
    case = {"opening": ["420115001000", EVENT], "asked": "110101001000", "kind": "inflow"}
    content = {"case": case, "accepted": ["sex"], "insisted": ["name", "sex"]}
    with pytest.raises(Malformed) as refused:
        wellformed("case.settled", "2026-03-01", content, TODAY)
    assert (refused.value.field, refused.value.rule) == ("insisted", "settled.both")


def tied(other: dict[str, Any]) -> dict[str, Any]:
    content = {"tie": "spouse", "ground": "marriage", "other": other}
    return wellformed("tie.began", "2026-03-01", content, TODAY)


def test_the_other_person_of_a_tie_comes_back_in_one_spelling():
    stated = {"name": " 周文 ", "document.resident": NUMBER}
    found = tied({"at": "420115001", "stated": stated})["other"]
    assert found == {"at": "420115001000", "stated": {"name": "周文", "document.resident": {"number": NUMBER}}}
    ties = [{"tie": "child", "other": {"stated": {"name": " 小文 "}}}]
    assert arrival(stated={"ties": ties})["stated"] == {
        "ties": [{"tie": "child", "other": {"stated": {"name": "小文"}}}]
    }


@pytest.mark.parametrize(
    ("other", "field", "rule"),
    [
        ({}, "other", "tie.other"),
        ({"at": "420115001000"}, "other", "tie.other"),
        ({"person": EVENT, "stated": {"name": "周文"}}, "other", "tie.other"),
        ({"at": "420115000000", "stated": {"name": "周文"}}, "other.at", "place.not_town"),
        ({"stated": {"born_on": "2026-03-02"}}, "other.stated.born_on", "born.after_event"),
        ({"stated": {"shoe": "40"}}, "other.stated.shoe", "particular.unknown"),
    ],
)
def test_what_cannot_be_said_of_the_other_person_of_a_tie(other, field, rule):
    with pytest.raises(Malformed) as refused:
        tied(other)
    assert (refused.value.field, refused.value.rule) == (field, rule)


def test_ties_stand_only_where_somebody_states_them():
    with pytest.raises(Malformed) as refused:
        wellformed("person.changed", "2026-03-01", {"set": {"ties": []}}, TODAY)
    assert refused.value.rule == "particular.unknown"
    with pytest.raises(Malformed) as refused:
        arrival(stated={"ties": [{"tie": "cousin", "other": {"stated": {"name": "周文"}}}]})
    assert (refused.value.field, refused.value.rule) == ("stated.ties.0.tie", "schema.choice")
