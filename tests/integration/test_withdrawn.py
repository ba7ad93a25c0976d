"""When the fact that opened a dossier is taken back, the person is unknown: nothing is recorded but what opens one."""

from typing import Any

import pytest

from events.catalogue import AUTOMATIC, TYPES
from events.catalogue.case import Reply
from events.envelope import Ref
from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.protocol.refusals import CaseWithdrawn, UnknownPerson
from exchange.reconcile import checks
from tests.integration.test_api_faults import Office, event
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, told, town, woman

DAY = "2026-03-02"
ABROAD = {"kind": "abroad"}
OPENING = {"person.registered", "movement.arrived"}
MESSAGES = {"notification.rejected"}  # speaks of a message that came, and never of the person


class Withdrawn:
    """Somebody whom home registered and sees live with it besides; then home takes the registration back."""

    def __init__(self, home: Town) -> None:
        registered = home.registers(woman(2))
        self.person = registered.person
        stay = {"kind": "further", "registration": town(ZHIFANG), "address": "2 Lane", "stated": woman(2)}
        arrived = home.records("movement.arrived", DAY, stay, self.person)
        self.opening, self.stay = str(Ref(ZHIFANG, registered.id)), str(Ref(ZHIFANG, arrived.id))
        retracted = home.records("event.retracted", DAY, {"target": self.opening, "ground": "other"}, self.person)
        self.retraction = str(Ref(ZHIFANG, retracted.id))

    def contents(self, other: str) -> dict[str, list[dict[str, Any]]]:
        """Of each type what would be accepted, were the person known, or would be refused for another reason."""
        named: dict[str, Any] = {"stay": self.stay}
        unnamed: dict[str, Any] = {}
        return {
            "person.changed": [{"set": {"name": "王大雨"}}],
            "person.protected": [{"ground": "threat"}],
            "person.unprotected": [{"ground": "threat_over"}],
            "person.deceased": [{}],
            "person.held": [{"ground": "court_case"}],
            "person.merged": [{"other": other, "keeper": ZHIFANG}],
            "person.unmerged": [{"other": other, "merge": self.retraction}],
            "person.kept_apart": [{"other": other}],
            "registration.changed": [
                {"from": town(ZHIFANG), "to": town(DONGHUAMEN), "ground": "moved"},
                {"to": town(ZHIFANG), "ground": "restored"},
            ],
            "movement.departed": [{"destination": town(DONGHUAMEN)}, {"destination": ABROAD, **named}],
            "movement.moved_within": [{"address": "3 Lane", **stay} for stay in (named, unnamed)],
            "movement.extended": [{"stay_until": "2027-01-01", **stay} for stay in (named, unnamed)],
            "movement.main_changed": [named, unnamed],
            "movement.left": [named, unnamed],
            "movement.returned": [{"address": "6 Lake Road"}],
            "request.opened": [{"to": DONGHUAMEN, "asks": "change", "wanted": {"name": "王大雨"}}],
            "enquiry.opened": [{"to": DONGHUAMEN, "purpose": "residence", "fields": ["name"]}],
            "tie.began": [{"tie": "spouse", "other": {"person": other}, "ground": "marriage"}],
            "tie.ended": [{"tie": "spouse", "other": {"person": other}, "ground": "divorce"}],
            "event.corrected": [
                {"target": target, "set": {"effective_on": DAY}} for target in (self.stay, self.opening)
            ],
            "event.retracted": [
                {"target": self.stay, "ground": "other"},
                {"target": self.opening, "ground": "other"},
            ],
        }


@pytest.fixture
def gone(home):
    return Withdrawn(home)


def test_nothing_is_recorded_about_who_was_withdrawn(node, home, gone):
    contents = gone.contents(home.registers(woman(4)).person)
    replies = {name for name, kind in TYPES.items() if issubclass(kind, Reply)}
    about_persons = {t for t in TYPES if not t.startswith("jurisdiction.")} - replies - OPENING - AUTOMATIC - MESSAGES
    assert contents.keys() == about_persons
    before = told(node)
    accepted = []
    for type_, tried in contents.items():
        for content in tried:
            (result,) = home.tries(home.item(type_, DAY, content, gone.person))
            if not isinstance(result.error, UnknownPerson):
                accepted.append((type_, content, result.error))
    assert accepted == []
    assert told(node) == before
    assert checks(node).differences == ()


