"""The checks between two areas: what one told the other, down the tree of buckets, and all four over their persons."""

import pytest

from events.envelope import Ref
from exchange.reconcile import Between, between, checks, repair
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, woman


def peopled(home: Town, *others: Town) -> list[str]:
    """In each of the other towns a woman of the home town arrives, and is confirmed."""
    arrivals = []
    for number, other in enumerate(others, 1):
        home.registers(woman(number))
        arrivals.append(str(other.sees_arrive(woman(number), ZHIFANG).id))
        home.answers("case.confirmed", next(c.id for c in home.cases() if c.status == "open"))
    return arrivals


def seen(found: Between) -> tuple[object, ...]:
    return found.equal, found.differing, found.checked.differences


@pytest.fixture
def arrivals(node, home, new_home):
    return peopled(home, new_home, Town(node, WANSHOULU))


def test_the_whole_ledger_is_shared_where_nothing_is_wrong(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU))
    with node.uow.look() as session:
        rows = session.sql.exec_driver_sql("SELECT count(*) FROM books").scalar_one()
    whole = between(node, "")
    assert seen(whole) == (True, (), ())
    assert (whole.shared, whole.trips) == (rows, 1)
    pairs = [between(node, ZHIFANG, office) for office in (DONGHUAMEN, WANSHOULU)]
    assert [pair.equal for pair in pairs] == [True, True]
    assert sum(pair.shared for pair in pairs) == rows
    assert between(node, DONGHUAMEN, WANSHOULU).shared == 0
    node.close()


def test_what_a_book_lost_is_named_by_the_pair_that_it_concerns_and_by_no_other(node, arrivals):
    behind_the_back(node, ("DELETE FROM books WHERE office = ? AND id = ?", (ZHIFANG, arrivals[0])))
    found = between(node, DONGHUAMEN, ZHIFANG)
    [lost] = found.differing
    assert (lost.office, lost.other, lost.event, lost.lacking) == (
        ZHIFANG,
        DONGHUAMEN,
        Ref(DONGHUAMEN, arrivals[0]),
        ("held",),
    )
    assert [each.event for each in found.checked.differences] == [lost.event]
    assert between(node, WANSHOULU, ZHIFANG).equal
    assert not between(node, "42", "11").equal
    assert not between(node, ZHIFANG).equal
    repair(node, found.differing)
    assert between(node, "").equal


def test_a_delivery_that_is_gone_and_one_that_tells_other_parts_are_told_apart(node, arrivals):
    behind_the_back(
        node,
        ("DELETE FROM deliveries WHERE teller = ? AND recipient = ? AND id = ?", (DONGHUAMEN, ZHIFANG, arrivals[0])),
        ("UPDATE books SET parts = ? WHERE office = ? AND id = ?", ('["remarks"]', ZHIFANG, arrivals[1])),
    )
    found = between(node, "")
    assert {(each.other, each.lacking) for each in found.differing} == {
        (DONGHUAMEN, ("delivered",)),
        (WANSHOULU, ("same",)),
    }


def test_an_altered_record_concerns_every_pair_of_its_office(node, arrivals):
    altered = "UPDATE records SET lives_at = NULL WHERE office = ?"
    behind_the_back(node, (altered, (DONGHUAMEN,)))
    assert between(node, DONGHUAMEN, ZHIFANG).checked.differences == checks(node).differences
    assert between(node, WANSHOULU, ZHIFANG).checked.differences == ()


def test_an_altered_record_of_somebody_whom_the_other_area_does_not_know_is_no_matter_between_them(node, arrivals):
    """Nor does whoever oversees an area learn by it of people with whom nobody there has anything to do."""
    hers = Town(node, WANSHOULU).registers(woman(7)).person
    behind_the_back(node, ("UPDATE records SET lives_at = NULL WHERE office = ? AND person = ?", (WANSHOULU, hers)))
    assert [between(node, *areas).equal for areas in (("42", "11"), ("42",), (DONGHUAMEN,))] == [True] * 3
    assert [between(node, *areas).equal for areas in (("",), ("11",), (WANSHOULU,), ("11", "11"))] == [False] * 4


def test_a_lost_record_concerns_whoever_else_knows_the_person(node, arrivals):
    behind_the_back(node, ("DELETE FROM records WHERE office = ?", (DONGHUAMEN,)))
    for areas in ((DONGHUAMEN, ZHIFANG), ("42",), (DONGHUAMEN,)):
        assert not between(node, *areas).equal, areas
    assert between(node, WANSHOULU, ZHIFANG).equal


def test_whoever_waits_is_told_how_many_persons_were_compared(node, arrivals):
    told: list[int] = []
    between(node, "", tell=told.append)
    assert told == [2]
