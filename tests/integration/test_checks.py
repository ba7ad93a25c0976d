"""The four checks name exactly the fault that was planted, and delivering again heals it."""

import sqlite3
from contextlib import closing

import pytest

from events.envelope import Ref
from exchange.audit.outlines import folded
from exchange.audit.rebuild import compare, rebuild
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.protocol.duties import RULES
from exchange.queries.status import status
from exchange.reconcile import Difference, checks, repair
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, town, woman


@pytest.fixture
def confirmed(home, new_home):
    """A woman registered at home and confirmed in her new home, beside another whom no fault touches."""
    for number in (1, 2):
        home.registers(woman(number))
        arrival = new_home.sees_arrive(woman(number), ZHIFANG)
        home.answers("case.confirmed", next(c.id for c in home.cases() if c.status == "open"))
    return arrival


def behind_the_back(node: Node, *statements: tuple[str, tuple[object, ...]]) -> None:
    """What whoever holds the database file can do, triggers switched off."""
    with closing(sqlite3.connect(node.settings.database)) as driver:
        triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            driver.execute(f"DROP TRIGGER {name}")
        changed = [driver.execute(statement, values).rowcount for statement, values in statements]
        for _, made in triggers:
            driver.execute(made)
        driver.commit()
    assert all(changed), "the fault was not planted"


def test_nothing_is_found_where_nothing_is_wrong(node, confirmed):
    found = checks(node)
    assert (found.differences, found.pairs, found.persons, found.waiting) == ((), {"equal": 2}, 2, 0)


def test_a_deleted_delivery_is_named_once_by_the_ledger_with_what_follows_from_it(node, confirmed):
    told = "teller = ? AND recipient = ? AND id = ?"
    behind_the_back(node, (f"DELETE FROM deliveries WHERE {told}", (DONGHUAMEN, ZHIFANG, confirmed.id)))
    arrival = Ref(DONGHUAMEN, confirmed.id)
    [found] = checks(node).differences
    assert (found.check, found.office, found.person, found.other) == (
        "ledger",
        ZHIFANG,
        confirmed.person,
        DONGHUAMEN,
    )
    assert (found.event, found.lacking) == (arrival, ("delivered",))
    assert [(d.office, d.lacking) for d in found.consequences if d.event == arrival] == [(ZHIFANG, ("event",))]
    # What the teller told is part of its book, so its own record is no longer what its book says; nobody else's.
    assert {d.office for d in found.consequences if d.check == "view"} == {DONGHUAMEN}
    repair(node, [found])
    assert checks(node).equal


def test_an_entry_lost_from_a_book_is_named_by_the_ledger(node, confirmed):
    behind_the_back(node, ("DELETE FROM books WHERE office = ? AND id = ?", (ZHIFANG, confirmed.id)))
    [found] = checks(node).differences
    assert (found.check, found.office, found.other, found.lacking) == ("ledger", ZHIFANG, DONGHUAMEN, ("held",))
    assert (found.person, found.event) == (confirmed.person, Ref(DONGHUAMEN, confirmed.id))
    assert repair(node, [found]) == 1
    assert checks(node).equal


def test_an_entry_forged_into_a_book_is_named_once(node, confirmed):
    """Of the two accounts that of the teller is taken: under it nothing else is wrong."""
    columns = "person, author, id, teller, leaf, parts, told"
    forged = f"INSERT INTO books SELECT ?, {columns} FROM books WHERE office = ? AND id = ?"
    behind_the_back(node, (forged, (WANSHOULU, ZHIFANG, confirmed.id)))
    [found] = checks(node).differences
    assert (found.check, found.office, found.lacking) == ("ledger", WANSHOULU, ("delivered",))


def test_a_revision_that_a_later_one_replaced_is_missed_as_well(node, confirmed):
    with node.uow.look() as session:
        told = session.sql.exec_driver_sql(
            "SELECT author, id, teller, recipient FROM deliveries WHERE revision = 2 LIMIT 1"
        ).one()
    behind_the_back(
        node,
        (
            "DELETE FROM deliveries WHERE author = ? AND id = ? AND teller = ? AND recipient = ? AND revision = 1",
            tuple(told),
        ),
    )
    [found] = checks(node).differences
    assert (found.check, found.event, found.lacking) == ("ledger", Ref(told.author, told.id), ("earlier",))


