"""The sheet of a record and the notices of a book, as pure functions of what an office knows."""

from typing import Any

import pytest

from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Deceased, Protected, Registered
from events.catalogue.values import CaseRef, Deviation, Place, town
from events.envelope import PARTS, Envelope, Ref, Subject
from events.event import Event, parts_of
from exchange.protocol.book import ALL_PARTS, Book, Delivery, Question
from exchange.protocol.offices import Offices
from exchange.protocol.record import Record
from exchange.protocol.shown.notices import Notice, fields_held, notices
from exchange.protocol.shown.sheet import lives_at, nothing, roles, sheet, state
from exchange.protocol.view import view

A, B, D = "420115001000", "110101001000", "110108001000"
PERSON = "P"


class Told:
    """A book into which facts are written one after the other."""

    def __init__(self, office: str) -> None:
        self.book = Book(office, Offices(["420000000000", "110000000000"]))
        self.deliveries: list[Delivery] = []
        self.stamp = 0

    def event(self, author: str, fact: Fact, day: str, act: str = "") -> Event:
        self.stamp += 1
        facts, parts = parts_of(fact)
        frame = Envelope(
            id=f"e{self.stamp}",
            type=fact.type,
            schema=1,
            subject=Subject("person", PERSON),
            stay=getattr(fact, "stay", None),
            author=author,
            actor="clerk",
            effective_on=day,
            stamp=self.stamp,
            recorded_at="2026-01-01T00:00:00Z",
            version=self.stamp,
            submission=act or f"s{self.stamp}",
            facts=facts,
            commitments=dict.fromkeys(parts, ""),
        )
        return Event(frame, fact, ALL_PARTS)

    def own(self, fact: Fact, day: str = "2026-01-01") -> Ref:
        event = self.event(self.book.office, fact, day)
        self.book.record(event)
        return event.ref

    def hears(self, author: str, fact: Fact, kind: str | None, day: str = "2026-01-01", **more: Any) -> Ref:
        event = self.event(author, fact, day)
        told: dict[str, Any] = {
            "ref": event.ref,
            "teller": author,
            "to": self.book.office,
            "parts": frozenset(PARTS),
            "kind": kind,
        }
        delivery = Delivery(**{**told, "ground": "test", "act": event.frame.submission, **more})
        self.book.receive(delivery, event)
        self.deliveries.append(delivery)
        return event.ref

    @property
    def record(self) -> Record:
        (found,) = view(self.book)
        return found

    @property
    def notices(self) -> list[Notice]:
        return notices(self.book, self.record, self.deliveries)


def registered(**more: Any) -> Registered:
    return Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨"}, **more)


def test_an_office_that_holds_nothing_shows_none():
    assert nothing(A, PERSON)["state"] == "none"


def test_the_registration_place_of_a_person_who_stays_at_home_has_both_roles():
    at_home = Told(A)
    at_home.own(registered(kind="main", address="6 Lake"))
    found = sheet(at_home.record)
    assert (found["state"], found["roles"], found["lives_at"]) == (
        "open",
        ["registration", "main"],
        {"kind": "town", "code": A},
    )
    assert (found["address"], found["since"], found["until"]) == ("6 Lake", "2026-01-01", None)


def test_a_former_residence_is_closed_and_says_where_the_person_went():
    former = Told(B)
    stay = former.own(Arrived(kind="main", registration=town(A), origin=town(A), opens=True))
    former.own(Left(stay=stay, destination=town(D)), "2026-02-01")
    found = sheet(former.record)
    assert (found["state"], found["roles"]) == ("closed", ["former"])
    assert (found["came_from"]["code"], found["went_to"]["code"]) == (A, D)
    assert (found["since"], found["until"]) == ("2026-01-01", "2026-02-01")
    assert lives_at(former.record) == Place("unknown")  # announced to D, and not arrived there yet


def test_a_person_gone_abroad_lives_abroad():
    home = Told(A)
    home.own(registered(kind="main"))
    home.own(Departed(destination=Place("abroad", country="FR")), "2026-02-01")
    assert lives_at(home.record) == Place("abroad", country="FR")


def test_an_announced_town_expects_and_is_withdrawn_once_the_person_is_elsewhere():
    announced = Told(D)
    announced.hears(A, Departed(destination=town(D)), "outflow")
    assert (roles(announced.record), state(announced.record)) == (("expected",), "open")
    announced.hears(B, Arrived(kind="main", origin=town(A)), "withdrawn", "2026-02-01")
    assert (roles(announced.record), state(announced.record)) == ((), "withdrawn")


