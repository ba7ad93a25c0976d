"""One row of a register: every cell checked, and what the row would record. Reads only code lists and areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from events import documents, names
from events.documents import Document
from events.errors import Malformed, Several
from exchange.registers import cells, meanings, places
from exchange.registers.columns import DOCUMENTS

_LISTED = ("sex", "ethnic_group", "marital_status", "education")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says. `identities`: forms that no two rows may share, the first names the row in its register.

    `stay`: main, further, or empty where the person does not live here. `since`: None where the row does not say.
    `read_off`: particulars that no cell gives and a document number does.
    """

    particulars: dict[str, Any]
    identities: tuple[str, ...]
    registration: dict[str, Any] | None
    stay: str
    address: str | None
    since: str | None
    read_off: frozenset[str] = frozenset()

    def content(self, *, ask: bool) -> dict[str, Any]:
        """The payload of `person.registered`: an opening balance, no movement."""
        content: dict[str, Any] = {"basis": "register", "particulars": self.particulars}
        if self.registration is not None:
            content["registration"] = self.registration
        if self.stay:
            content["kind"] = self.stay
        if self.address is not None:
            content["address"] = self.address
        return {**content, "ask": True} if ask else content


class _Reader:
    """Reads one row cell by cell and keeps every fault on the way."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self.row = row
        self.faults: list[Malformed] = []

    def read(self, field: str, rule: Callable[[str, str], Any]) -> Any:
        """What the rule makes of the cell; None where it is empty or at fault."""
        text = self.row.get(field, "")
        if len(text) > cells.LONGEST:
            self.refuse(field, "text.length", most=cells.LONGEST)
        elif text:
            try:
                return rule(text, field)
            except Malformed as error:
                self.faults += error.faults
        return None

    def refuse(self, field: str, rule: str, **details: object) -> None:
        self.faults.append(Malformed(field=field, rule=rule, **details))


def entry(row: Mapping[str, str], office: str, as_of: str) -> Entry:
    """The row of an office's register; `as_of`: the day of the register. Raises Several."""
    reader = _Reader(row)
    for field in ("name", "registration"):
        if not row.get(field):
            reader.refuse(field, "register.cell_empty")
    held = _documents(reader, as_of)
    particulars = _particulars(reader, held)
    registration = reader.read("registration", lambda text, field: places.place_of(text, office, field))
    stay = reader.read("stay", meanings.stay)
    address = reader.read("address", meanings.short(300))
    if stay == "" and address is not None:
        reader.refuse("address", "register.address_without_stay")
    since = reader.read("since", cells.whole_day)
    if since is not None and since > as_of:
        reader.refuse("since", "register.since_ahead", as_of=as_of)
    born = particulars.get("born_on")
    if born is not None and born > (since or as_of):
        reader.refuse("born_on", "born.after_event")
    if not row.get("entry") and not held and born is None and not reader.faults:
        reader.refuse("entry", "register.nobody")
    if reader.faults:
        raise Several(reader.faults)
    return Entry(
        particulars=particulars,
        identities=tuple(_identities(row, held, particulars)),
        registration=registration,
        stay="main" if stay is None else stay,
        address=address,
        since=since,
        read_off=frozenset(field for field in ("born_on", "sex") if field in particulars and not row.get(field)),
    )


def _documents(reader: _Reader, as_of: str) -> dict[str, tuple[Document, bool]]:
    printed = frozenset(reader.read("as_printed", meanings.printed) or ())
    found = {}
    for field in DOCUMENTS:
        kind = field.removeprefix("document.")
        as_printed = kind in printed

        def rule(text: str, field: str, kind: str = kind, *, as_printed: bool = as_printed) -> Document:
            return documents.parse(kind, text, field=field, as_printed=as_printed, as_of=as_of)

        if (document := reader.read(field, rule)) is not None:
            found[kind] = (document, as_printed)
    return found


def _particulars(reader: _Reader, held: Mapping[str, tuple[Document, bool]]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": reader.read("name", lambda text, field: names.normalise(text, field=field))}
    found["born_on"] = reader.read("born_on", cells.day_of)
    for listed in _LISTED:
        found[listed] = reader.read(listed, partial(meanings.code_of, listed))
    for kind, (document, as_printed) in held.items():
        _agree(reader, found, f"document.{kind}", document, as_printed=as_printed)
        found[f"document.{kind}"] = {"number": document.number, **({"as_printed": True} if as_printed else {})}
    found["birth_place"] = reader.read("birth_place", meanings.birth_place)
    found["nationality"] = reader.read("nationality", meanings.nationality)
    found["occupation"] = reader.read("occupation", meanings.short(100))
    found["phone"] = reader.read("phone", meanings.short(40))
    return {field: value for field, value in found.items() if value is not None}


def _agree(reader: _Reader, found: dict[str, Any], field: str, document: Document, *, as_printed: bool) -> None:
    """What the number says fills an empty cell, and must not gainsay a full one unless it is as printed."""
    for said, value in (("born_on", document.born_on), ("sex", document.sex)):
        if value is None:
            continue
        if found.get(said) is None and not reader.row.get(said):
            found[said] = value
        elif not as_printed and found.get(said) is not None and not value.startswith(found[said]):
            reader.refuse(said, "register.document_says_otherwise", beside=field)


def _identities(
    row: Mapping[str, str], held: Mapping[str, tuple[Document, bool]], particulars: Mapping[str, Any]
) -> Iterator[str]:
    for document, _ in held.values():
        yield documents.lookup_form(document.kind, document.number)
    if row.get("entry"):
        yield f"entry\0{row['entry']}"
    elif not held:
        yield f"name\0{names.comparison_key(particulars['name'])}\0{particulars['born_on']}"
