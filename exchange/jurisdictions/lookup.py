"""The divisions of China, province to village: by code, by name, by pinyin, and the tree between them.

Held in memory from the packed file (data/README.md): all but the villages at once, villages one province at a time.
"""

from __future__ import annotations

import lzma
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.column import Column
from exchange.jurisdictions.english import english

DATA = files("exchange.jurisdictions") / "data"


@dataclass(frozen=True, slots=True)
class Division:
    """One area. `pinyin` has one syllable without tone for each character; villages have none."""

    code: str
    name: str
    pinyin: str = ""

    @property
    def level(self) -> Level:
        return codes.level(self.code)

    @property
    def english(self) -> str:
        """English name; a village keeps its Chinese one."""
        return english(self.name, self.pinyin) if self.pinyin else self.name


class Divisions:
    """Rows of (code at its natural length, name, pinyin), upper levels first, each level by code.

    This order makes the children of an area one slice, and puts large areas first among equally good finds.
    Where two levels share a 12-digit code (Dongguan is prefecture and county at once), the upper one stands for both.
    """

    def __init__(self, rows: list[tuple[str, str, str]]) -> None:
        self._rows: dict[str, int] = {}
        kept = [row for row in rows if self._rows.setdefault(row[0].ljust(12, "0"), len(self._rows)) == len(self._rows) - 1]
        self._codes = list(self._rows)
        self._names = Column([row[1] for row in kept])
        self._pinyin = [row[2] for row in kept]
        self._full = Column([each.replace(" ", "") for each in self._pinyin])
        self._initials = Column(["".join([part[0] for part in each.split()]) for each in self._pinyin])
        lengths = [codes.level(code) for code in self._codes]
        self._starts = {level: bisect_left(lengths, level) for level in Level}

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[Division]:
        return map(self._division, range(len(self)))

    def get(self, code: str) -> Division | None:
        """The area of a code of any whole length. Raises Malformed where the code can never be one."""
        code = codes.parse(code)
        row = self._rows.get(code)
        if row is not None:
            return self._division(row)
        return next((each for each in villages(codes.at(code, Level.TOWN)) if each.code == code), None)

    def named(self, name: str, within: str | None = None) -> tuple[Division, ...]:
        """All areas with exactly this Chinese name, the larger first."""
        found = (self._division(row) for row in self._names.rows(f"\n{name}\n"))
        return tuple(each for each in found if within is None or codes.is_within(each.code, within))

    def path(self, code: str) -> tuple[str, ...]:
        """The names from the province down to the area, as far as they are known."""
        code = codes.parse(code)
        found = (self.get(each) for each in (*codes.ancestors(code), code))
        return tuple(each.name for each in found if each is not None)

    def children(self, code: str) -> tuple[Division, ...]:
        """The areas one level down; for a town its villages."""
        code = codes.parse(code)
        level, stem = codes.level(code), codes.stem(code)
        for below in (each for each in Level if level < each < Level.VILLAGE):
            if rows := self._inside(stem, below):
                return tuple(map(self._division, rows))
        return villages(code) if level == Level.TOWN else ()

    def search(self, text: str, limit: int = 20, within: str | None = None) -> tuple[Division, ...]:
        """The best `limit` finds for a name or part of one, pinyin, its initials, or leading digits of a code.

        Names of areas above may stand before it, with or without a space: 武汉 江夏, 湖北省武汉市江夏区, wuhan jiangxia.
        """
        words = text.casefold().replace("ü", "v").replace("'", "").replace("-", "").replace("/", " ").split()
        joined = "".join(words)
        if not joined or limit < 1:
            return ()
        found: dict[int, None] = {}
        for row in self._finds(joined, words):
            if within is None or codes.is_within(self._codes[row], within):
                found[row] = None
                if len(found) == limit:
                    break
        return tuple(map(self._division, found))

    def _finds(self, joined: str, words: list[str]) -> Iterator[int]:
        if joined.isdigit():
            for level in Level:
                yield from self._inside(joined[:12], level) if len(joined) <= level else ()
            return
        chinese = not joined.isascii()
        columns = (self._names,) if chinese else (self._full, self._initials)
        for pattern in (f"\n{joined}\n", f"\n{joined}"):
            for column in columns:
                yield from column.rows(pattern)
        yield from columns[0].rows(joined)
        heads = range(1, len(joined)) if chinese else [len("".join(words[:count])) for count in range(1, len(words))]
        for cut in heads:
            for row in columns[0].rows("\n" + joined[cut:]):
                if joined[:cut] in self._above(row, columns[0]):
                    yield row

    def _above(self, row: int, column: Column) -> str:
        above = (self._rows.get(code) for code in codes.ancestors(self._codes[row]))
        return "".join(column[each] for each in above if each is not None)

    def _inside(self, stem: str, level: Level) -> range:
        """The rows of one level whose code begins with `stem`."""
        first = self._starts[level]
        last = min((start for start in self._starts.values() if start > first), default=len(self))
        low = bisect_left(self._codes, stem, first, last)
        return range(low, bisect_left(self._codes, stem + "~", low, last))

    def _division(self, row: int) -> Division:
        return Division(self._codes[row], self._names[row], self._pinyin[row])


@cache
def divisions() -> Divisions:
    """The whole country but for its villages, read once for each process."""
    text = lzma.decompress((DATA / "divisions.tsv.xz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.split("\n")]
    return Divisions([(code, name, pinyin) for code, name, pinyin in rows])


def villages(town: str) -> tuple[Division, ...]:
    """The villages and communities of a town (12-digit code), by code; none for any other area."""
    line = _towns(town[:2]).get(codes.stem(town), "")
    found, number = [], 0
    for cell in line.split("\t")[1:]:
        stated, colon, name = cell.rpartition(":")
        number = int(stated) if colon else number + 1
        found.append(Division(f"{town[:9]}{number:03}", name))
    return tuple(each for each in found if each.code != town)


@lru_cache(maxsize=2)
def _towns(province: str) -> dict[str, str]:
    """A province's packed lines by town: kept as text, since few are ever opened."""
    packed = DATA / "villages" / f"{province}.tsv.xz"
    if not packed.is_file():
        return {}
    text = lzma.decompress(packed.read_bytes()).decode()
    return {line.partition("\t")[0]: line for line in text.split("\n")}
