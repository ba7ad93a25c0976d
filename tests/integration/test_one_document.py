"""One document on two persons, through the store: who is asked, what both records show, and what the recorder sees."""

from typing import Any

import pytest

from events.documents import resident_number
from exchange.access.caller import Caller
from exchange.audit.rebuild import compare
from exchange.audit.replay import replay
from exchange.commands.match_person import MOST
from exchange.protocol.refusals import UnknownPerson
from exchange.queries.history import history
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, WANSHOULU, Town, opened, woman


@pytest.fixture
def elsewhere(node):
    return Town(node, DONGHUAMEN)


STRANGER = "赵大海"
OTHER_CARD = {"number": resident_number("420115", "1988-05-02", 8)}


def arrives(at: Town, name: str = STRANGER, **more):
    said = {"kind": "main", "address": "1 Lane", "stated": woman(name=name), **more}
    return at.records("movement.arrived", "2026-03-01", said)


def shown(town: Town, person: str) -> list[str]:
    return [each["id"] for each in town.sheet(person)["contradictions"] if each["kind"] == "one_document"]


def unseen(sheet: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sheet.items() if key not in {"person", "persons", "stays"}}


def test_the_keeper_of_the_first_is_asked_and_sees_it_in_both_records(node, home, elsewhere):
    first, second = home.registers(woman()), arrives(elsewhere)
    assert first.person != second.person
    notice = home.notice("inflow")
    assert (notice.person, notice.expects_reply) == (second.person, True)
    assert shown(home, first.person) == shown(home, second.person) != []
    assert home.sheet(second.person)["state"] == "open"
    assert checks(node).differences == ()


def test_whoever_records_second_gets_what_it_would_have_got_without_a_match(node, home, elsewhere, tmp_path):
    alone = opened(tmp_path / "alone")
    home.registers(woman())
    matched = arrives(elsewhere)
    apart = Town(alone, DONGHUAMEN)
    unmatched = arrives(apart)
    assert (matched.status, matched.version) == (unmatched.status, unmatched.version)
    assert unseen(elsewhere.sheet(matched.person)) == unseen(apart.sheet(unmatched.person))
    assert (elsewhere.inbox(), elsewhere.cases()) == (apart.inbox(), apart.cases()) == ([], [])
    told = [[e.type for e in history(t.node, t.caller, "registration", p)] for t, p in
            ((elsewhere, matched.person), (apart, unmatched.person))]  # fmt: skip
    assert told[0] == told[1]
    alone.close()


def test_the_other_order_asks_the_other_office(node, home, elsewhere):
    first, second = arrives(elsewhere), home.registers(woman())
    assert elsewhere.notice("registration").person == second.person
    assert shown(elsewhere, first.person) == shown(elsewhere, second.person) != []
    assert (shown(home, second.person), home.inbox()) == ([], [])


def test_whoever_comes_next_with_the_document_is_the_one_of_that_name(node, home, elsewhere):
    """Those who bear it are read together, and yet each has a name of its own."""
    first, second = home.registers(woman()), arrives(elsewhere)
    third = Town(node, WANSHOULU)
    assert arrives(third).person == second.person
    assert arrives(Town(node, "420115002000"), name=woman()["name"]).person == first.person


def test_two_who_were_taken_for_one_are_again_two(node, home):
    """A merge that was undone leaves each the own name, whichever id is the lower one."""
    first, second = home.registers(woman()).person, home.registers(woman(name=STRANGER)).person
    merge = home.records("person.merged", "2026-03-02", {"other": second, "keeper": home.code}, first)
    home.records("person.unmerged", "2026-03-02", {"other": second, "merge": [home.code, merge.id]}, first)
    assert arrives(Town(node, WANSHOULU)).person == second
    assert arrives(Town(node, "420115002000"), name=woman()["name"]).person == first


def test_what_more_than_twenty_bear_says_nothing_of_anybody(node, home, elsewhere):
    """A number that stands for none would make one dossier of a whole register (decision 0059)."""
    bearers = [
        home.registers(woman(name=f"王{letter}")).person for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    ]
    assert len(bearers) == MOST + 2
    with node.uow.look() as session:
        together = session.linked(bearers[0])
        assert session.linked(bearers[-1]) == (bearers[-1],)
    assert set(together) == set(bearers[: MOST + 1])
    assert shown(home, bearers[-1]) == []
    assert arrives(elsewhere, name="王甲").person not in bearers
    assert checks(node).equal


def test_one_office_may_hold_both(node, home):
    first, second = home.registers(woman()), home.registers(woman(name=STRANGER))
    assert shown(home, first.person) == shown(home, second.person) != []
    assert home.inbox() == []


def test_a_correction_ends_it_and_withdraws_what_was_told_in_error(node, home, elsewhere):
    first, second = home.registers(woman()), arrives(elsewhere)
    amended = {"target": [DONGHUAMEN, second.id], "set": {"document.resident": OTHER_CARD}, "ground": "recording_error"}
    elsewhere.records("event.corrected", "2026-03-02", amended, second.person)
    assert (shown(home, first.person), shown(home, second.person)) == ([], [])
    assert home.sheet(second.person)["particulars"] == {}
    assert [case.status for case in home.cases()] == ["withdrawn"]
    told = history(node, home.caller, "registration", second.person)
    assert all("identity" not in entry.parts for entry in told)
    assert checks(node).differences == ()


def test_a_change_onto_the_document_makes_it(node, home, elsewhere):
    first, second = home.registers(woman(8)), arrives(elsewhere)
    assert home.inbox() == []
    change = {"set": {"document.resident": woman()["document.resident"]}, "ground": "renewed"}
    home.records("person.changed", "2026-03-02", change, first.person)
    assert shown(elsewhere, second.person) == shown(elsewhere, first.person) != []
    assert elsewhere.notice("update").person == first.person
    assert shown(home, first.person) == []


def test_the_history_of_one_person_tells_nothing_of_the_other(node, home, elsewhere):
    first, second = home.registers(woman()), arrives(elsewhere)
    entries = history(node, home.caller, "registration", first.person)
    assert {entry.person for entry in entries} == {first.person}
    assert {e.person for e in history(node, home.caller, "registration", second.person)} == {second.person}


def test_the_version_of_a_record_moves_with_the_contradiction_and_not_before(node, home, elsewhere):
    first = home.registers(woman())
    before = home.sheet(first.person)["etag"]
    arrives(elsewhere)
    assert home.sheet(first.person)["etag"] != before


def test_an_office_that_holds_neither_sees_nothing(node, home, elsewhere):
    home.registers(woman())
    arrives(elsewhere)
    assert Town(node, WANSHOULU).inbox() == []


def test_stored_records_are_what_a_rebuild_makes(node, home, elsewhere):
    home.registers(woman())
    arrives(elsewhere)
    home.answers("case.disputed", home.notice("inflow").case, reason="identity_mismatch")
    assert elsewhere.notice("reply").outcome == "disputed"
    assert compare(node).differing == ()


def test_a_replay_of_one_person_tells_nothing_of_the_other(node, home, elsewhere):
    first, second = home.registers(woman()), arrives(elsewhere)
    auditor = Caller("110000000000", "auditor", frozenset({"auditor"}))
    with pytest.raises(UnknownPerson):
        replay(node, auditor, "audit", first.person)  # nobody in Beijing holds her
    moments = replay(node, auditor, "audit", second.person)
    assert {ref.id for moment in moments for ref in moment.recorded} == {second.id}
