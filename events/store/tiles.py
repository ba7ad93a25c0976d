"""The tree of the log in rows: a tile holds up to 256 hashes of nodes whose level is a multiple of eight.

Tile (level, index) holds the nodes (8·level, 256·index …). Whatever lies between is hashed again when asked for, so a
log of n events needs about n / 255 rows, and a proof reads at most one row for each eight levels. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from events.errors import Tampered
from events.log.tree import HASH_BYTES, root

WIDTH = 256
_LEVELS = 8
_FULL = WIDTH * HASH_BYTES

Load = Callable[[int, int], bytes | None]


def extended(size: int, leaves: Sequence[bytes], load: Load) -> Mapping[tuple[int, int], bytes]:
    """The tiles that change when a log of this size grows by these leaf hashes. Raises Tampered where one lacks."""
    changed: dict[tuple[int, int], bytes] = {}
    level, at, fresh = 0, size, list(leaves)
    while fresh:
        index, held = divmod(at, WIDTH)
        before = (load(level, index) or b"") if held else b""
        if len(before) != held * HASH_BYTES:
            raise Tampered(rule="log.tile", level=level, index=index)
        data = before + b"".join(fresh)
        above: list[bytes] = []
        for start in range(0, len(data), _FULL):
            tile = data[start : start + _FULL]
            changed[level, index + start // _FULL] = tile
            if len(tile) == _FULL:
                above.append(root(_hashes(tile)))
        level, at, fresh = level + 1, index, above
    return changed


def node(level: int, index: int, load: Load) -> bytes:
    """The hash of a full subtree. Raises KeyError where the log has not come so far."""
    tier, below = divmod(level, _LEVELS)
    first = index << below
    tile = load(tier, first // WIDTH) or b""
    start = first % WIDTH * HASH_BYTES
    covered = tile[start : start + (HASH_BYTES << below)]
    if len(covered) != HASH_BYTES << below:
        raise KeyError((level, index))
    return root(_hashes(covered))


def _hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
