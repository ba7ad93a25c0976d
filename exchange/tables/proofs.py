"""Proofs that nothing was wrong with a dossier, byte for byte as it stood then (`exchange.reconcile.known`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select

from events.store.sql.form import Form
from events.store.sql.rows import add, batches
from exchange.tables.schema import proofs

_FORM = Form(proofs.c)


class Proof(msgspec.Struct, frozen=True):
    """`person`: the first id of the dossier; `pairs`: the states of its pairs of offices; `relatives`: the persons tied
    to it, whose rows are proved with its own. Both parted by blanks.
    """

    person: str
    proof: bytes
    pairs: str
    relatives: str = ""


def keep(sql: Connection, new: Iterable[Proof]) -> None:
    """Keep these, each in the place of the one before."""
    add(sql, proofs, [msgspec.structs.asdict(proof) for proof in new], ("person",))


def of_persons(sql: Connection, persons: Collection[str]) -> Mapping[str, Proof]:
    """The proofs of the dossiers whose first ids these are."""
    return {
        row.person: Proof(row.person, row.proof, row.pairs, row.relatives)
        for batch in batches(persons)
        for row in sql.execute(select(proofs).where(proofs.c.person.in_(batch)))
        if _FORM.fits(row)
    }
