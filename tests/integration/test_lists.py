"""The lists beside the records: a case or a notice that is lost or altered is named, and written anew by a repair."""

import pytest
from sqlalchemy import select

from exchange.audit.rebuild import compare, rebuild
from exchange.commands.acknowledge import acknowledge
from exchange.node import Node
from exchange.reconcile import Checked, checks, report, stepwise
from exchange.reconcile import repair as deliver_again
from exchange.tables.schema import metadata
from tests.integration.test_between import peopled
from tests.integration.test_checks import behind_the_back
from tests.integration.test_known import SOMEBODY
from tests.integration.towns import DONGHUAMEN, WANSHOULU, Town

DAMAGES = {
    "a lost case": ("DELETE FROM cases WHERE office = ?", "cases"),
    "a case that is said to be over": ("UPDATE cases SET status = 'withdrawn' WHERE office = ?", "cases"),
    "a case of another day": ("UPDATE cases SET due_on = '2030-01-01' WHERE office = ?", "cases"),
    "a case opened in no year": ("UPDATE cases SET opened_at = 9223372036854775807 WHERE office = ?", "cases"),
    "a lost notice": ("DELETE FROM inbox WHERE office = ?", "inbox"),
    "a notice of another kind": ("UPDATE inbox SET kind = 'left' WHERE office = ?", "inbox"),
    "a case that is listed as due on another day": (
        "UPDATE cases SET due_order = '2030-01-01' WHERE office = ?",
        "cases",
    ),
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


@pytest.fixture
def proved(told: Node) -> Node:
    report(told)
    return told


@pytest.mark.parametrize("broken", DAMAGES.values(), ids=DAMAGES)
def test_behind_a_proof_it_is_named_all_the_same(proved, broken):
    statement, name = broken
    behind_the_back(proved, (statement, (DONGHUAMEN,)))
    assert named(stepwise(proved)) == {("view", DONGHUAMEN, (name,))}


@pytest.mark.parametrize("about", ["somebody proved", "nobody"])
@pytest.mark.parametrize("table", ["cases", "inbox"])
def test_a_row_that_was_added_is_named_about_whomever_it_is(proved, table, about):
    key, new = ("id", SOMEBODY) if table == "cases" else ("act", "none")
    with proved.uow.look() as session:
        row = dict(session.sql.execute(select(metadata.tables[table])).mappings().first() or {})
    row |= {key: new} | ({} if about == "somebody proved" else {"person": SOMEBODY})
    columns = ", ".join(f'"{column}"' for column in row)
    behind_the_back(
        proved, (f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    )
    assert {(each.check, each.office, each.person, each.lacking) for each in stepwise(proved).differences} == {
        ("view", row["office"], row["person"], (table,))
    }


def test_what_was_seen_is_no_fault(told, home):
    acknowledge(told, home.caller, [entry.position for entry in home.inbox()])
    assert checks(told).equal
    assert compare(told).differing == ()
