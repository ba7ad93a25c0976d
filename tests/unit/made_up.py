"""Made-up events of persons and offices, each in a stream of its own order."""

from typing import Literal

from events.catalogue.fact import Fact
from events.envelope import Envelope, Subject
from events.event import Event, parts_of
from exchange.protocol.book import ALL_PARTS


def event(
    fact: Fact,
    author: str,
    about: str,
    stamp: int,
    *,
    day: str = "2026-01-01",
    kind: Literal["person", "jurisdiction"] = "person",
) -> Event:
    frame = Envelope(
        id=f"e{stamp:02}",
        type=fact.type,
        schema=1,
        subject=Subject(kind, about),
        author=author,
        actor="clerk",
        effective_on=day,
        stamp=stamp,
        recorded_at="2026-01-01T00:00:00Z",
        version=stamp,
        stay=getattr(fact, "stay", None),
        target=getattr(fact, "target", None),
        submission=f"s{stamp}",
        facts=parts_of(fact)[0],
    )
    return Event(frame, fact, ALL_PARTS)
