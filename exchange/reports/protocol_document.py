"""The tables of `docs/protocol.md`, printed from the code.

`python -m exchange.reports.protocol_document FILE` renews them in place.
Each table stands between two markers; whatever is written outside of them is kept.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from inspect import cleandoc
from pathlib import Path
from typing import get_args

from events import documents
from events.catalogue import TYPES
from events.catalogue.act_codes import LIST_OF, LISTS_OF_ACTS
from events.catalogue.fact import Fact
from events.codes import LISTS, codes
from events.parts import part_of
from exchange.commands.particular import PARTICULARS
from exchange.protocol.duties import RULES
from exchange.protocol.life.particulars import OWNED_BY_MAIN_STAY
from exchange.protocol.questions.enquiry import DOCUMENTS, PURPOSES
from exchange.protocol.record import ASKED, OPEN, CaseStatus, ContradictionKind
from exchange.protocol.refusals import REFUSALS
from exchange.protocol.routing_table import DEATH_ASKS, PRIORITY, ROUTING, TIE_ASKS, Cell, Role
from exchange.reports.payload_words import fields_of
from exchange.translations.languages import CHINESE, DEFAULT
from exchange.translations.texts import text

NOTHING = "–"

# Types that no row of the routing table sends: the rule by which each is told all the same, or that it is not.
TOLD_OTHERWISE: Mapping[str, str] = {
    "case.reminded": "the side that has to answer, or to decide on the answer: reminder, or overdue",
    "case.escalated": "the county, later the province, of the side that is late, and the other side: escalated",
    "case.*": "the other side of the case; the keeper; whoever was told the case",
    "enquiry.opened": "the office asked: enquiry ?",
    "enquiry.answered": "the office that asked, and nobody else: reply",
    "request.opened": "the office asked: request ?",
    "notification.rejected": "the office that sent the message: rejected",
    "event.*": "wherever its target went or goes: correction, retraction; carried by a first notice",
    "person.merged": "the keeper of either entry, the openers, and whoever was told anything of the person: update",
    "person.unmerged": "whoever was told anything of the person, or the merge: update",
    "person.kept_apart": "nobody: it is local",
    "person.held": "nobody: it is local",
    "jurisdiction.*": "nobody by notice; it stands in every book",
}

_VALUES: Mapping[str, str] = {
    "name": "full name; or the name with its parts, pinyin and other spellings",
    "born_on": "a day, possibly in part: `1958`, `1958-11`",
    "birth_place": "division code or country",
    "nationality": "countries, possibly none",
    "occupation": "text",
    "phone": "text",
}


def told_otherwise(type_: str) -> str | None:
    """How a type is told that the routing table does not name; None where nothing says it."""
    return next((how for pattern, how in TOLD_OTHERWISE.items() if fnmatchcase(type_, pattern)), None)


def meaning(thing: object) -> str:
    """The first line of a docstring; empty where there is none of its own, for a base says nothing of its kinds."""
    own = vars(thing).get("__doc__") if isinstance(thing, type) else thing.__doc__
    return cleandoc(own or "").partition("\n")[0]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _code(word: str) -> str:
    return f"`{word}`"


def _events() -> str:
    rows = [
        [_code(type_), str(kind.schema), "yes" if kind.amendable else "no", meaning(kind), _fields(kind)]
        for type_, kind in TYPES.items()
    ]
    return _table(("event", "version", "amendable", "meaning", "fields"), rows)


def _fields(kind: type[Fact]) -> str:
    lines = [
        f"**`{field.name}`**: {field.holds} ({field.lies_in}{', required' if field.required else ''})"
        for field in fields_of(kind)
    ]
    return "<br>".join(lines) or NOTHING


def _routing() -> str:
    roles: tuple[Role, ...] = get_args(Role)
    rows = [[_code(type_), *(_cell(row.get(role)) for role in roles)] for type_, row in ROUTING.items()]
    table = _table(("event", *(role.replace("_", " ") for role in roles)), rows)
    return (
        f"{table}\n\n"
        f"A death that another office than the keeper recorded is told to the keeper as {_cell(DEATH_ASKS)}. "
        f"A tie to somebody who is only stated is told to the office said to hold them as {_cell(TIE_ASKS)}."
    )


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return NOTHING
    return f"{cell.kind} ?" if cell.asks else cell.kind


def _otherwise() -> str:
    return _table(("event", "told"), ([_code(pattern), how] for pattern, how in TOLD_OTHERWISE.items()))


def _rules() -> str:
    return _table(
        ("rule", "says"), ([_code(name), " ".join((rule.__doc__ or "").split())] for name, rule in RULES.items())
    )


def _kinds() -> str:
    return "\n".join(f"{place}. {kind}" for place, kind in enumerate(PRIORITY, 1))


def _states() -> str:
    states: tuple[CaseStatus, ...] = get_args(CaseStatus)
    rows = ([state, _yes(state in OPEN), _yes(state in ASKED)] for state in states)
    return _table(("state", "open", "the office asked may reply"), rows)


def _contradictions() -> str:
    kinds: tuple[str, ...] = get_args(ContradictionKind)
    rows = ([_code(kind), *(text(f"contradiction.{kind}", each) for each in (DEFAULT, CHINESE))] for kind in kinds)
    return _table(("kind", "English", "中文"), rows)


def _yes(holds: bool) -> str:
    return "yes" if holds else NOTHING


def _refusals() -> str:
    rows = (
        [_code(kind.code), str(kind.status), meaning(kind), text(kind.code, DEFAULT), text(kind.code, CHINESE)]
        for kind in REFUSALS
    )
    return _table(("code", "HTTP", "when", "English", "中文"), rows)


def _particulars() -> str:
    kinds = ", ".join(map(_code, documents.KINDS))
    rows = [[_code(name), _value(name), str(part_of(name)), _owner(name)] for name in sorted(PARTICULARS)]
    number = f"number and validity; KIND: {kinds}"
    rows.append([_code("document.KIND"), number, str(part_of("document.resident")), _owner("document.resident")])
    return _table(("particular", "value", "part", "whose word counts"), rows)


def _value(name: str) -> str:
    return f"a code of the list `{name}`" if name in LISTS else _VALUES[name]


def _codes() -> str:
    rows = []
    for name in LISTS_OF_ACTS:
        fields = ", ".join(f"`{type_}.{field}`" for (type_, field), listed in LIST_OF.items() if listed == name)
        rows += [[_code(name), fields, _code(entry.code), entry.en, entry.zh] for entry in codes(name)]
    return _table(("list", "of", "code", "English", "中文"), rows)


def _purposes() -> str:
    rows = []
    for entry in codes("purpose"):
        allows = PURPOSES[entry.code]
        told = sorted(field for field in allows.fields if field not in DOCUMENTS)
        fields = ", ".join([*map(_code, told), *([_code("document.KIND")] if allows.fields >= DOCUMENTS else [])])
        rows.append([_code(entry.code), entry.en, entry.zh, "yes" if allows.needs_consent else "no", fields])
    return _table(("purpose", "English", "中文", "only with consent", "what may be told"), rows)


def _owner(name: str) -> str:
    return "the office of the main stay" if name in OWNED_BY_MAIN_STAY else "the keeper"


TABLES: Mapping[str, Callable[[], str]] = {
    "events": _events,
    "particulars": _particulars,
    "codes of acts": _codes,
    "purposes": _purposes,
    "routing": _routing,
    "told otherwise": _otherwise,
    "rules of telling": _rules,
    "order of kinds": _kinds,
    "states of a case": _states,
    "contradictions": _contradictions,
    "refusals": _refusals,
}


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: printed by `make docs` -->", f"<!-- end of {name} -->"


def renewed(document: str) -> str:
    """The document with each table as the code now says it. Raises ValueError where the place of one is not marked."""
    for name, table in TABLES.items():
        begin, end = _markers(name)
        place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        printed = f"{begin}\n\n{table()}\n\n{end}"
        document, places = place.subn(printed.replace("\\", r"\\"), document)
        if places != 1:
            raise ValueError(f"{name}: marked {places} times")
    return document


def renew(path: Path) -> None:
    """Write the document anew."""
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    renew(Path(sys.argv[1]))
