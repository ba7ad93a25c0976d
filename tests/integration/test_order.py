"""Log and feeds are in order: whatever stands at another place, or at a moment that cannot be, is named."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from events.envelope import Ref
from exchange.node import Node
from exchange.reconcile import Difference, checks, fed, latest, logged, repair, stepwise
from exchange.reconcile.digesting import bring_up
from exchange.reconcile.order import out_of_order
from exchange.reconcile.places import Places
from exchange.reconcile.reporting import BEGINNING, report_from
from tests.integration.test_between import peopled
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, woman

LATE, EARLY = 10**15, -(10**15)
TABLES = ("events", "log", "deliveries")


@pytest.fixture(params=["in one look", "row by row"])
def node(tmp_path, database_url, request, monkeypatch) -> Iterator[Node]:
    """Two women who moved from one town to two others."""
    if request.param == "row by row":
        for module in (fed, logged):
            monkeypatch.setattr(module, "STEP", 1)
    node = opened(tmp_path, database_url=database_url)
    peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU))
    yield node
    node.close()


def behind_the_back(node: Node, *statements: str) -> None:
    postgres = bool(node.settings.database_url)
    engine = create_engine(node.settings.database_url or f"sqlite:///{node.settings.database}")
    with engine.begin() as sql:
        if postgres:
            down = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
        else:
            named = sql.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            down = [f"DROP TRIGGER {name}" for name in named]
        for statement in (*down, *statements):
            sql.exec_driver_sql(statement)
    engine.dispose()


def one(node: Node, query: str) -> Any:
    with node.uow.look() as session:
        return session.sql.exec_driver_sql(query).one()


def event_at(node: Node, index: int) -> Difference:
    """The event at this place in the log, without what is wrong with it."""
    row = one(
        node,
        "SELECT e.author, e.id, e.subject FROM log l JOIN events e ON e.author = l.author AND e.id = l.id"
        f' WHERE l."index" = {index}',
    )
    return Difference("ledger", row.author, row.subject, event=Ref(row.author, row.id))


def delivery_at(node: Node, office: str, position: int) -> Difference:
    row = one(node, f"SELECT * FROM deliveries WHERE recipient = '{office}' AND position = {position}")
    return Difference("ledger", office, row.person, row.teller, Ref(row.author, row.id))


def lacks(found: Difference, what: str) -> Difference:
    return Difference(found.check, found.office, found.person, found.other, found.event, (what,))


def in_slices() -> bool:
    return True


def names(node: Node, *faults: Difference, moments: bool = False) -> None:
    """Each way of looking finds these, and nothing else.

    `moments`: but for the lists that show a moment which was altered, and no longer say when it was told.
    """
    found = checks(node).differences
    beside = {each for each in found if each.check == "view" and set(each.lacking) <= {"cases", "inbox"}}
    assert bool(beside) == moments
    expected = {*faults, *beside}
    assert set(found) == expected
    assert set(stepwise(node).differences) == expected
    bring_up(node)
    place = report_from(node, BEGINNING, in_slices)
    while place is not None:
        place = report_from(node, place, in_slices)
    kept = latest(node)
    assert kept is not None
    assert set(kept.checked.differences) == expected


def test_of_a_node_in_order_nothing_is_named(node):
    names(node)


@pytest.mark.parametrize("moved_to", ["1000", "-7"])
def test_an_event_at_another_place_in_the_log_is_named(node, moved_to):
    fault = lacks(event_at(node, 5), "index")
    behind_the_back(node, f'UPDATE log SET "index" = {moved_to} WHERE "index" = 5')
    names(node, fault)


@pytest.mark.parametrize("column", ["id", "author"])
def test_an_event_about_an_office_whose_row_in_the_log_names_another_is_named(node, column):
    """It is in no dossier, and its hash is in its place."""
    fault = lacks(event_at(node, 0), "index")
    behind_the_back(node, f"UPDATE log SET {column} = 'another' WHERE \"index\" = 0")
    names(node, fault)


def test_two_events_that_stand_in_each_others_place_are_named(node):
    """Of one act, at one moment: nothing but the tree tells them apart."""
    both = [lacks(event_at(node, index), "index") for index in (3, 4)]
    behind_the_back(
        node,
        "UPDATE log SET at = (SELECT min(at) FROM log)",
        'UPDATE log SET "index" = 1000 WHERE "index" = 3',
        'UPDATE log SET "index" = 3 WHERE "index" = 4',
        'UPDATE log SET "index" = 4 WHERE "index" = 1000',
    )
    names(node, *both, moments=True)


def test_an_event_that_the_log_has_lost_and_nobody_was_told_is_named(node):
    her = Town(node, WANSHOULU).registers(woman(7)).person
    index = one(node, f"SELECT \"index\" FROM log WHERE id = (SELECT id FROM events WHERE subject = '{her}')")[0]
    fault = lacks(event_at(node, index), "index")
    behind_the_back(node, f'DELETE FROM log WHERE "index" = {index}')
    assert fault in checks(node).differences
    assert fault in stepwise(node).differences


def test_of_an_event_that_is_gone_with_its_place_the_place_is_named(node):
    her = Town(node, WANSHOULU).registers(woman(7)).person
    behind_the_back(
        node,
        f"DELETE FROM log WHERE id = (SELECT id FROM events WHERE subject = '{her}')",
        f"DELETE FROM events WHERE subject = '{her}'",
        f"DELETE FROM records WHERE person = '{her}'",
    )
    names(node, Difference("ledger", "", "", lacking=("index",)))


def test_bytes_that_were_altered_with_their_hash_are_not_those_that_the_tree_has(node):
    fault = lacks(event_at(node, 5), "body")
    behind_the_back(node, 'UPDATE log SET leaf = (SELECT leaf FROM log WHERE "index" = 0) WHERE "index" = 5')
    assert [each for each in checks(node).differences if each.event == fault.event and not each.other] == [fault]


@pytest.mark.parametrize("by", [LATE, EARLY])
def test_an_event_at_a_moment_that_cannot_be_is_named(node, by):
    fault = lacks(event_at(node, 5), "at")
    behind_the_back(node, f'UPDATE log SET at = at + {by} WHERE "index" = 5')
    names(node, fault)


@pytest.mark.parametrize("by", [LATE, EARLY])
def test_a_delivery_at_a_moment_that_cannot_be_is_named(node, by):
    fault = lacks(delivery_at(node, ZHIFANG, 3), "at")
    behind_the_back(node, f"UPDATE deliveries SET at = at + {by} WHERE recipient = '{ZHIFANG}' AND position = 3")
    names(node, fault, moments=True)


@pytest.mark.parametrize("moved_to", [1000, -7])
def test_a_delivery_at_another_position_of_the_feed_is_named(node, moved_to):
    fault = lacks(delivery_at(node, ZHIFANG, 2), "position")
    moved = f"UPDATE deliveries SET position = {moved_to} WHERE recipient = '{ZHIFANG}' AND position = 2"
    behind_the_back(node, moved)
    names(node, fault)


@pytest.mark.parametrize("position", [2, "(SELECT max(position) FROM deliveries WHERE recipient = '420115001000')"])
def test_a_delivery_that_is_gone_from_feed_and_book_leaves_a_gap_until_what_is_due_is_told_again(node, position):
    gone = f"recipient = '{ZHIFANG}' AND position = {position}"
    row = one(node, f"SELECT author, id FROM deliveries WHERE {gone}")
    behind_the_back(
        node,
        f"DELETE FROM books WHERE office = '{ZHIFANG}' AND author = '{row.author}' AND id = '{row.id}'",
        f"DELETE FROM deliveries WHERE {gone}",
    )
    gap = Difference("ledger", ZHIFANG, "", lacking=("position",))
    found = checks(node)
    assert not found.equal
    assert gap not in found.differences, "what is due and was not told says whose it was"
    repair(node, found.differences)
    assert checks(node).equal


@pytest.mark.parametrize(
    ("office", "loss"),
    [
        (ZHIFANG, f"UPDATE feed_heads SET position = position + 1 WHERE office = '{ZHIFANG}'"),
        ("110105001000", "INSERT INTO feed_heads VALUES ('110105001000', 3)"),
    ],
)
def test_a_gap_that_nothing_else_tells_of_is_named_at_the_office(node, office, loss):
    behind_the_back(node, loss)
    gap = Difference("ledger", office, "", lacking=("position",))
    names(node, gap)
    repair(node, [gap])
    assert checks(node).equal


def test_the_fewest_moments_that_do_not_fit_are_taken_out():
    assert out_of_order([1, 1, 2, 3]) == []
    assert out_of_order([1, 9, 2, 3]) == [1]
    assert out_of_order([1, 2, 0, 3]) == [2]
    assert out_of_order([]) == []


@pytest.mark.parametrize("seed", range(20))
def test_without_them_time_never_runs_back(seed):
    chance = random.Random(seed)
    moments = sorted(chance.choices(range(50), k=60))
    wrong = chance.sample(range(60), 4)
    for place in wrong:
        moments[place] = chance.choice([-1, 99])
    out = out_of_order(moments)
    left = [moment for place, moment in enumerate(moments) if place not in out]
    assert left == sorted(left)
    assert len(out) <= len(wrong)


ENDLESS = {
    "positions that are no numbers": f"position = 'x' || position WHERE recipient = '{ZHIFANG}'",
    "offices that are no text": f"recipient = CAST(x'ff' AS TEXT) WHERE recipient = '{ZHIFANG}'",
    "offices that are bytes": f"recipient = x'ff' WHERE recipient = '{ZHIFANG}'",
}


@pytest.mark.parametrize("change", ENDLESS.values(), ids=ENDLESS)
def test_however_many_deliveries_stand_at_no_place_the_look_through_the_feeds_comes_to_its_end(
    tmp_path, monkeypatch, change
):
    monkeypatch.setattr(fed, "STEP", 2)
    node = opened(tmp_path)
    peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU))
    other = one(node, f"SELECT max(position) FROM deliveries WHERE recipient = '{WANSHOULU}'")[0]
    lost = f"DELETE FROM deliveries WHERE recipient = '{WANSHOULU}' AND position = {other}"
    behind_the_back(node, f"UPDATE deliveries SET {change}", lost)
    places = Places()
    while not places.done:
        places.look(node.uow.look)
        assert places.looks < 50
    assert {ZHIFANG, WANSHOULU} <= {each.office for each in places.faults(node.uow.look)}
    node.close()
