"""Enquiries through the store: what the office asked is offered; a stranger's enquiry opens and tells nothing."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from events.documents import resident_number
from events.errors import Malformed
from exchange.access.access_log import readers_of
from exchange.access.caller import Caller
from exchange.audit.rebuild import compare
from exchange.commands.answer_line import answer_line
from exchange.protocol.refusals import NotEntitled, UnknownPerson
from exchange.queries.case import case
from exchange.queries.find_person import find_person
from exchange.reconcile import checks
from exchange.tables.schema import records
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, town, woman

HELD = woman(ethnic_group="01", phone="13000000000")
GIVEN = {"name": "王小雨", "document.resident": HELD["document.resident"]}
STRANGER = {"name": "赵大海", "document.resident": {"number": resident_number("420115", "1970-01-01", 3)}}


@pytest.fixture
def asking(node):
    return Town(node, DONGHUAMEN)


@pytest.fixture
def elsewhere(node):
    return Town(node, WANSHOULU)


def enquires(at: Town, given: dict[str, Any] = GIVEN, person: str | None = None, **more: Any):
    said = {"to": ZHIFANG, "purpose": "registration", "consent": True, "given": given, **more}
    return at.records("enquiry.opened", "2026-03-01", said, person)


def read(at: Town, language: str = "en") -> dict[str, Any]:
    [row] = at.cases()
    caller = Caller(at.code, "clerk", frozenset({"clerk", "confirmer"}), language=language)
    return case(at.node, caller, row.id)


def test_the_office_asked_is_offered_the_answer_and_the_replies_that_are_legal(home, asking):
    home.registers(HELD)
    enquires(asking)
    shown = read(home)
    assert shown["asks"] == "Another office asks you for facts about the person: what may you tell?"
    assert read(home, "zh-CN")["asks"] == "另一单位查询该人信息：可以提供哪些内容？"
    assert {"enquiry.answered", "case.redirected", "case.deferred"} <= set(shown["allowed"])
    assert "case.confirmed" not in shown["allowed"]
    assert shown["offers"]["held"] is True
    assert set(shown["offers"]["facts"]) == {
        "name", "sex", "born_on", "document.resident", "ethnic_group", "registration",
    }  # fmt: skip
    assert shown["offers"]["facts"]["registration"] == town(ZHIFANG)


def test_the_offer_can_be_recorded_as_it_is(node, home, asking):
    home.registers(HELD)
    enquires(asking, fields=["born_on", "phone"])
    offer = read(home)["offers"]
    assert offer == {"held": True, "facts": {"born_on": "1988-05-02"}, "refused": None}
    home.answers("enquiry.answered", home.cases()[0].id, **{k: v for k, v in offer.items() if v is not None})
    told = read(asking)
    assert told["status"] == "answered"
    assert told["thread"][0]["content"]["facts"] == {"born_on": "1988-05-02"}
    assert told["offers"] is None
    assert checks(node).differences == ()
    assert compare(node).differing == ()


@pytest.mark.parametrize(
    ("given", "more", "offer"),
    [
        ({**GIVEN, "name": "李小雨"}, {}, {"held": False, "facts": {}, "refused": None}),
        (STRANGER, {}, {"held": False, "facts": {}, "refused": None}),
        ({"name": "王小雨"}, {}, {"held": False, "facts": {}, "refused": "incomplete"}),
        (GIVEN, {"consent": False}, {"held": False, "facts": {}, "refused": "no_consent"}),
        (GIVEN, {"fields": ["phone"]}, {"held": False, "facts": {}, "refused": "not_entitled"}),
    ],
    ids=["another name", "nobody", "too little", "no consent", "not entitled"],
)
def test_what_is_not_held_and_what_is_refused_is_offered_as_such(home, asking, given, more, offer):
    home.registers(HELD)
    enquires(asking, given, **more)
    assert read(home)["offers"] == offer


NO_CARD = {"name": "王小雨", "born_on": "1988-05-02"}


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (NO_CARD, True),
        ({**NO_CARD, "sex": "F"}, True),
        ({**NO_CARD, "sex": "M"}, False),
        ({**NO_CARD, "name": "王晓雨"}, False),
        ({**NO_CARD, "born_on": "1988-05-03"}, False),
        ({**NO_CARD, "born_on": "1988"}, False),
    ],
    ids=["name and day", "and sex", "another sex", "another name", "another day", "a year alone"],
)
def test_without_a_document_a_person_is_found_by_name_and_birth_date(home, asking, elsewhere, given, held):
    home.registers({key: value for key, value in HELD.items() if key != "document.resident"})
    elsewhere.registers({**HELD, "document.resident": STRANGER["document.resident"]})
    enquires(asking, given)
    assert read(home)["offers"]["held"] is held


@pytest.mark.parametrize(
    ("people", "given"),
    [
        ([woman(2), woman(4)], NO_CARD),
        ([woman(), woman(name="王大雨")], {**GIVEN, "name": "王"}),
    ],
    ids=["one name and birth date", "one number on two cards"],
)
def test_of_several_whom_it_fits_nobody_is_told_of_and_it_is_asked_for_more(node, home, asking, people, given):
    both = [home.registers(who).person for who in people]
    enquires(asking, given, fields=["sex"])
    shown = read(home)
    assert shown["offers"] == {"held": False, "facts": {}, "refused": "incomplete"}
    assert shown["among"] == sorted(both), "whoever answers may find out who is meant"
    left = answer_line(node, home.caller, home.notice("enquiry").position)
    assert [each.became for each in left.outcomes] == ["unclear"], "nothing is answered by itself"
    home.answers("enquiry.answered", shown["id"], refused="incomplete")
    assert asking.notice("reply").reason == "incomplete"
    told = read(asking)
    assert (told["offers"], told["among"], told["reason"]) == (None, [], "incomplete")
    assert not any(person in json.dumps(told) for person in both)


def test_that_the_person_was_read_for_the_offer_is_kept(node, home, asking):
    kept = home.registers(HELD)
    enquires(asking)
    read(home)
    [entry] = [each for each in readers_of(node.uow, kept.person) if "ethnic_group" in each.fields]
    assert (entry.office, entry.purpose) == (ZHIFANG, "case")


def test_a_stranger_s_enquiry_opens_no_dossier_anywhere(node, home, asking, elsewhere):
    kept = home.registers(HELD)
    before = home.sheet(kept.person)
    asked = enquires(asking)
    assert asked.person != kept.person
    assert home.sheet(kept.person) == before
    assert asking.sheet(str(asked.person))["state"] == "withdrawn"
    number = HELD["document.resident"]["number"]
    assert find_person(node, asking.caller, "registration", "resident", number) == []
    with node.uow.look() as session:
        rows = session.sql.execute(select(records.c.office, records.c.state).where(records.c.person == asked.person))
        assert sorted(tuple(row) for row in rows) == [(DONGHUAMEN, "withdrawn"), (ZHIFANG, "withdrawn")]
    assert elsewhere.inbox() == []


def test_a_stranger_s_enquiry_says_the_same_whether_anybody_holds_the_person(asking, home):
    home.registers(HELD)
    known, unknown = enquires(asking), enquires(asking, STRANGER)
    assert (known.status, known.version) == (unknown.status, unknown.version)
    arrived = [
        asking.records(
            "movement.arrived", "2026-03-02", {"kind": "main", "address": "1 Lane", "stated": who}, about.person
        )
        for who, about in ((HELD, known), ({**STRANGER, "born_on": "1970-01-01"}, unknown))
    ]
    assert all(each.person not in {known.person, unknown.person} for each in arrived)
    assert all(asking.sheet(str(each.person))["state"] == "open" for each in arrived)


def test_the_inbox_shows_the_name_that_is_asked_about(home, asking):
    enquires(asking, STRANGER)
    notice = home.notice("enquiry")
    assert (notice.name, notice.expects_reply, notice.due_on) == ("赵大海", True, "2026-03-23")


def test_of_a_person_whom_the_office_holds_it_need_not_say_who_that_is(home, asking):
    home.registers(HELD)
    arrived = asking.sees_arrive(HELD, ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    item = asking.item(
        "enquiry.opened",
        "2026-03-02",
        {"to": ZHIFANG, "purpose": "correction"},
        arrived.person,
        id="01936b5e-7c40-7cc3-98c4-dc0c0c07398f",
    )
    first, again = asking.tries(item), asking.tries(item)
    assert [first[0].status, again[0].status] == ["recorded", "repeated"]
    [asked] = [row for row in home.cases() if row.kind == "enquiry"]
    shown = case(home.node, home.caller, asked.id)
    assert set(shown["stated"]) == {"name", "born_on", "document.resident"}
    assert shown["offers"]["facts"]["ethnic_group"] == "01"


def test_a_list_of_persons_is_one_act_all_or_nothing(home, asking):
    home.registers(HELD)
    said = {"to": ZHIFANG, "purpose": "registration", "consent": True}
    right = asking.item("enquiry.opened", "2026-03-01", {**said, "given": GIVEN})
    wrong = asking.item("enquiry.opened", "2026-03-01", {**said, "given": STRANGER, "fields": ["shoe_size"]})
    refused = asking.tries(right, wrong)
    assert [each.status for each in refused] == ["refused", "refused"]
    assert isinstance(refused[1].error, Malformed)
    assert (refused[1].error.field, refused[1].error.rule) == ("fields.0", "particular.unknown")
    assert home.inbox() == []
    both = asking.tries(right, asking.item("enquiry.opened", "2026-03-01", {**said, "given": STRANGER}))
    assert len({each.person for each in both}) == 2
    assert len({entry.act for entry in home.inbox()}) == 1
    assert len(home.inbox()) == 2


def test_nothing_beyond_what_was_asked_for_can_be_told(home, asking):
    home.registers(HELD)
    enquires(asking, fields=["born_on"])
    with pytest.raises(NotEntitled):
        home.answers("enquiry.answered", home.cases()[0].id, facts={"phone": "13000000000"})


def test_an_id_that_the_office_does_not_hold_names_nobody(home, asking):
    kept = home.registers(HELD)
    with pytest.raises(UnknownPerson):
        enquires(asking, person=kept.person)


@pytest.mark.parametrize("given", [GIVEN, NO_CARD], ids=["by document", "by name and day"])
def test_no_answer_tells_the_address_of_a_protected_person_whatever_dossier_it_is_about(home, asking, given):
    """The enquiry stands in a dossier of its own, of which nobody said that it is protected."""
    held = home.registers({key: value for key, value in HELD.items() if "document" not in key or given is GIVEN})
    enquires(asking, given, purpose="residence", fields=["address", "name"])
    home.records("person.protected", "2026-03-01", {"ground": "threat"}, held.person)
    assert read(home)["offers"]["facts"].keys() == {"name"}
    [asked] = home.cases()
    with pytest.raises(NotEntitled) as refused:
        home.answers("enquiry.answered", asked.id, facts={"address": "6 Lake Road", "name": "王小雨"})
    assert (refused.value.field, refused.value.rule) == ("facts.address", "not_entitled.protected")
    home.answers("enquiry.answered", asked.id, facts={"name": "王小雨"})
    assert read(asking)["status"] == "answered"
