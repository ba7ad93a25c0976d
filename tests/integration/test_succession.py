"""A town is merged into another: what was its own, and what is addressed to it, is the successor's from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.errors import ExchangeError
from exchange.access.caller import Caller, Forbidden
from exchange.commands.acknowledge import NoSuchNotice, acknowledge
from exchange.commands.jurisdiction import JurisdictionRefused, record_office
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import UnknownPerson
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, operator, woman


@pytest.fixture
def node(tmp_path: Path, database_url) -> Iterator[Node]:
    found = opened(tmp_path / "node", database_url=database_url)
    yield found
    found.close()


def merged(node: Node, office: str, into: str, day: str = "2026-03-02") -> None:
    record_office(node, operator(office), office, "jurisdiction.succeeded", day, {"to": [into]})
    advance(node)


def test_the_successor_answers_a_case_that_was_asked_of_the_office_it_took_over(node: Node):
    home, away, heir = Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU)
    person = str(home.registers(woman()).person)
    away.sees_arrive(woman(), ZHIFANG)
    before = home.notice("inflow")
    merged(node, ZHIFANG, WANSHOULU)
    notice = heir.notice("inflow")
    assert (notice.event, notice.outcome) == (before.event, None)
    assert heir.sheet(person)["roles"] == ["registration"]
    [case] = heir.cases()
    heir.answers("case.confirmed", case.id)
    assert away.notice("reply").outcome == "confirmed"
    assert [each.status for each in away.cases()] == ["confirmed"]
    assert checks(node).equal


def test_nothing_of_it_is_left_under_the_old_office(node: Node):
    home = Town(node, ZHIFANG)
    person = str(home.registers(woman()).person)
    merged(node, ZHIFANG, WANSHOULU)
    assert home.inbox() == []
    assert home.cases() == []
    with pytest.raises(UnknownPerson):
        home.sheet(person)
    with pytest.raises(Forbidden) as refused:
        home.registers(woman(4))
    assert refused.value.rule == "office.ended"


def test_what_another_process_recorded_of_an_office_counts_at_once(node: Node, tmp_path: Path, database_url):
    """Also for an event that is decided on what is read at a glance."""
    home = Town(node, ZHIFANG)
    person = str(home.registers(woman()).person)
    protected = home.item("person.protected", "2026-03-02", {"ground": "threat", "until": "2027-01-01"}, person)
    other = opened(tmp_path / "node", node.clock, database_url=database_url)
    merged(other, ZHIFANG, WANSHOULU)
    other.close()
    with pytest.raises(Forbidden) as refused:
        home.tries(protected)
    assert refused.value.rule == "office.ended"


def test_an_arrival_that_names_the_old_office_reaches_the_successor(node: Node):
    home, away, heir = Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU)
    home.registers(woman())
    merged(node, ZHIFANG, WANSHOULU)
    away.sees_arrive(woman(), ZHIFANG)
    assert heir.notice("inflow").expects_reply
    assert checks(node).equal


def test_the_successor_acknowledges_what_the_old_office_was_told(node: Node):
    home, away, heir = Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU)
    home.registers(woman())
    away.sees_arrive(woman(), ZHIFANG)
    merged(node, ZHIFANG, WANSHOULU)
    position = heir.notice("inflow").position
    acknowledge(node, heir.caller, [position])
    assert heir.notice("inflow").acknowledged is not None
    with pytest.raises(NoSuchNotice):
        acknowledge(node, away.caller, [position])


def test_two_towns_that_become_one_ask_each_other_nothing_any_more(node: Node):
    home, away = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    person = str(home.registers(woman()).person)
    away.sees_arrive(woman(), ZHIFANG)
    merged(node, DONGHUAMEN, ZHIFANG)
    assert home.sheet(person)["roles"] == ["registration", "main"]
    assert home.sheet(person)["matters"] == 0
    assert checks(node).equal


@pytest.mark.parametrize(
    ("office", "to", "day", "rule"),
    [
        (ZHIFANG, ZHIFANG, "2026-03-02", "jurisdiction.ring"),
        (ZHIFANG, "420115999000", "2026-03-02", "division.unknown"),
        (ZHIFANG, "330106005000", "2026-03-02", "jurisdiction.not_here"),
        (ZHIFANG, WANSHOULU, "2026-03-09", "jurisdiction.day_ahead"),
        (DONGHUAMEN, WANSHOULU, "2026-03-02", "jurisdiction.ended"),
        (ZHIFANG, DONGHUAMEN, "2026-03-02", "jurisdiction.ended"),
    ],
)
def test_what_does_not_fit_is_refused(node: Node, office: str, to: str, day: str, rule: str):
    merged(node, DONGHUAMEN, WANSHOULU)
    with pytest.raises(ExchangeError) as refused:
        merged(node, office, to, day)
    assert refused.value.rule == rule


def test_only_the_operator_or_who_oversees_the_office_records_it(node: Node):
    clerk = Caller(ZHIFANG, "clerk", frozenset({"clerk", "supervisor"}))
    for by in (clerk, operator(DONGHUAMEN)):
        with pytest.raises(Forbidden):
            record_office(node, by, ZHIFANG, "jurisdiction.closed", "2026-03-02", {})
    county = Caller("420115000000", "county", frozenset({"supervisor"}))
    record_office(node, county, ZHIFANG, "jurisdiction.closed", "2026-03-02", {})
    with pytest.raises(JurisdictionRefused):
        record_office(node, county, ZHIFANG, "jurisdiction.closed", "2026-03-02", {})
