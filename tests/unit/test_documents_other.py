"""Passports, permits, foreign residents' cards and birth certificates, each rule by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from events.codes import DOCUMENT_OF_KIND, check
from events.documents import KINDS, Document, check_digit, lookup_form, mask, parse, resident_number
from events.errors import Malformed


def rule_of(kind: str, number: str, **options: object) -> str | None:
    with pytest.raises(Malformed) as error:
        parse(kind, number, **options)  # type: ignore[arg-type]
    return error.value.rule


def foreign_number(province: str = "31", country: str = "840", born: str = "19680502", sequence: str = "101") -> str:
    body = f"9{province}{country}{born}{sequence}"
    return body + check_digit(body)


def rule_broken(kind: str, number: str, *, as_printed: bool) -> str | None:
    try:
        parse(kind, number, as_printed=as_printed)
    except Malformed as error:
        return error.rule or "no rule"
    return None


def parse_or_skip(kind: str, number: str) -> Document:
    try:
        return parse(kind, number, as_printed=True)
    except Malformed:
        reject()


class TestForeignResidentsCards:
    def test_the_card_since_2023_tells_birth_sex_and_province(self):
        document = parse("foreign", foreign_number())
        assert (document.born_on, document.sex, document.division) == ("1968-05-02", "M", "310000")
        assert (document.holder, document.warnings) == ("foreign", ())

    def test_its_check_digit_must_fit(self):
        number = foreign_number()
        other = number[:17] + ("0" if number[17] != "0" else "1")
        assert rule_of("foreign", other) == "document.check_digit"
        assert parse("foreign", other, as_printed=True).warnings == ("document.as_printed",)

    def test_its_birth_date_must_exist(self):
        assert rule_of("foreign", foreign_number(born="19680231")) == "document.date"

    def test_its_holder_is_born_by_the_day_asked_about(self):
        assert rule_of("foreign", foreign_number(born="20260502"), as_of="2026-05-01") == "document.future"

    def test_it_starts_with_a_nine(self):
        assert rule_of("foreign", resident_number("110105", "1968-05-02", 1)) == "document.form"

    def test_an_unknown_country_only_warns(self):
        assert parse("foreign", foreign_number(country="999")).warnings == ("document.country_unknown",)

    def test_an_unknown_province_only_warns(self):
        assert parse("foreign", foreign_number(province="99")).warnings == ("document.division_unknown",)

    def test_the_older_card_has_three_letters_and_twelve_digits(self):
        document = parse("foreign", "usa310068050212")
        assert (document.number, document.holder) == ("USA310068050212", "foreign")
        assert (document.born_on, document.sex, document.warnings) == (None, None, ())

    def test_letters_of_no_country_only_warn(self):
        assert parse("foreign", "QQQ310068050212").warnings == ("document.country_unknown",)

    @pytest.mark.parametrize("number", ["US3100680502123", "USAA10068050212", "310068050212123"])
    def test_the_older_card_has_no_other_form(self, number):
        assert rule_of("foreign", number) == "document.form"

    @pytest.mark.parametrize("number", ["USA31006805021", "9" * 17])
    def test_a_card_has_fifteen_or_eighteen_places(self, number):
        assert rule_of("foreign", number) == "document.length"

    @given(st.dates(), st.integers(0, 999))
    def test_what_is_built_is_read_back_or_names_the_date(self, day, sequence):
        number = foreign_number(born=day.strftime("%Y%m%d").zfill(8), sequence=f"{sequence:03d}")
        if 1850 <= day.year <= 2200:
            assert parse("foreign", number).born_on == day.isoformat()
        else:
            assert rule_of("foreign", number) == "document.date"


class TestPassports:
    @pytest.mark.parametrize(
        "number",
        ["E12345678", "EA1234567", "EZ1234567", "G12345678", "D1234567", "S12345678", "P1234567", "DE1234567"],
    )
    def test_chinese_forms(self, number):
        document = parse("passport", number)
        assert (document.holder, document.warnings) == ("mainland", ())

    @pytest.mark.parametrize(("number", "holder"), [("KJ0123456", "hong_kong"), ("MA0123456", "macao")])
    def test_forms_of_hong_kong_and_macao(self, number, holder):
        assert parse("passport", number).holder == holder

    @pytest.mark.parametrize("number", ["123456789", "C01X00T47", "AB123", "A1234567890123456789"])
    def test_any_other_is_foreign(self, number):
        document = parse("passport", number)
        assert (document.number, document.holder, document.warnings) == (number, "foreign", ())

    @pytest.mark.parametrize("number", ["E1234567", "EA123456", "EI1234567", "EO1234567", "E123456789"])
    def test_nearly_a_chinese_one_warns(self, number):
        assert parse("passport", number).warnings == ("document.nearly_chinese",)

    @pytest.mark.parametrize("number", ["A123", "A" + "1" * 20])
    def test_five_to_twenty_places(self, number):
        assert rule_of("passport", number) == "document.length"

    @pytest.mark.parametrize("number", ["ABCDEFG", "A1234/67", "A1234(7)"])
    def test_letters_and_at_least_one_digit(self, number):
        assert rule_of("passport", number) == "document.form"

    @pytest.mark.parametrize("number", ["護照12345", "Ä1234567"])
    def test_letters_beyond_ascii_are_refused(self, number):
        assert rule_of("passport", number) == "document.characters"


class TestPermits:
    @pytest.mark.parametrize(("number", "holder"), [("H01234567", "hong_kong"), ("m0123456702", "macao")])
    def test_travel_permits_of_hong_kong_and_macao(self, number, holder):
        document = parse("permit", number)
        assert (document.holder, document.canonical) == (holder, number[:9].upper())

    @pytest.mark.parametrize("number", ["12345678", "1234567801", "1234567801B", "1234567801(B)", "1234567801（B）"])
    def test_travel_permits_of_taiwan(self, number):
        document = parse("permit", number)
        assert (document.holder, document.canonical) == ("taiwan", "12345678")
        assert document.number.isalnum()

    @pytest.mark.parametrize(
        "number", ["H0123456", "H0123456701234", "H012345670", "K01234567", "123456789", "SZ2024001"]
    )
    def test_no_other_form_by_accident(self, number):
        assert rule_of("permit", number) == "document.form"

    def test_a_local_serial_is_taken_as_printed(self):
        document = parse("permit", "SZ-2024-001", as_printed=True)
        assert (document.number, document.warnings) == ("SZ2024001", ("document.local_permit",))

    @pytest.mark.parametrize("number", ["A1", "ABCDEFGH", "A" + "1" * 20, "A12345/7"])
    def test_not_everything_is_taken_as_printed(self, number):
        assert rule_of("permit", number, as_printed=True) == "document.form"

    def test_a_residence_permit_with_eighteen_digits_follows_the_residents_rules(self):
        number = resident_number("830000", "1991-04-17", 2)
        document = parse("permit", number)
        assert (document.kind, document.holder, document.born_on) == ("permit", "taiwan", "1991-04-17")
        assert rule_of("permit", number[:17] + ("0" if number[17] != "0" else "1")) == "document.check_digit"


class TestBirthCertificates:
    def test_one_letter_and_nine_digits(self):
        document = parse("birth", "j 330000001")
        assert (document.number, document.holder) == ("J330000001", "mainland")

    @pytest.mark.parametrize("number", ["J33000001", "3300000011", "JJ33000001", "J3300000011"])
    def test_no_other_form(self, number):
        assert rule_of("birth", number) == "document.form"


class TestLookup:
    def test_a_reissued_travel_permit_is_found_by_its_first_eight_digits(self):
        assert lookup_form("permit", "H01234567") == lookup_form("permit", "H0123456703")
        assert lookup_form("permit", "12345678") == lookup_form("permit", "1234567801(B)")

    def test_a_misprinted_check_digit_does_not_hide_a_person(self):
        assert lookup_form("resident", "110105194912310021") == lookup_form("resident", "11010519491231002X")

    def test_a_residence_permit_is_found_under_either_kind(self):
        number = resident_number("810000", "1991-04-17", 2)
        assert lookup_form("permit", number) == lookup_form("resident", number)

    def test_spelling_does_not_matter(self):
        assert lookup_form("passport", "ea 123-4567") == lookup_form("passport", "EA1234567")

    def test_other_kinds_never_meet(self):
        assert lookup_form("passport", "G123456789") != lookup_form("birth", "G123456789")

    def test_other_persons_never_meet(self):
        one, two = (resident_number("420115", "1991-04-17", n) for n in (1, 3))
        assert lookup_form("resident", one) != lookup_form("resident", two)

    def test_what_is_no_number_is_refused(self):
        with pytest.raises(Malformed) as error:
            lookup_form("resident", "123")
        assert error.value.rule == "document.length"


class TestMask:
    @pytest.mark.parametrize("number", ["420921199104170023", "420921910417002"])
    def test_the_birth_date_is_never_shown(self, number):
        shown = mask(parse("resident", number, as_printed=True))
        assert "1991" not in shown
        assert "0417" not in shown

    def test_eighteen_places_show_both_ends(self):
        assert mask(parse("resident", "420921199104170023", as_printed=True)) == "4209 **** **** 0023"

    def test_short_numbers_show_less(self):
        assert mask(parse("passport", "E12345678")) == "E1****78"

    def test_the_shortest_still_hides(self):
        assert mask(parse("passport", "AB123")) == "A****3"


def test_every_kind_has_a_code_of_the_standard():
    assert set(DOCUMENT_OF_KIND) == set(KINDS)
    for code in DOCUMENT_OF_KIND.values():
        assert check("document", code, "document") == code


@given(kind=st.sampled_from(KINDS), number=st.text(max_size=30), as_printed=st.booleans())
def test_any_text_is_a_document_or_malformed_by_a_rule(kind, number, as_printed):
    rule = rule_broken(kind, number, as_printed=as_printed)
    assert rule is None or rule.startswith("document.")


@given(kind=st.sampled_from(KINDS), number=st.from_regex(r"[HMEGDSPA-F9]?[0-9]{7,17}[0-9X]?", fullmatch=True))
def test_the_stored_spelling_is_read_alike(kind, number):
    document = parse_or_skip(kind, number)
    assert parse(kind, document.number, as_printed=True) == document
    assert lookup_form(kind, document.number) == lookup_form(kind, document.canonical)
