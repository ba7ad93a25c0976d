"""Likeness: which two entries may be one human, and how their particulars compare (catalogue, rule 9). Pure.

Likeness never merges. It only says which pairs a person should look at: all with one document, and those whose name,
birth date, sex and origin speak for one human more than against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from events.names import comparison_key, pinyin, same_name, spellings
from events.partial_date import agrees
from exchange.protocol.comparing.compare import alike
from exchange.protocol.questions.one_document import FIELD, forms
from exchange.protocol.record import Record

Relation = Literal["equal", "alike", "different", "one_side"]
LIKELY = 12  # from here on a pair is proposed
_SPOKEN_ALIKE = 0.94
_DAY = 10  # letters of a date that is known whole


class Key(msgspec.Struct, frozen=True):
    """What two entries of one human have in common, most likely. `strong`: seldom shared by two humans."""

    kind: str
    form: str
    strong: bool = False


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One field in both entries; None where one does not hold it."""

    field: str
    one: Any
    other: Any
    relation: Relation


class Likeness(msgspec.Struct, frozen=True):
    """`exact`: one document stands on both. `score`: what the fields speak for, less what they speak against."""

    exact: bool
    score: int
    fields: tuple[Compared, ...]

    @property
    def likely(self) -> bool:
        return self.exact or self.score >= LIKELY


# What a field adds: where both say the same, nearly the same, and something else.
_WEIGHTS: Mapping[str, tuple[int, int, int]] = {
    "name": (8, 5, -12),
    "born_on": (8, 4, -10),
    "sex": (1, 0, -6),
    "document": (16, 6, -8),
    "birth_place": (2, 1, -1),
    "registration": (2, 0, 0),
    "ethnic_group": (0, 0, -2),
    "phone": (4, 0, 0),
}
# What another number adds where name, whole birth date and sex are equal: one human may hold two by error, and
# namesakes of one day hold two as well. In one office that is enough; between two something more has to speak.
_TOLD_APART_BY_NUMBER = frozenset({"name", "born_on", "sex"})
_ANOTHER_NUMBER = -5
_ANOTHER_NUMBER_ELSEWHERE = -6


def entry(record: Record) -> dict[str, Any]:
    """What is compared of a record: its particulars, and the registration place, which is the origin."""
    home = record.registration
    held = {} if home is None or home.code is None else {"registration": home.code}
    return {**record.particulars, **held}


def weighed(held: Mapping[str, Any]) -> dict[str, Any]:
    """What of it speaks for or against: while that stays as it is, so does what `likeness` and `keys` say."""
    return {field: value for field, value in held.items() if field.partition(".")[0] in _WEIGHTS}


def sought(held: Mapping[str, Any]) -> dict[str, Any]:
    """What of it `keys` are made of, which most offices hold alike."""
    return {field: value for field, value in held.items() if field in _TOLD_APART_BY_NUMBER or field.startswith(FIELD)}


def keys(held: Mapping[str, Any]) -> Iterator[Key]:
    """The keys under which an entry is found; those that share none are never compared."""
    for _, form in forms(held):
        yield Key("document", form, strong=True)
    name, born, sex = held.get("name"), str(held.get("born_on") or ""), str(held.get("sex") or "")
    if not name:
        return
    spoken = _spoken(name)
    yield Key("spoken", f"{spoken}|{born[:4]}")
    for spelling in sorted(spellings(name)):
        yield Key("name", f"{spelling}|{born}|{sex}", strong=len(born) == _DAY)
        if len(born) == _DAY:
            yield Key("year", f"{spelling}|{born[5:]}")
    if len(born) == _DAY:
        yield Key("given", f"{born}|{sex}|{comparison_key(pinyin(name).partition(' ')[0])}")


def likeness(one: Mapping[str, Any], other: Mapping[str, Any], *, elsewhere: bool = False) -> Likeness:
    """Both entries field by field, those first that speak loudest, and what they say together.

    `elsewhere`: they are entries of two offices.
    """
    fields = tuple(sorted(_compared(one, other), key=lambda each: (_rank(each.field), each.field)))
    exact = any(_is_document(each) and each.relation == "equal" for each in fields)
    equal = {each.field for each in fields if each.relation == "equal"}
    number = _WEIGHTS["document"][2]
    if equal >= _TOLD_APART_BY_NUMBER:
        number = _ANOTHER_NUMBER_ELSEWHERE if elsewhere else _ANOTHER_NUMBER
    return Likeness(exact, sum(_weight(each, number) for each in fields), fields)


def _rank(field: str) -> int:
    kinds = list(_WEIGHTS)
    kind = field.partition(".")[0]
    return kinds.index(kind) if kind in kinds else len(kinds)


def _is_document(compared: Compared) -> bool:
    return compared.field.startswith(FIELD)


def _weight(compared: Compared, another_number: int) -> int:
    if _is_document(compared) and compared.relation == "different":
        return another_number
    equal, near, different = _WEIGHTS.get(compared.field.partition(".")[0], (0, 0, 0))
    return {"equal": equal, "alike": near, "different": different, "one_side": 0}[compared.relation]


def _compared(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Compared]:
    for field in one.keys() | other.keys():
        mine, theirs = one.get(field), other.get(field)
        if mine is not None or theirs is not None:
            relation: Relation = "one_side" if mine is None or theirs is None else _relation(field, mine, theirs)
            yield Compared(field=field, one=mine, other=theirs, relation=relation)


def _relation(field: str, one: Any, other: Any) -> Relation:
    if field == "name":
        return _names(one, other)
    if field == "born_on":
        return _dates(str(one), str(other))
    if field.startswith("document."):
        return _documents(field, one, other)
    if field in {"birth_place", "registration"}:
        # Villages and towns of one county are one origin, and areas are renumbered below it.
        return "equal" if one == other else "alike" if str(one)[:6] == str(other)[:6] else "different"
    return "equal" if alike(field, one, other) else "different"


def _names(one: Any, other: Any) -> Relation:
    if same_name(one, other):
        return "equal"
    spoken = _spoken(one), _spoken(other)
    if spoken[0] == spoken[1]:
        return "alike"  # written as it was heard
    written = comparison_key(one), comparison_key(other)
    near = DamerauLevenshtein.distance(*written) == 1 and max(map(len, written)) > 1
    return "alike" if near or JaroWinkler.similarity(*spoken) >= _SPOKEN_ALIKE else "different"


def _spoken(name: Any) -> str:
    return comparison_key(pinyin(name))


def _dates(one: str, other: str) -> Relation:
    if agrees(one, other):
        return "equal" if len(one) == len(other) == _DAY else "alike"
    swapped = (one[:5] + one[8:] + "-" + one[5:7]) if len(one) == _DAY else ""
    return "alike" if other == swapped or DamerauLevenshtein.distance(one, other) == 1 else "different"


def _documents(field: str, one: Any, other: Any) -> Relation:
    mine, theirs = (next((form for _, form in forms({field: value})), "") for value in (one, other))
    if mine and mine == theirs:
        return "equal"
    # One sign that was mistyped. Of two numbers that differ in one digit and both bear their check digit, neither was.
    return "alike" if DamerauLevenshtein.distance(_number(one), _number(other)) <= 1 else "different"


def _number(document: Any) -> str:
    return str(document.get("number") if isinstance(document, Mapping) else document).casefold()
