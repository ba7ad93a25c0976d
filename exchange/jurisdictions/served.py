"""Which offices this node serves, which a peer serves, and which lie outside the exchange. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from events.errors import Malformed
from exchange.jurisdictions import codes

Standing = Literal["served", "peer", "outside"]


class Serving:
    """Areas by division code of any level (42, 4201, 420115 …); the narrowest area that holds an office decides.

    Raises Malformed: serving.twice where one area is both ours and a peer's.
    """

    def __init__(self, prefixes: Iterable[str], peers: Iterable[str] = ()) -> None:
        self._served = frozenset(codes.stem(codes.parse(each, "serving")) for each in prefixes)
        self._peers = frozenset(codes.stem(codes.parse(each, "peers")) for each in peers)
        if both := self._served & self._peers:
            raise Malformed(field="peers", rule="serving.twice", value=min(both))

    def standing(self, code: str) -> Standing:
        """The standing of an office or area (12-digit code)."""
        for area in reversed((*codes.ancestors(code), code)):
            if codes.stem(area) in self._served:
                return "served"
            if codes.stem(area) in self._peers:
                return "peer"
        return "outside"

    def serves(self, code: str) -> bool:
        """Whether this node serves the office."""
        return self.standing(code) == "served"

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas served, as 12-digit codes in order."""
        return tuple(sorted(each.ljust(12, "0") for each in self._served))
