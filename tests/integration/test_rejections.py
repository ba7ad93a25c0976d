"""A message rejected as a message: no record changes, and its sender has an open matter until it sends it again."""

import pytest

from exchange.audit.rebuild import compare
from exchange.commands.acknowledge import NoSuchNotice
from exchange.commands.jurisdiction import record_office
from exchange.commands.send_again import send_again
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import NotRejected
from exchange.reconcile import checks
from tests.integration.browser import Reader, pages_of
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, operator, woman


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, Clock(), database_url=database_url)
    yield node
    node.close()


@pytest.fixture
def arrival(home, new_home):
    home.registers(woman())
    return new_home.sees_arrive(woman(), ZHIFANG)


@pytest.fixture
def rejected(home, arrival):
    message = home.notice("inflow").event
    said = {"notification": [message.author, message.id], "reason": "unreadable"}
    return home.records("notification.rejected", "2026-03-02", said, arrival.person)


def again(node, office: Town, position: int):
    sent = send_again(node, office.caller, position)
    advance(node)
    return sent


def test_it_changes_no_record_and_is_an_open_matter_of_the_sender(home, new_home, arrival):
    before = {office: office.sheet(arrival.person) for office in (home, new_home)}
    message = home.notice("inflow").event
    said = {"notification": [message.author, message.id], "reason": "incomplete"}
    home.records("notification.rejected", "2026-03-02", said, arrival.person)
    moving = {"matters", "rejections", "version", "etag"}
    for office, sheet in before.items():
        now = office.sheet(arrival.person)
        assert {k: v for k, v in now.items() if k not in moving} == {k: v for k, v in sheet.items() if k not in moving}
    assert new_home.sheet(arrival.person)["matters"] == before[new_home]["matters"] + 1
    assert home.sheet(arrival.person)["matters"] == before[home]["matters"]
    notice = new_home.notice("rejected")
    assert (notice.reason, notice.outcome, notice.about) == ("incomplete", None, message)


def test_it_is_sent_again_once_and_the_matter_is_over(node, home, new_home, arrival, rejected):
    position = new_home.notice("rejected").position
    first = again(node, new_home, position)
    assert again(node, new_home, position) == first
    assert (first.ended, first.by) == ("sent_again", ZHIFANG)
    twice = [notice for notice in home.inbox() if notice.kind == "inflow"]
    assert len({notice.position for notice in twice}) == 2
    assert len({notice.case for notice in twice}) == 1
    assert new_home.notice("rejected").outcome == "sent_again"
    assert new_home.sheet(arrival.person)["matters"] == 1, "the case itself is still open"
    home.answers("case.confirmed", twice[0].case)
    assert new_home.sheet(arrival.person)["matters"] == 0
    assert checks(node).equal
    assert not compare(node).differing


def test_what_was_sent_again_can_be_rejected_again(node, home, new_home, arrival, rejected):
    again(node, new_home, new_home.notice("rejected").position)
    message = home.inbox()[0].event
    said = {"notification": [message.author, message.id], "reason": "unreadable"}
    home.records("notification.rejected", "2026-03-02", said, arrival.person)
    assert [n.outcome for n in new_home.inbox() if n.kind == "rejected"] == [None, "sent_again"]


def test_only_a_rejection_that_stands_is_answered(node, home, new_home, arrival, rejected):
    with pytest.raises(NotRejected):
        send_again(node, home.caller, home.notice("inflow").position)
    with pytest.raises(NoSuchNotice):
        send_again(node, Town(node, WANSHOULU).caller, new_home.notice("rejected").position)
    position = new_home.notice("rejected").position
    taken_back = {"target": [ZHIFANG, rejected.id], "ground": "recording_error"}
    home.records("event.retracted", "2026-03-02", taken_back, arrival.person)
    assert new_home.sheet(arrival.person)["matters"] == 1
    with pytest.raises(NotRejected):
        send_again(node, new_home.caller, position)


def test_nothing_is_sent_again_to_an_office_that_closed_and_the_matter_rests_until_it_is_opened_again(
    node, home, new_home, arrival, rejected
):
    """It was an open matter for ever, or was sent to whom nothing is sent."""

    def becomes(type_: str, said: dict[str, str]) -> str | None:
        record_office(node, operator(ZHIFANG), ZHIFANG, type_, "2026-03-02", said)
        advance(node)
        outcome: str | None = new_home.notice("rejected").outcome
        return outcome

    position = new_home.notice("rejected").position
    assert becomes("jurisdiction.closed", {}) == "closed"
    with pytest.raises(NotRejected):
        again(node, new_home, position)
    shown = Reader(pages_of(node), "en").signs_in(DONGHUAMEN).opens("/inbox?tab=all")
    assert ("the office closed" in shown, "console.status" in shown) == (True, False)
    assert becomes("jurisdiction.opened", {"name": "又一镇"}) is None
    assert again(node, new_home, position).ended == "sent_again"
    assert "已重新发送" in Reader(pages_of(node), "zh-CN").signs_in(DONGHUAMEN).opens("/inbox?tab=all")
    assert checks(node).equal
    assert not compare(node).differing
