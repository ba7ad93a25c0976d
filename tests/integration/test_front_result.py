"""What the root page shows of the checks: the nightly report while it stands, and else what it finds itself."""

from datetime import timedelta

import pytest

from exchange.console.result import LASTS, result
from exchange.node import Node
from exchange.reconcile import report, under_way
from exchange.reconcile.reporting import BEGINNING, report_from
from tests.integration.test_between import peopled
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, opened, woman

ALTERED = "UPDATE records SET lives_at = NULL WHERE office = ?"


def story(node: Node) -> Town:
    home = Town(node, ZHIFANG)
    peopled(home, *[Town(node, DONGHUAMEN)] * 8)
    report(node)
    behind_the_back(node, (ALTERED, (DONGHUAMEN,)))
    return home


@pytest.fixture
def home(node) -> Town:
    """A story after whose report somebody altered a record."""
    return story(node)


def test_the_report_is_shown_with_its_time_while_nothing_has_come_since(node, home):
    shown = result(node)
    assert (shown.checked.equal, shown.whole, shown.nightly) == (True, True, True)
    assert shown.ledger is not None
    assert shown.ledger.alike
    assert shown.checked.at < node.clock()


def test_it_still_stands_where_little_has_come_and_says_so(node, home):
    home.forwards = False
    home.registers(woman(20))
    with node.uow.begin() as session:
        session.sequence(10, node.clock())
    assert (result(node).checked.equal, result(node).whole) == (True, False)


def test_where_much_has_come_the_page_looks_itself(node, home):
    for number in range(20, 30):
        home.registers(woman(number))
    shown = result(node)
    assert (shown.checked.equal, shown.whole, shown.nightly) == (False, True, False)


def test_a_report_of_another_night_is_not_shown(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock)
    story(node)
    clock.now += LASTS - timedelta(minutes=1)
    assert result(node).checked.equal
    clock.now += timedelta(minutes=2)
    assert not result(node).checked.equal
    node.close()


def test_a_demo_always_looks_itself_so_that_planted_faults_are_shown(tmp_path):
    node = opened(tmp_path, demo=True)
    story(node)
    assert not result(node).checked.equal
    node.close()


def test_a_check_is_under_way_from_its_first_step_to_its_last(node):
    peopled(Town(node, ZHIFANG), *[Town(node, DONGHUAMEN)] * 8)
    assert under_way(node) is None
    place, steps = report_from(node, BEGINNING, lambda: True), 0
    while place is not None:
        if place != BEGINNING:
            assert under_way(node) is not None
            steps += 1
        place = report_from(node, place, lambda: True)
    assert steps
    assert under_way(node) is None
