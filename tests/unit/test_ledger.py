"""The tree of buckets: two sides find the few entries that differ without sending the many that agree."""

import hashlib
import random
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

import msgspec
import pytest

from exchange.protocol.ledger import Bucket, Digest, Entry, differences, digests_of, walk


class Held:
    """A side whose entries lie in memory, sorted. `read`: how many of them it listed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._all = sorted(entries)
        self._first = {b: list(some) for b, some in groupby(self._all, lambda entry: entry.bucket(2))}
        self.read = 0

    def digests(self, within: Collection[Bucket]) -> Mapping[Bucket, Digest]:
        depth = len(next(iter(within))) + 1
        return {b: digest for b, digest in digests_of(self._some(within), depth) if b[:-1] in within}

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
    return Entry(leaf, "420115001000", f"event-{number}", "420115001000", "110101001000", parts)


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
    (_, plain), *_ = digests_of([entry(1)], 1)
    for field, value in {"author": "1", "id": "2", "teller": "3", "to": "4", "parts": ()}.items():
        (_, other), *_ = digests_of([msgspec.structs.replace(entry(1), **{field: value})], 1)
        assert other != plain, field
