"""The first tier: what can never be right is refused with its field and rule; the rest comes back in one spelling."""

from datetime import date
from typing import Any

import pytest

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
TOWN = {"kind": "town", "code": "420115001000"}
EVENT = "01936b5e-7c40-7cc3-98c4-dc0c0c07398f"
NUMBER = resident_number("420115", "1988-05-02", 2)


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


@pytest.mark.parametrize("day", ["2026-02-30", "1899-12-31", "2028-01-01", "20260301", "yesterday"])
def test_a_day_that_cannot_be_meant_is_refused(day):
    with pytest.raises(Malformed) as refused:
        wellformed("movement.arrived", day, {"kind": "main"}, TODAY)
    assert refused.value.field == "effective_on"


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
    assert (refused.value.field, refused.value.rule) == ("set.sex", "code.unknown")


def test_a_field_cannot_be_accepted_and_insisted_on():
    case = {"opening": ["420115001000", EVENT], "asked": "110101001000", "kind": "inflow"}
    content = {"case": case, "accepted": ["sex"], "insisted": ["name", "sex"]}
    with pytest.raises(Malformed) as refused:
        wellformed("case.settled", "2026-03-01", content, TODAY)
    assert (refused.value.field, refused.value.rule) == ("insisted", "settled.both")