def test_a_death_closes_the_record():
    home = Told(A)
    home.own(registered(kind="main"))
    home.own(Deceased(), "2026-02-01")
    assert (state(home.record), lives_at(home.record), sheet(home.record)["died_on"]) == ("closed", None, "2026-02-01")


def test_a_protection_is_shown_with_its_days():
    home = Told(A)
    home.own(registered())
    assert sheet(home.record)["protection"] == {"state": "none"}
    home.own(Protected(ground="threat", until="2027-01-01"))
    assert sheet(home.record)["protection"] == {"state": "in_force", "since": "2026-01-01", "until": "2027-01-01"}


@pytest.fixture
def asked():
    """A, asked by B about an arrival."""
    home = Told(A)
    home.own(registered())
    asked = (Question("inflow", "2026-01-20"),)
    arrival = Arrived(kind="main", registration=town(A), stated={"name": "王小雨"})
    return home, home.hears(B, arrival, "inflow", asked=asked)


def test_a_question_expects_a_reply_by_its_day(asked):
    home, arrival = asked
    (notice,) = home.notices
    assert (notice.kind, notice.expects_reply, notice.due_on) == ("inflow", True, "2026-01-20")
    assert notice.case == CaseRef(arrival, A, "inflow")
    assert "name" in fields_held(home.record, notice)


def test_what_stood_in_the_inbox_stays_there_after_a_later_revision(asked):
    home, arrival = asked
    event = home.book.event(arrival)
    later = Delivery(ref=arrival, teller=B, to=A, parts=ALL_PARTS, ground="test", act="s9", revision=2)
    home.book.receive(later, event)
    home.deliveries.append(later)
    assert [n.kind for n in home.notices] == ["inflow"]


def test_one_act_is_one_notice_of_the_kind_that_comes_first(asked):
    home, _ = asked
    home.hears(B, Left(stay=Ref(B, "e2")), "left", "2026-02-01", act="one act")
    home.hears(B, Protected(ground="threat"), "update", act="one act")
    (notice,) = [n for n in home.notices if n.act == "one act"]
    assert (notice.kind, len(notice.events)) == ("left", 2)


def test_a_reply_tells_outcome_and_fields():
    new_home = Told(B)
    arrival = new_home.own(Arrived(kind="main", registration=town(A), opens=True))
    deviations = (Deviation("name", ours="王小雨", yours="王晓雨"),)
    new_home.hears(A, Confirmed(case=CaseRef(arrival, A, "inflow"), deviations=deviations), "reply")
    (notice,) = new_home.notices
    assert (notice.kind, notice.outcome, notice.fields, notice.about) == ("reply", "deviations", ("name",), arrival)
    assert not notice.expects_reply


def test_a_delivery_without_a_kind_is_no_notice():
    home = Told(A)
    home.hears(B, Arrived(kind="main", registration=town(A)), None)
    assert home.notices == []


def test_of_the_own_stay_it_says_until_when_and_where_to_only_once_it_is_over():
    there = Told(B)
    stay = there.own(Arrived(kind="main", registration=town(A), origin=town(A), stay_until="2027-01-01"), "2026-03-01")
    there.own(Departed(stay=stay, destination=town(D)), "2026-03-02")
    there.hears(D, Arrived(kind="further", registration=town(A)), "update", "2026-03-01")
    shown = sheet(there.record)
    assert (shown["went_to"], shown["until"], shown["further_at"]) == (None, "2027-01-01", [D])
    there.own(Left(stay=stay, destination=town(D)), "2026-03-05")
    shown = sheet(there.record)
    assert (shown["went_to"], shown["until"]) == ({"kind": "town", "code": D}, "2026-03-05")


def test_what_was_told_because_of_one_fact_without_an_act_is_one_notice():
    """As deliveries of before there were acts: by what they were told because of, else each by itself."""
    home = Told(A)
    home.own(registered())
    first = home.hears(B, Arrived(kind="main", registration=town(A)), "inflow", act="")
    home.hears(B, Departed(stay=first, destination=town(D)), "update", act="", trigger=first)
    home.hears(B, Left(stay=first, destination=town(D)), "left", act="")
    assert [notice.kind for notice in home.notices] == ["inflow", "left"]
