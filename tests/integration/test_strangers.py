"""Whoever names somebody, or an event, that it does not hold gets one answer: whether others do is not its to learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Ref
from events.errors import ExchangeError
from exchange.commands.act import Item
from exchange.queries.history import history
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, town, woman

NOBODY = "6f0e9c6e-7a52-4a43-9d6f-2d9b7a3f1c55"
NOTHING = str(Ref(DONGHUAMEN, "0190c6f0-8f1e-7a52-9d6f-2d9b7a3f1c55"))
DAY = "2026-03-02"


@pytest.fixture
def here(node):
    return Town(node, ZHIFANG)


@pytest.fixture
def stranger(node):
    """Somebody whom only the other office holds: the id, and the event that says so."""
    found = Town(node, DONGHUAMEN).registers(woman(9))
    return found.person, str(Ref(DONGHUAMEN, found.id))


def answered(ask: Callable[[], object]) -> object:
    """What the one who asks can tell apart."""
    try:
        found = ask()
    except ExchangeError as error:
        return type(error), error.status, error.field, error.rule, sorted(error.details)
    return "accepted", found


def records(town_: Town, type_: str, content: dict[str, Any], person: str | None = None, **more: Any) -> object:
    """Status and the names of all that the answer holds."""

    def ask() -> object:
        result = town_.records(type_, DAY, content, person, **more)
        return result.status, result.version

    return answered(ask)


NAMING_ANOTHER: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "merge": lambda other: ("person.merged", {"other": other, "keeper": DONGHUAMEN}),
    "kept apart": lambda other: ("person.kept_apart", {"other": other}),
    "tie": lambda other: ("tie.began", {"tie": "spouse", "other": {"person": other}, "ground": "marriage"}),
    "end of a tie": lambda other: ("tie.ended", {"tie": "spouse", "other": {"person": other}, "ground": "divorce"}),
}


@pytest.mark.parametrize("what", sorted(NAMING_ANOTHER))
def test_another_person(here, stranger, what):
    answers = []
    for number, other in ((2, stranger[0]), (4, NOBODY)):
        own = here.registers(woman(number)).person
        answers.append(records(here, *NAMING_ANOTHER[what](other), own))
    assert answers[0] == answers[1]


ABOUT: dict[str, tuple[str, dict[str, Any]]] = {
    "change": ("person.changed", {"set": {"name": "王大雨"}}),
    "arrival": ("movement.arrived", {"kind": "main", "registration": town(DONGHUAMEN), "stated": woman(4)}),
    "registration": ("person.registered", {"basis": "first_record", "particulars": woman(4)}),
    "enquiry": ("enquiry.opened", {"to": DONGHUAMEN, "purpose": "residence", "fields": ["name"]}),
    "request": ("request.opened", {"to": DONGHUAMEN, "asks": "change", "wanted": {"name": "王大雨"}}),
    "merge": ("person.merged", {"other": NOBODY, "keeper": ZHIFANG}),
}


@pytest.mark.parametrize("what", sorted(ABOUT))
def test_the_person_that_an_event_is_about(here, stranger, what):
    assert records(here, *ABOUT[what], stranger[0]) == records(here, *ABOUT[what], NOBODY)


REFERRING: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "target": lambda ref: ("event.retracted", {"target": ref}),
    "merge undone": lambda ref: ("person.unmerged", {"other": NOBODY, "merge": ref}),
    "rejection": lambda ref: ("notification.rejected", {"notification": ref, "reason": "incomplete"}),
    "request": lambda ref: ("request.opened", {"to": DONGHUAMEN, "asks": "amendment", "about": ref}),
    "stay": lambda ref: ("movement.left", {"stay": ref}),
    "ends": lambda ref: ("movement.arrived", {"kind": "further", "registration": town(ZHIFANG), "ends": [ref]}),
    "continues": lambda ref: ("movement.arrived", {"kind": "further", "registration": town(ZHIFANG), "continues": ref}),
    "link": lambda ref: (
        "registration.changed",
        {"to": town(DONGHUAMEN), "from": town(ZHIFANG), "ground": "moved", "previous": ref},
    ),
    "case": lambda ref: ("case.confirmed", {"case": {"opening": ref, "asked": ZHIFANG, "kind": "inflow"}}),
}


@pytest.mark.parametrize("what", sorted(REFERRING))
def test_an_event(here, stranger, what):
    answers = []
    for number, ref in ((2, stranger[1]), (4, NOTHING)):
        own = here.registers(woman(number)).person
        answers.append(records(here, *REFERRING[what](ref), own))
    assert answers[0] == answers[1]


def test_an_event_as_the_cause_of_another_and_the_case_of_a_reply_without_a_person(here, stranger):
    own = here.registers(woman(2)).person
    causes = [records(here, *ABOUT["change"], own, because=Ref(*ref.split("/"))) for ref in (stranger[1], NOTHING)]
    assert causes[0] == causes[1]
    replies = [records(here, *REFERRING["case"](ref)) for ref in (stranger[1], NOTHING)]
    assert replies[0] == replies[1]


def test_the_person_that_a_repeated_request_names_even_where_both_share_a_document(node, here):
    """They are read together on this node, which is no reason to say so."""
    shared = {"document.passport": {"number": "E12345678"}}
    other = Town(node, DONGHUAMEN).registers({**woman(9), **shared}).person
    first = here.registers({**woman(2, name="赵一"), **shared})
    assert first.person != other
    protected = here.records("person.protected", DAY, {"ground": "threat"}, first.person)

    def again(person: str | None) -> object:
        item = Item(id=protected.id, type="person.protected", day=DAY, content={"ground": "threat"}, person=person)
        (result,) = here.tries(item)
        return result.status, type(result.error)

    assert again(first.person) == ("repeated", type(None))
    assert again(other) == again(NOBODY)


def test_reading(node, here, stranger):
    def asked(person: str) -> list[object]:
        ways = (lambda: here.sheet(person), lambda: history(node, here.caller, "registration", person))
        return [answered(way) for way in ways]

    assert asked(stranger[0]) == asked(NOBODY)


def test_an_entry_given_up_for_one_that_there_is_not_is_taken_back(node, here):
    """An id is not typed: whoever gave an entry up for a wrong one undoes it, as any merge."""
    own = here.registers(woman(2)).person
    merge = here.records("person.merged", DAY, {"other": NOBODY, "keeper": DONGHUAMEN}, own)
    assert here.sheet(own)["state"] == "merged"
    here.records("person.unmerged", DAY, {"other": NOBODY, "merge": str(Ref(ZHIFANG, merge.id))}, own)
    assert (here.sheet(own)["person"], here.sheet(own)["state"]) == (own, "open")


@pytest.mark.parametrize(
    ("named", "rule"), [(NOBODY, None), ("#9", "person.item"), ("0-0-0-0-0", "id.uuid"), ("nobody", "person.handle")]
)
@pytest.mark.parametrize("type_", ["tie.began", "tie.ended"])
def test_a_tie_to_whom_the_office_does_not_hold_is_refused_by_the_field_of_the_other(here, type_, named, rule):
    own = here.registers(woman(2)).person
    with pytest.raises(ExchangeError) as refused:
        here.records(type_, DAY, {"tie": "spouse", "other": {"person": named}, "ground": "other"}, own)
    assert (refused.value.field, refused.value.rule) == ("other.person", rule)
