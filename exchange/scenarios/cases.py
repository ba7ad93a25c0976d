"""The cases of a story: which one `label.A` means, and what each side shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from exchange.clock import utcnow
from exchange.ids import new_id
from exchange.scenarios.api import Offices
from exchange.scenarios.payload import Ledger
from exchange.scenarios.words import CLOSED_STATES

Row = Mapping[str, Any]


class Cases:
    """Cases as the offices list them."""

    def __init__(self, offices: Offices, ledger: Ledger) -> None:
        self._offices = offices
        self._ledger = ledger
        self._notices: dict[str, list[Row]] = {}  # by the letter of the office told

    def told(self, letter: str, row: Row) -> None:
        """Remember a notification: whoever disputes one that asked nothing names it."""
        self._notices.setdefault(letter, []).append(row)

    def named(self, name: str, office: str, persons: Sequence[str] = ()) -> dict[str, Any]:
        """The case `label.A` as a reply names it, looked up by the office that replies; of these persons alone."""
        label, _, letter = name.partition(".")
        refs = self._refs(label, persons)
        asked = self._ledger.binding.offices[letter]
        rows = [row for row in self.rows(label, letter, office) if row["opening"] in refs]
        if rows:
            return {"case_id": rows[0]["id"]}
        for row in self._notices.get(letter, ()):
            if row["event"] in refs or any(ref in refs for ref in row.get("events", ())):
                if row.get("case"):
                    return {"case_id": row["case"]}
                return {"case": {"opening": row["event"], "asked": asked, "kind": row["kind"]}}
        # Of a step that did not come about as it was written there is no such case, which the office is told.
        opening = refs[0] if refs else [office, new_id(utcnow())]
        return {"case": {"opening": opening, "asked": asked, "kind": "inflow"}}

    def position(self, name: str) -> int:
        """Where `label.A` stands in the inbox of A: a notice of the line. 0, where nothing stands, if there is none."""
        label, _, letter = name.partition(".")
        refs = self._refs(label)
        found = (row["position"] for row in self._notices.get(letter, ()) if row["event"] in refs)
        return next(found, 0)

    def rows(self, label: str, letter: str, office: str) -> list[Row]:
        """The cases at the office of a letter about the events of a label, as `office` lists them; open ones first."""
        refs, asked = self._refs(label), self._ledger.binding.offices[letter]
        found = [row for row in self._offices.cases(office) if row["asked"] == asked and row["opening"] in refs]
        return sorted(found, key=lambda row: (row["status"] in CLOSED_STATES, row["kind"]))

    def states(self, name: str, letters: Sequence[str]) -> dict[str, str]:
        """What each side that can be asked shows of the case: letter -> state."""
        label, _, asked = name.partition(".")
        found = {}
        for letter in letters:
            rows = self.rows(label, asked, self._ledger.binding.offices[letter])
            if rows:
                found[letter] = str(rows[0]["status"])
        return found

    def confirm_all(self, letters: Sequence[str], day: date) -> None:
        """Every open case about the story's persons is confirmed by the office asked."""
        persons = {told.person for told in self._ledger.all}
        for letter in letters:
            office = self._ledger.binding.offices[letter]
            for row in self._offices.cases(office):
                if (
                    row["asked"] == office
                    and row["status"] in {"open", "deferred", "overdue"}
                    and row["person"] in persons
                ):
                    body = {"id": new_id(utcnow()), "effective_on": day.isoformat()}
                    self._offices.post(office, f"/v1/cases/{row['id']}/confirm", body)

    def _refs(self, label: str, persons: Sequence[str] = ()) -> list[list[str]]:
        told = self._ledger.events.get(label, ())
        return [each.ref for each in told if not persons or set(persons) & set(each.letters)]
