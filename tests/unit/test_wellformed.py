"""The first tier: what can never be right is refused with its field and rule; the rest comes back in one spelling."""

from datetime import date
from typing import Any

import pytest

from events.catalogue import TYPES
from events.catalogue.amendment import Corrected
from events.catalogue.person import Registered
from events.catalogue.values import Place
from events.documents import resident_number
from events.envelope import Ref
from events.errors import Malformed
from exchange.commands.complete import complete
from exchange.commands.corrections import require_fields
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


@pytest.mark.parametrize(("type_", "field"), [("case.noted", "text"), ("case.disputed", "note")])
def test_a_remark_has_as_many_lines_as_a_form_lets_it_have(type_, field):
    found = wellformed(type_, "2026-03-01", {field: " Moved?\r\nSee the card.\n"}, TODAY)
    assert found == {field: "Moved?\nSee the card."}
    assert faults(type_, {field: "x" * 2001}) == {field: "text.length"}


def test_one_fault_is_no_collection():
    with pytest.raises(Malformed) as refused:
        arrival(stated={"sex": "X"})
    assert type(refused.value) is Malformed


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
