"""Who may be asked for what, by the asker's own book, and which events can be amended. Pure."""

from __future__ import annotations

from events.catalogue.case import RequestOpened
from events.standing import Standing
from exchange.protocol.record import Record
from exchange.protocol.refusals import AlreadyVoid, NoSuchEvent, NotAmendable, NotAuthor


def require_addressee(fact: RequestOpened, record: Record) -> None:
    """An amendment is asked of the one office that may make it: who recorded the event, or took its office over."""
    if fact.asks != "amendment":
        return
    target = record.facts.get(fact.about) if fact.about is not None else None
    if target is None:
        raise NoSuchEvent(field="about")
    if fact.to not in {target.author, target.event.author}:
        raise NotAuthor(field="to", rule="request.not_author")
    require_amendable(target, "about")


def require_amendable(target: Standing, field: str) -> None:
    """The event is none that another act undoes, none that followed by itself, and was not taken back."""
    if not target.payload.amendable or target.event.frame.automatic:
        raise NotAmendable(field=field)
    if target.void:
        raise AlreadyVoid(field=field)
