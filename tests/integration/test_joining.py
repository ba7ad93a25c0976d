"""An office that does not use the exchange cannot be asked; when it joins, it gets what it would have been told."""

from datetime import timedelta
from pathlib import Path

from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.forward import forward
from exchange.pipeline.joining import mark_backlog, unmarked_from
from exchange.pipeline.sequence import sequence
from exchange.pipeline.sweep import sweep
from exchange.queries.case import case as case_of
from exchange.reconcile import checks
from exchange.settings import settings
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, woman

HUBEI, BEIJING = "42", "11"


def begun(folder: Path, clock: Clock, *areas: str, database_url: str = "") -> Node:
    return Node.open(settings(data=folder, serves=areas, database_url=database_url), clock=clock)


def opened(folder: Path, clock: Clock, *areas: str, database_url: str = "") -> Node:
    node = begun(folder, clock, *areas, database_url=database_url)
    advance(node)
    return node


def test_the_backlog_opens_the_case_that_could_not_be_put(tmp_path, clock):
    node = opened(tmp_path, clock, BEIJING)
    new_home = Town(node, DONGHUAMEN)
    arrival = new_home.sees_arrive(woman(), ZHIFANG)
    (case,) = new_home.cases()
    assert (case.asked, case.kind, case.status) == (ZHIFANG, "inflow", "not_reachable")
    assert sweep(node) == 0
    node.close()

    node = opened(tmp_path, clock, BEIJING, HUBEI)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    notice = home.notice("inflow")
    assert [c.status for c in (*home.cases(), *new_home.cases())] == ["open", "open"]
    assert notice.due_on is not None
    assert notice.case is not None
    home.answers("case.confirmed", notice.case)
    assert [c.status for c in new_home.cases()] == ["confirmed"]
    assert new_home.sheet(arrival.person or "")["keeper"] == ZHIFANG
    assert checks(node).equal
    node.close()


def test_whoever_was_answered_for_on_paper_is_asked_itself(tmp_path, clock):
    node = opened(tmp_path, clock, BEIJING)
    new_home = Town(node, DONGHUAMEN)
    new_home.sees_arrive(woman(), ZHIFANG)
    new_home.answers("case.confirmed", new_home.cases()[0].id, received_on="2026-03-02", note="回执第7号")
    assert [case.status for case in new_home.cases()] == ["confirmed"]
    node.close()

    node = opened(tmp_path, clock, BEIJING, HUBEI)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    assert [c.status for c in (*home.cases(), *new_home.cases())] == ["open", "open"]
    (aside,) = case_of(node, home.caller, home.cases()[0].id)["aside"]
    assert (aside["author"], aside["content"]["received_on"]) == (DONGHUAMEN, "2026-03-02")
    home.answers("case.confirmed", home.cases()[0].id)
    assert [c.status for c in new_home.cases()] == ["confirmed"]
    assert checks(node).equal
    node.close()


def test_being_late_with_a_decision_on_paper_is_nothing_to_whoever_joins(tmp_path, clock):
    node = opened(tmp_path, clock, BEIJING)
    new_home = Town(node, DONGHUAMEN)
    new_home.sees_arrive(woman(), ZHIFANG)
    differs = [{"field": "born_on", "ours": "1988-06-02", "yours": "1988-05-02"}]
    case = new_home.cases()[0].id
    new_home.answers("case.confirmed", case, received_on="2026-03-02", deviations=differs)
    clock.now += timedelta(days=60)
    for _ in range(3):
        sweep(node)
        advance(node)
    assert [(row.status, row.late, len(row.escalated)) for row in new_home.cases()] == [("deviations", True, 2)]
    node.close()

    node = opened(tmp_path, clock, BEIJING, HUBEI)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    rows = [*home.cases(), *new_home.cases()]
    assert [(row.status, row.late, row.escalated) for row in rows] == [("open", False, ())] * 2
    assert {notice.kind for notice in home.inbox()} == {"inflow", "reply"}
    assert checks(node).equal
    node.close()


def test_whoever_dies_while_the_backlog_is_marked_is_followed_by_another(tmp_path, clock, database_url):
    node = opened(tmp_path, clock, BEIJING, database_url=database_url)
    for number in (2, 3, 4, 5):
        Town(node, DONGHUAMEN).sees_arrive(woman(number), ZHIFANG)
    node.close()
    told = []
    for _ in range(10):  # none lives longer than one round
        node = begun(tmp_path, clock, BEIJING, HUBEI, database_url=database_url)
        sequence(node)
        forward(node, 1)
        told.append(len(Town(node, ZHIFANG).cases()))
        node.close()
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 4)
    node = opened(tmp_path, clock, BEIJING, HUBEI, database_url=database_url)
    with node.uow.look() as session:
        assert unmarked_from(session) is None
    assert checks(node).equal
    node.close()


def test_a_node_opens_without_marking_anybody_and_says_who_still_waits(tmp_path, clock):
    node = opened(tmp_path, clock, BEIJING)
    for number in (2, 3):
        Town(node, DONGHUAMEN).sees_arrive(woman(number), ZHIFANG)
    node.close()
    node = begun(tmp_path, clock, BEIJING, HUBEI)
    with node.uow.look() as session:
        assert session.oldest_dirty() is None
    found = checks(node)
    assert (found.differences, found.persons, found.waiting) == ((), 0, 2)
    advance(node)
    found = checks(node)
    assert (found.differences, found.persons, found.waiting) == ((), 2, 0)
    node.close()


def test_who_records_meanwhile_waits_for_no_backlog(tmp_path, clock):
    node = opened(tmp_path, clock, BEIJING)
    for number in range(2, 8):
        Town(node, DONGHUAMEN).sees_arrive(woman(number), ZHIFANG)
    node.close()
    node = begun(tmp_path, clock, BEIJING, HUBEI)
    sequence(node)
    with node.uow.begin() as session:
        assert mark_backlog(session, 2, clock()) == 2
        assert len(session.claim(100)) == 3, "two, and the office itself"
    assert forward(node, 100) == 2 + 1 + 4
    node.close()
