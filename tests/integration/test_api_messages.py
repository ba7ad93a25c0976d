"""Messages as messages: one that could not be taken is sent again, and an office outside is written a letter."""

import pytest

from tests.integration.platform import HOME, TOWN, Platform, platform
from tests.integration.test_api_node import arrived, moved

platform = pytest.fixture(platform, name="platform")


def test_a_rejected_message_is_an_open_matter_until_it_is_sent_again(platform: Platform):
    person, notice = moved(platform)
    content = {"notification": notice["event"], "reason": "unreadable"}
    body = {"type": "notification.rejected", "person": person, "effective_on": "2026-03-02", "with": content}
    assert platform.call("POST", "/v1/events", HOME, body).status_code == 201
    [rejected] = [
        n for n in platform.call("GET", "/v1/inbox?state=open", TOWN).json["items"] if n["kind"] == "rejected"
    ]
    assert (rejected["reason"], rejected["about"], rejected["expects_reply"]) == ("unreadable", notice["event"], False)
    path = f"/v1/inbox/{rejected['position']}/send-again"
    first, second = (platform.call("POST", path, TOWN) for _ in range(2))
    assert (first.status_code, first.json["to"], first.json) == (200, HOME, second.json)
    [rejected] = platform.call("GET", "/v1/inbox?kind=rejected", TOWN).json["items"]
    assert (rejected["state"], rejected["outcome"]) == ("answered", "sent_again")
    assert len(platform.call("GET", "/v1/inbox?kind=inflow", HOME).json["items"]) == 2
    assert platform.call("POST", f"/v1/inbox/{notice['position']}/send-again", HOME).json["code"] == "not_rejected"


def test_an_office_outside_is_written_a_letter(platform: Platform):
    event = arrived()
    outside = "430102001000"
    event["with"] = {**event["with"], "registration": {"kind": "town", "code": outside}, "origin": None}
    assert platform.call("POST", "/v1/events", TOWN, event).status_code == 201
    [letter] = platform.call("GET", "/v1/letters", TOWN).json["items"]
    assert (letter["to"], letter["kind"]) == (outside, "inflow")
    assert letter["about"][0]["value"].startswith("林一禾")
    bearer = platform.key(TOWN)
    answer = platform.client.get(f"/v1/cases/{letter['case']}/letter", headers=bearer)
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert platform.call("GET", "/v1/letters", HOME).json["items"] == []
    assert platform.client.get(f"/v1/cases/{letter['case']}/letter", headers=platform.key(HOME)).status_code == 404
