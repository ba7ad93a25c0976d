"""A town is split into several: each person's dossier is one successor's, and all that is not allotted the first's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.errors import Conflict, ExchangeError, Malformed
from exchange.access.caller import Caller, Forbidden
from exchange.audit.rebuild import compare
from exchange.commands.act import Result
from exchange.commands.jurisdiction import record_office
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import UnknownPerson
from exchange.queries.find_person import find_person
from exchange.reconcile import checks
from tests.integration.test_sheltered_answers import ADDRESS, NO_CARD, THREAT, answers, asks, shown, sound
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, operator, woman

FIRST, SECOND = WANSHOULU, "110108002000"


@pytest.fixture
def node(tmp_path: Path, database_url) -> Iterator[Node]:
    found = opened(tmp_path / "node", database_url=database_url)
    yield found
    found.close()


def split(node: Node, office: str, allotment: dict[str, str], by: Caller | None = None, **more: Any) -> Result:
    content = {"to": [FIRST, SECOND], "allotment": allotment}
    done = record_office(node, by or operator(office), office, "jurisdiction.succeeded", "2026-03-02", content, **more)
    advance(node)
    return done


def finds(node: Node, code: str, who: dict[str, Any]) -> list[str]:
    number = who["document.resident"]["number"]
    return [each.person for each in find_person(node, Town(node, code).caller, "registration", "resident", number)]


def test_each_dossier_is_the_successors_to_whom_it_was_allotted(node: Node):
    home = Town(node, ZHIFANG)
    one, other = (str(home.registers(woman(number)).person) for number in (2, 4))
    split(node, ZHIFANG, {other: SECOND})
    assert Town(node, FIRST).sheet(one)["roles"] == ["registration", "main"]
    assert Town(node, SECOND).sheet(other)["roles"] == ["registration", "main"]
    for code, person in ((FIRST, other), (SECOND, one), (ZHIFANG, one), (ZHIFANG, other)):
        with pytest.raises(UnknownPerson):
            Town(node, code).sheet(person)
    assert (finds(node, FIRST, woman(2)), finds(node, FIRST, woman(4))) == ([one], [])
    assert (finds(node, SECOND, woman(2)), finds(node, SECOND, woman(4))) == ([], [other])
    assert checks(node).equal
    assert compare(node).differing == ()


def test_an_open_case_goes_with_the_dossier_that_it_is_about(node: Node):
    home, away = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    persons = [str(home.registers(woman(number)).person) for number in (2, 4)]
    for number in (2, 4):
        away.sees_arrive(woman(number), ZHIFANG)
    split(node, ZHIFANG, {persons[1]: SECOND})
    for code, person in ((FIRST, persons[0]), (SECOND, persons[1])):
        heir = Town(node, code)
        assert heir.notice("inflow").person == person
        [case] = heir.cases()
        heir.answers("case.confirmed", case.id)
    assert sorted(each.status for each in away.cases()) == ["confirmed", "confirmed"]
    assert checks(node).equal


def test_what_names_the_old_town_later_reaches_whoever_has_the_person(node: Node):
    home, away = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    persons = [str(home.registers(woman(number)).person) for number in (2, 4)]
    split(node, ZHIFANG, {persons[1]: SECOND})
    for number in (2, 4, 6):
        away.sees_arrive(woman(number), ZHIFANG)
    assert len([n for n in Town(node, FIRST).inbox() if n.kind == "inflow"]) == 2  # nobody knew the third before
    assert Town(node, SECOND).notice("inflow").person == persons[1]
    assert checks(node).equal


def test_every_id_of_a_dossier_goes_with_the_one_that_is_allotted(node: Node):
    home = Town(node, ZHIFANG)
    kept = str(home.registers(woman()).person)
    given_up = str(home.registers({"name": "王小雨", "born_on": "1988-05-02", "sex": "F"}).person)
    home.records("person.merged", "2026-03-01", {"other": kept, "keeper": ZHIFANG}, given_up)
    split(node, ZHIFANG, {kept: SECOND})
    assert Town(node, SECOND).sheet(given_up)["person"] == kept
    assert Town(node, FIRST).inbox() == []
    with pytest.raises(UnknownPerson):
        Town(node, FIRST).sheet(given_up)
    assert checks(node).equal


def test_one_dossier_cannot_go_to_two(node: Node):
    home = Town(node, ZHIFANG)
    kept = str(home.registers(woman()).person)
    given_up = str(home.registers({"name": "王小雨", "born_on": "1988-05-02", "sex": "F"}).person)
    home.records("person.merged", "2026-03-01", {"other": kept, "keeper": ZHIFANG}, given_up)
    with pytest.raises(Malformed) as refused:
        split(node, ZHIFANG, {kept: SECOND, given_up: FIRST})
    assert refused.value.rule == "jurisdiction.allotted_twice"


def test_every_wrong_row_is_named_and_nothing_is_done(node: Node):
    home = Town(node, ZHIFANG)
    person = str(home.registers(woman()).person)
    stranger = str(Town(node, DONGHUAMEN).registers(woman(4)).person)
    with pytest.raises(Malformed) as refused:
        split(node, ZHIFANG, {person: DONGHUAMEN, stranger: FIRST, "nobody": FIRST})
    assert {(fault.field, fault.rule) for fault in refused.value.faults} == {
        (f"allotment.{person}", "jurisdiction.not_a_successor"),
        (f"allotment.{stranger}", "jurisdiction.not_held"),
        ("allotment.nobody", "id.uuid"),
    }
    assert home.sheet(person)["roles"] == ["registration", "main"]
    assert not node.offices.ended(ZHIFANG)


@pytest.mark.parametrize(
    ("to", "rule"),
    [([], "jurisdiction.nobody"), ([FIRST, FIRST], "jurisdiction.twice"), ([FIRST, ZHIFANG], "jurisdiction.ring")],
)
def test_successors_are_others_each_once(node: Node, to: list[str], rule: str):
    with pytest.raises(ExchangeError) as refused:
        record_office(node, operator(ZHIFANG), ZHIFANG, "jurisdiction.succeeded", "2026-03-02", {"to": to})
    assert refused.value.rule == rule


def test_a_repeat_gives_the_first_result_and_another_content_a_conflict(node: Node):
    home = Town(node, ZHIFANG)
    kept = str(home.registers(woman()).person)
    given_up = str(home.registers({"name": "王小雨", "born_on": "1988-05-02", "sex": "F"}).person)
    home.records("person.merged", "2026-03-01", {"other": kept, "keeper": ZHIFANG}, given_up)
    id_ = "01920000-0000-7000-8000-000000000001"
    first = split(node, ZHIFANG, {kept: SECOND}, id_=id_)
    again = split(node, ZHIFANG, {kept: SECOND}, id_=id_)
    assert (again.status, again.stamp) == ("repeated", first.stamp)
    with pytest.raises(Conflict):
        split(node, ZHIFANG, {kept: FIRST}, id_=id_)


def test_the_operator_records_a_split_anew_as_long_as_nothing_came_of_the_old_one(node: Node):
    home = Town(node, ZHIFANG)
    one, other = (str(home.registers(woman(number)).person) for number in (2, 4))
    split(node, ZHIFANG, {one: SECOND, other: SECOND})
    split(node, ZHIFANG, {other: SECOND})
    assert Town(node, FIRST).sheet(one)["roles"] == ["registration", "main"]
    assert checks(node).equal
    assert compare(node).differing == ()
    Town(node, SECOND).records("person.changed", "2026-03-02", {"set": {"sex": "M"}}, other)
    with pytest.raises(ExchangeError) as refused:
        split(node, ZHIFANG, {})
    assert (refused.value.field, refused.value.rule) == (f"allotment.{other}", "jurisdiction.moved_on")
    with pytest.raises(Forbidden):
        split(node, ZHIFANG, {other: SECOND}, Caller("420115000000", "county", frozenset({"supervisor"})))


def test_what_a_town_took_over_earlier_is_split_with_it(node: Node):
    earlier = Town(node, DONGHUAMEN)
    one, other = (str(earlier.registers(woman(number)).person) for number in (2, 4))
    record_office(node, operator(DONGHUAMEN), DONGHUAMEN, "jurisdiction.succeeded", "2026-03-02", {"to": [ZHIFANG]})
    advance(node)
    split(node, ZHIFANG, {other: SECOND})
    assert Town(node, FIRST).sheet(one)["roles"] == ["registration", "main"]
    assert Town(node, SECOND).sheet(other)["roles"] == ["registration", "main"]
    assert checks(node).equal
    assert compare(node).differing == ()


def test_a_node_opened_afterwards_works_the_same(tmp_path: Path):
    clock = Clock()
    node = opened(tmp_path / "node", clock)
    home, away = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    persons = [str(home.registers(woman(number)).person) for number in (2, 4)]
    away.sees_arrive(woman(4), ZHIFANG)
    split(node, ZHIFANG, {persons[1]: SECOND})
    node.close()
    node = opened(tmp_path / "node", clock)
    try:
        heir = Town(node, SECOND)
        [case] = heir.cases()
        heir.answers("case.confirmed", case.id)
        assert [each.status for each in Town(node, DONGHUAMEN).cases()] == ["confirmed"]
        assert Town(node, FIRST).sheet(persons[0])["roles"] == ["registration", "main"]
        assert checks(node).equal
    finally:
        node.close()


def asks_home(node: Node) -> tuple[Town, str, str]:
    """Who was told by the town that is split then where a woman lives; she, and whom the enquiry is about."""
    home, asking = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    person = str(home.registers(woman()).person)
    about = asks(asking)
    answers(home)
    assert ADDRESS in shown(asking)
    return asking, person, about


def merges_first_into_second(node: Node) -> None:
    record_office(node, operator(FIRST), FIRST, "jurisdiction.succeeded", "2026-03-02", {"to": [SECOND]})
    advance(node)


def test_an_answer_goes_to_whoever_has_the_person_of_whom_it_tells_and_hears_of_a_protection(node: Node):
    asking, person, about = asks_home(node)
    done = split(node, ZHIFANG, {person: SECOND})
    assert ADDRESS in shown(asking)
    assert split(node, ZHIFANG, {person: SECOND}, id_=done.id).status == "repeated"
    assert [row.person for row in Town(node, SECOND).cases()] == [about]
    Town(node, SECOND).records("person.protected", "2026-03-02", THREAT, person)
    assert ADDRESS not in shown(asking)
    Town(node, SECOND).records("person.unprotected", "2026-03-02", {"ground": "threat_over"}, person)
    assert ADDRESS in shown(asking)
    sound(asking)


def test_an_address_that_was_withheld_stays_so_when_the_town_that_told_it_is_split(node: Node):
    asking, person, about = asks_home(node)
    Town(node, ZHIFANG).records("person.protected", "2026-03-02", THREAT, person)
    assert ADDRESS not in shown(asking)
    split(node, ZHIFANG, {person: SECOND, about: FIRST})
    assert ADDRESS not in shown(asking)
    sound(asking)


def test_where_the_answer_is_given_to_another_heir_nobody_keeps_the_address_until_both_are_one_again(node: Node):
    """The one knows of no protection, and the other of no answer."""
    asking, person, about = asks_home(node)
    split(node, ZHIFANG, {person: SECOND, about: FIRST})
    assert ADDRESS not in shown(asking)
    assert "王小雨" in shown(asking)
    sound(asking)
    merges_first_into_second(node)
    assert ADDRESS in shown(asking)
    sound(asking)


def test_so_it_is_where_several_may_be_meant_and_have_two_heirs(node: Node):
    home, asking = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    no_card = {field: value for field, value in woman().items() if field != "document.resident"}
    persons = [str(home.registers(no_card, address=f"{at} Lake Road").person) for at in (6, 7)]
    asks(asking, ZHIFANG, NO_CARD)
    answers(home)
    assert ADDRESS in shown(asking)
    split(node, ZHIFANG, {persons[1]: SECOND})
    assert ADDRESS not in shown(asking)
    sound(asking)
