"""The string that a blind index is computed from."""

from __future__ import annotations

from functools import lru_cache

from events.documents.parsing import parse


@lru_cache(maxsize=4096)  # the documents of a dossier are looked at in every round of its settlement
def lookup_form(kind: str, number: str) -> str:
    """Equal for every way in which one number is written. Raises Malformed for what is no number of this kind.

    The check digit says nothing new and is printed wrong on some cards, so it is left out; a residence permit's 18
    digits are looked up as a resident's, whichever kind they were recorded under.
    """
    canonical = parse(kind, number, as_printed=True).canonical
    if len(canonical) == 18 and kind in {"resident", "permit"} and canonical[:17].isdigit():
        return f"resident:{canonical[:17]}"
    if len(canonical) == 18 and kind == "foreign":
        return f"foreign:{canonical[:17]}"
    return f"{kind}:{canonical}"
