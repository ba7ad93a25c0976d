"""Likely duplicates: found when a person is recorded, among what the office may know, and decided by a person."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from exchange.access.caller import Caller, Forbidden
from exchange.audit.rebuild import rebuild
from exchange.pipeline.advance import advance
from exchange.queries.duplicates import duplicates
from exchange.reconcile import checks
from exchange.tables import likenesses as rows
from exchange.tables.schema import likenesses, proposals
from tests.integration.towns import ZHIFANG, Clock, Town, opened, town, woman


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, Clock(), database_url=database_url)
    yield node
    node.close()


def without_card(**other: Any) -> dict[str, Any]:
    return {k: v for k, v in woman(**other).items() if k != "document.resident"}


def pairs(office: Town, person: str | None = None) -> tuple[dict[str, Any], ...]:
    return duplicates(office.node, office.caller, "registration", person).rows


def both(found: dict[str, Any]) -> set[str]:
    return {found["one"]["person"], found["other"]["person"]}


def test_a_second_entry_is_proposed_beside_the_first_with_what_differs(node, home):
    first = home.registers(woman()).person
    assert pairs(home) == ()
    second = home.registers(without_card(name="王晓宇")).person
    (found,) = pairs(home)
    assert (both(found), found["exact"]) == ({first, second}, False)
    relations = {each["field"]: each["relation"] for each in found["fields"]}
    assert relations == {
        "name": "alike",
        "born_on": "equal",
        "sex": "equal",
        "registration": "equal",
        "document.resident": "one_side",
    }
    assert pairs(home, first) == pairs(home, second) == (found,)
    assert {each["type"] for each in found["acts"]} == {"person.merged", "person.kept_apart"}


def test_two_who_were_kept_apart_are_not_proposed_again_until_that_is_taken_back(node, home):
    first, second = home.registers(woman()).person, home.registers(without_card()).person
    apart = home.records("person.kept_apart", "2026-03-02", {"other": second}, first)
    assert pairs(home) == ()
    home.records("person.changed", "2026-03-02", {"set": {"education": "20"}}, second)
    assert pairs(home) == ()
    home.records("event.retracted", "2026-03-02", {"target": [ZHIFANG, apart.id], "ground": "recording_error"}, first)
    assert len(pairs(home)) == 1


def test_two_who_were_merged_are_one_and_may_be_unmerged(node, home):
    home.registers(woman())
    home.registers(without_card())
    (found,) = pairs(home)
    act = next(each for each in found["acts"] if each["type"] == "person.merged")
    merge = home.records(act["type"], "2026-03-02", act["with"], act["person"])
    assert pairs(home) == ()
    undone = {"other": act["with"]["other"], "merge": [ZHIFANG, merge.id]}
    home.records("person.unmerged", "2026-03-02", undone, act["person"])
    assert len(pairs(home)) == 1
    assert checks(node).equal


def test_what_an_entry_given_up_says_is_found_anew_when_that_alone_is_corrected(node, home):
    kept, entry = home.registers(woman(2)), home.registers(without_card(name="陈志明"))
    home.records("person.merged", "2026-03-01", {"other": kept.person, "keeper": ZHIFANG}, entry.person)
    before = found_by(node, kept.person)
    corrected(home, entry, name="欧阳文静")
    assert found_by(node, kept.person) != before
    rebuilt = found_by(node, kept.person)
    rebuild(node)
    assert found_by(node, kept.person) == rebuilt


def found_by(node: Any, person: str) -> set[bytes]:
    with node.uow.look() as session:
        return {row.token for row in session.sql.execute(select(likenesses).where(likenesses.c.person == person))}


def test_an_office_is_told_of_no_likeness_elsewhere_and_who_oversees_both_is(node, home):
    away = Town(node, "420115002000")
    first, second = home.registers(woman()).person, away.registers(without_card()).person
    assert pairs(home) == pairs(away) == ()
    county = Caller("420115000000", "supervisor", frozenset({"supervisor"}))
    (found,) = duplicates(node, county, "supervision").rows
    assert (both(found), found["one"]["office"] != found["other"]["office"]) == ({first, second}, True)
    beijing = Caller("110000000000", "supervisor", frozenset({"supervisor"}))
    assert duplicates(node, beijing, "supervision").rows == ()
    with pytest.raises(Forbidden):
        duplicates(node, county, "registration")


def test_likeness_by_ear_alone_is_no_matter_of_two_offices(node, home):
    home.registers(woman())
    Town(node, "420115002000").registers(without_card(name="王晓宇"))
    assert duplicates(node, Caller("420115000000", "s", frozenset({"supervisor"})), "supervision").rows == ()


def test_two_numbers_on_whoever_else_is_one_human_are_proposed(node, home):
    first, second = (home.registers(woman(number)).person for number in (2, 4))
    (found,) = pairs(home)
    assert (both(found), found["exact"]) == ({first, second}, False)


def test_of_two_offices_namesakes_with_two_numbers_are_proposed_where_more_is_equal(node, home):
    away, county = Town(node, "420115002000"), Caller("420115000000", "supervisor", frozenset({"supervisor"}))
    place = {"birth_place": "420115000000"}
    first = home.registers(woman(2, **place)).person
    away.registers(woman(4))
    third = away.registers(woman(6, **place)).person
    found = duplicates(node, county, "supervision").rows
    assert [both(each) for each in found if each["one"]["office"] != each["other"]["office"]] == [{first, third}]


def test_a_correction_that_parts_them_ends_the_proposal(node, home):
    home.registers(woman())
    second = home.registers(without_card())
    content = {
        "target": [ZHIFANG, second.id],
        "set": {"born_on": "1961-12-24", "sex": "M"},
        "ground": "recording_error",
    }
    home.records("event.corrected", "2026-03-02", content, second.person)
    assert pairs(home) == ()


def corrected(office: Town, target: Any, **set_: Any) -> None:
    content = {"target": [office.code, target.id], "set": set_, "ground": "recording_error"}
    office.records("event.corrected", "2026-03-02", content, target.person)


def across(node: Any) -> list[set[str]]:
    """The pairs of two offices that their county is shown."""
    county = Caller("420115000000", "supervisor", frozenset({"supervisor"}))
    found = duplicates(node, county, "supervision").rows
    return [both(each) for each in found if each["one"]["office"] != each["other"]["office"]]


def test_a_birth_place_that_becomes_equal_later_proposes_a_pair_and_one_that_differs_again_ends_it(node, home):
    away = Town(node, "420115002000")
    first = home.registers(woman(2, birth_place="420115000000"))
    second = away.registers(woman(4))
    assert across(node) == []
    corrected(away, second, birth_place="420115000000")
    assert across(node) == [{first.person, second.person}]
    corrected(home, first, birth_place="110101000000")
    assert across(node) == []


def test_a_phone_that_becomes_equal_later_proposes_a_pair_and_another_one_ends_it(node, home):
    away = Town(node, "420115002000")
    first, second = home.registers(woman(2, phone="13900000001")).person, away.registers(woman(4)).person
    assert across(node) == []
    away.records("person.changed", "2026-03-01", {"set": {"phone": "13900000001"}}, second)
    assert across(node) == [{first, second}]
    home.records("person.changed", "2026-03-01", {"set": {"phone": "13900000002"}}, first)
    assert across(node) == []


def test_an_origin_that_becomes_equal_later_proposes_a_pair_until_it_is_taken_back(node, home):
    first = home.registers(woman()).person
    heard = {"name": "王晓宇", "born_on": "1988-05", "sex": "F"}
    second = home.registers(heard, registration=None).person
    assert pairs(home) == ()
    gained = {"from": None, "to": town(ZHIFANG), "ground": "restored"}
    move = home.records("registration.changed", "2026-03-01", gained, second)
    (found,) = pairs(home)
    assert both(found) == {first, second}
    taken_back = {"target": [ZHIFANG, move.id], "ground": "recording_error"}
    home.records("event.retracted", "2026-03-02", taken_back, second)
    assert pairs(home) == ()


def test_only_who_says_something_else_of_what_is_compared_is_looked_at_again(node, home, monkeypatch):
    looked: list[set[bytes]] = []
    sharing = rows.sharing

    def counted(sql: Any, tokens: Any, *more: Any, **besides: Any) -> Any:
        asked = list(tokens)
        looked.append({token.token for token in asked})
        return sharing(sql, asked, *more, **besides)

    first, second = home.registers(woman(2)).person, home.registers(woman(4)).person
    monkeypatch.setattr(rows, "sharing", counted)
    home.records("person.changed", "2026-03-01", {"set": {"education": "20"}}, first)
    assert looked == []
    home.forwards = False
    home.records("person.changed", "2026-03-01", {"set": {"phone": "13900000001"}}, first)
    home.records("person.changed", "2026-03-01", {"set": {"education": "20"}}, second)
    advance(node)
    assert looked == [found_by(node, first)], "the other one of the batch is left as it was"
    assert len(pairs(home)) == 1, "and so is what was proposed"


def test_what_too_many_entries_of_one_office_share_proposes_nobody_there(node, home, monkeypatch):
    """Else whoever writes a thousand namesakes of one day makes half a million pairs."""
    monkeypatch.setattr("exchange.pipeline.likening.MOST", 2)
    first, second, _third = (home.registers(woman(n)).person for n in (2, 4, 6))
    (found,) = pairs(home)
    assert both(found) == {first, second}
    Town(node, "420115002000").registers(without_card(name="王小雨"))  # and nobody of another office either
    county = Caller("420115000000", "supervisor", frozenset({"supervisor"}))
    assert duplicates(node, county, "supervision").rows == (found,)


def test_who_was_withdrawn_is_proposed_no_more(node, home):
    home.registers(woman())
    second = home.registers(without_card())
    home.records(
        "event.retracted", "2026-03-02", {"target": [ZHIFANG, second.id], "ground": "duplicate"}, second.person
    )
    assert pairs(home) == ()


def test_it_is_all_found_again_by_a_rebuild(node, home):
    home.registers(woman())
    home.registers(without_card())
    before = pairs(home)
    with node.uow.begin() as session:
        for table in (proposals, likenesses):
            session.sql.execute(delete(table))
    assert pairs(home) == ()
    rebuild(node)
    assert pairs(home) == before


def test_no_name_and_no_date_stands_in_the_clear(node, home):
    home.registers(woman())
    with node.uow.look() as session:
        rows = session.sql.execute(select(likenesses)).all()
    assert rows
    for row in rows:
        assert len(row.token) == 32
        assert not any(part.encode() in bytes(row.token) for part in ("王", "wang", "1988"))


def test_both_readings_stand_in_the_access_log(node, home):
    first, second = home.registers(woman()).person, home.registers(without_card()).person
    pairs(home)
    with node.uow.look() as session:
        for person in (first, second):
            assert [read.fields for read in session.accesses(person, 0, 10)] == [("particulars", "registration")]
