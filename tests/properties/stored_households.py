"""Households in a stored history: the same acts, sent to the node as clerks send them; and the lines of its inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from exchange.access.caller import Caller
from exchange.commands.act import Result
from exchange.commands.answer_line import Answer, LineAnswered, answer_line
from exchange.commands.record import record
from exchange.node import Node
from exchange.queries.lines import Line, lines
from exchange.tables import inbox
from exchange.tables.inbox import Which
from tests.properties.households import Households, Member
from tests.properties.mirror import Mirror
from tests.properties.stored import HUMANS, Sent, item_of

LIMITS = (2, 7, 3, 11, 5)  # lines a page, office by office


def clerk(office: str) -> Caller:
    return Caller(office, "clerk", frozenset({"clerk", "confirmer"}))


class StoredHouseholds(Households):
    """Draws them as in every history, in some of the stored ones."""

    def __init__(self, world: Mirror, commands: Sent) -> None:
        super().__init__(world, commands)
        self.sent = commands

    def drawn(self) -> bool:
        return self.world.seed % 5 in {1, 3}

    def persons(self) -> list[str]:
        """Some of those known, and humans who may be new to the office."""
        known = super().persons()[:2]
        papers = {self.sent.human[person] for person in known}
        return [*known, *(human for human in HUMANS if human not in papers)]

    def _record(self, office: str, day: str, members: Sequence[Member], act: str, word: str) -> bool:
        """Until an answer comes, under the same ids. What was kept is the model's, too."""
        items = []
        for person, fact in members:
            held = self.world.record(office, person)
            subject = held.person if held is not None else None
            items.append(item_of(fact, self.sent.new_id(), day, subject, act))

        def work(node: Node) -> list[Result]:
            return record(node, clerk(office), items)

        results = self.sent.ground.does(work, self.sent.killed_at())
        if refused := {result.error.code for result in results if result.error is not None}:
            self._count(*(f"refused {code}" for code in refused))
            return False
        for (person, _), result in zip(members, results, strict=True):
            self.sent.human.setdefault(str(result.person), self.sent.human.get(person, person))
        self.sent.persons = tuple(sorted(self.sent.human))
        self.sent.keep(lambda one: one.frame.submission == act)
        self._count(f"household {word}")
        return True

    def _answer(self, office: str) -> None:
        """A line that waits, answered in one act: mostly as it is, now and then with one case disputed."""
        waiting = [line for line in all_lines(self.sent.ground.node, office, Which(settled=False)) if line.open]
        if not waiting:
            return
        line = self.random.choice(waiting)
        case = next(each.case for each in line.members if each.expects_reply and each.outcome is None)
        told = [Answer(str(case), "case.disputed", {"reason": "other"})] if self.random.random() < 0.3 else []
        act = self.sent.new_id()

        def work(node: Node) -> LineAnswered:
            return answer_line(node, clerk(office), line.lead.position, told, "all", act=act)

        answered = self.sent.ground.does(work, self.sent.killed_at())
        self.sent.keep(lambda one: one.frame.submission == act)
        self._count(*(f"line {each.became}" for each in answered.outcomes))

    def _count(self, *words: str) -> None:
        for word in words:
            self.commands.counts[word] = self.commands.counts.get(word, 0) + 1


def all_lines(node: Node, office: str, which: Which | None = None, limit: int = 2) -> list[Line]:
    """Every line of the office's inbox, page by page."""
    found: list[Line] = []
    cursor = None
    while True:
        page = lines(node, clerk(office), which or Which(), cursor, limit)
        found += page.rows
        cursor = page.next
        if cursor is None:
            return found


def paging_faults(node: Node, offices: Sequence[str]) -> list[str]:
    """Every notice of an inbox stands in exactly one line of one act of one office, and every line is whole."""
    faults: list[str] = []
    for office, limit in zip(offices, cycle(LIMITS), strict=False):
        with node.look(clerk(office)) as session:
            rows = inbox.some(session.sql, Which(area=office), limit=10_000).rows
        wanted: dict[tuple[str, str], set[int]] = {}
        for row in rows:
            wanted.setdefault((row.act, row.teller), set()).add(row.position)
        shown = all_lines(node, office, limit=limit)
        found = {(line.lead.act, line.lead.teller): {each.position for each in line.members} for line in shown}
        if len(shown) != len(wanted) or found != wanted:
            faults.append(f"lines of {office}: {len(shown)} for {len(wanted)} acts")
    return faults
