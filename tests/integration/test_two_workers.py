"""Several workers on one node in PostgreSQL: they share the dossiers, and come to what one worker alone comes to."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.books import shelf
from exchange.clock import utcnow
from exchange.commands.act import Item
from exchange.commands.record import record
from exchange.node import Node
from exchange.pipeline import project
from exchange.pipeline.advance import advance
from exchange.pipeline.forward import forward
from exchange.pipeline.sequence import sequence
from exchange.pipeline.sweep import sweep
from exchange.reconcile import checks
from tests.databases import database
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, told, town, woman

PERSONS = 24


@pytest.fixture
def url(server):
    with database(server) as address:
        yield address


def arrivals(node: Node, first: int, count: int) -> None:
    """As many women registered at home arrive in their new home."""
    home, away = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    for number in range(first, first + count):
        who = woman(number)
        said = {"basis": "first_record", "registration": town(ZHIFANG), "address": "6 Lake Road", "particulars": who}
        arrived = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "stated": who}
        takes(home, Item(type="person.registered", day="2020-01-01", content=said))
        takes(away, Item(type="movement.arrived", day="2026-03-01", content={**arrived, "address": "1 Lane"}))


def takes(office: Town, item: Item) -> None:
    (result,) = record(office.node, office.caller, [item])
    assert result.error is None, result.error


def alone(folder: Path) -> tuple[object, ...]:
    node = opened(folder, clock=utcnow)
    arrivals(node, 1, PERSONS)
    advance(node)
    found = told(node)
    node.close()
    return found


def test_workers_beside_each_other_come_to_what_one_alone_does(tmp_path, url):
    expected = alone(tmp_path / "alone")
    node = opened(tmp_path / "node", clock=utcnow, database_url=url)
    others = [opened(tmp_path / "node", clock=utcnow, database_url=url) for _ in range(2)]
    over = threading.Event()
    failed: list[Exception] = []

    def work(one: Node) -> None:
        try:
            while not over.is_set():
                sequence(one, 7)
                forward(one, 5)
        except Exception as error:  # noqa: BLE001 (raised again where the test sees it)
            failed.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    recorders = [
        threading.Thread(target=arrivals, args=(node, 1 + half * PERSONS // 2, PERSONS // 2)) for half in (0, 1)
    ]
    for thread in recorders:
        thread.start()
    for thread in recorders:
        thread.join(120)
    over.set()
    for thread in threads:
        thread.join(60)
    assert failed == []
    advance(node)
    assert told(node) == expected
    assert checks(node).equal
    for one in (node, *others):
        one.close()


def test_a_dossier_that_one_worker_has_does_not_hold_up_another(tmp_path, url):
    node = opened(tmp_path / "node", clock=utcnow, database_url=url)
    other = opened(tmp_path / "node", clock=utcnow, database_url=url)
    arrivals(node, 1, 4)
    sequence(node)
    forwarded: list[int] = []

    def beside(step: str) -> None:
        if step in {"claimed", "records written"}:  # the head of the log is free, the dossiers at hand are not
            forwarded.append(forward(other, 1))

    node.step = beside
    assert forward(node, 1) == 1
    assert forwarded == [1, 1]
    node.step = lambda _: None
    advance(node)
    assert checks(node).equal
    node.close()
    other.close()


def test_a_clerk_who_records_in_the_middle_of_a_sweep_does_not_end_it(tmp_path, url):
    clock = Clock()
    node = opened(tmp_path / "node", clock, database_url=url)
    beside = opened(tmp_path / "node", clock, database_url=url)
    home, clerk = Town(node, ZHIFANG), Town(beside, ZHIFANG)
    person = home.registers(woman()).person
    home.records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-03-10"}, person)
    clock.now += timedelta(days=9)
    recorded: list[int] = []

    def meanwhile(step: str) -> None:
        if step == "decided" and not recorded:
            recorded.append(1)
            content = {"ground": "lapsed"}
            takes(clerk, Item(type="person.unprotected", day="2026-03-11", content=content, person=person))

    node.step = meanwhile
    sweep(node)
    assert recorded == [1]
    node.step = lambda _: None
    advance(node)
    assert checks(node).equal
    node.close()
    beside.close()


def test_an_answer_given_while_another_worker_settles_the_protection_tells_no_address(tmp_path, url, monkeypatch):
    """Whoever answers does not know of the protection yet; and whoever settles it does not see the answer."""
    one, other = (opened(tmp_path / "node", clock=utcnow, database_url=url) for _ in range(2))
    (home, away), asking = (Town(one, code) for code in (ZHIFANG, DONGHUAMEN)), Town(one, WANSHOULU)
    who = woman()
    held = home.registers(who)
    away.sees_arrive(who, ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    given = {"name": who["name"], "document.resident": who["document.resident"]}
    said = {"to": DONGHUAMEN, "purpose": "residence", "consent": True, "given": given, "fields": ["address"]}
    asked = str(asking.records("enquiry.opened", "2026-03-02", said).person)
    really = project.write_records

    def meanwhile(*settled):
        monkeypatch.setattr("exchange.pipeline.forward.write_records", really)
        there = Town(other, DONGHUAMEN)
        [case] = [each for each in there.cases() if each.kind == "enquiry"]
        there.answers("enquiry.answered", case.id, facts={"address": "1 Lane"})
        assert addresses(other, asked) == [True], "it was told"
        really(*settled)

    home.forwards = False
    home.records("person.protected", "2026-03-02", {"ground": "threat"}, held.person)
    monkeypatch.setattr("exchange.pipeline.forward.write_records", meanwhile)
    advance(one)
    assert addresses(one, asked) == [False]
    assert checks(one).equal
    one.close()
    other.close()


def test_a_tie_recorded_while_another_worker_settles_who_it_names_is_told_as_she_then_is(tmp_path, url, monkeypatch):
    """Whoever settles the tie reads her as she was; and whoever settles her has looked already who hangs on her."""
    one, other = (opened(tmp_path / "node", clock=utcnow, database_url=url) for _ in range(2))
    home, his, new = (Town(one, code) for code in (ZHIFANG, DONGHUAMEN, WANSHOULU))
    him, married = {"name": "周文", "born_on": "1985-05-02", "sex": "M"}, {"tie": "spouse", "ground": "marriage"}
    wife, husband = str(home.registers(woman()).person), str(his.registers(him).person)
    home.records("tie.began", "2021-05-20", {**married, "other": {"at": DONGHUAMEN, "stated": him}}, wife)
    his.answers("case.confirmed", str(his.notice("family").case))
    really = project.write_records

    def meanwhile(*settled):
        monkeypatch.setattr("exchange.pipeline.forward.write_records", really)
        Town(other, DONGHUAMEN).records("tie.began", "2021-05-20", {**married, "other": {"person": wife}}, husband)
        really(*settled)

    home.forwards = False
    moved = {"from": town(ZHIFANG), "to": town(WANSHOULU), "ground": "moved"}
    home.records("registration.changed", "2026-03-02", moved, wife)
    monkeypatch.setattr("exchange.pipeline.forward.write_records", meanwhile)
    advance(one)
    assert new.sheet(husband)["roles"] == ["family"]
    assert checks(one).equal
    one.close()
    other.close()


def addresses(node: Node, person: str) -> list[bool]:
    """Of each answer about the person, whether whoever asked holds the address."""
    with node.uow.look() as session:
        told = shelf(session, node.keys, node.offices, person)
    return ["address" in each.parts for each in told.latest if told.stored[each.ref].frame.type == "enquiry.answered"]
