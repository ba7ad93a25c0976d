"""An office closes: whoever it held, or was asked about, is settled again by the books as they are then."""

import re
from datetime import timedelta

import pytest

from exchange.audit.rebuild import compare
from exchange.commands.jurisdiction import JurisdictionRefused, record_office
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.queries.letters import letters_of
from exchange.reconcile import checks, report
from exchange.settings import settings
from exchange.tables import records
from tests.integration.browser import Reader, pages_of
from tests.integration.on_both import node
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, operator, town, woman

__all__ = ["node"]  # the fixture


def closes(node, office: str) -> None:
    record_office(node, operator(office), office, "jurisdiction.closed", "2026-03-02", {})


def opens(node, office: str) -> None:
    record_office(node, operator(office), office, "jurisdiction.opened", "2026-03-02", {"name": "又一镇"})


@pytest.fixture
def asked(node, home, new_home) -> str:
    """Somebody at home, who is asked of the new home."""
    home.registers(woman())
    return str(new_home.sees_arrive(woman(), ZHIFANG).person)


def test_whom_it_kept_the_place_before_keeps_again(node, home, new_home):
    person = str(home.registers(woman()).person)
    moved = {"from": town(ZHIFANG), "to": town(DONGHUAMEN), "ground": "moved"}
    home.records("registration.changed", "2026-03-01", moved, person)
    assert home.sheet(person)["keeper"] == DONGHUAMEN
    closes(node, DONGHUAMEN)
    advance(node)
    with node.uow.look() as session:
        row = records.one(session.sql, ZHIFANG, person)
    assert row is not None
    assert (row.keeper, home.sheet(person)["keeper"]) == (ZHIFANG, ZHIFANG)
    assert checks(node).equal
    assert list(compare(node).differing) == []


def test_whom_it_registered_itself_it_asks_nobody_about(node, home, asked):
    closes(node, ZHIFANG)
    advance(node)
    assert [(case.asker, case.asked) for case in home.cases()] == [(DONGHUAMEN, ZHIFANG)]
    assert letters_of(node, home.caller, "case").rows == ()
    assert checks(node).equal


def test_until_everybody_was_read_again_the_checks_say_nothing_of_them(node, home, asked):
    Town(node, WANSHOULU).registers(woman(4))
    closes(node, ZHIFANG)
    found = report(node)
    assert (found.equal, found.waiting) == (True, 2)
    advance(node)
    assert (report(node).equal, report(node).waiting) == (True, 0)


def test_an_area_that_closes_closes_nobody_who_joined_by_another(node, home, new_home, asked):
    closes(node, "420115000000")
    advance(node)
    assert [case.status for case in new_home.cases()] == ["open"]
    assert checks(node).equal


def test_what_it_hears_no_more_makes_no_difference(node, home, new_home, asked):
    home.answers("case.confirmed", home.cases()[0].id)
    closes(node, DONGHUAMEN)
    advance(node)
    home.records("person.changed", "2026-03-02", {"set": {"name": "王大雨"}, "ground": "reported"}, asked)
    assert new_home.sheet(asked)["particulars"]["name"] == "王小雨"
    assert checks(node).equal


def test_it_stays_closed_where_the_settings_name_it_and_the_node_begins_again(tmp_path):
    """Whatever process began next opened it again."""
    served, clock = settings(data=tmp_path, serves=(ZHIFANG, DONGHUAMEN)), Clock()
    for began in ("first", "again"):
        node = Node.open(served, clock=clock)
        if began == "first":
            closes(node, DONGHUAMEN)
        assert (set(node.offices.joined), set(node.offices.closed)) == ({ZHIFANG}, {DONGHUAMEN}), began
        node.close()


@pytest.mark.parametrize(
    ("lang", "none", "says"),
    [
        ("en", "No letter has to be written", "has closed and answers no more; its papers are with Jiangxia District"),
        ("zh-CN", "没有需要函询的事项", "已撤销，不再答复；其档案由武汉市江夏区接管"),
    ],
)
def test_the_asker_reads_in_its_inbox_that_it_closed_and_who_has_its_papers(node, home, asked, lang, none, says):
    reader = Reader(pages_of(node), lang).signs_in(DONGHUAMEN)
    assert none in reader.opens("/inbox?tab=letter")
    closes(node, ZHIFANG)
    advance(node)
    assert says in reader.opens("/inbox?tab=letter")
    (case,) = re.findall(r'href="(/cases/[^?"]+)', reader.text)[:1]
    assert says in reader.opens(case)


def test_the_letter_goes_to_the_area_above(node, new_home, asked):
    closes(node, ZHIFANG)
    advance(node)
    (letter,) = letters_of(node, new_home.caller, "case").rows
    assert [line.value.startswith("湖北省武汉市江夏区 (") for line in letter.head if "Closed" in line.label] == [True]


def test_of_a_province_that_closed_nobody_has_the_papers(node, new_home):
    """Its letter, and with it every other of the office that wrote it, could not be read."""
    given = {"name": "王小雨", "document.resident": woman()["document.resident"]}
    said = {"to": "420000000000", "purpose": "registration", "consent": True, "given": given}
    new_home.records("enquiry.opened", "2026-03-01", said)
    closes(node, "420000000000")
    advance(node)
    (letter,) = letters_of(node, new_home.caller, "case").rows
    assert letter.to == "420000000000"
    assert not [line for line in letter.head if "Closed" in line.label]
    shown = Reader(pages_of(node), "en").signs_in(DONGHUAMEN).opens("/inbox?tab=letter")
    assert "Hubei Province has closed and answers no more ·" in shown


def test_it_is_opened_again_and_everybody_finds_what_waited(node, home, new_home, asked):
    closes(node, ZHIFANG)
    advance(node)
    assert [case.status for case in new_home.cases()] == ["not_reachable"]
    opens(node, ZHIFANG)
    advance(node)
    assert [case.status for case in (*home.cases(), *new_home.cases())] == ["open", "open"]
    assert checks(node).equal
    assert list(compare(node).differing) == []


def test_only_what_closed_is_opened(node):
    with pytest.raises(JurisdictionRefused) as refused:
        opens(node, ZHIFANG)
    assert (refused.value.field, refused.value.rule) == ("code", "jurisdiction.not_closed")


def test_it_asks_nobody_whether_a_stay_goes_on(node, home, new_home, clock):
    """Here it would be the keeper of whom another closed office had registered."""
    person = str(home.registers(woman()).person)
    new_home.sees_arrive(woman(), ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    closes(node, ZHIFANG)
    advance(node)
    clock.now += timedelta(days=500)
    sweep(node)
    advance(node)
    assert [case.kind for case in new_home.cases()] == ["inflow"], person
