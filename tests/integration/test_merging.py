"""Two entries of one human, through the store: merged, told to both sides, shown as one; and parted again."""

import pytest

from events.envelope import Ref
from exchange.protocol.refusals import NoSuchMerge, Unallotted
from exchange.queries.status import status
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, town, woman


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    yield node
    node.close()


@pytest.fixture
def here(node):
    return Town(node, ZHIFANG)


@pytest.fixture
def there(node):
    return Town(node, DONGHUAMEN)


@pytest.fixture
def entries(here, there):
    """The same woman, registered twice under two documents."""
    return here.registers(woman(2)).person, there.registers(woman(4)).person


@pytest.fixture
def merged(here, entries):
    given_up, surviving = entries
    return here.records("person.merged", "2026-03-01", {"other": surviving, "keeper": DONGHUAMEN}, given_up)


def test_both_sides_show_one_person_under_the_surviving_id(node, here, there, entries, merged):
    given_up, surviving = entries
    assert here.sheet(given_up)["state"] == "merged"
    assert {office.sheet(given_up)["person"] for office in (here, there)} == {surviving}
    assert there.sheet(surviving)["persons"] == sorted(entries)
    assert checks(node).differences == ()


def test_they_are_parted_again_and_both_records_are_as_before(node, here, there, entries, merged):
    given_up, surviving = entries
    undone = {"other": surviving, "merge": str(Ref(ZHIFANG, merged.id))}
    here.records("person.unmerged", "2026-03-02", undone, given_up)
    assert (here.sheet(given_up)["person"], there.sheet(surviving)["person"]) == (given_up, surviving)
    assert checks(node).differences == ()


def test_what_was_recorded_since_must_be_given_to_one_of_them(here, there, entries, merged):
    given_up, surviving = entries
    recorded = [
        here.records("movement.departed", "2026-03-02", {"destination": town(DONGHUAMEN)}, surviving),
        there.records("person.changed", "2026-03-02", {"set": {"education": "20"}}, surviving),
    ]
    undone = {"other": surviving, "merge": str(Ref(ZHIFANG, merged.id))}
    with pytest.raises(Unallotted) as refused:
        here.records("person.unmerged", "2026-03-02", undone, given_up)
    events = [str(Ref(office, each.id)) for office, each in zip((ZHIFANG, DONGHUAMEN), recorded, strict=True)]
    assert {each.field: each.rule for each in refused.value.faults} == {
        f"allotment.{event}": "allotment.missing" for event in events
    }
    half = {**undone, "allotment": {events[0]: given_up}}
    with pytest.raises(Unallotted) as refused:
        here.records("person.unmerged", "2026-03-02", half, given_up)
    assert [each.field for each in refused.value.faults] == [f"allotment.{events[1]}"]
    assert refused.value.faults[0].details["value"] == events[1]


def test_an_entry_that_nobody_here_holds_takes_the_person_in_and_gives_them_back(node, here, there, entries):
    """A mistyped id, or an entry of another node: what follows from the merge is recorded under it."""
    person, unknown = entries[0], "0190f6a0-0000-4000-8000-00000000beef"
    there.sees_arrive(woman(2), ZHIFANG)
    merged = here.records("person.merged", "2026-03-01", {"other": unknown, "keeper": WANSHOULU}, person)
    assert (node.stuck, status(node).dirty) == ({}, 0)
    assert here.sheet(person)["state"] == "merged"
    here.records(
        "person.unmerged",
        "2026-03-02",
        {"other": unknown, "merge": str(Ref(ZHIFANG, merged.id)), "allotment": {}},
        person,
    )
    assert (node.stuck, here.sheet(person)["person"]) == ({}, person)
    assert checks(node).differences == ()


def test_who_are_one_already_are_not_merged_again(there, entries, merged):
    given_up, surviving = entries
    with pytest.raises(NoSuchMerge):
        there.records("person.merged", "2026-03-02", {"other": given_up, "keeper": ZHIFANG}, surviving)


def test_what_was_given_up_is_not_given_up_again_for_a_third(node, here, there):
    """The second merge would take the place of the first: the one who was joined would silently be parted again."""
    first, second, third = (here.registers(woman(number)).person for number in (2, 4, 6))
    here.records("person.merged", "2026-03-01", {"other": second, "keeper": ZHIFANG}, first)
    with pytest.raises(NoSuchMerge) as refused:
        here.records("person.merged", "2026-03-02", {"other": third, "keeper": ZHIFANG}, first)
    assert (refused.value.field, refused.value.rule) == ("person", "given_up")
    assert refused.value.details["survivor"] == second
    assert here.sheet(first)["persons"] == sorted([first, second])
    # Whoever survives may be given up for a third, and takes along whom it stands for.
    here.records("person.merged", "2026-03-02", {"other": third, "keeper": ZHIFANG}, second)
    assert here.sheet(first)["person"] == third
    assert here.sheet(first)["persons"] == sorted([first, second, third])
    assert checks(node).differences == ()


def test_the_survivor_is_not_given_up_for_whom_it_stands(here, there, entries, merged):
    given_up, surviving = entries
    with pytest.raises(NoSuchMerge) as refused:
        there.records("person.merged", "2026-03-02", {"other": given_up, "keeper": ZHIFANG}, surviving)
    assert (refused.value.field, refused.value.rule) == ("other", "already_merged")
    assert here.sheet(given_up)["person"] == surviving


def test_a_third_is_given_up_for_an_id_that_was_given_up_and_joins_its_survivor(node, here, there, entries, merged):
    given_up, surviving = entries
    third = here.registers(woman(6)).person
    here.records("person.merged", "2026-03-02", {"other": given_up, "keeper": DONGHUAMEN}, third)
    assert here.sheet(third)["person"] == surviving
    assert there.sheet(surviving)["persons"] == sorted([given_up, surviving, third])
    assert checks(node).differences == ()


def test_what_a_merge_brings_to_a_stay_is_one_notice_of_its_own_and_none_that_was_read_before(node, here, there):
    """Protected at the one entry; the residence of the other heard it by a line that it had long acknowledged."""
    given_up, surviving = here.registers(woman(2)).person, there.registers(woman(4)).person
    away = Town(node, WANSHOULU)
    here.records("person.protected", "2026-03-01", {"ground": "threat"}, given_up)
    away.sees_arrive(woman(4), DONGHUAMEN)
    there.answers("case.confirmed", there.notice("inflow").case)
    read = away.notice("reply")
    here.records("person.merged", "2026-03-01", {"other": surviving, "keeper": DONGHUAMEN}, given_up)
    assert away.notice("reply").events == read.events
    assert away.sheet(surviving)["protection"]["state"] == "in_force"
    assert len([notice for notice in away.inbox() if notice.position > read.position]) == 1
    assert checks(node).differences == ()


def test_until_the_office_asked_first_has_answered_its_survivor_tells_a_newcomers_town_nothing(node, here, there):
    """The town may have mistyped a number; the office that keeps the merged person never was asked about it."""
    given_up = here.registers(woman(2)).person
    surviving = there.registers({**woman(4), "education": "20"}).person
    away = Town(node, WANSHOULU)
    away.sees_arrive(woman(2), ZHIFANG)
    here.records("person.merged", "2026-03-01", {"other": surviving, "keeper": DONGHUAMEN}, given_up)
    assert away.sheet(surviving)["particulars"] == woman(2)
    assert away.sheet(surviving)["keeper"] == DONGHUAMEN
    here.answers("case.confirmed", here.notice("inflow").case, deviations=[])
    assert away.sheet(surviving)["particulars"]["education"] == "20"
    assert checks(node).differences == ()
