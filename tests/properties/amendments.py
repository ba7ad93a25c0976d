"""Random amendments: corrections of any field of an own event, of corrections too, and retractions of anything."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryAnswered, EnquiryOpened
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Changed, Registered
from events.catalogue.registration import RegistrationChanged
from events.errors import Malformed
from events.standing import Standing, apply
from exchange.protocol.record import Record


class Amendments:
    """Draws amendments of an office's own events."""

    def __init__(
        self,
        draw: random.Random,
        day: Callable[[], str],
        office: Callable[[], str],
        document: Callable[..., dict[str, Any]],
        own_document: Callable[[str], dict[str, Any]],
    ) -> None:
        self.random = draw
        self.day = day
        self.office = office
        self.document = document
        self.own_document = own_document

    def corrected(self, office: str, person: str, record: Record) -> Fact | None:
        """A correction of any field of an own event, a correction included."""
        own = [s for s in record.facts.values() if s.author == office and not s.void and not s.event.frame.automatic]
        if not own:
            return None
        target = self.random.choice(own)
        changes = self._changes(target.payload)
        if isinstance(target.payload, Arrived | Registered):
            changes = self._document(target) or changes
        try:
            apply(target.payload, target.day, changes)
        except Malformed:
            return None
        return Corrected(target=target.ref, set=changes, fields=tuple(sorted(changes)))

    def _document(self, target: Standing) -> dict[str, Any]:
        """Mostly nothing; else onto the document that others may have, or away from it."""
        shared = self.document(target.event.person, else_own=False)
        stated = getattr(target.payload, "particulars", None) or getattr(target.payload, "stated", {})
        if shared and stated.get("document.passport") == shared["document.passport"]:
            return self.own_document(target.event.person)
        return shared

    def _changes(self, fact: Fact) -> dict[str, Any]:
        place = {"kind": "town", "code": self.office()}
        if isinstance(fact, Arrived):
            return self.random.choice(
                (
                    {"registration": place},
                    {"origin": place},
                    {"name": self.random.choice(("甲", "乙"))},
                    {"effective_on": self.day()},
                    {"kind": self.random.choice(("main", "further"))},
                )
            )
        if isinstance(fact, Registered):
            return self.random.choice(
                ({"name": self.random.choice(("甲", "乙"))}, {"registration": place}, {"born_on": "1991"})
            )
        if isinstance(fact, Departed | Left):
            return self.random.choice(({"destination": place}, {"effective_on": self.day()}))
        if isinstance(fact, RegistrationChanged):
            return {"to": place}
        if isinstance(fact, EnquiryOpened):
            return self.random.choice(({"to": self.office()}, {"name": "甲"}))
        if isinstance(fact, EnquiryAnswered):
            return {"name": "甲"}
        if isinstance(fact, Corrected):
            return {"effective_on": self.day()} if not fact.set else {"set": self._changes_again(fact)}
        if isinstance(fact, Changed):
            return {"set": {"name": "己"}} if "name" in fact.set else {"effective_on": self.day()}
        return {"effective_on": self.day()}

    def _changes_again(self, fact: Corrected) -> dict[str, Any]:
        again = dict(fact.set)
        if "effective_on" in again:
            again["effective_on"] = self.day()
        if "name" in again:
            again["name"] = "庚"
        return again

    def retracted(self, office: str, person: str, record: Record) -> Fact | None:
        """An own event is taken back; a retraction is an event too."""
        own = [s for s in record.facts.values() if s.author == office and not s.void and not s.event.frame.automatic]
        if not own:
            return None
        retractions = [s for s in own if isinstance(s.payload, Retracted)]
        pool = retractions if retractions and self.random.random() < 0.5 else own
        return Retracted(target=self.random.choice(pool).ref)
