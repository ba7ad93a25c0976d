"""Which place gives a registration up, and which gains it (catalogue: the author of `registration.changed`). Pure."""

from __future__ import annotations

from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Place, town
from exchange.protocol.record import Link, Record
from exchange.protocol.refusals import NotKeeper


def require_place(fact: RegistrationChanged, office: str, record: Record) -> None:
    """The place that gives the registration up records its move; the place that gains one, that it came from none."""
    here, now = town(office), record.registration
    if fact.from_ is not None:
        if record.keeper != office and not _one_of_two(fact, office, record):
            raise NotKeeper(keeper_known=record.keeper is not None)
        if fact.from_ not in {here, now}:
            raise NotKeeper(field="from", rule="registration.given_up")
    elif fact.to != here:
        raise NotKeeper(field="to", rule="registration.gained")
    elif now is not None and now.kind == "town" and now != here:
        raise NotKeeper(field="from", rule="registration.kept")


def _one_of_two(fact: RegistrationChanged, office: str, record: Record) -> bool:
    """Of two first registrations also the office that does not keep the person gives its own up, once, for a town."""
    two = {ref for found in record.contradictions if found.kind == "two_registrations" for ref in found.events}
    own = [link for link in record.chain if town(office) in {link.place, _given_up(record, link)}]
    if not own or own[-1].ref not in two or office in own[-1].disclaimed or fact.from_ != town(office):
        return False
    if fact.to is None or fact.to.kind != "town" or fact.to == fact.from_:
        raise NotKeeper(field="to", rule="registration.two")
    return True


def _given_up(record: Record, link: Link) -> Place | None:
    payload = record.facts[link.ref].payload
    return payload.from_ if isinstance(payload, RegistrationChanged) else None
