"""An area above offices holds nobody: it requests of them, by what they hold, and says of nobody that it holds them."""

from __future__ import annotations

import pytest

from events.envelope import Ref
from events.errors import Malformed
from exchange.access.caller import Forbidden
from exchange.ids import new_person_id
from exchange.protocol.refusals import EarlierState, NoSuchEvent, NotKeeper, UnknownPerson
from exchange.reconcile import checks
from tests.integration.towns import WANSHOULU, Town, town, woman

COUNTY = "420115000000"  # around the home place
EDUCATED = {"asks": "change", "wanted": {"education": "20"}}


@pytest.fixture
def county(node) -> Town:
    return Town(node, COUNTY)


@pytest.fixture
def person(home) -> str:
    return str(home.registers(woman()).person)


def test_it_requests_a_change_of_whom_an_office_below_it_keeps(node, county, home, person):
    request = county.records("request.opened", "2026-03-02", {"to": home.code, **EDUCATED}, person)
    assert home.notice("request").case is not None
    because = Ref(COUNTY, request.id)
    home.records("person.changed", "2026-03-02", {"set": {"education": "20"}}, person, because=because)
    assert [case.status for case in (*county.cases(), *home.cases())] == ["answered", "answered"]
    assert checks(node).equal


def test_it_hears_that_it_was_done_and_nothing_of_what_is_held(county, home, person):
    entry = [home.code, home.records("person.changed", "2026-03-01", {"set": {"education": "10"}}, person).id]
    county.records("request.opened", "2026-03-02", {"to": home.code, "asks": "amendment", "about": entry}, person)
    home.records("event.corrected", "2026-03-02", {"target": entry, "set": {"education": "20"}}, person)
    assert [case.status for case in county.cases()] == ["answered"]
    assert [told.kind for told in county.inbox()] == ["update"]
    assert county.sheet(person)["particulars"] == {}


@pytest.mark.parametrize("knows", [False, True])
def test_of_an_office_elsewhere_it_requests_nothing(county, home, new_home, person, knows):
    new_home.sees_arrive(woman(), home.code)
    if knows:  # of the person, by what it requested
        county.records("request.opened", "2026-03-02", {"to": home.code, **EDUCATED}, person)
    with pytest.raises(UnknownPerson):
        county.records("request.opened", "2026-03-02", {"to": new_home.code, **EDUCATED}, person)


@pytest.mark.parametrize("asks", [EDUCATED, {"asks": "amendment"}], ids=["a change", "an amendment"])
def test_nor_by_a_correction_or_a_redirect_of_what_it_requested(county, home, new_home, person, asks):
    """Both say whom it asks, as the request does."""
    entry = [home.code, home.records("person.changed", "2026-03-01", {"set": {"education": "10"}}, person).id]
    about = {"about": entry} if asks["asks"] == "amendment" else {}
    request = county.records("request.opened", "2026-03-02", {"to": home.code, **asks, **about}, person)
    elsewhere = {"target": [COUNTY, request.id], "set": {"to": new_home.code}}
    with pytest.raises(UnknownPerson):
        county.records("event.corrected", "2026-03-02", elsewhere, person)
    right = county.records("event.corrected", "2026-03-02", {**elsewhere, "set": {"note": "1"}}, person)
    nested = {"target": [COUNTY, right.id], "set": {"set": {"to": new_home.code}}}
    with pytest.raises(UnknownPerson):
        county.records("event.corrected", "2026-03-02", nested, person)
    home.answers("case.disputed", str(home.notice("request").case), reason="other")
    (case,) = county.cases()
    with pytest.raises(UnknownPerson):
        county.answers("case.redirected", case.id, to=new_home.code)
    assert new_home.inbox() == []


