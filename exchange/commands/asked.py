"""Cases that ask this office, read together: what an earlier request made of each, and what comparing says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from events.envelope import Ref
from events.errors import ExchangeError
from events.store.contract import StoredEvent
from exchange.books import Shelf, shelves
from exchange.commands.act import Item, Result
from exchange.ids import derived_id
from exchange.pipeline.relatives import Relatives
from exchange.protocol.comparing.equal import Comparison, comparison
from exchange.protocol.questions.one_document import facts_shown
from exchange.protocol.record import CaseState, Record
from exchange.protocol.shown.sheet import shown
from exchange.protocol.view import view
from exchange.tables import cases
from exchange.tables.cases import CaseRow
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Became = Literal[
    "confirmed", "answered", "repeated", "differs", "unclear", "other_kind", "not_asked", "refused"
]  # fmt: skip
CONFIRMED = "case.confirmed"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one case; whatever is not confirmed or answered is left as it was. `fields`: those that differ."""

    case: str
    became: Became
    fields: tuple[str, ...] = ()
    error: ExchangeError | None = None


class Held(NamedTuple):
    """A case in the office's record, what comparing says of it, and the version of the record that this rests on."""

    record: Record
    state: CaseState
    comparison: Comparison
    etag: str


class Asked(msgspec.Struct, frozen=True):
    """`rows`: None for what is no case of the office. `ids`: of the reply to each, where the request has an id.
    `before`: what stands under these.
    """

    office: str
    rows: Mapping[str, CaseRow | None]
    ids: Mapping[str, str]
    before: Mapping[str, StoredEvent]
    dossiers: Mapping[str, Shelf]
    relatives: Relatives

    @property
    def reads(self) -> list[tuple[str, Sequence[str]]]:
        """What is to be kept in the log of reads: each person of whom a case is looked at."""
        return [(row.person, ("case",)) for row in self.rows.values() if row is not None]

    def item(self, case: str, type_: str, day: str, content: Mapping[str, object], submission: str | None) -> Item:
        """The reply; one that was recorded before holds on the day on which it held then."""
        row, stored = self.rows[case], self.before.get(case)
        return Item(
            type=type_,
            day=day if stored is None else stored.frame.effective_on,
            content={**content, "case_id": case},
            id=self.ids.get(case),
            person=row.person if row is not None else None,
            submission=submission,
        )

    def held(self, row: CaseRow) -> Held | None:
        """The case as the office's own book tells it. Raises one of UNREADABLE where that cannot be read."""
        shelf, wanted = self.dossiers[row.person], (row.opening, row.asked, row.kind)
        records = view(shelf.book(self.office))
        for record in records:
            state = next((c for c in shown(record) if (c.ref.opening, c.ref.asked, c.ref.kind) == wanted), None)
            if state is not None:
                etag = shelf.etag(self.office, *facts_shown(record, records))
                kin = self.relatives.kin(self.office, record)
                return Held(record, state, comparison(record, state, kin), etag)
        return None


def asked(node: Node, session: SqlSession, office: str, wanted: Sequence[str], act: str | None) -> Asked:
    """These cases of the office. `act`: an id that the client chose."""
    rows = {case: cases.one(session.sql, office, case) for case in wanted}
    held = [row for row in rows.values() if row is not None]
    ids = {case: derived_id("confirmed", act, case) for case in wanted} if act is not None else {}
    stored = session.events([Ref(office, id_) for id_ in ids.values()])
    before = {case: stored[ref] for case, id_ in ids.items() if (ref := Ref(office, id_)) in stored}
    found = shelves(session, node.keys, node.offices, {row.person for row in held}, pending=True)
    dossiers = {person: shelf for shelf in found for person in shelf.persons}
    return Asked(office, rows, ids, before, dossiers, Relatives(node, session, found))


def left(case: str, held: Held | None) -> Outcome:
    """A case that stays as it was, with what comparing says of it."""
    found = Comparison("not_asked") if held is None else held.comparison
    return Outcome(case=case, became="unclear" if found.found == "equal" else found.found, fields=found.fields)


def outcome(case: str, became: Became, result: Result) -> Outcome:
    """What became of a case of which a reply was to be recorded."""
    return Outcome(case=case, became=became if result.status == "recorded" else result.status, error=result.error)
