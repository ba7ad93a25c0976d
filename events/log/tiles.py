"""The tree kept in tiles (c2sp.org/tlog-tiles, height 8), so that a batch writes few rows and a proof reads few. Pure.

Tile (level, index) holds up to 256 hashes, one after the other, from position index·256 of its level: at level 0 leaf
hashes, above them the roots of the full tiles of the level below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from events.errors import Tampered
from events.log.tree import HASH_BYTES, Frontier, Node, root

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

Tile = Callable[[int, int], bytes]


def grown(tree: Frontier, leaves: Sequence[bytes], tile: Tile) -> tuple[Frontier, dict[tuple[int, int], bytes]]:
    """The tree with more leaf hashes at its end, and the tiles to write for it, whole, by (level, index).

    Each node is hashed once. Reads only the last tile of each level that grows. Raises Tampered where that one is too
    short.
    """
    whole, rows = tree.grown(leaves)
    changed: dict[tuple[int, int], bytes] = {}
    for level, hashes in enumerate(rows[::TILE_HEIGHT]):
        start, at = tree.size >> level * TILE_HEIGHT, 0
        while at < len(hashes):
            index, held = divmod(start + at, TILE_WIDTH)
            taken = hashes[at : at + TILE_WIDTH - held]
            at += len(taken)
            before = _read(tile, level, index, held)[: held * HASH_BYTES] if held else b""
            changed[level, index] = before + b"".join(taken)
    return whole, changed


def read_by(size: int, leaves: int) -> Iterator[tuple[int, int]]:
    """The tiles that `grown` will read for so many leaves, by (level, index)."""
    level = 0
    while leaves:
        index, held = divmod(size, TILE_WIDTH)
        if held:
            yield level, index
        level, size, leaves = level + 1, index, (held + leaves) // TILE_WIDTH


def nodes_in(tile: Tile) -> Node:
    """The look-up of nodes over tiles. Raises Tampered where a tile is too short for the node."""

    def node(level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, TILE_HEIGHT)
        tile_index, first = divmod(index << inner, TILE_WIDTH)
        end = first + (1 << inner)
        content = _read(tile, tile_level, tile_index, end)
        return root(_hashes(content[first * HASH_BYTES : end * HASH_BYTES]))

    return node


def _read(tile: Tile, level: int, index: int, hashes: int) -> bytes:
    content = tile(level, index)
    if len(content) < hashes * HASH_BYTES:
        raise Tampered(rule="log.tile", level=level, index=index)
    return content


def _hashes(content: bytes) -> list[bytes]:
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
