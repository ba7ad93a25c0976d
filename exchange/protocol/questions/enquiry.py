"""Enquiries: what a purpose entitles to, and the answer that the office asked can give at once. Pure.

What must hold of every answer:

- A refusal follows from the question alone: who is refused learns nothing of what is held. One word more is told to
  whoever may be told: that what is given fits several, so that it says who is meant. Not how many, and nothing of them.
- A name that does not fit the document is answered as a person is whom the office does not hold.
- Told are only fields that were asked for and that the purpose entitles to, never the address of a protected person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from events.catalogue.case import EnquiryOpened, Refusal
from events.documents import KINDS
from events.names import fits_name
from exchange.protocol.comparing.compare import alike
from exchange.protocol.questions.one_document import forms
from exchange.protocol.record import Record
from exchange.protocol.shown.entries import entries
from exchange.protocol.shown.sheet import address

DOCUMENTS = frozenset(f"document.{kind}" for kind in KINDS)
IDENTITY = frozenset({"name", "sex", "born_on"}) | DOCUMENTS
CIVIL = frozenset({"ethnic_group", "marital_status", "education", "birth_place", "nationality"})
BESIDES = frozenset({"address", "registration"})  # what is asked for and is no particular


class Purpose(msgspec.Struct, frozen=True):
    """What an enquiry for this purpose entitles to."""

    fields: frozenset[str]
    needs_consent: bool


PURPOSES: Mapping[str, Purpose] = {
    "registration": Purpose(IDENTITY | CIVIL | {"registration"}, needs_consent=True),
    "residence": Purpose(IDENTITY | BESIDES, needs_consent=True),
    "identification": Purpose(IDENTITY, needs_consent=False),
    "correction": Purpose(IDENTITY | CIVIL, needs_consent=False),
}


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """The answer that the exchange offers to the office asked, which decides."""

    held: bool = False
    facts: Mapping[str, Any] = {}
    refused: Refusal | None = None
    among: tuple[str, ...] = ()  # for the office asked alone: the persons whom it holds, where several fit
    unclear: bool = False  # likewise: of whom the document is cannot be read, so that nothing is offered


def entitled(asked: EnquiryOpened) -> frozenset[str]:
    """The fields that may be told. A purpose that is not on the list entitles to nothing, whoever agreed."""
    purpose = PURPOSES.get(asked.purpose)
    if purpose is None or (purpose.needs_consent and not asked.consent):
        return frozenset()
    return purpose.fields.intersection(asked.fields)


def refusal(asked: EnquiryOpened) -> Refusal | None:
    """Why nothing is told, whatever is held."""
    if "name" not in asked.given or not any(f == "born_on" or f in DOCUMENTS for f in asked.given):
        return "incomplete"
    purpose = PURPOSES.get(asked.purpose)
    if purpose is not None and purpose.needs_consent and not asked.consent:
        return "no_consent"
    return None if entitled(asked) else "not_entitled"


def fitting(asked: EnquiryOpened, records: Iterable[Record]) -> tuple[Record, ...]:
    """The records of the persons whom the office holds and may be meant. None where nothing can be told anyway."""
    if refusal(asked) is not None:
        return ()
    found = {r.person: r for r in records if knows(r) and fits(asked.given, entries(r))}
    return tuple(found[person] for person in sorted(found))


def prepared(asked: EnquiryOpened, found: Sequence[Record]) -> Prepared:
    """The answer by the records of those who may be meant; of several nobody is told, for one of them is a stranger."""
    refused = refusal(asked)
    if refused is not None:
        return Prepared(refused=refused)
    if len(found) > 1:
        return Prepared(refused="incomplete", among=tuple(record.person for record in found))
    return Prepared(held=True, facts=told(found[0], entitled(asked))) if found else Prepared()


def told(record: Record, fields: Iterable[str]) -> dict[str, Any]:
    """What the record holds of these fields."""
    held: dict[str, Any] = dict(record.particulars)
    if record.registration is not None:
        held["registration"] = msgspec.to_builtins(record.registration)
    if record.protected is None and (lives := address(record)) is not None:
        held["address"] = lives
    return {field: held[field] for field in sorted(fields) if field in held}


def knows(record: Record) -> bool:
    """Whether the office keeps the person, or has or had them as a resident, and was not just told of them."""
    if record.withdrawn:
        return False
    return record.keeper == record.office or any(stay.office == record.office for stay in record.stays)


def fits(given: Mapping[str, Any], held: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the name given, full or only the family name, and the document or birth date are of the person held.

    `held`: by any of the entries that are this person. Where no name is given, nothing is looked for (`refusal`).
    """
    if not any(fits_name(given["name"], each["name"]) for each in held if "name" in each):
        return False
    numbers = {form for _, form in forms(given)}
    if numbers:
        return not numbers.isdisjoint(form for each in held for _, form in forms(each))
    born = given.get("born_on")
    return born is not None and any(alike("born_on", born, each["born_on"]) for each in held if "born_on" in each)
