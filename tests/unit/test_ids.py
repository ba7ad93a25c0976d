"""Ids that are made here are UUIDs of the version that they are said to be."""

import uuid
from datetime import timedelta

from exchange.clock import utcnow
from exchange.ids import derived_id, new_id, new_person_id


def test_what_people_do_bears_its_moment_and_sorts_by_it():
    moment = utcnow()
    made = [new_id(moment + timedelta(milliseconds=later)) for later in range(100)]
    assert made == sorted(made)
    for later, each in enumerate(made):
        found = uuid.UUID(each)
        assert (str(found), found.version, found.variant) == (each, 7, uuid.RFC_4122)
        assert found.int >> 80 == int((moment + timedelta(milliseconds=later)).timestamp() * 1000)


def test_no_two_of_one_moment_are_the_same():
    moment = utcnow()
    made = {new_id(moment) for _ in range(1000)}
    assert len(made) == 1000
    chance = [uuid.UUID(each).int & ~(0xF << 76) & ~(0b11 << 62) & ((1 << 80) - 1) for each in made]
    for bit in (*range(62), *range(64, 76)):
        assert len({found >> bit & 1 for found in chance}) == 2, bit


def test_what_follows_from_a_cause_bears_the_same_id_whenever_it_is_made():
    assert derived_id("a", "b") == derived_id("a", "b") != derived_id("a\x1fb", "")
    assert uuid.UUID(derived_id("a", "b")).version == 5
    assert uuid.UUID(new_person_id()).version == 4
