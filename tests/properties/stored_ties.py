"""Ties in a stored history: both sides in one act, as whoever holds both persons must record them, and their ends."""

from __future__ import annotations

import random

from sqlalchemy import select

from events.catalogue.family import TieBegan, TieEnded, TieGround
from events.catalogue.values import Other, TieKind
from events.store.sql.schema import events, pending
from exchange.access.caller import Caller
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.node import Node
from exchange.protocol.life.ties import INVERSE
from exchange.protocol.record import Record
from tests.properties.mirror import Mirror
from tests.properties.stored import Sent, item_of

TOGETHER = "both of a pair forwarded together"
BEGAN, ENDED, BY_ANOTHER = "tie of both began", "tie of both ended", "tie of both ended by another office"


_WAITING = select(events.c.subject).join(pending, (pending.c.author == events.c.author) & (pending.c.id == events.c.id))


class StoredTies:
    """Draws them in some of the stored histories, apart from every other draw."""

    def __init__(self, world: Mirror, commands: Sent) -> None:
        self.world = world
        self.sent = commands
        self.random = random.Random(f"ties of both {world.seed}")
        self.drawn = world.seed % 5 in {0, 2}  # in those without households
        self._began: dict[frozenset[str], str] = {}  # by whom, for each pair

    def count_together(self) -> None:
        """How often both of a pair wait to be forwarded together."""
        if not self._began:
            return
        with self.sent.ground.node.look() as session:
            rows = session.sql.execute(_WAITING).scalars()
            waiting = {*rows}
        self._count(*(TOGETHER for pair in self._began if pair <= waiting))

    def step(self) -> None:
        """Any office that holds two persons ties them, or ends what ties them, of both."""
        if not self.drawn or self.random.random() > 0.6:
            return
        pairs = [
            (office, one, other)
            for office in self.world.offices
            for one in self._held(office)
            for other in self._held(office)
            if one.person < other.person
        ]
        if not pairs:
            return
        office, one, other = self.random.choice(pairs)
        tie = next((t for t in one.ties_in_force if t.other.person in other.persons), None)
        if tie is None:
            self._begin(office, one, other)
        else:
            self._end(office, one, other, tie.tie)

    def _held(self, office: str) -> list[Record]:
        return [r for r in self.world.records(office) if r.person in self.sent.persons and r.holds and not r.withdrawn]

    def _begin(self, office: str, one: Record, other: Record) -> None:
        kind: TieKind = self.random.choice(("spouse", "spouse", "child", "ward"))
        ground: TieGround = "marriage" if kind == "spouse" else "other"
        sides = ((one.person, kind, other.person), (other.person, INVERSE[kind], one.person))
        facts = [(p, TieBegan(tie=k, other=Other(person=o), ground=ground)) for p, k, o in sides]
        if self._sends(office, facts):
            self._began[frozenset((one.person, other.person))] = office
            self._count(BEGAN)

    def _end(self, office: str, one: Record, other: Record, kind: TieKind) -> None:
        ground: TieGround = "divorce" if kind == "spouse" else "other"
        sides = ((one.person, kind, other.person), (other.person, INVERSE[kind], one.person))
        facts = [(p, TieEnded(tie=k, other=Other(person=o), ground=ground)) for p, k, o in sides]
        if self._sends(office, facts):
            began = self._began.get(frozenset((one.person, other.person)))
            self._count(ENDED, *([BY_ANOTHER] if began not in {None, office} else []))

    def _sends(self, office: str, facts: list[tuple[str, TieBegan]] | list[tuple[str, TieEnded]]) -> bool:
        """Until an answer comes, under the same ids. What was kept is the model's, too."""
        day, act = self.sent.day(), self.sent.new_id()
        items: list[Item] = [item_of(fact, self.sent.new_id(), day, person, act) for person, fact in facts]
        clerk = Caller(office, "clerk", frozenset({"clerk", "confirmer"}))

        def work(node: Node) -> list[Result]:
            return record(node, clerk, items)

        results = self.sent.ground.does(work, self.sent.killed_at())
        refused = {f"refused {result.error.code}" for result in results if result.error is not None}
        self._count(*refused)
        if not refused:
            self.sent.keep(lambda one: one.frame.submission == act)
        return not refused

    def _count(self, *words: str) -> None:
        for word in words:
            self.sent.counts[word] = self.sent.counts.get(word, 0) + 1
