"""A node of the runner's own: in a temporary folder, without a socket, with a clock that can be moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec

from exchange import books
from exchange.access.caller import Role
from exchange.access.keys import Keys
from exchange.audit.rebuild import compare
from exchange.clock import day_of, utcnow
from exchange.demo.towns import CODES, PROVINCES
from exchange.http.app import create_app
from exchange.jurisdictions import codes
from exchange.jurisdictions.calendar import national
from exchange.jurisdictions.codes import Level
from exchange.node import Node
from exchange.own_folder import own_folder
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.protocol.book import Book
from exchange.protocol.shown.sheet import nothing, sheet
from exchange.protocol.view import view
from exchange.settings import settings

# When every story begins, a Friday: by weekday and holidays the same story would end otherwise on another day.
FIRST = datetime(2026, 11, 27, 10, tzinfo=UTC)
LOOKUPS = 6  # in an hour, so that a story can show what comes after the last


class Embedded:
    """Requests reach the application in this process; the work behind them is done when the runner asks for it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._ahead = FIRST - utcnow()
        self._settings = settings(data=folder, serves=PROVINCES, database_url=database_url, lookups_per_hour=LOOKUPS)
        self.node = Node.open(self._settings, clock=self.now)
        keys = Keys(self.node.uow, self.node.clock)
        issued = {code: keys.issue(code, [code], ("clerk", "confirmer"))[1] for code in CODES}
        areas = sorted({codes.at(code, Level.PROVINCE) for code in CODES})
        above = {codes.at(code, level) for code in CODES for level in (Level.COUNTY, Level.PROVINCE)}
        roles: tuple[Role, ...] = ("clerk", "confirmer", "supervisor")
        issued |= {area: keys.issue(area, [area], roles)[1] for area in sorted(above)}
        self.keys: Mapping[str, str] = {**issued, "operator": keys.issue("operator", areas, ("operator",))[1]}
        # Where nothing else is said, the operator of several areas speaks for the first.
        self._spoken_for = {"Exchange-Office": areas[0]}
        self.client = self._client()

    def now(self) -> datetime:
        """The moment of this node."""
        return utcnow() + self._ahead

    def settle(self) -> None:
        advance(self.node)

    def pass_time(self, days: int, working_days: int) -> None:
        today = day_of(self.now())
        later = national().add_working_days(today, working_days).day if working_days else today
        for _ in range((later - today).days + days):
            self._ahead += timedelta(days=1)
            sweep(self.node)
            self.settle()

    def join(self, office: str) -> None:
        """As a node does whose settings name one more area: it begins anew."""
        self.close()
        self._settings = msgspec.structs.replace(self._settings, serves=(*self._settings.serves, office))
        self.node = Node.open(self._settings, clock=self.now)
        self.client = self._client()
        key = Keys(self.node.uow, self.node.clock).issue(office, [office], ("clerk", "confirmer"))[1]
        self.keys = {**self.keys, office: key}

    def replayed(self) -> list[str]:
        return [f"{office} {person}" for office, person in compare(self.node).differing]

    def shuffled(self, office: str, person: str, random: Random) -> Any:
        with self.node.uow.look() as session:
            shelf = books.shelf(session, self.node.keys, self.node.offices, person)
        arrivals: list[tuple[Any, ...]] = [(ref, None) for ref in shelf.stored if shelf.is_of(ref, office)]
        told = map(shelf.told, shelf.deliveries)
        arrivals += [(each.ref, each) for each in told if office in {each.to, each.teller}]
        arrivals += random.choices(arrivals, k=len(arrivals) // 2) if arrivals else []
        random.shuffle(arrivals)
        book = Book(office, self.node.offices)
        for ref, delivery in arrivals:
            if delivery is None:
                book.record(shelf.event(ref))
            elif delivery.teller == office:
                book.tell(delivery)
            else:
                book.receive(delivery, shelf.restricted(ref, delivery.parts))
        held = next((record for record in view(book) if person in record.persons and record.holds), None)
        return sheet(held, person) if held is not None else dict(nothing(office, person))

    def _client(self) -> httpx.Client:
        transport = httpx.WSGITransport(create_app(self.node), raise_app_exceptions=False)
        return httpx.Client(transport=transport, base_url="http://node.invalid", headers=self._spoken_for)

    def close(self) -> None:
        """Let go of the folder."""
        self.client.close()
        self.node.close()


@contextmanager
def embedded(database_url: str = "") -> Iterator[Embedded]:
    """A fresh node, gone afterwards; `database_url`: as the setting, an empty database."""
    with own_folder("exchange-scenario-") as folder:
        ground = Embedded(folder, database_url)
        try:
            yield ground
        finally:
            ground.close()
