"""Three faults, planted behind the platform's back: the checks must find these three and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, bindparam, text

from events.catalogue.movement import MovedWithin
from events.envelope import Ref
from exchange.access.caller import Caller
from exchange.clock import day_of
from exchange.commands.act import Item
from exchange.commands.record import record
from exchange.pipeline.advance import advance
from exchange.protocol.duties import Rule
from exchange.protocol.telling.due import Due, Sight
from exchange.reconcile.finding import Check, Difference

if TYPE_CHECKING:
    from exchange.node import Node


class Fault(msgspec.Struct, frozen=True):
    """What was done, to which office's data about whom. `finds`: the check that must name it."""

    what: str
    finds: Check
    office: str
    person: str
    event: Ref | None = None

    def named_by(self, found: Difference) -> bool:
        """Whether a difference names this fault: its check, office, person, and event where one is at fault."""
        same = (found.check, found.office, found.person) == (self.finds, self.office, self.person)
        return same and (self.event is None or found.event == self.event)


def plant(node: Node) -> tuple[Fault, ...]:
    """A relay blocked, a delivery deleted and a stored record altered; each about another person."""
    blocked = _block_a_relay(node)
    with node.uow.begin() as session, unguarded(session.sql) as sql:
        deleted = _delete_a_delivery(sql, {blocked.person})
        altered = _alter_a_record(sql, {blocked.person, deleted.person})
    return deleted, altered, blocked


def unnamed(faults: Sequence[Fault], found: Collection[Difference]) -> tuple[Fault, ...]:
    """The planted faults that no check named."""
    return tuple(fault for fault in faults if not any(map(fault.named_by, found)))


def unplanted(faults: Sequence[Fault], found: Collection[Difference]) -> tuple[Difference, ...]:
    """What the checks name and nobody planted."""
    return tuple(difference for difference in found if not any(fault.named_by(difference) for fault in faults))


def _block_a_relay(node: Node) -> Fault:
    """The entitlement's fault: the residence place records a new address, and the keeper is never told."""
    with node.uow.look() as session:
        row = session.sql.execute(
            text(
                "SELECT office, person, keeper FROM records WHERE state = 'open' AND roles = ' main '"
                " AND person = survivor AND keeper <> office ORDER BY person LIMIT 1"
            )
        ).one()
    rules = node.rules
    # All others stay: by none at all the office would withdraw what it still asks, as nothing would let it ask.
    node.rules = {name: silent(rule) for name, rule in rules.items()}
    try:
        clerk = Caller(row.office, "demo.faults", frozenset({"clerk"}))
        day = day_of(node.clock()).isoformat()
        moved = Item(type="movement.moved_within", person=row.person, day=day, content={"address": "新塘村1组1号"})
        [result] = record(node, clerk, [moved])
        advance(node)
    finally:
        node.rules = rules
    return Fault("relay_blocked", "entitlement", row.keeper, row.person, Ref(row.office, result.id))


def silent(rule: Rule) -> Rule:
    """The rule, but that nobody is told of a new address who was not told of it before."""

    def told(sight: Sight) -> Iterator[Due]:
        for due in rule(sight):
            new = isinstance(sight.record.facts[due.ref].payload, MovedWithin)
            if not new or sight.told.of(due.ref, due.to) is not None:
                yield due

    return told


def _delete_a_delivery(sql: Connection, but: Collection[str]) -> Fault:
    """The ledger's fault: an office's book holds what, by the deliveries, nobody told it."""
    chosen = text(
        "SELECT author, id, recipient, min(person) AS person FROM deliveries WHERE ground IN ('keeper', 'reply')"
        " AND kind IN ('update', 'reply') AND asked = '[]' AND person NOT IN :but"
        " GROUP BY author, id, teller, recipient HAVING count(*) = 1 ORDER BY min(kind) DESC, min(person), id LIMIT 1"
    ).bindparams(bindparam("but", expanding=True))
    row = sql.execute(chosen, {"but": sorted(but)}).one()
    sql.execute(
        text("DELETE FROM deliveries WHERE author = :author AND id = :id AND recipient = :office"),
        {"author": row.author, "id": row.id, "office": row.recipient},
    )
    return Fault("delivery_deleted", "ledger", row.recipient, row.person, Ref(row.author, row.id))


def _alter_a_record(sql: Connection, but: Collection[str]) -> Fault:
    """The view's fault: a stored record that does not follow from what its office knows."""
    chosen = text(
        "SELECT office, person FROM records WHERE state = 'open' AND person NOT IN :but AND person = survivor"
        " ORDER BY person, office LIMIT 1"
    ).bindparams(bindparam("but", expanding=True))
    row = sql.execute(chosen, {"but": sorted(but)}).one()
    sql.execute(
        text("UPDATE records SET since = '1900-01-01' WHERE office = :office AND person = :person"),
        {"office": row.office, "person": row.person},
    )
    return Fault("record_altered", "view", row.office, row.person)


@contextmanager
def unguarded(sql: Connection) -> Iterator[Connection]:
    """Without the triggers that refuse what no application ever does; they stand again afterwards."""
    down, up = _POSTGRES if sql.dialect.name == "postgresql" else _sqlite_triggers(sql)
    for statement in down:
        sql.exec_driver_sql(statement)
    yield sql
    for statement in up:
        sql.exec_driver_sql(statement)


# PostgreSQL lets nobody but the table's owner do this: the application's own role cannot.
_POSTGRES = (["ALTER TABLE deliveries DISABLE TRIGGER USER"], ["ALTER TABLE deliveries ENABLE TRIGGER USER"])


def _sqlite_triggers(sql: Connection) -> tuple[list[str], list[str]]:
    found = sql.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'deliveries'"))
    triggers = found.all()
    return [f'DROP TRIGGER "{trigger.name}"' for trigger in triggers], [trigger.sql for trigger in triggers]
