"""The Merkle tree: the published roots and proofs of Certificate Transparency, and another implementation's."""

from __future__ import annotations

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Tampered
from events.log.leaf import checked_leaf_of, leaf_of
from events.log.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_over,
    root,
    root_at,
    verify_consistency,
    verify_inclusion,
)

unhex = bytes.fromhex

# The eight reference leaves of Certificate Transparency, and the roots of the trees over the first one, two, … of them.
REFERENCE = [
    unhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    unhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    unhex("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    unhex("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    unhex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    unhex("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    unhex("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    unhex("ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    unhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]
LEAVES = [leaf_hash(data) for data in REFERENCE]
NODE = nodes_over(LEAVES)

sizes = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % index) for index in range(size)]


def halves(leaves: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    k = max(2**power for power in range(8) if 2**power < len(leaves))
    return leaves[:k], leaves[k:]


def defined_head(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, over leaf hashes, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    left, right = halves(leaves)
    return node_hash(defined_head(left), defined_head(right))


def defined_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    left, right = halves(leaves)
    if m < len(left):
        return [*defined_path(m, left), defined_head(right)]
    return [*defined_path(m - len(left), right), defined_head(left)]


def defined_proof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.2, word for word."""
    if m == len(leaves):
        return [] if whole else [defined_head(leaves)]
    left, right = halves(leaves)
    if m <= len(left):
        return [*defined_proof(m, left, whole=whole), defined_head(right)]
    return [*defined_proof(m - len(left), right, whole=False), defined_head(left)]


def peer_of(size: int) -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    tree.append_entries([b"%d" % index for index in range(size)])
    return tree


class TestReference:
    @pytest.mark.parametrize("size", range(1, 9))
    def test_roots(self, size):
        assert root(LEAVES[:size]) == root_at(size, NODE) == ROOTS[size - 1]

    def test_the_empty_tree(self):
        assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        assert root([]) == Frontier().root() == EMPTY_ROOT

    def test_leaf_and_node(self):
        assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
        assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"

    def test_consistency_of_six_and_eight(self):
        proof = [
            unhex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
            unhex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
            unhex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ]
        assert consistency_proof(6, 8, NODE) == proof
        assert verify_consistency(6, 8, ROOTS[5], ROOTS[7], proof)

    def test_consistency_of_two_and_five(self):
        proof = [
            unhex("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
            unhex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
        ]
        assert consistency_proof(2, 5, NODE) == proof
        assert verify_consistency(2, 5, ROOTS[1], ROOTS[4], proof)


@given(sizes, st.data())
def test_another_implementation_has_the_same_roots_and_inclusion_proofs(size, data):
    peer = peer_of(size)
    assert root(leaves_of(size)) == peer.get_root()

    index = data.draw(st.integers(0, size - 1))
    # Its paths begin with the leaf itself, which RFC 6962 leaves out; its consistency proofs have a form of their own.
    assert inclusion_proof(index, size, nodes_over(leaves_of(size))) == list(peer.prove_inclusion(index + 1).path)[1:]


@given(sizes, st.data())
def test_proofs_are_those_that_the_standard_defines(size, data):
    leaves = leaves_of(size)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert inclusion_proof(index, size, nodes_over(leaves)) == defined_path(index, leaves)
    assert consistency_proof(first, size, nodes_over(leaves)) == defined_proof(first, leaves, whole=True)


@given(sizes)
def test_every_leaf_is_proved_under_its_index_and_no_other(size):
    leaves = leaves_of(size)
    node, whole = nodes_over(leaves), root(leaves)
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(index, size, node)
        assert verify_inclusion(leaf, index, size, proof, whole)
        assert [at for at in range(-1, size + 2) if verify_inclusion(leaf, at, size, proof, whole)] == [index]
        assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, whole)
        assert not verify_inclusion(leaf, index, size, [*proof, whole], whole)
        assert not verify_inclusion(leaf, index, size, proof[:-1], whole) or size == 1


@given(sizes, st.data())
def test_an_altered_inclusion_proof_proves_nothing(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, nodes_over(leaves))
    for at in range(len(proof)):
        altered = [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]]
        assert not verify_inclusion(leaves[index], index, size, altered, root(leaves))


@given(sizes, st.data())
def test_every_earlier_tree_is_proved_to_begin_the_later(size, data):
    leaves = leaves_of(size)
    node, second = nodes_over(leaves), root(leaves)
    first = data.draw(st.integers(1, size))
    proof = consistency_proof(first, size, node)
    assert verify_consistency(first, size, root(leaves[:first]), second, proof)

    rewritten = root([leaf_hash(b"rewritten"), *leaves[1:first]])
    assert not verify_consistency(first, size, rewritten, second, proof)
    assert not verify_consistency(first, size, root(leaves[:first]), rewritten, proof)
    assert not verify_consistency(first, size, root(leaves[:first]), second, [*proof, second])
    for at in range(len(proof)):
        altered = [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]]
        assert not verify_consistency(first, size, root(leaves[:first]), second, altered)
        assert not verify_consistency(first, size, root(leaves[:first]), second, proof[:at])


def test_every_tree_begins_with_the_empty_one_and_none_with_a_later():
    assert verify_consistency(0, 8, EMPTY_ROOT, ROOTS[7], [])
    assert not verify_consistency(0, 8, ROOTS[0], ROOTS[7], [])
    assert not verify_consistency(0, 8, EMPTY_ROOT, ROOTS[7], [ROOTS[0]])
    assert not verify_consistency(8, 7, ROOTS[7], ROOTS[6], [])


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0)])
def test_there_is_no_inclusion_proof_outside_the_tree(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, size, NODE)


@pytest.mark.parametrize(("first", "second"), [(0, 8), (8, 7), (-1, 3)])
def test_there_is_no_consistency_proof_without_two_trees(first, second):
    with pytest.raises(ValueError, match="no proof"):
        consistency_proof(first, second, NODE)


class TestFrontier:
    @given(st.lists(st.integers(0, 20), max_size=6))
    def test_appending_in_any_batches_gives_the_tree_over_all(self, batches):
        leaves, frontier, at = leaves_of(sum(batches)), Frontier(), 0
        for count in batches:
            frontier = frontier.append(leaves[at : at + count])
            at += count
            assert (frontier.size, frontier.root()) == (at, root_at(at, nodes_over(leaves)))
            assert Frontier.from_bytes(frontier.to_bytes()) == frontier

    def test_holds_one_hash_for_each_bit_of_its_size(self):
        assert len(Frontier().append(leaves_of(1000)).peaks) == (1000).bit_count()

    @pytest.mark.parametrize("data", [b"", bytes(7), bytes(8) + b"x", (3).to_bytes(8, "big") + bytes(32)])
    def test_is_not_read_from_bytes_that_do_not_fit(self, data):
        with pytest.raises(Tampered) as caught:
            Frontier.from_bytes(data)
        assert caught.value.rule == "log.frontier"


class TestLeaf:
    def test_is_the_hash_of_the_stored_bytes_as_they_are(self):
        frame = b'{"id":"1"}'
        assert leaf_of(frame) == checked_leaf_of(frame) == leaf_hash(frame)
        assert leaf_of(b'{ "id": "1" }') == leaf_hash(b'{ "id": "1" }')

    @pytest.mark.parametrize("frame", [b'{ "id": "1" }', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"\xff"])
    def test_verification_refuses_a_second_spelling(self, frame):
        with pytest.raises(Tampered) as caught:
            checked_leaf_of(frame)
        assert caught.value.rule == "log.leaf_form"
