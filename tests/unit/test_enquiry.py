"""The answer to an enquiry, as the pure core prepares it: what is refused, not held, or told."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import EnquiryAnswered, EnquiryOpened
from events.catalogue.movement import Arrived
from events.catalogue.person import Protected, Registered
from events.catalogue.values import CaseRef, town
from events.codes import LISTS
from events.envelope import Ref
from events.errors import Illegal
from events.event import opened, parts_of
from events.names import fits_name
from exchange.protocol.legality import check
from exchange.protocol.questions.enquiry import PURPOSES, Prepared, entitled, fitting, prepared
from exchange.protocol.record import Record
from tests.properties.world import OFFICES, World
from tests.unit.made_up import event

HOME, TOWN, OTHER = OFFICES[:3]
NUMBER = {"number": "110105199104170025"}
HELD = {"name": {"full": "欧阳小雨"}, "sex": "F", "born_on": "1991-04-17", "document.resident": NUMBER, "phone": "1"}
GIVEN = {"name": "欧阳", "document.resident": NUMBER}


def asked(**more: Any) -> EnquiryOpened:
    usual = {"to": HOME, "purpose": "registration", "consent": True, "given": GIVEN, "fields": ("sex", "born_on")}
    return EnquiryOpened(**{**usual, **more})


def held(*further: Any, office: str = HOME, person: str = "P1", **more: Any) -> Record:
    world = World(1, skew=False)
    entry = Registered(
        **{
            "particulars": HELD,
            "basis": "first_record",
            "registration": town(HOME),
            "address": "1 Lane",
            "kind": "main",
            **more,
        }
    )
    for fact in (entry, *further):
        world.command(world.author(office, person, "2026-01-02", fact))
    record = world.record(office, person)
    assert record is not None
    return record


def answer(question: EnquiryOpened, *records: Record) -> Prepared:
    return prepared(question, fitting(question, records))


def test_what_was_asked_for_and_the_purpose_allows_is_told():
    assert answer(asked(), held()) == Prepared(held=True, facts={"born_on": "1991-04-17", "sex": "F"})


def test_nothing_beyond_the_purpose_is_told():
    question = asked(fields=("sex", "phone", "address"))
    assert entitled(question) == {"sex"}
    assert answer(question, held()).facts == {"sex": "F"}


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (asked(given={}), "incomplete"),
        (asked(given={"name": "欧阳"}), "incomplete"),
        (asked(given={"document.resident": NUMBER}), "incomplete"),
        (asked(consent=False), "no_consent"),
        (asked(purpose="tax"), "not_entitled"),
        (asked(purpose="tax", consent=False), "not_entitled"),
        (asked(fields=("phone",)), "not_entitled"),
        (asked(fields=()), "not_entitled"),
    ],
)
def test_a_refusal_is_the_same_whether_the_person_is_held_or_not(question, why):
    assert answer(question, held()) == answer(question) == Prepared(refused=why)


@pytest.mark.parametrize(
    "given",
    [
        {**GIVEN, "name": "欧阳大雨"},
        {**GIVEN, "name": "欧"},
        {**GIVEN, "name": "王"},
        {"name": "欧阳小雨", "document.resident": {"number": "11010519910417033X"}},
        {"name": "欧阳小雨", "born_on": "1991-04-18"},
    ],
)
def test_what_does_not_fit_is_answered_as_a_person_who_is_not_held(given):
    assert answer(asked(given=given), held()) == answer(asked(given=given)) == Prepared()


@pytest.mark.parametrize(
    "given",
    [GIVEN, {**GIVEN, "name": {"full": "歐陽小雨"}}, {"name": "欧阳小雨", "born_on": "1991-04"}],
    ids=["family name", "traditional signs", "without document"],
)
def test_what_fits_is_recognised(given):
    assert answer(asked(given=given), held()).held


class TestSeveralWhomItFits:
    """Of one name and birth date, or with one number on two cards: one of them is a stranger."""

    BY_NAME: ClassVar = {"name": "欧阳小雨", "born_on": "1991-04-17"}

    @pytest.mark.parametrize("given", [BY_NAME, GIVEN], ids=["name and day", "family name and number"])
    def test_nobody_is_told_of_and_it_is_asked_for_more(self, given):
        offered = answer(asked(given=given), held(person="P2"), held(person="P1"))
        assert offered == Prepared(refused="incomplete", among=("P1", "P2"))

    def test_what_tells_them_apart_is_answered(self):
        namesake = {**HELD, "document.resident": {"number": "11010519910417033X"}}
        both = (held(), held(person="P2", particulars=namesake))
        assert answer(asked(given=self.BY_NAME), *both).refused == "incomplete"
        assert answer(asked(given={**self.BY_NAME, "document.resident": NUMBER}), *both).held

    def test_one_person_in_two_records_is_one(self):
        assert answer(asked(), held(), held()).held

    @pytest.mark.parametrize("more", [{"consent": False}, {"purpose": "tax"}, {"fields": ("phone",)}])
    def test_whoever_may_be_told_nothing_learns_nothing_of_it(self, more):
        both = (held(), held(person="P2"))
        assert answer(asked(given=self.BY_NAME, **more), *both) == answer(asked(given=self.BY_NAME, **more))


@pytest.mark.parametrize(
    ("stated", "name", "fits"),
    [
        ("林", "林一禾", True),
        ("林一", "林一禾", False),
        ("司马", "司马光", True),
        ("司", "司马光", False),
        ("Tursun", "Mamat Tursun", False),
        ("Mamat", {"full": "Mamat Tursun", "family": "Mamat"}, True),
        ("吐尔逊", "买买提·吐尔逊", False),
    ],
)
def test_a_family_name_alone_fits(stated, name, fits):
    assert fits_name(stated, name) is fits


def test_an_office_that_was_only_told_of_the_person_does_not_answer_for_them():
    assert not answer(asked(), held(office=TOWN, kind=None, address=None)).held


def test_the_address_of_a_protected_person_is_never_told():
    question = asked(purpose="residence", fields=("address", "registration"))
    assert set(answer(question, held()).facts) == {"address", "registration"}
    assert set(answer(question, held(Protected(ground="threat"))).facts) == {"registration"}


@pytest.mark.parametrize("consent", [True, False])
def test_a_purpose_that_is_not_on_the_list_entitles_to_nothing_whoever_agreed(consent):
    """Recorded before there was a list, or by a node with another one."""
    assert entitled(asked(purpose="tax", fields=("phone", "sex"), consent=consent)) == set()


def test_the_list_of_purposes_is_that_of_what_they_entitle_to():
    assert PURPOSES.keys() == LISTS["purpose"].keys()


def test_no_purpose_but_the_one_that_says_so_entitles_to_an_address_or_a_phone():
    assert [name for name, purpose in PURPOSES.items() if "address" in purpose.fields] == ["residence"]
    assert all("phone" not in purpose.fields for purpose in PURPOSES.values())


def test_values_lie_in_the_part_of_their_field():
    """Also what is given and what is told."""
    facts, parts = parts_of(asked(given={**GIVEN, "sex": "F", "phone": "1"}))
    assert facts == {"to": HOME, "purpose": "registration", "consent": True, "fields": ("sex", "born_on")}
    assert parts == {
        "identity": {"given": GIVEN},
        "cohort": {"given": {"sex": "F"}},
        "contact": {"given": {"phone": "1"}},
    }
    case = CaseRef(Ref(TOWN, "e01"), HOME, "enquiry")
    told = EnquiryAnswered(case=case, held=True, facts={"address": "1 Lane", "registration": town(HOME)})
    facts, parts = parts_of(told)
    assert parts == {"address": {"facts": {"address": "1 Lane"}}}
    assert facts["facts"] == {"registration": {"kind": "town", "code": HOME}}


@pytest.mark.parametrize("fact", [asked(), EnquiryAnswered(case=CaseRef(Ref(TOWN, "e1"), HOME, "enquiry"), facts=HELD)])
def test_it_opens_as_it_was_sealed(fact):
    frame = event(fact, TOWN, "P", 1).frame
    assert opened(frame, parts_of(fact)[1]).payload == fact


def test_an_enquiry_may_be_about_somebody_whom_the_office_does_not_hold_and_only_of_another_office():
    check(asked(), "2026-01-02", TOWN, None)
    with pytest.raises(Illegal, match="not_a_party"):
        check(asked(), "2026-01-02", HOME, None)


class Asking:
    """A town enquires about a stranger whom another office keeps under another id."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.record(HOME, Registered(particulars=HELD, basis="first_record", registration=town(HOME)), person="P1")
        self.case = CaseRef(self.record(TOWN, asked()), HOME, "enquiry")

    def record(self, office: str, fact: Any, person: str = "Q1") -> Ref:
        check(fact, "2026-01-02", office, self.world.record(office, person))
        made = self.world.author(office, person, "2026-01-02", fact)
        self.world.command(made)
        self.world.drain()
        return made.ref

    def of(self, office: str, person: str = "Q1") -> Record:
        record = self.world.record(office, person)
        assert record is not None
        return record


