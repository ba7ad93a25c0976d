"""However many checks a fault shows in, it is named once; and no fault passes for a consequence of another."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from events.envelope import Ref
from exchange.audit.rebuild import as_stored
from exchange.demo.faults import unguarded
from exchange.reconcile.causes import root_causes
from exchange.reconcile.evidence import Evidence
from exchange.reconcile.known import Rows

TOLD = "author = :author AND id = :id AND teller = :teller"


class Planted(msgspec.Struct, frozen=True):
    """A statement that plants one fault, and where the checks must name it: check, office, other office, event."""

    statement: str
    row: Mapping[str, Any]
    named: tuple[str, str, str, Ref | None]


def delivery_deleted(row: Mapping[str, Any]) -> Planted:
    deleted = f"DELETE FROM deliveries WHERE {TOLD} AND recipient = :recipient AND revision = :revision"
    return Planted(deleted, row, ("ledger", row["recipient"], row["teller"], Ref(row["author"], row["id"])))


def parts_altered(row: Mapping[str, Any]) -> Planted:
    altered = f"UPDATE deliveries SET parts = '[\"remarks\"]' WHERE {TOLD} AND recipient = :recipient"
    return Planted(altered, row, ("ledger", row["recipient"], row["teller"], Ref(row["author"], row["id"])))


def entry_lost(row: Mapping[str, Any]) -> Planted:
    lost = f"DELETE FROM books WHERE {TOLD} AND office = :office"
    return Planted(lost, row, ("ledger", row["office"], row["teller"], Ref(row["author"], row["id"])))


def entry_altered(row: Mapping[str, Any]) -> Planted:
    altered = f"UPDATE books SET parts = '[\"remarks\"]' WHERE {TOLD} AND office = :office"
    return Planted(altered, row, ("ledger", row["office"], row["teller"], Ref(row["author"], row["id"])))


def record_altered(row: Mapping[str, Any]) -> Planted:
    altered = "UPDATE records SET since = '1900-01-01' WHERE office = :office AND person = :person"
    return Planted(altered, row, ("view", row["office"], "", None))


class World:
    """A demo, in which faults are planted and taken back."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.deliveries = self.rows("SELECT * FROM deliveries ORDER BY author, id, teller, recipient, revision")
        self.books = self.rows("SELECT * FROM books ORDER BY office, author, id, teller")
        self.records = self.rows("SELECT * FROM records WHERE person = survivor ORDER BY office, person")

    def rows(self, query: str) -> list[Mapping[str, Any]]:
        with self.node.uow.look() as session:
            return [dict(row) for row in session.sql.execute(text(query)).mappings()]

    def found(self, planted: Iterable[Planted], person: str) -> tuple[list[Any], list[Any]]:
        """What the checks find of the person with these faults, as found, and folded into causes."""
        with self.node.uow.begin() as session, session.sql.begin_nested() as savepoint:
            with unguarded(session.sql) as sql:
                for each in planted:
                    assert sql.execute(text(each.statement), each.row).rowcount, "the fault was not planted"
            ([one], _) = as_stored(self.node, session, [person])
            [evidence] = Evidence.read(self.node, session, [one], Rows(session, one.persons))
            savepoint.rollback()
        return evidence.differences, root_causes(evidence)

    def named(self, planted: Sequence[Planted], person: str) -> list[tuple[Any, ...]]:
        return places(self.found(planted, person)[1])


def places(found: Iterable[Any]) -> list[tuple[Any, ...]]:
    return sorted(((d.check, d.office, d.other, d.event) for d in found), key=str)


@pytest.fixture(scope="module")
def world(demo):
    return World(demo[0])


def last_revisions(world: World) -> list[Mapping[str, Any]]:
    latest = {(row["author"], row["id"], row["teller"], row["recipient"]): row for row in world.deliveries}
    return list(latest.values())


def test_every_deleted_delivery_of_whatever_kind_and_ground_is_named_alone(world):
    assert len({(row["ground"], row["kind"]) for row in world.deliveries}) > 20
    for row in world.deliveries:
        fault = delivery_deleted(row)
        assert world.named([fault], row["person"]) == [fault.named], row


def test_every_altered_delivery_is_named_alone(world):
    for row in last_revisions(world):
        if row["revision"] == 1 and row["parts"] != '["remarks"]':
            fault = parts_altered(row)
            assert world.named([fault], row["person"]) == [fault.named], row


@pytest.mark.parametrize("fault_of", [entry_lost, entry_altered])
def test_every_book_that_lost_or_changed_an_entry_is_named_alone(world, fault_of):
    for row in world.books:
        fault = fault_of(row)
        assert world.named([fault], row["person"]) == [fault.named], row


def test_every_altered_record_is_named_alone(world):
    for row in world.records:
        fault = record_altered(row)
        assert world.named([fault], row["person"]) == [fault.named], row


def test_one_deleted_delivery_shows_in_several_checks_which_are_kept_as_its_consequences(world):
    told = next(row for row in last_revisions(world) if row["ground"] == "keeper" and row["revision"] == 1)
    found, [cause] = world.found([delivery_deleted(told)], told["person"])
    assert {each.check for each in found} > {"ledger", "view"}
    assert sorted(cause.consequences, key=str) == sorted((d for d in found if d.check != "ledger"), key=str)


def test_a_record_altered_where_a_deletion_shows_as_well_is_named_beside_it(world):
    """The deletion alone makes the teller's record differ: the altered one must not pass for that."""
    records = {(row["office"], row["person"]): row for row in world.records}
    tried = 0
    for told in last_revisions(world):
        for office in (told["teller"], told["recipient"]):
            altered = records.get((office, told["person"]))
            if altered is None or told["revision"] != 1:
                continue
            faults = [delivery_deleted(told), record_altered(altered)]
            assert world.named(faults, told["person"]) == sorted((f.named for f in faults), key=str), (told, office)
            tried += 1
    assert tried > 100


@pytest.mark.parametrize("seed", range(60))
def test_any_faults_about_one_person_are_all_named_and_nothing_else(world, seed):
    chosen = random.Random(seed)
    persons = sorted({row["person"] for row in world.books} & {row["person"] for row in world.records})
    person = chosen.choice(persons)
    of_person = [row for row in last_revisions(world) if row["person"] == person and row["revision"] == 1]
    faults: dict[tuple[Any, ...], Planted] = {}
    for kind, rows, most in (
        (delivery_deleted, of_person, 3),
        (entry_lost, [row for row in world.books if row["person"] == person], 2),
        (record_altered, [row for row in world.records if row["person"] == person], 2),
    ):
        for row in chosen.sample(rows, min(len(rows), chosen.randint(0, most))):
            fault = kind(row)
            faults.setdefault(fault.named, fault)  # one telling can be at odds once
    assert world.named(list(faults.values()), person) == sorted(faults, key=str)
