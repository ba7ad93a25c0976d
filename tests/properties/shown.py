"""What a person sees of a record: what two books of the same facts must agree on."""

from exchange.protocol.record import Record


def shown(record: Record) -> tuple[object, ...]:
    """What a person sees of a record, without what only counts deliveries."""
    stays = tuple((s.id, s.office, s.kind, s.began, s.ended, s.address) for s in record.stays)
    cases = tuple((ref, case.status) for ref, case in record.cases.items())
    return (record.person, record.keeper, record.registration, dict(record.particulars), stays, record.died_on, cases)
