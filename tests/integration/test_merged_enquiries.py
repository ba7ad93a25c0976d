"""Whom two entries told of is found by what either of them says, for as long as they are one.

Invariant: a merge takes no name and no document away by which a person is found; an unmerge gives each its own again.
"""

from typing import Any

import pytest

from events.documents import resident_number
from events.envelope import Ref
from exchange.commands.answer_line import answer_line
from exchange.queries.case import case
from exchange.queries.prefill import prefill
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, woman

SURVIVING = woman(education="20")
CARD = {"number": resident_number("420115", "1988-05-02", 4)}
GIVEN_UP = {**SURVIVING, "name": "王晓雨", "document.resident": CARD}
WITHOUT = {field: value for field, value in GIVEN_UP.items() if field != "document.resident"}
MERGERS = {"both of one office": (ZHIFANG, ZHIFANG), "of two offices": (DONGHUAMEN, ZHIFANG)}


@pytest.fixture
def asking(node) -> Town:
    return Town(node, WANSHOULU)


@pytest.fixture(params=MERGERS.values(), ids=[*MERGERS])
def givers(request, node) -> tuple[Town, Town]:
    """Who gives the entry up, and who keeps the other."""
    return Town(node, request.param[0]), Town(node, request.param[1])


def merge(giving: Town, keeping: Town, given_up: dict[str, Any]) -> tuple[str, str, str]:
    """The two persons and the merge."""
    other, kept = giving.registers(given_up), keeping.registers(SURVIVING, address="7 Lake Road")
    said = {"other": kept.person, "keeper": keeping.code}
    merged = giving.records("person.merged", "2026-03-01", said, other.person)
    return str(other.person), str(kept.person), merged.id


def unmerge(giving: Town, persons: tuple[str, str, str]) -> None:
    undone = {"merge": str(Ref(giving.code, persons[2])), "other": persons[1], "allotment": {}}
    giving.records("person.unmerged", "2026-03-02", undone, persons[0])


def offered(asking: Town, at: Town, given: dict[str, Any]) -> dict[str, Any]:
    fields = ["name", "education"]
    said = {"to": at.code, "purpose": "registration", "consent": True, "given": given, "fields": fields}
    asked = asking.records("enquiry.opened", "2026-03-02", said)
    [row] = [row for row in at.cases() if row.person == asked.person]
    found: dict[str, Any] = case(at.node, at.caller, row.id)["offers"]
    return found


BY = {
    "name and document": ("name", "document.resident"),
    "name and birth date": ("name", "born_on"),
}


@pytest.mark.parametrize("by", BY.values(), ids=BY)
def test_by_what_the_entry_given_up_says_the_surviving_person_is_found(node, asking, givers, by):
    giving, keeping = givers
    entry = GIVEN_UP if "document.resident" in by else WITHOUT
    given = {field: entry[field] for field in by}
    persons = merge(giving, keeping, entry)
    assert offered(asking, keeping, given)["facts"] == {"name": "王小雨", "education": "20"}
    unmerge(giving, persons)
    assert offered(asking, giving, given) == {
        "held": True,
        "facts": {"name": "王晓雨", "education": "20"},
        "refused": None,
    }
    if giving.code != keeping.code:
        assert not offered(asking, keeping, given)["held"]
    assert checks(node).differences == ()


def test_they_are_one_human_so_the_name_of_one_goes_with_the_document_of_the_other(node, asking, givers):
    giving, keeping = givers
    persons = merge(giving, keeping, GIVEN_UP)
    mixed = {"name": "王晓雨", "document.resident": SURVIVING["document.resident"]}
    assert offered(asking, keeping, mixed)["held"]
    unmerge(giving, persons)
    assert not offered(asking, keeping, mixed)["held"]
    stranger = {"name": "王大雨", "document.resident": CARD}
    assert not offered(asking, keeping, stranger)["held"]


def test_the_town_where_the_entry_given_up_lived_holds_the_person_by_either_entry(node, home, new_home, asking):
    given_up = home.registers(GIVEN_UP)
    asking.sees_arrive(GIVEN_UP, ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    kept = new_home.registers(SURVIVING, address="7 Lake Road")
    said = {"other": kept.person, "keeper": DONGHUAMEN}
    merged = home.records("person.merged", "2026-03-01", said, given_up.person)
    for who in (GIVEN_UP, SURVIVING):
        given = {field: who[field] for field in ("name", "document.resident")}
        assert offered(home, asking, given)["facts"]["name"] == "王小雨"
    unmerge(home, (str(given_up.person), str(kept.person), merged.id))
    found = [offered(home, asking, {f: who[f] for f in ("name", "document.resident")}) for who in (GIVEN_UP, SURVIVING)]
    assert [each["held"] for each in found] == [True, False]
    assert checks(node).differences == ()


def test_a_name_that_was_changed_before_the_merge_is_no_name_any_more(home, asking):
    other, kept = home.registers(GIVEN_UP), home.registers(SURVIVING, address="7 Lake Road")
    home.records("person.changed", "2026-02-01", {"set": {"name": "王晓云"}, "ground": "other"}, other.person)
    home.records("person.merged", "2026-03-01", {"other": kept.person}, other.person)
    held = [offered(asking, home, {"name": name, "document.resident": CARD})["held"] for name in ("王晓雨", "王晓云")]
    assert held == [False, True]


def test_a_line_of_enquiries_is_answered_by_itself_for_either_entry(node, asking, givers):
    giving, keeping = givers
    merge(giving, keeping, GIVEN_UP)
    said = {"to": keeping.code, "purpose": "registration", "consent": True, "fields": ["education"]}
    given = [{"name": who["name"], "document.resident": who["document.resident"]} for who in (GIVEN_UP, SURVIVING)]
    asking.tries(*(asking.item("enquiry.opened", "2026-03-02", {**said, "given": each}) for each in given))
    lead = next(entry for entry in keeping.inbox() if entry.kind == "enquiry")
    answered = answer_line(node, keeping.caller, lead.position)
    assert [each.became for each in answered.outcomes] == ["answered", "answered"]


def test_a_look_up_before_an_arrival_finds_the_surviving_person_by_either_entry(node, asking, givers):
    giving, keeping = givers
    persons = merge(giving, keeping, GIVEN_UP)

    def looked_up(who: dict[str, Any], name: str) -> tuple[str | None, Any]:
        number = who["document.resident"]["number"]
        found = prefill(node, asking.caller, kind="resident", number=number, name=name, consent=True)
        return found.keeper, found.stated.get("name")

    for who in (GIVEN_UP, SURVIVING):
        assert looked_up(who, who["name"]) == (keeping.code, "王小雨")
    unmerge(giving, persons)
    assert looked_up(GIVEN_UP, "王晓雨") == (giving.code, "王晓雨")
    assert looked_up(SURVIVING, "王小雨") == (keeping.code, "王小雨")
    assert looked_up(GIVEN_UP, "王小雨") == (None, None)
