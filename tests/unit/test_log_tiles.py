"""Tiles: the same nodes, roots and proofs as the tree over all leaves, from few reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Tampered
from events.log.tiles import grown, nodes_in, read_by
from events.log.tree import Frontier, consistency_proof, inclusion_proof, leaf_hash, nodes_over, root_at

LEAVES = [leaf_hash(b"%d" % index) for index in range(70_000)]
WHOLE = nodes_over(LEAVES)


class Rows:
    """Tiles as a table keeps them; counts what is read."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.tree = Frontier()
        self.read: set[tuple[int, int]] = set()

    def tile(self, level: int, index: int) -> bytes:
        self.read.add((level, index))
        return self.tiles.get((level, index), b"")

    def append(self, count: int) -> None:
        self.read.clear()
        size = self.size
        self.tree, changed = grown(self.tree, LEAVES[size : size + count], self.tile)
        self.tiles |= changed
        assert self.read == set(read_by(size, count))

    @property
    def size(self) -> int:
        return self.tree.size


@given(st.lists(st.sampled_from([1, 2, 7, 100, 255, 256, 257, 700]), min_size=1, max_size=8), st.data())
def test_any_batches_give_the_roots_and_proofs_of_the_tree_over_all_leaves(batches, data):
    rows = Rows()
    for count in batches:
        rows.append(count)
    node = nodes_in(rows.tile)
    index, first = data.draw(st.integers(0, rows.size - 1)), data.draw(st.integers(1, rows.size))
    assert root_at(rows.size, node) == rows.tree.root() == root_at(rows.size, WHOLE)
    assert inclusion_proof(index, rows.size, node) == inclusion_proof(index, rows.size, WHOLE)
    assert consistency_proof(first, rows.size, node) == consistency_proof(first, rows.size, WHOLE)


def test_three_levels_of_tiles():
    rows = Rows()
    rows.append(65_535)
    assert {level for level, _ in rows.tiles} == {0, 1}
    rows.append(4_465)
    assert len(rows.tiles[2, 0]) == 32
    assert root_at(70_000, nodes_in(rows.tile)) == root_at(70_000, WHOLE)


def test_a_proof_reads_few_tiles_and_a_batch_writes_few():
    rows = Rows()
    rows.append(70_000)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        rows.read.clear()
        inclusion_proof(index, 70_000, nodes_in(rows.tile))
        assert len(rows.read) <= 5
    before = Frontier().append(LEAVES[:69_999])
    assert set(grown(before, LEAVES[69_999:], rows.tile)[1]) == {(0, 273)}


def test_a_tile_that_lacks_what_the_size_promises_is_noticed():
    rows = Rows()
    rows.append(300)
    rows.tiles[0, 1] = rows.tiles[0, 1][:-32]
    with pytest.raises(Tampered) as caught:
        root_at(300, nodes_in(rows.tile))
    assert caught.value.rule == "log.tile"
    with pytest.raises(Tampered):
        grown(rows.tree, LEAVES[300:301], rows.tile)