def test_the_answer_closes_the_case_on_both_sides_and_stands_in_no_other_book():
    story = Asking()
    before = story.of(HOME, "P1").version
    story.record(HOME, EnquiryAnswered(case=story.case, held=True, facts={"sex": "F"}))
    assert {story.of(o).cases[story.case].status for o in (HOME, TOWN)} == {"answered"}
    assert story.of(HOME, "P1").version == before
    assert OTHER not in story.world.books


def test_who_only_asked_or_was_asked_has_no_dossier_of_the_person():
    story = Asking()
    assert [story.of(o).only_asked for o in (HOME, TOWN)] == [True, True]
    assert not story.of(HOME, "P1").only_asked


def test_facts_that_were_not_asked_for_are_refused():
    story = Asking()
    with pytest.raises(Illegal, match=r"not_entitled at facts\.name"):
        story.record(HOME, EnquiryAnswered(case=story.case, facts={"name": "欧阳小雨"}))


def test_where_the_purpose_needs_no_consent_none_is_asked_for():
    question = asked(purpose="identification", consent=False)
    assert entitled(question) == {"sex", "born_on"}
    assert answer(question, held()).held


def test_without_the_consent_that_its_purpose_needs_an_enquiry_entitles_to_nothing_and_nobody_fits_it():
    question = asked(consent=False)
    assert entitled(question) == set()
    assert fitting(question, [held()]) == ()


