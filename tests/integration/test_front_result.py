"""What the root page shows of the checks: the nightly report while it stands, and else what it finds itself."""

from datetime import timedelta

import pytest

from exchange.console.result import LASTS, result
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.reconcile import report, under_way
from exchange.reconcile.reporting import BEGINNING, report_from
from tests.integration.browser import Reader, pages_of
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


def work_under_way(node: Node) -> None:
    """About the one person there is, of whom it makes no event and tells nobody anything."""
    person = Town(node, ZHIFANG).registers(woman()).person
    with node.uow.begin() as session:
        session.mark_dirty([str(person)], node.clock())


def test_a_report_that_left_many_out_does_not_stand(node):
    work_under_way(node)
    report(node)
    advance(node)
    shown = result(node).checked
    assert (shown.persons, shown.waiting) == (1, 0)


def test_the_page_looks_again_once_nobody_is_left_out_any_more(node):
    app = pages_of(node)

    def page() -> str:
        reader = Reader(app)
        reader.opens("/")
        app.extensions["exchange_checker"].wait()
        return reader.opens("/")

    work_under_way(node)
    assert "<h1>No difference found, but 1 person was left out" in page()
    advance(node)
    assert "<h1>Both sides agree" in page()


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


class TestWhereWorkersCheck:
    """A web process, which answers others meanwhile, shows what workers found, and says where they found nothing."""

    @pytest.fixture
    def clock(self):
        return Clock()

    @pytest.fixture
    def node(self, tmp_path, clock):
        node = opened(tmp_path, clock, broker_url="redis://127.0.0.1:1/0")
        yield node
        node.close()

    @pytest.fixture(autouse=True)
    def no_check(self, monkeypatch):
        def checked(_node: Node) -> None:
            raise AssertionError

        monkeypatch.setattr("exchange.console.result.checks", checked)

    @pytest.fixture
    def page(self, node):
        app = pages_of(node)

        def shown() -> str:
            reader = Reader(app)
            reader.opens("/")
            app.extensions["exchange_checker"].wait()
            return reader.opens("/")

        return shown

    def test_no_check_yet_is_said_and_none_is_made(self, node, page):
        peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN))
        shown = page()
        assert "<h1>Both sides have not been compared yet</h1>" in shown
        assert "Workers check each night at 02:40" in shown

    def test_a_report_of_last_night_is_shown_also_where_much_has_come(self, home, page):
        for number in range(20, 30):
            home.registers(woman(number))
        shown = page()
        assert "<h1>Both sides agree" in shown
        assert "New events have come since." in shown
        assert "are lacking" not in shown

    def test_a_report_that_left_many_out_does_not_say_that_both_sides_agree(self, node, clock, page):
        work_under_way(node)
        report(node)
        clock.now += LASTS
        assert "<h1>No difference found, but 1 person was left out, of whom work was under way</h1>" in page()

    def test_an_older_one_is_shown_with_its_moment_and_as_what_is_not_known_any_more(self, home, clock, page):
        clock.now += LASTS
        shown = page()
        assert "<h1>Both sides agreed on 2 Mar 2026 09:00, and have not been compared since</h1>" in shown
        assert "The checks of each night since are lacking" in shown
