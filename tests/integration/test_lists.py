"""The lists beside the records: a case or a notice that is lost or altered is named, and written anew by a repair."""

import pytest

from exchange.audit.rebuild import compare, rebuild
from exchange.commands.acknowledge import acknowledge
from exchange.node import Node
from exchange.reconcile import Checked, checks, report, stepwise
from exchange.reconcile import repair as deliver_again
from tests.integration.test_between import peopled
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town

DAMAGES = {
    "a lost case": ("DELETE FROM cases WHERE office = ?", "cases"),
    "a case that is said to be over": ("UPDATE cases SET status = 'withdrawn' WHERE office = ?", "cases"),
    "a case of another day": ("UPDATE cases SET due_on = '2030-01-01' WHERE office = ?", "cases"),
    "a case opened in no year": ("UPDATE cases SET opened_at = 9223372036854775807 WHERE office = ?", "cases"),
    "a lost notice": ("DELETE FROM inbox WHERE office = ?", "inbox"),
    "a notice of another kind": ("UPDATE inbox SET kind = 'left' WHERE office = ?", "inbox"),
    "a notice that nobody saw": ("UPDATE inbox SET acknowledged = 1 WHERE office = ?", "inbox"),
}


@pytest.fixture
def told(node: Node, home: Town, new_home: Town) -> Node:
    peopled(home, new_home, Town(node, WANSHOULU))
    return node


@pytest.fixture(params=DAMAGES)
def damage(request, told) -> str:
    statement, name = DAMAGES[request.param]
    behind_the_back(told, (statement, (DONGHUAMEN,)))
    return str(name)


def named(found: Checked) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(each.check, each.office, each.lacking) for each in found.differences}


def test_it_is_named_and_a_repair_heals_it(told, damage):
    found = checks(told)
    assert ("view", DONGHUAMEN, (damage,)) in named(found)
    assert len({each.person for each in found.differences}) == 1
    deliver_again(told, found.differences)
    assert checks(told).equal


def test_a_replay_names_it_and_a_rebuild_heals_it(told, damage):
    assert DONGHUAMEN in {office for office, _ in compare(told).differing}
    rebuild(told)
    assert compare(told).differing == ()


def test_behind_a_proof_it_is_named_by_whoever_trusts_none(told):
    report(told)
    behind_the_back(told, ("DELETE FROM cases WHERE office = ?", (ZHIFANG,)))
    assert {each[:2] for each in named(stepwise(told, trusted=False))} == {("view", ZHIFANG)}


def test_what_was_seen_is_no_fault(told, home):
    acknowledge(told, home.caller, [entry.position for entry in home.inbox()])
    assert checks(told).equal
    assert compare(told).differing == ()