def test_whoever_keeps_the_person_answers_also_of_one_who_never_lived_there():
    assert answer(asked(), held(kind=None, address=None)).held


def test_so_does_whoever_has_the_person_as_a_resident_and_does_not_keep_the_registration():
    assert answer(asked(), held(office=TOWN)).held


def test_of_who_was_withdrawn_nothing_is_held_also_where_a_stay_was_recorded_beside():
    """Rule 6: nothing is recorded beside the fact that opened the dossier, and look-ups find nothing."""
    world = World(1, skew=False)

    def record(office: str, fact: Any) -> Ref:
        made = world.author(office, "P1", "2026-01-02", fact)
        world.command(made)
        world.drain()
        return made.ref

    opened = record(HOME, Registered(particulars=HELD, basis="first_record", registration=town(HOME)))
    record(HOME, Arrived(kind="further", registration=town(HOME), stated=HELD))
    assert answer(asked(), *world.records(HOME)).held
    record(HOME, Retracted(target=opened))
    [withdrawn] = world.records(HOME)
    assert (withdrawn.withdrawn, len(withdrawn.open_stays)) == (True, 1)
    assert not answer(asked(), withdrawn).held


class TestARecordThatHoldsLittle:
    def test_without_a_name_fits_nobody(self):
        assert not answer(asked(), held(particulars={"document.resident": NUMBER})).held

    def test_without_a_birth_date_fits_none_that_is_given(self):
        given = {"name": "欧阳小雨", "born_on": "1991-04-17"}
        assert not answer(asked(given=given), held(particulars={"name": "欧阳小雨"})).held

    def test_is_not_found_by_a_number_that_cannot_be_read(self):
        given = {"name": "欧阳小雨", "document.resident": {"number": "?"}}
        assert not answer(asked(given=given), held()).held


DOCUMENT_FIELDS = {f"document.{kind}" for kind in ("resident", "passport", "permit", "foreign", "birth")}
WHO = {"name", "sex", "born_on", *DOCUMENT_FIELDS}
LIFE = {"ethnic_group", "marital_status", "education", "birth_place", "nationality"}


@pytest.mark.parametrize(
    ("purpose", "told", "consent"),
    [
        ("registration", WHO | LIFE | {"registration"}, True),
        ("residence", WHO | {"address", "registration"}, True),
        ("identification", WHO, False),
        ("correction", WHO | LIFE, False),
    ],
)
def test_each_purpose_entitles_to_just_these_fields(purpose, told, consent):
    everything = (*WHO, *LIFE, "address", "registration", "phone", "occupation")
    assert entitled(asked(purpose=purpose, fields=everything, consent=True)) == told
    assert entitled(asked(purpose=purpose, fields=everything, consent=False)) == (set() if consent else told)
    assert PURPOSES[purpose].needs_consent is consent
