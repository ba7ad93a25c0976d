"""The tree of buckets: two sides find the few entries that differ without sending the many that agree."""

import hashlib
import random
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

import msgspec
import pytest

from exchange.protocol.comparing.ledger import (
    DEEPEST,
    MOST,
    Bucket,
    Digest,
    Entry,
    differences,
    digest_of,
    unit_of,
    walk,
)


class Held:
    """A side whose entries lie in memory, sorted. `read`: how many of them it listed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._all = sorted(entries, key=lambda entry: entry.bucket(DEEPEST))
        self._first = {b: list(some) for b, some in groupby(self._all, lambda entry: entry.bucket(2))}
        self.read = 0

    def count(self) -> int:
        return len(self._all)

    def digests(self, within: Collection[Bucket]) -> Mapping[Bucket, Digest]:
        depth = len(next(iter(within))) + 1
        found = groupby(self._some(within), lambda entry: entry.bucket(depth))
        return {b: digest_of(sorted(some)) for b, some in found if b[:-1] in within}

    def entries(self, within: Collection[Bucket]) -> Iterator[Entry]:
        for entry in self._some(within):
            if any(entry.bucket(len(bucket)) == bucket for bucket in within):
                self.read += 1
                yield entry

    def _some(self, within: Collection[Bucket]) -> Iterable[Entry]:
        near = {bucket[:2] for bucket in within}
        if any(len(bucket) < 2 for bucket in near):
            return self._all
        return [entry for bucket in sorted(near) for entry in self._first.get(bucket, ())]


def entry(number: int, parts: tuple[str, ...] = ("identity",)) -> Entry:
    leaf = hashlib.sha256(str(number).encode()).hexdigest()
    person = str(uuid.UUID(hashlib.sha256(str(number // 3).encode()).hexdigest()[:32]))
    return Entry(leaf, "420115001000", f"event-{number}", "420115001000", "110101001000", parts, person)


@pytest.mark.parametrize("seed", range(40))
def test_what_only_one_side_has_is_found_whatever_lies_beside_it(seed):
    chance = random.Random(seed)
    everything = [entry(number) for number in range(chance.choice([1, 3, 70, 900, 6_000]))]
    missing = set(chance.sample(everything, chance.randrange(min(len(everything), 12) + 1)))
    gone = set(chance.sample(everything, chance.randrange(min(len(everything), 12) + 1)))
    here, there = set(everything) - missing, set(everything) - gone
    found = walk(Held(here), Held(there))
    assert (set(found.only_here), set(found.only_there)) == (here - there, there - here)
    assert found.shared == len(here & there)
    assert (found.only_here, found.only_there) == differences(here, there)


def test_nothing_but_the_uppermost_digests_is_sent_where_both_sides_agree():
    found = walk(Held(map(entry, range(5_000))), Held(map(entry, range(5_000))))
    assert (found.only_here, found.only_there, found.trips, found.shared) == ((), (), 1, 5_000)
    assert found.exchanged < 64 * 40


def test_of_two_empty_sides_nothing_differs():
    assert walk(Held([]), Held([])).shared == 0


def test_an_entry_that_tells_other_parts_differs_on_both_sides():
    here = [entry(1, ("identity", "address")), entry(2)]
    found = walk(Held(here), Held([entry(1), entry(2)]))
    assert [e.parts for e in (*found.only_here, *found.only_there)] == [("identity", "address"), ("identity",)]


def test_ten_differences_among_many_cost_little():
    many = [entry(number) for number in range(100_000)]
    there = Held(many[:50_000] + many[50_010:])
    found = walk(Held(many), there)
    assert sorted(found.only_here) == sorted(many[50_000:50_010])
    assert found.exchanged < 64_000
    assert there.read < 1_000  # less than one in a hundred
    assert found.trips <= 5


def test_a_digest_covers_every_field_of_every_entry():
    plain = digest_of([entry(1)])
    changed = {"leaf": "0", "author": "1", "id": "2", "teller": "3", "to": "4", "parts": (), "person": "5"}
    assert changed.keys() == set(Entry.__struct_fields__)
    for field, value in changed.items():
        assert digest_of([msgspec.structs.replace(entry(1), **{field: value})]) != plain, field


def test_of_two_sides_that_have_nothing_in_common_all_is_counted_and_the_first_are_named():
    found = walk(Held(map(entry, range(3_000))), Held(map(entry, range(3_000, 8_000))))
    assert (len(found.only_here), len(found.only_there), found.differing, found.shared) == (MOST, MOST, 8_000, 0)


@pytest.mark.parametrize(
    ("person", "unit"),
    [("000", 0), ("00f-", 15), ("fff", 4095), ("3afzz", 0x3AF), ("zz", 4095), ("", 0), ("-", 0), ("1zz", 0x1FF)],
)
def test_whatever_stands_for_a_person_lies_in_one_unit(person, unit):
    assert unit_of(person) == unit