def test_nor_by_a_correction_of_what_it_is_about(county, home, person):
    """By the book of the office asked, and not by the area's own, which holds little of it."""
    entries = [
        [home.code, home.records("person.changed", "2026-03-01", {"set": {"education": each}}, person).id]
        for each in ("10", "20")
    ]
    content = {"to": home.code, "asks": "amendment", "about": entries[0]}
    request = county.records("request.opened", "2026-03-02", content, person)
    for about, fault in (([home.code, request.id], NoSuchEvent), (entries[1], None)):
        corrected = {"target": [COUNTY, request.id], "set": {"about": about}}
        if fault is None:
            county.records("event.corrected", "2026-03-02", corrected, person)
        else:
            with pytest.raises(fault) as refused:
                county.records("event.corrected", "2026-03-02", corrected, person)
            assert refused.value.field == "set.about"


def test_nor_by_taking_back_the_correction_that_let_it_ask_what_may_be_asked(county, home, person):
    """Of the change that its office took back meanwhile it would ask once more."""
    first, second = (
        [home.code, home.records("person.changed", "2026-03-01", {"set": {"education": each}}, person).id]
        for each in ("10", "20")
    )
    content = {"to": home.code, "asks": "amendment", "about": first}
    request = county.records("request.opened", "2026-03-02", content, person)
    corrected = {"target": [COUNTY, request.id], "set": {"about": second}}
    correction = county.records("event.corrected", "2026-03-02", corrected, person)
    home.records("event.retracted", "2026-03-02", {"target": first}, person)
    with pytest.raises(EarlierState) as refused:
        county.records("event.retracted", "2026-03-02", {"target": [COUNTY, correction.id]}, person)
    assert (refused.value.field, refused.value.details) == ("target", {"refused": "already_retracted"})


def test_nor_about_whom_the_office_asked_does_not_hold(node, county, home):
    third = Town(node, WANSHOULU)
    stranger = str(third.registers(woman(4)).person)
    with pytest.raises(UnknownPerson):
        county.records("request.opened", "2026-03-02", {"to": home.code, **EDUCATED}, stranger)


def test_by_the_book_of_the_office_asked_it_is_asked_what_it_may_do(node, county, home, new_home, person):
    home.records(
        "registration.changed",
        "2026-03-01",
        {"from": town(home.code), "to": town(new_home.code), "ground": "moved"},
        person,
    )
    with pytest.raises(NotKeeper):
        county.records("request.opened", "2026-03-02", {"to": home.code, **EDUCATED}, person)


@pytest.mark.parametrize("to", [None, "", "42", 7])
def test_a_request_to_nobody_is_malformed_or_about_nobody(county, person, to):
    with pytest.raises((Malformed, UnknownPerson)):
        county.records("request.opened", "2026-03-02", {"to": to, **EDUCATED}, person)


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("person.registered", {"basis": "first_record", "registration": town(COUNTY), "particulars": woman()}),
        ("movement.arrived", {"kind": "main", "address": "1 Lane", "stated": woman(6)}),
    ],
)
def test_it_holds_nobody_itself(county, type_, content):
    with pytest.raises(Forbidden, match=r"office\.holds_no_book"):
        county.records(type_, "2026-03-01", content)


def test_an_area_that_is_not_served_as_a_whole_is_told_what_to_name_and_asks_nothing(node, home):
    """As where a node serves some towns of it, one by one."""
    county = Town(node, "440103000000")
    with pytest.raises(Forbidden, match=r"office\.holds_no_book"):
        county.records("movement.arrived", "2026-03-01", {"kind": "main", "address": "1 Lane", "stated": woman(6)})
    with pytest.raises(Forbidden, match=r"office\.not_served"):
        county.records("request.opened", "2026-03-02", {"to": home.code, **EDUCATED}, new_person_id())


def test_nor_anybody_of_whom_it_was_told(county, home, person):
    county.records("request.opened", "2026-03-02", {"to": home.code, **EDUCATED}, person)
    with pytest.raises(Forbidden, match=r"office\.holds_no_book"):
        county.records("person.protected", "2026-03-02", {"ground": "threat"}, person)
