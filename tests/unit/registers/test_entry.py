"""One row of a register: every cell checked, every fault named, and what the row would record."""

import pytest

from events.documents import resident_number
from events.errors import Several
from exchange.registers.comparing import differing
from exchange.registers.entry import Entry, entry
from exchange.translations import all_messages, text

OFFICE = "420115001000"
AS_OF = "2026-01-01"
NUMBER = resident_number("420115", "1988-05-01", 2)
WOMAN = {
    "name": "王小雨",
    "document.resident": NUMBER,
    "registration": "本地",
    "address": "文化路1号",
    "since": "2020/3/1",
    "ethnic_group": "汉族",
}


def read(**cells: str) -> Entry:
    return entry({**WOMAN, **{name.replace("__", "."): value for name, value in cells.items()}}, OFFICE, AS_OF)


def faults(**cells: str) -> list[tuple[str | None, str | None]]:
    with pytest.raises(Several) as error:
        read(**cells)
    return [(each.field, each.rule) for each in error.value.faults]


def test_a_resident_registered_here_has_a_main_stay_here():
    assert read().content(ask=False) == {
        "basis": "register",
        "particulars": {
            "name": "王小雨",
            "born_on": "1988-05-01",
            "sex": "F",
            "ethnic_group": "01",
            "document.resident": {"number": NUMBER},
        },
        "registration": {"kind": "town", "code": OFFICE},
        "kind": "main",
        "address": "文化路1号",
    }


def test_an_incomer_is_told_to_the_registration_place_and_asks_only_where_asked_for():
    incomer = read(registration="湖北省武汉市江夏区五里界街道")
    assert incomer.content(ask=False)["registration"] == {"kind": "town", "code": "420115007000"}
    assert "ask" not in incomer.content(ask=False)
    assert incomer.content(ask=True)["ask"] is True


def test_a_resident_who_lives_elsewhere_has_no_stay():
    absent = read(stay="不在本地", address="", since="").content(ask=False)
    assert not {"kind", "address"} & absent.keys()


def test_codes_are_read_by_text_standard_and_letter():
    for sex in ("女", "F", "2", "female"):
        assert read(sex=sex).particulars["sex"] == "F"
    assert read(ethnic_group="汉").particulars["ethnic_group"] == "01"
    assert read(nationality="中国；US").particulars["nationality"] == ["CN", "US"]


@pytest.mark.parametrize(
    ("cells", "field", "rule"),
    [
        ({"name": ""}, "name", "register.cell_empty"),
        ({"name": "王\u202e小雨"}, "name", "name.hidden"),
        ({"name": "123"}, "name", "name.letters"),
        ({"document__resident": NUMBER[:-1] + "9"}, "document.resident", "document.check_digit"),
        ({"document__resident": NUMBER[:-1]}, "document.resident", "document.length"),
        ({"document__passport": "!"}, "document.passport", "document.length"),
        ({"born_on": "1988-05-02"}, "born_on", "register.document_says_otherwise"),
        ({"sex": "男"}, "sex", "register.document_says_otherwise"),
        ({"sex": "x"}, "sex", "code.unknown"),
        ({"ethnic_group": "火星族"}, "ethnic_group", "code.unknown"),
        ({"birth_place": "990000"}, "birth_place", "division.province"),
        ({"nationality": "Atlantis"}, "nationality", "code.unknown"),
        ({"registration": ""}, "registration", "register.cell_empty"),
        ({"registration": "420115"}, "registration", "register.place_not_town"),
        ({"stay": "路过"}, "stay", "register.stay_kind"),
        ({"stay": "不在本地"}, "address", "register.address_without_stay"),
        ({"since": "2020-03"}, "since", "register.whole_day"),
        ({"since": "2026-02-01"}, "since", "register.since_ahead"),
        ({"since": "1980-01-01"}, "born_on", "born.after_event"),
        ({"phone": "1" * 41}, "phone", "text.length"),
        ({"address": "路" * 301}, "address", "text.length"),
        ({"as_printed": "也许"}, "as_printed", "register.yes_or_no"),
    ],
)
def test_a_faulty_cell_is_named_with_its_rule(cells, field, rule):
    assert faults(**cells) == [(field, rule)]
    assert rule in all_messages()
    assert text(rule, "zh-CN") != rule


def test_all_faulty_cells_of_a_row_are_named():
    assert {field for field, _ in faults(name="", sex="x", registration="?", since="never")} == {
        "name",
        "sex",
        "registration",
        "since",
    }


def test_a_number_as_printed_may_break_its_rule_and_gainsay_the_row():
    odd = read(document__resident=NUMBER[:-1] + "9", as_printed="是", sex="男")
    assert odd.particulars["document.resident"] == {"number": NUMBER[:-1] + "9", "as_printed": True}
    assert odd.particulars["sex"] == "M"


def test_a_row_that_names_nobody_is_refused():
    assert faults(document__resident="") == [("entry", "register.nobody")]
    assert read(document__resident="", entry="0001").identities == ("entry\x000001",)
    assert len(read(document__resident="", born_on="1988").identities) == 1


def test_15_and_18_digits_name_one_person():
    short = NUMBER[:6] + NUMBER[8:17]
    assert read(document__resident=short).identities == read().identities


def test_a_row_differs_from_a_record_only_where_it_says_something():
    held = {
        "particulars": {**read().particulars, "name": "王 小雨", "phone": "138"},
        "registration": {"kind": "town", "code": OFFICE},
        "roles": ["registration", "main"],
        "address": "文化路1号",
        "since": "2020-03-01",
    }
    assert differing(read(), held) == ()
    assert differing(read(phone="139", address="文化路2号", stay="兼住"), held) == ("phone", "stay", "address")
    assert differing(read(), {**held, "particulars": {"name": "王大雨"}}) == (
        "name",
        "ethnic_group",
        "document.resident",
    )
    assert differing(read(), {**held, "roles": []}) == ("stay",)