def test_parts_that_a_book_holds_beyond_what_was_told_are_named(node, confirmed):
    altered = ("UPDATE books SET parts = ? WHERE office = ? AND id = ?", ('["identity"]', ZHIFANG, confirmed.id))
    behind_the_back(node, altered)
    assert [d.lacking for d in checks(node).differences if d.check == "ledger"] == [("same",)]


def test_an_altered_record_is_named_by_the_view_alone(node, confirmed):
    behind_the_back(
        node,
        ("UPDATE records SET lives_at = ? WHERE office = ? AND person = ?", (WANSHOULU, ZHIFANG, confirmed.person)),
    )
    found = checks(node)
    assert found.differences == (Difference("view", ZHIFANG, confirmed.person, lacking=("lives_at",)),)
    assert compare(node).differing == ((ZHIFANG, confirmed.person),)
    repair(node, found.differences)
    assert checks(node).equal


def test_a_day_on_which_a_protection_would_wrongly_end_is_named(node, home, confirmed):
    home.records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-06-30"}, confirmed.person)
    assert checks(node).equal
    altered = "UPDATE records SET protected_until = NULL WHERE protected_until = '2026-06-30' AND office = ?"
    behind_the_back(node, (altered, (ZHIFANG,)))
    found = checks(node).differences
    assert found == (Difference("view", ZHIFANG, confirmed.person, lacking=("protected_until",)),)
    rebuild(node)
    assert checks(node).equal


@pytest.mark.parametrize("parts", [False, True])
def test_the_log_alone_says_what_the_keeper_has_stored(node, confirmed, parts):
    found = folded(node, parts=parts)
    assert (found.persons, found.differing, found.otherwise) == (2, (), ())
    assert found.events > 4


@pytest.mark.parametrize("parts", [False, True])
def test_a_keepers_record_that_was_altered_is_named_by_the_log(node, confirmed, parts):
    altered = "UPDATE records SET lives_at = ? WHERE office = ? AND person = ?"
    behind_the_back(node, (altered, (WANSHOULU, ZHIFANG, confirmed.person)))
    assert folded(node, parts=parts).differing == ((ZHIFANG, confirmed.person),)


def test_a_keepers_record_that_does_not_open_is_named_by_the_log_with_its_parts(node, confirmed):
    altered = "UPDATE records SET sealed = zeroblob(40) WHERE office = ? AND person = ?"
    behind_the_back(node, (altered, (ZHIFANG, confirmed.person)))
    assert folded(node, parts=False).differing == ()
    assert folded(node, parts=True).differing == ((ZHIFANG, confirmed.person),)


def test_what_the_keeper_was_never_told_is_known_otherwise_and_no_difference(node, home, confirmed):
    told = "DELETE FROM deliveries WHERE teller = ? AND recipient = ? AND id = ?"
    behind_the_back(node, (told, (DONGHUAMEN, ZHIFANG, confirmed.id)))
    rebuild(node)
    assert folded(node, parts=False).otherwise == (confirmed.person,)
    assert folded(node, parts=False).differing == ()


def test_a_record_sealed_anew_with_other_content_is_named(node, confirmed):
    behind_the_back(
        node,
        ("UPDATE records SET sealed = zeroblob(40) WHERE office = ? AND person = ?", (ZHIFANG, confirmed.person)),
    )
    assert checks(node).differences == (Difference("view", ZHIFANG, confirmed.person, lacking=("sealed",)),)


def test_a_lost_record_is_named(node, confirmed):
    behind_the_back(node, ("DELETE FROM records WHERE office = ? AND person = ?", (ZHIFANG, confirmed.person)))
    assert checks(node).differences == (Difference("view", ZHIFANG, confirmed.person, lacking=("record",)),)


def test_a_blocked_relay_is_named_by_the_entitlement_alone_and_healed_by_delivering(node, home, new_home, confirmed):
    third = Town(node, WANSHOULU)
    blocked = {"keeper_tells_ends"}
    node.rules = {name: rule for name, rule in RULES.items() if name not in blocked}
    arrival = third.sees_arrive(woman(2), ZHIFANG, day="2026-03-02")
    node.rules = RULES
    found = checks(node)
    assert {(d.check, d.office, d.other) for d in found.differences} == {("entitlement", DONGHUAMEN, ZHIFANG)}
    assert Ref(WANSHOULU, arrival.id) in {d.event for d in found.differences}
    assert DONGHUAMEN not in {entry.office for entry in new_home.inbox() if entry.kind == "moved-on"}
    repair(node, found.differences)
    assert new_home.notice("moved-on").event == Ref(WANSHOULU, arrival.id)
    assert checks(node).equal


