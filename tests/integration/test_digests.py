"""The kept digests of the ledger: what is equal is not read again, what is new is; the rows show what is forged."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from exchange.audit.rebuild import rebuild
from exchange.node import Node
from exchange.protocol.comparing.ledger import unit_of
from exchange.reconcile import Between, between, repair, sides
from exchange.reconcile.digesting import forged
from tests.integration.test_between import peopled
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, woman


@pytest.fixture
def node(tmp_path, database_url) -> Iterator[Node]:
    """Two women who moved from one province to the other; their ledger was walked before."""
    node = opened(tmp_path, database_url=database_url)
    peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU))
    assert between(node, "").equal
    yield node
    node.close()


def behind_the_back(node: Node, statement: str, **values: Any) -> None:
    engine = create_engine(node.settings.database_url or f"sqlite:///{node.settings.database}")
    with engine.begin() as sql:
        assert sql.execute(text(statement), values).rowcount, "nothing was altered"
    engine.dispose()


def rows(node: Node) -> int:
    with node.uow.look() as session:
        return int(session.sql.execute(text("SELECT count(*) FROM books")).scalar_one())


def sight(found: Between) -> tuple[Any, ...]:
    return found.shared, found.differing, found.equal


def test_what_was_compared_before_is_not_read_again(node):
    for areas in (("",), ("42", "11"), ("11",)):
        again = between(node, *areas)
        assert (again.read, again.equal) == (0, True), areas
        assert sight(again) == sight(between(node, *areas, trusted=False))
    assert between(node, "").shared == rows(node)


def test_only_what_is_new_is_read_and_counts(node):
    hers = unit_of(str(Town(node, ZHIFANG).registers(woman(3)).person))
    Town(node, DONGHUAMEN).sees_arrive(woman(3), ZHIFANG)
    with node.uow.look() as session:
        beside = [unit_of(person) for person in session.sql.execute(text("SELECT person FROM books")).scalars()]
    found = between(node, "42", "11")
    assert sight(found) == sight(between(node, "42", "11", trusted=False))
    assert (found.shared, found.equal) == (rows(node), True)
    assert 0 < found.read <= 2 * beside.count(hers) + 2, "hers, on both sides, and of who is in one unit with her"


@pytest.mark.parametrize("digits", [4, 6, 9])
def test_areas_inside_of_provinces_walk_down_the_digests_of_these(node, digits):
    for one, other in ((DONGHUAMEN, ZHIFANG), (ZHIFANG, WANSHOULU), (DONGHUAMEN, WANSHOULU)):
        areas = one[:digits], other[:digits]
        found = between(node, *areas)
        assert sight(found) == sight(between(node, *areas, trusted=False))
        assert (found.read, found.equal) == (0, True)
    assert between(node, ZHIFANG[:digits]).shared == rows(node)


def test_a_row_altered_behind_the_digests_is_named_by_the_checks_and_by_whoever_asks_all_rows(node):
    behind_the_back(
        node, "DELETE FROM books WHERE office = :office AND teller = :teller", office=ZHIFANG, teller=DONGHUAMEN
    )
    trusting, full = between(node, "42", "11"), between(node, "42", "11", trusted=False)
    assert not trusting.equal
    assert {each.lacking for each in trusting.checked.differences} == {("held",)}
    assert full.differing
    assert [each.event for each in full.differing] == [each.event for each in full.checked.differences]
    assert full.forged
    repair(node, full.differing)
    for trusted in (True, False):
        assert between(node, "42", "11", trusted=trusted).equal


def test_what_is_told_after_they_were_brought_up_to_date_was_altered_by_nobody(node):
    """Workers go on while all rows are read."""
    Town(node, ZHIFANG).registers(woman(3))
    Town(node, DONGHUAMEN).sees_arrive(woman(3), ZHIFANG)
    with node.uow.look() as session:
        assert forged(session.sql) == 0


@pytest.mark.parametrize("altered", ["sha256 = :other", "count = count + 1", "bucket = bucket + 1"])
def test_a_forged_digest_is_found_where_all_rows_are_asked(node, altered):
    one = "(SELECT max(bucket) FROM digests WHERE depth = 2 AND side = 'held')"
    values = {"other": bytes(32)} if ":other" in altered else {}
    behind_the_back(
        node, f"UPDATE digests SET {altered} WHERE depth = 2 AND side = 'held' AND bucket = {one}", **values
    )
    found = between(node, "", trusted=False)
    assert (found.differing, found.equal) == ((), False)
    assert found.forged >= 1


def test_a_rebuild_lets_go_of_them(node):
    rebuild(node)
    found = between(node, "")
    assert (found.read, found.equal) == (2 * rows(node), True)
    assert between(node, "", trusted=False).forged == 0


def test_ten_differences_are_found_without_reading_the_rest(node):
    fill(node)
    first, again = between(node, "42", "11"), between(node, "42", "11")
    assert again.differing == first.differing
    assert [each.lacking for each in again.differing] == [("held",)] * 10
    assert first.read > 6_000
    assert again.read < 120, "one in a hundred"
    assert again.exchanged < 64_000


def test_so_they_are_of_areas_inside_of_provinces_and_no_others(node):
    fill(node)
    between(node, "")
    for digits, its in ((4, 10), (6, 5), (9, 5)):
        areas = ZHIFANG[:digits], DONGHUAMEN[:digits]
        found, whole = between(node, *areas), between(node, *areas, trusted=False)
        assert [(each.lacking, each.office) for each in found.differing if each.office == DONGHUAMEN] == [
            (("held",), DONGHUAMEN)
        ] * 5
        assert (len(found.differing), found.differing_in_all) == (its, its)
        assert (found.differing, found.shared) == (whole.differing, whole.shared)
        assert found.read < 120, "one in a hundred"
        assert found.exchanged < 64_000


def test_where_much_differs_between_provinces_two_towns_read_little_more_than_their_own(node, monkeypatch):
    fill(node)
    behind_the_back(node, "DELETE FROM books WHERE office = :office AND id LIKE 'e%'", office=WANSHOULU)
    towns = ZHIFANG[:9], DONGHUAMEN[:9]
    between(node, "")
    own = between(node, *towns, trusted=False)
    for few, most in ((100, 2 * own.read), (10_000, 4 * 6_000)):
        monkeypatch.setattr(sides, "FEW", few)
        found = between(node, *towns)
        assert (found.differing, found.shared, len(found.differing)) == (own.differing, own.shared, 5)
        assert found.read <= most


def fill(node: Node) -> None:
    """6,000 entries as they stand in the tables, told to two towns by turns, of which ten are lost from their books.

    Nobody is in them whom the other checks would look at.
    """
    own = [
        {
            "a": ZHIFANG,
            "t": (DONGHUAMEN, WANSHOULU)[number // 600 % 2],
            "i": f"e{number}",
            "p": f"{number * 40_503 % 65_536:04x}-{number}",
            "l": number.to_bytes(32, "little"),
            "n": 1_000 + number,
        }
        for number in range(6_000)
    ]
    held = [each for number, each in enumerate(own) if number % 600]
    with node.uow.begin() as session:
        sql = session.sql
        sql.execute(text('INSERT INTO log ("index", author, id, leaf, at) VALUES (:n, :a, :i, :l, 0)'), own)
        told = "author, id, teller, recipient, revision, position, person, parts, ground, asked, at"
        sql.execute(
            text(f"INSERT INTO deliveries ({told}) VALUES (:a, :i, :a, :t, 1, :n, :p, '[]', 'x', '[]', 0)"), own
        )
        columns = "office, person, author, id, teller, leaf, parts, told"
        sql.execute(text(f"INSERT INTO books ({columns}) VALUES (:t, :p, :a, :i, :a, :l, '[]', :l)"), held)
        sql.execute(text("UPDATE feed_heads SET position = position + 7000"))
