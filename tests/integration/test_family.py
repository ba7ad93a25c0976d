"""Ties on a node: told by what an office's books of two dossiers say, whichever of them moved, in both databases."""

from typing import Any

import pytest

from exchange.audit.rebuild import compare, rebuild
from exchange.commands.confirm_equal import confirm_equal
from exchange.console.person import person_view
from exchange.console.words import Words
from exchange.demo.keepsake import Shown
from exchange.ids import new_id
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import OneSidedTie, UnknownPerson
from exchange.queries.case import case as case_page
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, town, woman

HIS = {"name": "周文", "born_on": "1985-05-02", "sex": "M"}


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    yield node
    node.close()


@pytest.fixture
def elsewhere(node):
    return Town(node, WANSHOULU)


def spouse(**other: Any) -> dict[str, Any]:
    return {"tie": "spouse", "other": other, "ground": "marriage"}


@pytest.fixture
def couple(home, new_home):
    """She is registered at home, he in the other town; each side recorded its own."""
    her, him = home.registers(woman()).person, new_home.registers(HIS).person
    home.records("tie.began", "2021-05-20", spouse(at=DONGHUAMEN, stated=HIS), her)
    new_home.answers("case.confirmed", new_home.notice("family").case)
    new_home.records("tie.began", "2021-05-20", spouse(person=her), him)
    return her, him


def equal(node) -> None:
    found = checks(node)
    assert (found.differences, found.waiting) == ((), 0)


def test_either_side_knows_the_other_by_name_and_town_and_by_no_address(node, home, new_home, couple):
    her, him = couple
    assert home.sheet(him)["particulars"]["name"] == "周文"
    assert (home.sheet(him)["roles"], home.sheet(him)["lives_at"]) == (["family"], town(DONGHUAMEN))
    assert (new_home.sheet(her)["roles"], new_home.sheet(her)["address"]) == (["family"], None)
    equal(node)


def test_who_is_only_stated_on_one_side_is_found_from_the_other(node, home, new_home, elsewhere, couple):
    """Her entry names nobody by id; that he is told of elsewhere hangs on his naming her."""
    her, him = couple
    elsewhere.sees_arrive(woman(), ZHIFANG)
    with pytest.raises(UnknownPerson):
        elsewhere.sheet(him)
    equal(node)
    home.answers("case.confirmed", home.notice("inflow").case)
    assert elsewhere.sheet(him)["ties"] == [
        {"tie": "spouse", "other": {"person": her, "at": ZHIFANG}, "since": "2021-05-20"}
    ]
    assert elsewhere.sheet(him)["particulars"]["name"] == "周文"
    assert [entry.kind for entry in elsewhere.inbox() if entry.person == him] == ["family"]
    equal(node)


def test_a_death_and_its_taking_back_that_are_forwarded_together_leave_everything_as_it_was(
    node, home, new_home, couple
):
    her, him = couple
    home.forwards = False
    death = home.records("person.deceased", "2026-03-01", {}, her)
    home.records("event.retracted", "2026-03-01", {"target": [ZHIFANG, death.id]}, her)
    advance(node)
    sheet = new_home.sheet(him)
    assert (sheet["particulars"]["marital_status"], len(sheet["ties"])) == ("20", 1)
    equal(node)


def test_a_rebuild_gives_the_same_rows(node, home, new_home, couple):
    home.records("person.deceased", "2026-03-01", {}, couple[0])
    assert new_home.sheet(couple[1])["particulars"]["marital_status"] == "30"
    assert compare(node).differing == rebuild(node).differing == ()
    equal(node)


def test_another_process_finds_who_is_tied(tmp_path, node, database_url, home, couple):
    """By what is stored: nothing is kept in memory between two rounds."""
    node.close()
    again = opened(tmp_path, Clock(), database_url=database_url)
    Town(again, ZHIFANG).records("person.deceased", "2026-03-02", {}, couple[0])
    assert Town(again, DONGHUAMEN).sheet(couple[1])["particulars"]["marital_status"] == "30"
    again.close()


def test_both_sides_are_one_act_and_the_second_names_the_first(node, home):
    her, him = home.registers(woman()).person, home.registers(HIS).person
    with pytest.raises(OneSidedTie):
        home.records("tie.began", "2021-05-20", spouse(person=him), her)
    ids = [new_id(node.clock()), new_id(node.clock())]
    act = [
        home.item("tie.began", "2021-05-20", spouse(person=him), her, id=ids[0]),
        home.item("tie.began", "2021-05-20", spouse(person=her), him, id=ids[1]),
    ]
    first = home.tries(*act)
    assert [result.status for result in first] == ["recorded", "recorded"]
    with node.uow.look() as session:
        frames = {event.frame.id: event.frame for event in session.events_of([her, him])}
    assert (frames[ids[0]].because, frames[ids[1]].because) == (None, frames[ids[0]].ref)
    assert [result.status for result in home.tries(*act)] == ["repeated", "repeated"]
    assert [(r.version, r.stamp) for r in home.tries(*act)] == [(r.version, r.stamp) for r in first]


def test_a_stranger_is_tied_to_nobody(home, new_home):
    """Whether others hold the person is not this office's to learn."""
    her, him = home.registers(woman()).person, new_home.registers(HIS).person
    with pytest.raises(UnknownPerson):
        home.records("tie.began", "2021-05-20", spouse(person=him), her)


@pytest.mark.parametrize(("language", "said"), [("en", "Spouse 周文 Donghuamen"), ("zh-CN", "配偶 周文 东华门街道")])
def test_the_page_of_one_person_shows_the_family(node, home, elsewhere, couple, language, said):
    her, _ = couple
    elsewhere.sees_arrive(woman(), ZHIFANG)
    home.answers("case.confirmed", home.notice("inflow").case)
    view = person_view(node, Words(language), Shown(her, ZHIFANG, WANSHOULU))
    (row,) = [row for row in view.rows if row.field in {"Family", "家庭关系"}]
    assert row.left is not None
    assert row.left.startswith(said)
    assert (row.right, row.differs) == (row.left, False)
    titles = [entry.title for year in view.years for entry in year.entries]
    assert {"Spouse: the tie began", "配偶关系成立"} & set(titles)


def test_a_spouse_who_differs_by_the_office_s_own_book_of_him_is_left_to_people_and_shown(
    node, home, new_home, elsewhere, couple
):
    """His side names her by id: what home holds of her stands in another dossier than his."""
    _, him = couple
    stated = {**HIS, "ties": [{"tie": "spouse", "other": {"stated": woman(born_on="1988-05-03")}}]}
    document = {"document.passport": {"number": "E12345678"}}
    new_home.records("person.changed", "2026-02-01", {"set": document}, him)
    arrived = elsewhere.sees_arrive({**stated, **document}, DONGHUAMEN)
    assert arrived.person == him
    case = new_home.notice("inflow").case
    assert [(each.became, each.fields) for each in confirm_equal(node, new_home.caller, [case])] == [
        ("differs", ("ties",))
    ]
    (shown,) = case_page(node, new_home.caller, case)["differing"]
    assert (shown["field"], shown["yours"][0]["other"]["stated"]["born_on"]) == ("ties", "1988-05-03")
    new_home.answers("case.confirmed", case, deviations=[{"field": "ties"}])
    assert elsewhere.sheet(him)["objected"] == ["ties"]
    equal(node)
