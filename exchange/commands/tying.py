"""Ties in an act: whom they name, what they follow from, and whether both sides have them (catalogue, rule 3). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.envelope import Envelope, Ref
from events.errors import ExchangeError, Malformed
from exchange.protocol.life.ties import INVERSE
from exchange.protocol.record import Record
from exchange.protocol.refusals import OneSidedTie, UnknownPerson

TYPES = frozenset({"tie.began", "tie.ended"})
NAMING = TYPES | {"event.corrected"}  # events that may name another person
Find = Callable[[str, str], str | None]  # whom an id or a handle in a field names; None for a handle that is new
Known = Callable[[str], Record | None]  # the office's own record of a person


def other_named(other: Mapping[str, Any], find: Find, known: Known) -> dict[str, Any]:
    """The other person by the id that goes on, with the office that keeps them by the author's own book.

    Raises Malformed: person.handle; UnknownPerson where they were withdrawn; and what `find` raises of an id.
    """
    if other.get("person") is None:
        return dict(other)
    person = find(str(other["person"]), "other.person")
    record = known(person) if person is not None else None
    if record is None:
        raise Malformed(field="other.person", rule="person.handle", value=other["person"])
    if record.withdrawn:
        raise UnknownPerson(field="other.person")
    at = other.get("at") or record.keeper
    return {**other, "person": record.person, **({"at": at} if at is not None else {})}


def other_repeated(other: Mapping[str, Any], first: Mapping[str, Any], same: Callable[[str, str], bool]) -> Any:
    """Whom a repeated request names, with what was found out the first time."""
    if other.get("person") is None or first.get("person") is None or not same(str(other["person"]), first["person"]):
        return other
    return {**first, **other, "person": first["person"]}


def with_other(content: Mapping[str, Any], change: Callable[[Mapping[str, Any]], Any]) -> dict[str, Any]:
    """The content with what it says of the other person changed, also where that stands in a correction."""
    found = dict(content)
    if isinstance(found.get("other"), Mapping):
        found["other"] = change(found["other"])
    if isinstance(found.get("set"), Mapping) and isinstance(found["set"].get("other"), Mapping):
        found["set"] = {**found["set"], "other": change(found["set"]["other"])}
    return found


def names_another(item_type: str, content: Mapping[str, Any]) -> bool:
    """Whether an event ties its subject to somebody by an id."""
    found: list[bool] = []
    with_other(content, lambda other: found.append(other.get("person") is not None))
    return item_type in NAMING and any(found)


def touched(fact: Fact) -> tuple[str, ...]:
    """The persons beside the subject whose books the fact concerns."""
    changes = getattr(fact, "set", None)
    other = changes.get("other") if isinstance(changes, Mapping) else getattr(fact, "other", None)
    if isinstance(other, str):
        return (other,)
    person = other.get("person") if isinstance(other, Mapping) else getattr(other, "person", None)
    return (person,) if isinstance(person, str) else ()


def touching(frame: Envelope, meant: tuple[str, ...]) -> Envelope:
    """The frame, where its content names nobody, with those whom an answer may mean (as was found out at first)."""
    return frame if frame.touches or not meant else msgspec.structs.replace(frame, touches=meant)


def first_of_both(fact: Fact, person: str, earlier: Iterable[Envelope]) -> Ref | None:
    """The event of the same act that says of the other person what this one says of the first: its cause."""
    if not isinstance(fact, TieBegan | TieEnded):
        return None
    for frame in earlier:
        if frame.type == fact.type and frame.subject.id == fact.other.person and person in frame.touches:
            return frame.ref
    return None


def one_sided(ties: Iterable[tuple[int, Fact, str]], known: Known) -> dict[int, ExchangeError]:
    """Each item of an act that ties, or parts, one of two persons alone. `ties`: item, what it says, and the person."""
    found: dict[int, ExchangeError] = {}
    for at, fact, person in ties:
        for other in touched(fact):
            try:
                require_both(fact, known(person), known(other))
            except OneSidedTie as error:
                found[at] = error
    return found


def require_both(fact: Fact, record: Record | None, other: Record | None) -> None:
    """Raises OneSidedTie where the book, as the act leaves it, has the tie or its end of one of the two alone."""
    if not isinstance(fact, TieBegan | TieEnded) or record is None or other is None:
        return
    turned = [tie for tie in other.ties_in_force if tie.tie == INVERSE[fact.tie]]
    if isinstance(fact, TieBegan):
        both = any(tie.other.person is None or tie.other.person in record.persons for tie in turned)
    else:
        both = not any(tie.other.person in record.persons for tie in turned)
    if not both:
        raise OneSidedTie(other=other.person)
