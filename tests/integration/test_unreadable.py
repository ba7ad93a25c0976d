"""A person whose key, or one of whose parts, was altered: everybody else is read, checked and told as before."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from events.store.sql.schema import deliveries
from events.vault.ring import KeyRingUnusable
from exchange.audit.outlines import folded
from exchange.audit.rebuild import compare, rebuild
from exchange.books import UNREADABLE
from exchange.cli import main
from exchange.http.node_use_cases import NodeUseCases
from exchange.node import Node
from exchange.pipeline.forward import forward
from exchange.queries.feed import UNREAD, feed
from exchange.queries.inbox import inbox
from exchange.reconcile import between, checks, repair, report, stepwise
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import BEIJING_AND_HUBEI, DONGHUAMEN, ZHIFANG, Town, woman

KEY = "UPDATE keys SET wrapped = {} WHERE person = ?1"
OTHERS = "(SELECT wrapped FROM keys WHERE person <> ?1 AND wrapped IS NOT NULL LIMIT 1)"
BREAKS = {
    "key.unwrap": KEY.format(OTHERS),
    "key.form": KEY.format("zeroblob(64)"),
    "key_ring.unknown_key": KEY.format(f"x'01{'00' * 80}'"),
    "part.frame": "UPDATE events SET sealed = zeroblob(40) WHERE subject = ? AND length(sealed) > 0",
}


@pytest.fixture
def persons(home: Town, new_home: Town) -> list[str]:
    """Two women who moved."""
    for number in (2, 3):
        home.registers(woman(number))
    return [str(new_home.sees_arrive(woman(number), ZHIFANG).person) for number in (2, 3)]


@pytest.fixture(params=BREAKS)
def rule(request, node: Node, persons: list[str]) -> str:
    """What is broken of the first one."""
    behind_the_back(node, (BREAKS[request.param], (persons[0],)))
    return str(request.param)


def test_her_entry_in_the_inbox_bears_a_mark_and_the_others_are_whole(node, home, persons, rule):
    page = NodeUseCases(node).inbox(home.caller, "case", {}, None, 25)
    shown = {row["person"]: (row["unreadable"], row["name"], row["kind"], row["state"]) for row in page.rows}
    assert shown == {persons[0]: (True, None, "inflow", "open"), persons[1]: (False, "王小雨", "inflow", "open")}
    assert len({row["case"] for row in page.rows}) == 2, "she can still be answered about"


@pytest.mark.parametrize("broken", [0, 1])
def test_whoever_bears_her_document_is_matched_by_the_own_name(node, home, new_home, broken):
    """And only where it may be she nothing is recorded: it would be a second entry of hers."""
    names = ("王小雨", "赵大海")
    bearers = [str(home.registers(woman(name=name)).person) for name in names]
    behind_the_back(node, (BREAKS["key.form"], (bearers[broken],)))
    arrival = {"kind": "main", "address": "1 Lane"}
    whole = 1 - broken
    told = {**arrival, "stated": woman(name=names[whole])}
    assert new_home.records("movement.arrived", "2026-03-01", told).person == bearers[whole]
    for name in (names[broken], "李一"):
        with pytest.raises(UNREADABLE):
            new_home.records("movement.arrived", "2026-03-01", {**arrival, "stated": woman(name=name)})


def test_the_feed_goes_on_behind_her(node, home, persons, rule):
    told = feed(node, home.caller, "case")
    assert {(each.person, each.unreadable) for each in told} == {(persons[0], True), (persons[1], False)}
    assert all(each.parts == () for each in told if each.unreadable)


def test_the_checks_name_her_once_and_go_on(node, persons, rule):
    found = checks(node)
    assert {fault.person for fault in found.differences} == {persons[0]}
    hidden = [each for fault in found.differences for each in (fault, *fault.consequences) if each.check == "view"]
    assert {(each.office, each.lacking) for each in hidden} == {(ZHIFANG, (rule,)), (DONGHUAMEN, (rule,))}
    altered = {fault.lacking for fault in found.differences if fault.check == "ledger"}
    assert altered == ({("sealed",)} if rule == "part.frame" else set())
    assert len(found.differences) == len({fault.event for fault in found.differences}), "once each"
    assert found.persons == 1
    assert found.pairs, "the other one was compared"
    assert repair(node, found.differences) == 0
    assert checks(node).differences == found.differences


def test_audits_name_her_and_go_on(node, persons, rule):
    hers = {(office, persons[0]) for office in (ZHIFANG, DONGHUAMEN)}
    assert set(compare(node).differing) == hers
    assert set(rebuild(node).differing) == hers
    assert set(folded(node, parts=True).differing) == hers


def test_acts_about_others_are_recorded(new_home, persons, rule):
    moved = [new_home.item("movement.moved_within", "2026-03-02", {"address": "2 Lane"}, one) for one in persons]
    assert [result.status for result in new_home.tries(*moved, all_or_nothing=False)] == ["refused", "recorded"]


def test_a_frame_that_was_altered_holds_up_no_other(node, persons):
    behind_the_back(node, ("UPDATE events SET body = x'7b7d' WHERE subject = ?", (persons[0],)))
    with node.uow.begin() as session:
        session.mark_dirty(persons, node.clock())
    assert forward(node) == 1
    assert list(node.stuck) == [persons[0]]


def test_nothing_bears_the_mark_where_nothing_is_wrong(node, home, persons):
    assert [entry.unreadable for entry in inbox(node, home.caller).rows] == [False, False]


def test_an_event_of_which_not_even_the_frame_can_be_read_is_named_and_the_others_are_checked(node, persons):
    behind_the_back(node, ("UPDATE events SET body = zeroblob(40) WHERE subject = ?", (persons[0],)))
    found = checks(node)
    assert {(each.check, each.person, each.lacking) for each in found.differences} == {
        ("ledger", persons[0], ("body",))
    }
    hidden = [each for fault in found.differences for each in fault.consequences]
    assert {(each.office, each.lacking) for each in hidden} == {
        (office, ("frame.form",)) for office in (ZHIFANG, DONGHUAMEN)
    }
    assert found.persons == 1
    assert {person for _, person in compare(node).differing} == {persons[0]}


OPENED = ("key.unwrap", "part.frame")  # a node without the master key of some person's key may not open at all


@pytest.mark.parametrize(
    "broken", [*map(BREAKS.get, OPENED), "UPDATE events SET body = zeroblob(40) WHERE subject = ?"]
)
def test_a_register_is_given_out_without_whom_it_cannot_read_and_names_them(node, home, persons, broken, tmp_path):
    behind_the_back(node, (broken, (persons[0],)))
    line = ["export", str(tmp_path / "out.csv"), "--office", ZHIFANG, "--purpose", "registration", "--language", "en"]
    served = {"EXCHANGE_SERVES": ",".join(BEIJING_AND_HUBEI)}
    done = CliRunner(env=served).invoke(main, [*line, "--data", str(node.settings.data)])
    assert (done.exit_code, "1 persons are in" in done.stdout) == (1, True)
    assert [persons[0] in said for said in done.stderr.splitlines()] == [True]
    assert persons[1] not in done.stderr
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 2, "the headings, and the other one"


@pytest.mark.parametrize("table", ["log", "deliveries"])
@pytest.mark.parametrize("moment", [2**63 - 1, -(2**63)])
def test_a_moment_of_no_calendar_is_named_and_ends_no_check(node, persons, table, moment):
    altered = "(SELECT author || id FROM events WHERE subject = ?2 LIMIT 1)"
    behind_the_back(node, (f"UPDATE {table} SET at = ?1 WHERE author || id = {altered}", (moment, persons[0])))
    for found in (checks(node), report(node)):
        assert {each.person for each in found.differences} == {persons[0]}
        assert {("moment.form",)} <= {each.lacking for each in found.differences} <= {("at",), ("moment.form",)}


MISFITS = {
    "a moment of no calendar": ("at", 2**63 - 1),
    "no moment": ("at", "x"),
    "parts that are none": ("parts", "{"),
    "questions that are none": ("asked", "[1]"),
    "a revision that is no number": ("revision", "x"),
    "bytes for its teller": ("teller", b"\xff"),
}


@pytest.mark.parametrize(("column", "value"), MISFITS.values(), ids=MISFITS)
def test_a_delivery_that_says_nothing_ends_no_page_of_the_feed(node, home, persons, column, value):
    hers = "person = ?2 AND recipient = ?3"
    behind_the_back(node, (f"UPDATE deliveries SET {column} = ?1 WHERE {hers}", (value, persons[0], ZHIFANG)))
    page = NodeUseCases(node).feed(home.caller, "case", 0, 100)
    shown = {(each["subject"], each["type"]) for each in page.rows}
    assert shown == {(persons[0], UNREAD), (persons[1], "movement.arrived")}
    assert [each["sequence"] for each in page.rows] == [str(n) for n in range(1, len(page.rows) + 1)]
    assert page.next == str(len(page.rows))


@pytest.mark.parametrize(("column", "value"), MISFITS.values(), ids=MISFITS)
def test_the_checks_name_the_event_of_a_delivery_that_says_nothing(node, persons, column, value):
    hers = "person = ?2 AND recipient = ?3"
    behind_the_back(node, (f"UPDATE deliveries SET {column} = ?1 WHERE {hers}", (value, persons[0], ZHIFANG)))
    with node.uow.look() as session:
        told = session.sql.execute(select(deliveries.c.id).where(deliveries.c.person == persons[0])).scalars().all()
    found = checks(node, persons).differences
    assert {each.person for each in found} == {persons[0]}
    assert {each.event.id for each in found if each.event} <= set(told)
    assert all(each.event for each in found)


def test_a_delivery_at_no_place_is_in_no_page(node, home, persons):
    behind_the_back(
        node, ("UPDATE deliveries SET position = 'x' WHERE person = ? AND recipient = ?", (persons[0], ZHIFANG))
    )
    assert {each.person for each in feed(node, home.caller, "case")} == {persons[1]}
    assert {("position",)} <= {each.lacking for each in stepwise(node).differences}


def test_a_line_of_a_book_without_its_hash_is_named_by_every_comparison(node, persons):
    behind_the_back(node, ("UPDATE books SET leaf = x'' WHERE person = ? AND office = ?", (persons[0], ZHIFANG)))
    found = between(node, "", trusted=False)
    for differences in (found.differing, found.checked.differences):
        assert {(each.person, each.office, each.lacking) for each in differences} == {(persons[0], ZHIFANG, ("same",))}


@pytest.mark.parametrize("broken", [0, 1])
def test_one_altered_key_does_not_keep_the_node_from_beginning_again(node, home, broken):
    persons = [str(home.registers(woman(number)).person) for number in (2, 3)]
    behind_the_back(node, (BREAKS["key.form"], (persons[broken],)))
    Node.open(node.settings).close()
    behind_the_back(node, (BREAKS["key.form"], (persons[1 - broken],)))
    with pytest.raises(KeyRingUnusable):
        Node.open(node.settings)
