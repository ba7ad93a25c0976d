"""Names of any script: one stored spelling, and what makes two of them the same name.

A name is stored as its full form, or with parts where they are known: family and given name, pinyin, other scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import msgspec

from events.errors import Malformed
from events.pinyin import is_chinese, pinyin_of, surname_of
from events.variants import SIMPLE

LONGEST = 100

# Every sign that is typed for the dot between the parts of a name (买买提·吐尔逊).
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･．●\u0387"), "·")
_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_DOT = re.compile(r" ?· ?")
_JOINERS = "\u200c\u200d"  # letters of Persian and Indic scripts need them
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Name(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A full name; its parts, pinyin and forms in other scripts as far as they are known."""

    full: str
    family: str | None = None
    given: str | None = None
    pinyin: str | None = None
    other: tuple[str, ...] = ()


def parse(value: object, *, field: str = "name") -> Name:
    """A name out of a full name or a mapping of parts. Raises Malformed: as `normalise`, `name.form`, `name.parts`."""
    if isinstance(value, str):
        return Name(normalise(value, field=field))
    if isinstance(value, Name):
        value = msgspec.to_builtins(value)
    try:
        name = msgspec.convert(value, Name)
    except msgspec.ValidationError as error:
        raise Malformed(field=field, rule="name.form") from error
    family, given, spoken = (
        None if part is None else normalise(part, field=field) for part in (name.family, name.given, name.pinyin)
    )
    other = tuple(normalise(form, field=field) for form in name.other)
    full = normalise(name.full, field=field)
    for part in (family, given):
        if part is not None and comparison_key(part) not in comparison_key(full):
            raise Malformed(field=field, rule="name.parts")
    return Name(full, family, given, spoken, other)


def normalise(text: str, *, field: str = "name") -> str:
    """One spelling: NFC, single spaces, one kind of middle dot.

    Raises Malformed: `name.hidden` (control signs, NUL, signs that turn the direction of writing), `name.empty`,
    `name.letters`, `name.length`, `name.private` (a sign that only one office's computers know).
    """
    if any(unicodedata.category(sign) in _HIDDEN and sign not in _JOINERS for sign in text):
        raise Malformed(field=field, rule="name.hidden")
    if any(unicodedata.category(sign) == "Co" for sign in text):
        raise Malformed(field=field, rule="name.private")
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(_DOTS)).strip()
    name = _AROUND_DOT.sub("·", spaced)
    if not name:
        raise Malformed(field=field, rule="name.empty")
    if len(name) > LONGEST:
        raise Malformed(field=field, rule="name.length", longest=LONGEST)
    if not any(map(_is_letter, name)):
        raise Malformed(field=field, rule="name.letters")
    return name


def _is_letter(sign: str) -> bool:
    # Python's Unicode tables are older than the newest Han characters, and some people's names are written with these.
    return sign.isalpha() or sign == "〇" or 0x20000 <= ord(sign) <= 0x3FFFD


def full_name(value: object) -> str:
    """The full name inside whatever a payload holds; total, since records are read from facts of every age."""
    if isinstance(value, Name):
        return value.full
    if isinstance(value, Mapping):
        return str(value.get("full", ""))
    return str(value)


def spellings(value: object) -> set[str]:
    """What the name is compared by, in each of the scripts that the value holds."""
    other = value.other if isinstance(value, Name) else value.get("other", ()) if isinstance(value, Mapping) else ()
    listed = other if isinstance(other, tuple | list) else ()
    return {comparison_key(value), *(comparison_key(str(form)) for form in listed)}


def comparison_key(name: object) -> str:
    """Equal for spellings of one name: width, case, spaces, dots, hyphens, traditional and simplified characters."""
    text = unicodedata.normalize("NFKC", full_name(name)).casefold()
    plain = unicodedata.normalize("NFKC", text).translate(SIMPLE)
    if (letters := plain.replace(" ", "")).isalpha():
        return letters  # as nearly all are: nothing is left out but the spaces
    key = "".join(sign for sign in plain if _is_letter(sign) or unicodedata.category(sign) in {"Mn", "Mc", "Nd", "Nl"})
    return "".join(sign for sign in key if not _is_selector(sign)) or plain


def _is_selector(sign: str) -> bool:
    return 0xFE00 <= ord(sign) <= 0xFE0F or 0xE0100 <= ord(sign) <= 0xE01EF


def same_name(a: object, b: object) -> bool:
    """Whether two values say the same name, in any of the scripts that they hold."""
    return not spellings(a).isdisjoint(spellings(b))


def fits_name(stated: object, held: object) -> bool:
    """Whether what is stated is the name that is held, or its family name alone."""
    family = _family(held)
    return same_name(stated, held) or (family is not None and comparison_key(stated) == comparison_key(family))


def _family(name: object) -> str | None:
    """The family name, as it was recorded or as Chinese names are read; None where nothing tells it."""
    recorded = name.family if isinstance(name, Name) else name.get("family") if isinstance(name, Mapping) else None
    full = full_name(name)
    return str(recorded) if recorded else surname_of(full) if is_chinese(full) else None


def pinyin(name: object) -> str:
    """The name in plain letters for search and sorting; what was recorded as pinyin wins over what is computed."""
    recorded = name.pinyin if isinstance(name, Name) else name.get("pinyin") if isinstance(name, Mapping) else None
    if recorded:
        return str(recorded)
    family = name.family if isinstance(name, Name) else name.get("family") if isinstance(name, Mapping) else None
    return pinyin_of(full_name(name), str(family) if family else None)