def test_a_record_altered_where_a_relay_was_blocked_is_named_beside_it(node, home, confirmed):
    third = Town(node, WANSHOULU)
    node.rules = {name: rule for name, rule in RULES.items() if name != "keeper_tells_ends"}
    arrival = third.sees_arrive(woman(2), ZHIFANG, day="2026-03-02")
    node.rules = RULES
    blocked = checks(node).differences
    row = ("UPDATE records SET since = '1900-01-01' WHERE office = ? AND person = ?", (DONGHUAMEN, blocked[0].person))
    behind_the_back(node, row)
    altered = Difference("view", DONGHUAMEN, blocked[0].person, lacking=("since",))
    assert set(checks(node).differences) == {*blocked, altered}
    assert Ref(WANSHOULU, arrival.id) in {found.event for found in blocked}


def test_work_under_way_is_counted_and_not_judged(node, home, confirmed):
    with node.uow.begin() as session:
        session.mark_dirty([confirmed.person], node.clock())
    found = checks(node)
    assert (found.waiting, found.persons) == (1, 1)


def test_delivering_again_tells_nothing_new(node, home, new_home, confirmed):
    before = (status(node).deliveries, [(e.position, e.kind) for e in (*home.inbox(), *new_home.inbox())])
    with node.uow.begin() as session:
        session.mark_dirty([confirmed.person], node.clock())
    advance(node)
    assert before == (status(node).deliveries, [(e.position, e.kind) for e in (*home.inbox(), *new_home.inbox())])


def test_a_rebuild_gives_the_same_rows(node, home, new_home, confirmed):
    new_home.records("movement.left", "2026-03-02", {"destination": town(WANSHOULU)}, confirmed.person)
    tables = ("records", "cases", "inbox", "books")
    before = {table: rows_of(node, table) for table in tables}
    with node.uow.begin() as session:
        for table in tables:
            session.sql.exec_driver_sql(f"DELETE FROM {table}")
    rebuilt = rebuild(node)
    assert len(rebuilt.differing) == rebuilt.records  # all of them were gone
    assert {table: rows_of(node, table) for table in tables} == before
    assert checks(node).equal


def rows_of(node: Node, table: str) -> list[str]:
    """Every row, but for seals, which are never twice the same."""
    with node.uow.look() as session:
        found = session.sql.exec_driver_sql(f"SELECT * FROM {table}").mappings()
        return sorted(str({k: v for k, v in row.items() if k != "sealed"}) for row in found)


@pytest.mark.parametrize("which", ["person.registered", "movement.arrived", "case.confirmed"])
def test_an_event_that_is_gone_is_named_at_each_office_that_was_told_of_it(node, confirmed, which):
    with node.uow.look() as session:
        [lost] = [e.frame for e in session.events_of([confirmed.person]) if e.frame.type == which]
        told = {d.to for d in session.deliveries_of([confirmed.person]) if d.ref == lost.ref}
    behind_the_back(node, ("DELETE FROM events WHERE author = ? AND id = ?", (lost.author, lost.id)))
    found = checks(node)
    missed = [each for each in found.differences if each.lacking == ("event",) and each.check == "ledger"]
    expected = {(lost.ref, to, confirmed.person) for to in told}
    assert {(each.event, each.office, each.person) for each in missed} == expected
    assert {each.person for each in found.differences} == {confirmed.person}
    assert {person for _, person in compare(node).differing} == {confirmed.person}
    repair(node, found.differences)  # delivering again heals no event, and hides none
    assert not checks(node).equal


def test_a_person_all_of_whose_events_are_gone_is_named(node, confirmed):
    behind_the_back(node, ("DELETE FROM events WHERE subject = ?", (confirmed.person,)))
    assert {each.person for each in checks(node).differences} == {confirmed.person}
    assert set(compare(node).differing) == {(office, confirmed.person) for office in (ZHIFANG, DONGHUAMEN)}
