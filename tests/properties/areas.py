"""The county above all offices requests and enquires, amends what it asked, and decides on what they answer: all that
an area may say (decision 0057).
"""

from __future__ import annotations

import random

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import (
    Deferred,
    Disputed,
    EnquiryAnswered,
    EnquiryOpened,
    Noted,
    Redirected,
    Reopened,
    RequestOpened,
    Settled,
    Withdrawn,
)
from events.catalogue.fact import Fact
from events.errors import Illegal
from exchange.protocol.legality import check
from exchange.protocol.record import ASKED, Record
from tests.properties.commands import Commands
from tests.properties.enquiries import STRANGER
from tests.properties.world import COUNTY, World

DAY = "2026-03-02"
_WORDS: dict[type[Fact], str] = {
    EnquiryAnswered: "an area answered",
    RequestOpened: "an area requested",
    EnquiryOpened: "an area enquired",
    Corrected: "an area amended",
    Retracted: "an area amended",
}


class Areas:
    """Asks, as a supervisor may by the book of the office asked; drawn apart, so that it changes no other draw."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"areas {world.seed}")
        self.asked = random.Random(f"asked areas {world.seed}")
        self.enquiries = 0

    def step(self) -> None:
        """A request or an enquiry now and then, or a word in the case of one; or it is asked itself, and answers."""
        draw = self.asked.random()
        if draw < 0.05:
            self._is_asked()
        elif draw < 0.15:
            self._answers()
        if self.random.random() > 0.2:
            return
        own = [record for record in self.world.records(COUNTY) if record.facts]
        if own and self.random.random() < 0.5:
            self._speaks(self.random.choice(own))
        elif self.random.random() < 0.3:
            self._enquires()
        else:
            self._requests()

    def _requests(self) -> None:
        office = self._office()
        held = [r for r in self.world.records(office) if r.holds and not (r.withdrawn or r.only_asked)]
        if not held:
            return
        record = self.random.choice(held)
        own = [s.ref for s in record.facts.values() if s.author == office]
        fact = RequestOpened(to=office, asks=self.random.choice(("change", "registration")), wanted={"name": "戊"})
        stays = [stay.id for stay in record.open_stays if stay.office == office]
        if own and self.random.random() < 0.6:
            fact = RequestOpened(to=office, asks="amendment", about=self.random.choice(own))
        elif stays and self.random.random() < 0.5:
            fact = RequestOpened(to=office, asks="stay", about=self.random.choice(stays))
        self._says(fact, record, record.person)

    def _enquires(self) -> None:
        """Of whom it holds nobody it asks as about a stranger."""
        if not self.commands.persons:
            return
        self.enquiries += 1
        about = self.random.choice(self.commands.persons)
        given = {"name": self.random.choice(("甲", "乙")), **self.commands.own_document(about)}
        fact = EnquiryOpened(
            to=self._office(), purpose="residence", consent=True, given=given, fields=("address", "name", "sex")
        )
        self._says(fact, None, f"{STRANGER}A{self.enquiries}")

    def _is_asked(self) -> None:
        """By an office, of somebody whom that one holds."""
        office = self.asked.choice(self.world.offices)
        held = [r for r in self.world.records(office) if r.holds and not (r.withdrawn or r.only_asked)]
        if held:
            record = self.asked.choice(held)
            fact = EnquiryOpened(to=COUNTY, purpose="registration", consent=True, fields=("name", "sex"))
            self._says(fact, record, record.person, office)

    def _answers(self) -> None:
        """It holds nobody, and says so, asks for time, or sends the question on."""
        asked = [
            (record, state)
            for record in self.world.records(COUNTY)
            for state in record.cases.values()
            if state.ref.asked == COUNTY and state.status in ASKED
        ]
        if asked:
            record, state = self.asked.choice(asked)
            said = self.asked.choice([
                EnquiryAnswered(case=state.ref, held=False),
                Deferred(case=state.ref, until="2026-05-01", reason="still_looking"),
                Disputed(case=state.ref, reason="person_unknown"),
                Redirected(case=state.ref, to=self.asked.choice(self.world.offices)),
            ])  # fmt: skip
            if state.ref.opening in record.facts:  # a reminder may come before what it reminds of
                self._says(said, record, record.facts[state.ref.opening].event.person)

    def _holder(self, person: str) -> str:
        """Who holds the person: of nobody else an area asks anything, but as about a stranger."""
        held = [each for each in self.world.offices if self.world.record(each, person) is not None]
        return self.random.choice([each for each in held if each not in self.world.gone] or [self._office()])

    def _office(self) -> str:
        return self.random.choice([each for each in self.world.offices if each not in self.world.gone])

    def _speaks(self, record: Record) -> None:
        cases = [state for state in record.cases.values() if state.asker == COUNTY]
        if cases:
            state = self.random.choice(cases)
            asked = record.facts[state.ref.opening].event.person
            said = self.random.choice([
                Settled(case=state.ref, whole="insisted"),
                Noted(case=state.ref, text="?"),
                Reopened(case=state.ref, reason="doubt"),
                Withdrawn(case=state.ref, ground="found"),
                Corrected(target=state.ref.opening, set={"to": self._holder(asked)}, fields=("to",)),
                Redirected(case=state.ref, to=self._holder(asked)),
                Retracted(target=state.ref.opening),
            ])  # fmt: skip
            self._says(said, record, asked)

    def _says(self, fact: Fact, record: Record | None, person: str, by: str = COUNTY) -> None:
        try:
            check(fact, DAY, by, record)
        except Illegal:
            return
        self.world.command(self.world.author(by, person, DAY, fact))
        word = "an area was asked" if by != COUNTY else _WORDS.get(type(fact), "an area replied")
        self.commands.counts[word] = self.commands.counts.get(word, 0) + 1
