"""Random commands: few persons, few days, much correction and moving, so that the rare faults are reached."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import (
    Changed,
    Deceased,
    Held,
    KeptApart,
    Merged,
    Protected,
    Registered,
    Unmerged,
    Unprotected,
)
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, UNKNOWN, Other, Place, StayName, TieKind, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.errors import Illegal
from exchange.commands.fitting import subject as subject_of
from exchange.protocol.legality import check
from exchange.protocol.matching import only_stated
from exchange.protocol.questions.reminding import escalation, reminder
from exchange.protocol.record import Record
from tests.properties.amendments import Amendments
from tests.properties.entries import entered_at, moved_to
from tests.properties.kin import stated_ties
from tests.properties.replies import Replies
from tests.properties.world import COUNTY, OUTSIDE, World

PERSONS = ("P1", "P2", "P3")
SHARED = "E00000000"  # the number of a passport that may stand on anybody
DAY_ZERO = date(2026, 1, 1)


class Commands:
    """Draws one legal command after the other for a world."""

    def __init__(self, world: World, persons: tuple[str, ...] = PERSONS[:2]) -> None:
        self.world = world
        self.random = world.random
        self.persons = persons
        self.counts: dict[str, int] = {}
        # Drawn apart, so that these change no other draw of a history.
        self.documents = random.Random(f"documents {world.seed}")
        self.sexes = random.Random(f"sexes {world.seed}")
        self.kin = random.Random(f"kin {world.seed}")
        self.newcomers = random.Random(f"ties of newcomers {world.seed}")
        self.entries = random.Random(f"entries {world.seed}")
        self.replies = Replies(world.random, self.office, world.seed)
        self.amendments = Amendments(world.random, self.day, self.office, self.document, self.own_document)

    def day(self) -> str:
        """One of few days."""
        return (DAY_ZERO + timedelta(days=self.random.choice((0, 5, 5, 10, 10, 15, 20)))).isoformat()

    def office(self) -> str:
        """Any office."""
        return self.random.choice(self.world.offices)

    def place(self) -> Place:
        """Mostly a town."""
        draw = self.random.random()
        if draw < 0.05:
            return town(OUTSIDE)
        # An office that was succeeded goes on being named.
        named = (*self.world.offices, *self.world.gone)
        return town(self.random.choice(named)) if draw < 0.7 else self.random.choice((ABROAD, UNKNOWN))

    def document(self, person: str, *, else_own: bool = True) -> dict[str, Any]:
        """Mostly the person's own passport, now and then the one that others may have too; or mostly none."""
        if self.documents.random() < 0.2:
            return {"document.passport": {"number": SHARED}}
        return self.own_document(person) if else_own else {}

    def own_document(self, person: str) -> dict[str, Any]:
        """The person's own passport."""
        return {"document.passport": {"number": f"E1000000{person[-1]}"}}

    def step(self) -> bool:
        """One command of a random office, if its book allows one."""
        world = self.world
        world.tick()
        office, person = self.office(), self.random.choice(self.persons)
        record = world.record(office, person)
        if record is not None and self.random.random() < 0.06 and self.day_comes(office, record):
            return True
        kinds = self.OPENING if record is None else self.HELD
        kind = self.random.choice(kinds)
        fact = kind(self, office, person, record)
        if fact is None:
            return False
        day = self.day()
        if not isinstance(fact, Registered | Arrived) and record is None:
            return False
        try:
            check(fact, day, office, record)
        except Illegal as error:
            self.counts[f"refused {error.code}"] = self.counts.get(f"refused {error.code}", 0) + 1
            return False
        subject = subject_of(fact, record.person, record) if record is not None else person
        if isinstance(fact, Unmerged) and record is not None:
            subject = record.facts[fact.merge].event.person
        world.command(world.author(office, subject, day, fact))
        self.counts[fact.type] = self.counts.get(fact.type, 0) + 1
        return True

    def day_comes(self, office: str, record: Record) -> bool:
        """What a day brings to a case of the office, if it brings anything."""
        if not record.cases:
            return False
        state = self.random.choice(list(record.cases.values()))
        due_on = state.due_on or "2026-04-01"
        ground = self.random.choice(("half_time", "on_day", "overdue", "overdue"))
        offices = self.world.book(office).offices
        draft = escalation(offices, record, state, COUNTY, due_on) or reminder(offices, record, state, ground, due_on)
        if draft is None:
            return False
        system = self.world.author(
            office, draft.person, "2026-04-02", draft.payload, actor=SYSTEM_ACTOR, id_=draft.id, because=draft.because
        )
        self.world.command(system)
        self.counts[draft.payload.type] = self.counts.get(draft.payload.type, 0) + 1
        return True

    def particulars(self, person: str) -> dict[str, Any]:
        """A name, a birth date, a sex and a document from small pools."""
        return {
            "name": self.random.choice(("甲", "乙")),
            "born_on": self.random.choice(("1990-01-01", "1990-01")),
            "sex": "F" if self.sexes.random() < 0.6 else "M",
            **self.document(person),
        }

    def registered(self, office: str, person: str, record: Record | None) -> Fact | None:
        """A first recording."""
        at = entered_at(self.entries, self.random.choice((office, office, office, None, self.office())))
        address = self.random.choice((None, "home"))
        return Registered(
            particulars=self.particulars(person),
            basis="first_record",
            registration=at,
            kind="main" if address else None,
            address=address,
        )

    def arrived(self, office: str, person: str, record: Record | None) -> Fact | None:
        """An arrival, opening a dossier where the book holds none."""
        keeper = record.keeper if record is not None and record.keeper else self.office()
        known = record.open_stays if record else ()
        stay = self.random.choice(known) if known else None
        named = self.random.random()
        name = None
        if stay is not None and named < 0.5:
            name = StayName(stay=stay.id)
        elif named < 0.2:
            name = StayName(town=self.office())
        ends = (name,) if name is not None and self.random.random() < 0.4 else ()
        return Arrived(
            kind="main" if self.random.random() < 0.8 else "further",
            registration=self.random.choice((town(keeper),) * 6 + (town(self.office()),) * 2 + (None, town(OUTSIDE))),
            origin=self.random.choice((None, self.place(), town(keeper))),
            ends=ends,
            continues=name if name is not None and not ends and self.random.random() < 0.3 else None,
            address="street",
            stated={**self.particulars(person), **stated_ties(self.newcomers, person, self.persons)},
            opens=record is None or record.keeper is None or (record.keeper == office and only_stated(record)),
        )

    # on a person that the book holds

    def _stay(self, office: str, record: Record) -> Ref | None:
        own = [s.id for s in record.open_stays if s.office == office]
        return self.random.choice(own) if own else None

    def departed(self, office: str, person: str, record: Record) -> Fact | None:
        """An outflow."""
        return Departed(stay=self._stay(office, record), destination=self.place())

    def left(self, office: str, person: str, record: Record) -> Fact | None:
        """The end of an own stay."""
        stay = self._stay(office, record)
        return None if stay is None else Left(stay=stay, destination=self.random.choice((None, self.place())))

    def within(self, office: str, person: str, record: Record) -> Fact | None:
        """Something about an own stay."""
        stay = self._stay(office, record)
        if stay is None:
            return None
        return self.random.choice(
            (
                MovedWithin(stay=stay, address="lane"),
                Extended(stay=stay, stay_until="2027-01-01"),
                MainChanged(stay=stay),
                MainChanged(stay=stay),
            )
        )

    def returned(self, office: str, person: str, record: Record) -> Fact | None:
        """Back home."""
        return Returned(address="home", origin=self.random.choice((None, town(self.office()))))

    def moved(self, office: str, person: str, record: Record) -> Fact | None:
        """The registration moves, is gained or ends."""
        if record.registration is None and self.random.random() < 0.5:
            return RegistrationChanged(from_=None, to=town(office), ground="other")
        to = moved_to(self.entries, self.random.choice((town(self.office()), town(self.office()), ABROAD, None)))
        previous = record.chain[-1].ref if record.chain else None
        return RegistrationChanged(from_=town(office), to=to, ground="moved", previous=previous)

    def changed(self, office: str, person: str, record: Record) -> Fact | None:
        """A particular changes."""
        field = self.random.choice(("name", "phone", "sex"))
        value = {"name": self.random.choice(("丙", "丁")), "phone": self.random.choice(("1", "2")), "sex": "M"}[field]
        return Changed(set=self.document(person, else_own=False) or {field: value})

    def person_fact(self, office: str, person: str, record: Record) -> Fact | None:
        """Protection, a hold, a pair kept apart; now and then a death."""
        if self.random.random() < 0.2:
            return Deceased()
        if record.protected is not None:
            return Unprotected(ground="threat_over")
        return self.random.choice((Protected(ground="threat"), Held(ground="court_case"), KeptApart(other="P9")))

    def tied(self, office: str, person: str, record: Record) -> Fact | None:
        """A tie to another person of the history, or to somebody who is only stated, begins; or one ends."""
        draw = self.kin
        if record.ties_in_force and draw.random() < 0.4:
            tie = draw.choice(record.ties_in_force)
            return TieEnded(tie=tie.tie, other=tie.other, ground=draw.choice(("divorce", "other")))
        kinds: tuple[TieKind, ...] = ("spouse", "spouse", "child", "parent", "guardian", "ward")
        others = [r for p in self.persons if p not in record.persons and (r := self.world.record(office, p))]
        if others and draw.random() < 0.7:
            found = draw.choice(others)
            return TieBegan(tie=draw.choice(kinds), other=Other(person=found.person, at=found.keeper), ground="other")
        stated = {"name": draw.choice(("己", "庚")), "born_on": draw.choice(("1990-01-01", "2020-01-01"))}
        other = Other(at=draw.choice((None, *self.world.offices)), stated=stated)
        return TieBegan(tie=draw.choice(kinds), other=other, ground="other")

    def merged(self, office: str, person: str, record: Record) -> Fact | None:
        """Two entries become one, or two again."""
        merges = [s for s in record.facts.values() if isinstance(s.payload, Merged) and s.author == office]
        undone = {s.payload.merge for s in record.facts.values() if isinstance(s.payload, Unmerged)}
        merges = [s for s in merges if s.ref not in undone]
        if merges and self.random.random() < 0.6:
            merge = self.random.choice(merges)
            payload = merge.payload
            if isinstance(payload, Merged):
                return Unmerged(other=payload.other, merge=merge.ref)
        others = [p for p in self.persons if p not in record.persons and self.world.record(office, p) is not None]
        if not others:
            return None
        other = self.random.choice(others)
        twin = self.world.record(office, other)
        keeper = twin.keeper if twin is not None else None
        return None if keeper is None else Merged(other=other, keeper=keeper)

    # cases

    def reply(self, office: str, person: str, record: Record) -> Fact | None:
        """An answer to a case that asks this office."""
        return self.replies.reply(office, record)

    def ask_again(self, office: str, person: str, record: Record) -> Fact | None:
        """What the asker, or either side, does with a case."""
        return self.replies.ask_again(office, record)

    def other_case(self, office: str, person: str, record: Record) -> Fact | None:
        """A request, or a rejected message."""
        return self.replies.other_case(office, record)

    def corrected(self, office: str, person: str, record: Record) -> Fact | None:
        """A correction of an own event."""
        return self.amendments.corrected(office, person, record)

    def retracted(self, office: str, person: str, record: Record) -> Fact | None:
        """An own event is taken back."""
        return self.amendments.retracted(office, person, record)

    OPENING: tuple[Callable[..., Fact | None], ...] = (registered, arrived, arrived)
    HELD: tuple[Callable[..., Fact | None], ...] = (
        (arrived,) * 6
        + (reply,) * 8
        + (corrected,) * 5
        + (retracted,) * 3
        + (departed, departed, left, left, within, within, returned, moved, moved, changed, changed)
        + (tied,) * 4
        + (person_fact, merged, merged, merged, ask_again, ask_again, other_case)
    )
