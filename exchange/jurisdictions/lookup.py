"""The divisions of China, province to village: by code, by name, by pinyin, and the tree between them.

Held in memory from the packed file (data/README.md): all but the villages at once, villages one province at a time.
"""

from __future__ import annotations

import lzma
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate

from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.column import Column
from exchange.jurisdictions.english import SETTLED, english

DATA = files("exchange.jurisdictions") / "data"
LONGEST = 80  # characters of a search: more than any path of names, and the work grows with each


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

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        self._rows: dict[str, int] = {}
        names, pinyin = [], []
        for natural, name, syllables in rows:
            code = natural.ljust(Level.VILLAGE, "0")
            if code not in self._rows:
                self._rows[code] = len(self._rows)
                names.append(name)
                pinyin.append(syllables)
        self._codes = list(self._rows)
        self._names = Column(names)
        self._pinyin = Column(pinyin)
        self._full = Column([each.replace(" ", "") for each in pinyin])
        self._initials = Column(["".join([part[0] for part in each.split(" ")]) for each in pinyin])
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
        return next((each for each in villages(code) if each.code == code), None)

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
        return villages(code) if level < Level.VILLAGE else ()

    def search(self, text: str, limit: int = 20, within: str | None = None) -> tuple[Division, ...]:
        """The best `limit` finds for a name or part of one, pinyin, its initials, or leading digits of a code.

        Names of areas above may stand before it, spaced or not: 武汉 江夏, 湖北省武汉市江夏区, wuhan jiangxia.
        Villages are found by their whole code, and within their town by name.
        """
        words = words_of(text)
        joined = "".join(words)
        if not 0 < len(joined) <= LONGEST or limit < 1:
            return ()
        area = codes.stem(codes.parse(within, "within")) if within else ""
        found: dict[int, None] = {}
        for row in self._finds(joined, words):
            if self._codes[row].startswith(area):
                found[row] = None
                if len(found) == limit:
                    break
        inside = (
            each
            for each in villages(area or joined)
            if each.code.startswith(area) and (joined in each.name or joined == each.code)
        )
        return (*map(self._division, found), *inside)[:limit]

    def _finds(self, joined: str, words: list[str]) -> Iterator[int]:
        if joined.isascii() and joined.isdigit():
            for level in Level:
                yield from self._inside(joined, level)
        elif joined.isascii():
            yield from self._by_pinyin(joined)
            yield from self._below(self._full, joined, words)
        else:
            yield from self._below(self._names, joined, words)
            for pattern in (f"\n{joined}\n", f"\n{joined}", joined):
                yield from self._names.rows(pattern)
            yield from self._below(self._names, joined, list(joined))

    def _by_pinyin(self, joined: str) -> Iterator[int]:
        """Whole names, settled English ones, whole syllables (jiangxia is 江夏, not 绛县), then what holds them."""
        for column in (self._full, self._initials):
            yield from column.rows(f"\n{joined}\n")
        for name, settled in SETTLED.items():
            if settled.replace(" ", "").casefold().startswith(joined):
                yield from self._names.rows(f"\n{name}\n")
        for row in self._full.rows(f"\n{joined}"):
            if len(joined) in accumulate(map(len, self._pinyin[row].split(" "))):
                yield row
        for column in (self._full, self._initials):
            yield from column.rows(f"\n{joined}")
        yield from self._full.rows(joined)

    def _below(self, column: Column, joined: str, words: list[str]) -> Iterator[int]:
        """The rows that begin with the last words, where the first words stand in the names above."""
        for cut in list(accumulate(map(len, words)))[:-1]:
            for row in column.rows("\n" + joined[cut:]):
                if joined[:cut] in self._above(row, column):
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


def words_of(text: str) -> list[str]:
    """The words of what is looked for, in the spelling of the list."""
    return text.casefold().replace("ü", "v").replace("'", "").replace("-", "").replace("/", " ").split()


@cache
def divisions() -> Divisions:
    """The whole country but for its villages, read once for each process."""
    text = lzma.decompress((DATA / "divisions.tsv.xz").read_bytes()).decode()
    return Divisions((code, name, pinyin) for code, name, pinyin in (line.split("\t") for line in text.split("\n")))


def villages(code: str) -> tuple[Division, ...]:
    """The villages and communities of the town in which a 12-digit code lies, by code; none for areas above."""
    town = code[: Level.TOWN]
    line = _towns(code[:2]).get(town, "")
    found, number = [], 0
    for cell in line.split("\t")[1:]:
        stated, colon, name = cell.rpartition(":")
        number = int(stated) if colon else number + 1
        if number:  # a town without villages is listed as its own
            found.append(Division(f"{town}{number:03}", name))
    return tuple(found)


@lru_cache(maxsize=2)
def _towns(province: str) -> dict[str, str]:
    """A province's packed lines by town: kept as text, since few are ever opened."""
    packed = DATA / "villages" / f"{province}.tsv.xz"
    if not packed.is_file():
        return {}
    text = lzma.decompress(packed.read_bytes()).decode()
    return {line.partition("\t")[0]: line for line in text.split("\n")}