@pytest.mark.parametrize(
    "type_", ["movement.moved_within", "movement.extended", "movement.main_changed", "movement.left"]
)
def test_not_even_that_there_is_no_stay_is_said(home, type_):
    registered = home.registers(woman(2), address=None)
    home.records("event.retracted", DAY, {"target": str(Ref(ZHIFANG, registered.id))}, registered.person)
    content = {"movement.moved_within": {"address": "3 Lane"}, "movement.extended": {"stay_until": "2027-01-01"}}
    with pytest.raises(UnknownPerson):
        home.records(type_, DAY, content.get(type_, {}), registered.person)


def test_the_api_says_that_the_person_is_not_known(node, gone):
    _, secret = Keys(node.uow, node.clock).issue("a key of a test", [ZHIFANG], ("clerk", "confirmer"))
    office = Office(node, create_app(node).test_client(), secret)
    for type_, content in (("movement.departed", {"destination": ABROAD}), ("movement.left", {})):
        answer = office.post(event(type_, content, person=gone.person))
        assert (answer.status_code, answer.json["code"]) == (404, "person_unknown")


@pytest.mark.parametrize(
    ("type_", "field", "content"),
    [
        ("person.merged", "other", lambda gone: {"other": gone, "keeper": ZHIFANG}),
        ("tie.began", "other.person", lambda gone: {"tie": "spouse", "other": {"person": gone}, "ground": "marriage"}),
    ],
)
def test_nobody_is_joined_with_who_was_withdrawn(home, gone, type_, field, content):
    other = home.registers(woman(4)).person
    with pytest.raises(UnknownPerson) as refused:
        home.records(type_, DAY, content(gone.person), other)
    assert refused.value.field == field


@pytest.mark.parametrize("type_", sorted(OPENING))
def test_whoever_opens_a_dossier_anew_has_a_person_again(node, home, gone, type_):
    assert home.sheet(gone.person)["state"] == "withdrawn"
    if type_ == "person.registered":
        home.registers(woman(2))
    else:
        home.sees_arrive(woman(2), DONGHUAMEN)
    assert home.sheet(gone.person)["state"] == "open"
    home.records("person.changed", DAY, {"set": {"phone": "13800000000"}}, gone.person)
    assert checks(node).differences == ()


def test_a_retraction_that_was_wrong_is_taken_back(node, home, gone):
    """It makes the opening fact stand again, as often as that is taken back and restored."""
    retraction = gone.retraction
    for _ in range(2):
        home.records("event.retracted", DAY, {"target": retraction, "ground": "other"}, gone.person)
        assert home.sheet(gone.person)["state"] == "open"
        again = home.records("event.retracted", DAY, {"target": gone.opening, "ground": "other"}, gone.person)
        assert home.sheet(gone.person)["state"] == "withdrawn"
        retraction = str(Ref(ZHIFANG, again.id))
    assert checks(node).differences == ()


def test_a_question_about_who_is_withdrawn_no_longer_stands(node, home, new_home):
    """The town that was to look out for the person is told that nobody is expected, and learns no more."""
    registered = home.registers(woman(2))
    home.records("movement.departed", DAY, {"destination": town(DONGHUAMEN)}, registered.person)
    (asked,) = new_home.cases()
    opening = str(Ref(ZHIFANG, registered.id))
    retracted = home.records("event.retracted", DAY, {"target": opening, "ground": "other"}, registered.person)
    assert [case.status for case in (*home.cases(), *new_home.cases())] == ["withdrawn", "withdrawn"]
    with pytest.raises(CaseWithdrawn):
        new_home.answers("case.confirmed", asked.id)
    home.records(
        "event.retracted",
        DAY,
        {"target": str(Ref(ZHIFANG, retracted.id)), "ground": "other"},
        registered.person,
    )
    assert [case.status for case in (*home.cases(), *new_home.cases())] == ["open", "open"]
    assert checks(node).differences == ()
