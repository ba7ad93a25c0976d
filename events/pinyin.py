"""Chinese names in plain letters, by GB/T 28039: `Shan Xiaoming`, `Ouyang Xi'an`, `Lyu Xiuying`."""

from __future__ import annotations

import re
from functools import lru_cache

from events.code_lists.surnames import SURNAMES

_SCRIPT = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]+")
_VOWELS = ("a", "e", "o")  # a syllable that begins with one of these is set off: Xi'an


@lru_cache(maxsize=4096)
def pinyin_of(full: str, family: str | None = None) -> str:
    """The reading, surname first; letters that are not Chinese stay as they are, a dot becomes a space."""
    if is_chinese(full):
        surname = family if family and full.startswith(family) and family != full else surname_of(full)
        reading = SURNAMES.get(surname) or "".join(syllables(surname))
        return f"{reading.capitalize()} {_joined(full[len(surname) :])}"
    words = _SCRIPT.sub(lambda match: f" {_joined(match[0])} ", full.replace("·", " "))
    return " ".join(words.split())


def is_chinese(full: str) -> bool:
    """Whether it is a name in Chinese signs, of a surname and more."""
    return len(full) > 1 and _SCRIPT.fullmatch(full) is not None


def surname_of(full: str) -> str:
    """The surname of a name in Chinese signs: one sign, or one of the known surnames of two."""
    return full[:2] if len(full) > 2 and full[:2] in SURNAMES else full[0]


def _joined(text: str) -> str:
    first, *rest = syllables(text)
    return (first + "".join(f"'{part}" if part.startswith(_VOWELS) else part for part in rest)).capitalize()


def read_tables() -> None:
    """Before the first name is read aloud: whoever works does so when it begins, and not while somebody waits."""
    syllables("一")


@lru_cache(maxsize=16_384)
def syllables(text: str) -> tuple[str, ...]:
    """The reading of each sign, in small letters without tone. Kept, for most people share surname and given name."""
    # Imported late: its tables take half a second and 58 MB, and most processes never read a name aloud.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    # ü is written YU, as in passports: the result must be typed on any keyboard.
    return tuple(part.replace("ü", "yu") for part in lazy_pinyin(text, style=Style.NORMAL, v_to_u=True))
