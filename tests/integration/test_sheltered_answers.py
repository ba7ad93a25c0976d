"""An address told in an answer about somebody whom the asker does not hold is withdrawn once they are protected.

Invariant: while the book of whoever answered shows a person to be protected, no office that was told their address in
an answer holds it, whatever dossier the enquiry stands in; and by nothing but that is it withheld.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from exchange.access.caller import Caller
from exchange.audit.rebuild import compare, rebuild
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.protocol.refusals import NotEntitled
from exchange.queries.case import case
from exchange.queries.feed import feed
from exchange.queries.history import history
from exchange.reconcile import checks, stepwise
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, town, woman

ADDRESS = "6 Lake Road"
HELD = woman()
GIVEN = {"name": HELD["name"], "document.resident": HELD["document.resident"]}
NO_CARD = {"name": HELD["name"], "born_on": HELD["born_on"]}
THREAT = {"ground": "threat"}


class Killed(BaseException):
    """The process ends here; no handler of errors sees it."""


@pytest.fixture
def asking(node) -> Town:
    return Town(node, DONGHUAMEN)


@pytest.fixture
def elsewhere(node) -> Town:
    return Town(node, WANSHOULU)


def asks(at: Town, to: str = ZHIFANG, given: dict[str, Any] = GIVEN, *more: str) -> str:
    """The person under whose id the enquiry stands."""
    said = {"to": to, "purpose": "residence", "consent": True, "given": given, "fields": ["address", "name", *more]}
    return str(at.records("enquiry.opened", "2026-03-01", said).person)


def answers(at: Town, **facts: Any) -> None:
    [asked] = [each for each in at.cases() if each.kind == "enquiry" and each.status == "open"]
    at.answers("enquiry.answered", asked.id, facts={"address": ADDRESS, "name": HELD["name"], **facts})


def shown(at: Town) -> str:
    """All that an office may see of its enquiries: each case, what was said in it, and the feed."""
    rows = [row for row in at.cases() if row.kind == "enquiry"]
    caller = Caller(at.code, "clerk", frozenset({"clerk", "confirmer"}))
    found = [case(at.node, caller, row.id) for row in rows]
    past = [history(at.node, at.caller, "registration", row.person) for row in rows]
    told = feed(at.node, at.caller, "registration")
    return json.dumps([found, [repr(each) for each in (*past, *told)]], ensure_ascii=False, default=str)


def sound(at: Town) -> None:
    """Nothing is owed, nothing is held too much, and every record is what its book says."""
    assert checks(at.node).differences == ()
    assert compare(at.node).differing == ()


@pytest.mark.parametrize("given", [GIVEN, NO_CARD], ids=["by document", "by name and day"])
def test_what_was_told_is_withdrawn_once_the_person_is_protected_and_nothing_else_is(home, asking, given):
    held = home.registers({key: value for key, value in HELD.items() if "document" not in key or given is GIVEN})
    asks(asking, given=given)
    answers(home)
    assert ADDRESS in shown(asking)
    home.records("person.protected", "2026-03-01", THREAT, held.person)
    assert ADDRESS not in shown(asking)
    assert HELD["name"] in shown(asking)
    assert ADDRESS in shown(home), "what an office said itself it goes on seeing"
    assert [entry.kind for entry in asking.inbox()] == ["reply"], "that somebody is protected the asker does not learn"
    assert str(held.person) not in shown(asking)
    sound(home)


def test_it_is_told_again_once_the_protection_ends_however_that_comes_about(home, asking):
    held = home.registers(HELD)
    asks(asking)
    answers(home)
    protected = home.records("person.protected", "2026-03-01", THREAT, held.person)
    assert ADDRESS not in shown(asking)
    home.records("event.retracted", "2026-03-01", {"target": [ZHIFANG, protected.id]}, held.person)
    assert ADDRESS in shown(asking)
    home.records("person.protected", "2026-03-01", THREAT, held.person)
    assert ADDRESS not in shown(asking)
    home.records("person.unprotected", "2026-03-02", {"ground": "threat_over"}, held.person)
    assert ADDRESS in shown(asking)
    sound(home)


def test_a_protection_whose_days_are_corrected_reaches_the_answer(tmp_path):
    """One that lies in the past when it is recorded, that lapses, and that lasts longer after all."""
    clock = Clock()
    node = opened(tmp_path, clock)
    home, asking = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    held = home.registers(HELD)
    asks(asking)
    answers(home)
    until = {**THREAT, "until": "2026-03-10"}
    protected = home.records("person.protected", "2026-02-01", until, held.person)
    assert ADDRESS not in shown(asking)
    clock.now += timedelta(days=20)
    sweep(node)
    advance(node)
    assert ADDRESS in shown(asking)
    change = {"target": [ZHIFANG, protected.id], "set": {"until": "2026-12-31"}}
    home.records("event.corrected", "2026-03-20", change, held.person)
    assert ADDRESS not in shown(asking)
    sound(home)
    node.close()


def test_whoever_says_that_the_person_is_protected_it_reaches_the_answer(home, asking, elsewhere):
    """The town that answered hears it from the place that keeps the registration, also when the person has left it."""
    held = home.registers(HELD)
    elsewhere.sees_arrive(HELD, ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    asks(asking, WANSHOULU)
    answers(elsewhere, address="1 Lane")
    assert "1 Lane" in shown(asking)
    elsewhere.records("movement.left", "2026-03-01", {"destination": {"kind": "unknown"}}, held.person)
    home.records("person.protected", "2026-03-02", THREAT, held.person)
    assert "1 Lane" not in shown(asking)
    sound(home)


def test_a_protection_by_whoever_keeps_the_registration_since_reaches_the_answer(home, asking, elsewhere):
    held = home.registers(HELD)
    asks(asking)
    answers(home)
    moved = {"from": town(ZHIFANG), "to": town(WANSHOULU), "ground": "moved"}
    home.records("registration.changed", "2026-03-01", moved, held.person)
    assert ADDRESS in shown(asking)
    elsewhere.records("person.protected", "2026-03-02", THREAT, held.person)
    assert ADDRESS not in shown(asking)
    sound(home)


def test_of_several_in_one_act_only_the_answer_about_the_protected_one_is_withdrawn(home, asking):
    people = [woman(number, name=name) for number, name in ((2, "王小雨"), (4, "王大雨"))]
    held = [home.registers(who, address=f"{at} Lake Road").person for at, who in enumerate(people)]
    said = {"to": ZHIFANG, "purpose": "residence", "consent": True, "fields": ["address", "name"]}
    given = [{"name": who["name"], "document.resident": who["document.resident"]} for who in people]
    asking.tries(*(asking.item("enquiry.opened", "2026-03-01", {**said, "given": each}) for each in given))
    for row in home.cases():
        number = 0 if case(home.node, home.caller, row.id)["stated"]["name"] == "王小雨" else 1
        home.answers("enquiry.answered", row.id, facts={"address": f"{number} Lake Road"})
    home.records("person.protected", "2026-03-01", THREAT, held[0])
    assert "0 Lake Road" not in shown(asking)
    assert "1 Lake Road" in shown(asking)
    sound(home)


def test_a_name_that_does_not_fit_and_too_little_given_shelter_as_well(home, asking):
    """Whoever answers all the same looked by hand, by the document that was given or is told."""
    held = home.registers(HELD)
    asks(asking, given={**GIVEN, "name": "王小羽"})
    answers(home)
    asks(asking, ZHIFANG, {"name": HELD["name"]}, "document.resident")
    answers(home, **{"document.resident": HELD["document.resident"]})
    assert shown(asking).count(ADDRESS) > 1
    home.records("person.protected", "2026-03-01", THREAT, held.person)
    assert ADDRESS not in shown(asking)
    asks(asking, given={**GIVEN, "name": "王小羽"})
    with pytest.raises(NotEntitled):
        answers(home)
    sound(home)


def test_a_merge_of_the_person_leads_to_the_answer_and_an_unmerge_leads_back(home, asking):
    held, other = home.registers(HELD), home.registers(woman(4, name="王晓雨"), address="7 Lake Road")
    asks(asking)
    answers(home)
    home.records("person.protected", "2026-03-01", THREAT, other.person)
    assert ADDRESS in shown(asking)
    merge = home.records("person.merged", "2026-03-01", {"other": other.person}, held.person)
    assert ADDRESS not in shown(asking)
    undone = {"merge": [ZHIFANG, merge.id], "other": other.person, "allotment": {}}
    home.records("person.unmerged", "2026-03-02", undone, held.person)
    assert ADDRESS in shown(asking)
    sound(home)


def test_a_repeated_answer_gives_the_first_result_whatever_happened_since(home, asking):
    held = home.registers(HELD)
    asks(asking)
    [asked] = home.cases()
    content = {"case_id": asked.id, "facts": {"address": ADDRESS}}
    item = home.item("enquiry.answered", "2026-03-02", content, id="01936b5e-7c40-7cc3-98c4-dc0c0c07398f")
    assert home.tries(item)[0].status == "recorded"
    home.records("person.protected", "2026-03-01", THREAT, held.person)
    assert home.tries(item)[0].status == "repeated"
    assert ADDRESS not in shown(asking)


def test_it_is_withdrawn_whatever_step_the_process_ends_after_on_both_stores(tmp_path, database_url):
    left = -1

    def step(name: str) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            raise Killed

    node = opened(tmp_path, step=step, database_url=database_url)
    home, asking = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    held = home.registers(HELD)
    asks(asking)
    answers(home)
    for at in range(12):
        protects = at % 2 == 0
        said = ("person.protected", THREAT) if protects else ("person.unprotected", {"ground": "threat_over"})
        home.forwards = False
        home.records(said[0], "2026-03-01", said[1], held.person)
        left = at
        try:
            advance(node)
        except Killed:
            left = -1
            advance(node)
        left = -1
        assert (ADDRESS in shown(asking)) is not protects, at
    assert stepwise(node).equal
    assert rebuild(node).differing == ()
    assert checks(node, trusted=False).differences == ()
    node.close()


def test_a_check_finds_an_address_that_stayed(home, asking, monkeypatch):
    """What the forwarder forgot the look at what is due names; and where all was well before, no proof hides it."""
    held = home.registers(HELD)
    about = asks(asking)
    answers(home)
    assert stepwise(home.node).equal
    with monkeypatch.context() as planted:
        planted.setattr("exchange.pipeline.forward.Watched.to_read_again", lambda _: set())
        home.records("person.protected", "2026-03-01", THREAT, held.person)
    assert ADDRESS in shown(asking)
    [found] = checks(home.node).differences
    assert (found.check, found.office, found.person, found.lacking) == ("entitlement", DONGHUAMEN, about, ("parts",))
