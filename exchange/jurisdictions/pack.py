"""Makes the packed data of this package from its published sources: `python -m exchange.jurisdictions.pack FOLDER`.

FOLDER holds the CSV files that data/README.md names. Needs pypinyin and chinesecalendar, which nothing else here needs.
"""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from pypinyin import lazy_pinyin, load_phrases_dict, load_single_dict

DATA = Path(__file__).parent / "data"
FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")

# The preset's window of 64 MB would be set aside by every process that reads; no text here is longer than 4 MB.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 22}]

# Readings of place names that the general dictionary gets wrong.
SINGLE = {"都": "dū", "藏": "zàng", "彝": "yí", "长": "cháng", "朝": "cháo", "什": "shí", "乐": "lè", "勒": "lè"}
PLACES = {
    "六安": "lù ān", "六合": "lù hé", "郫都": "pí dū", "长治": "cháng zhì", "单县": "shàn xiàn",
    "大城县": "dài chéng xiàn",
    "荥经": "yíng jīng", "洪洞": "hóng tóng", "黄陂": "huáng pí", "筠连": "jūn lián", "珲春": "hún chūn",
    "宕昌": "tàn chāng", "浪卡子": "làng kǎ zǐ", "涡阳": "guō yáng", "繁峙": "fán shì", "浚县": "xùn xiàn",
    "乐陵": "lào líng", "覃塘": "qín táng", "宿州": "sù zhōu", "宿迁": "sù qiān", "宿松": "sù sōng", "闵行": "mǐn háng",
    "万载": "wàn zǎi", "蚌埠": "bèng bù", "曾都": "zēng dū", "乐东": "lè dōng", "黄埔": "huáng pǔ",
    "调兵山": "diào bīng shān", "栎阳": "yuè yáng", "北碚": "běi bèi", "藏族": "zàng zú", "西藏": "xī zàng",
    "那曲": "nà qū", "会稽": "kuài jī", "莘庄": "xīn zhuāng", "蛤蟆": "há má",
    "长子县": "zhǎng zǐ xiàn", "乐清": "yuè qīng", "乐亭": "lào tíng", "南乐": "nán lè", "民乐": "mín lè",
    "康乐": "kāng lè", "伽师": "jiā shī", "长垣": "cháng yuán", "长海": "cháng hǎi", "乌什": "wū shí",
    "朝阳": "cháo yáng", "漯河": "luò hé", "阿勒泰": "ā lè tài", "天长": "tiān cháng", "延长": "yán cháng",
    "子长": "zǐ cháng",
}  # fmt: skip


def main(source: Path, target: Path = DATA) -> None:
    """Writes every packed file; the same sources give the same bytes."""
    load_single_dict({ord(char): reading for char, reading in SINGLE.items()})
    load_phrases_dict({name: [[each] for each in reading.split()] for name, reading in PLACES.items()})
    (target / "villages").mkdir(parents=True, exist_ok=True)
    _write(target / "divisions.tsv.xz", divisions(source))
    for province, lines in villages(source).items():
        _write(target / "villages" / f"{province}.tsv.xz", lines)
    _write(target / "history.tsv.xz", history(source))
    (target / "outside.txt").write_text("".join(f"{line}\n" for line in outside(source)), "utf-8")
    (target / "workdays.txt").write_text("".join(f"{line}\n" for line in workdays()), "utf-8")


def divisions(source: Path) -> Iterator[str]:
    """`code, name, pinyin`, upper levels first, each level by code; codes at their natural length."""
    for file in FILES:
        for row in sorted(_rows(source / file), key=lambda each: each["code"]):
            yield f"{row['code']}\t{row['name']}\t{pinyin(row['name'])}"


def villages(source: Path) -> dict[str, list[str]]:
    """By province, a line for each town: its code, then the villages; a number stands only where it is not one more."""
    towns: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in _rows(source / "villages.csv.gz"):
        towns[row["streetCode"]].append((int(row["code"][9:]), row["name"]))
    provinces: dict[str, list[str]] = defaultdict(list)
    for town, named in sorted(towns.items()):
        cells, previous = [town], 0
        for number, name in sorted(named):
            cells.append(name if number == previous + 1 else f"{number}:{name}")
            previous = number
        provinces[town[:2]].append("\t".join(cells))
    return provinces


def history(source: Path) -> Iterator[str]:
    """`code, name, first year, last year` of counties and prefectures, by code and year."""
    spells = set()
    for row in _rows(source / "county-history-1980-2024.csv.gz"):
        code = row["county_code"] or row["prefecture_code"]
        name = row["county_name"] or row["prefecture_name"]
        if code:
            spells.add((code, int(row["first_year"]), int(row["last_year"]), name))
    for code, first, last, name in sorted(spells):
        yield f"{code}\t{name}\t{first}\t{last}"


def outside(source: Path) -> Iterator[str]:
    """`province code, name, pinyin` of the places that have no exchange: GB/T 2260 codes the first level only."""
    provinces = {"台湾省": "71", "香港特别行政区": "81", "澳门特别行政区": "82"}
    for region, cities in json.loads((source / "HK-MO-TW.json").read_text("utf-8")).items():
        yield f"{provinces[region]}\t{region}\t{pinyin(region)}"
        for city, districts in cities.items():
            for path in (city, *(f"{city}/{district}" for district in districts)):
                yield f"{provinces[region]}\t{path}\t{pinyin(path.rpartition('/')[2])}"


def workdays() -> Iterator[str]:
    """`day, free or worked, name`: free weekdays and worked weekends by the yearly notices of the State Council."""
    table = import_module("chinese_calendar.constants")
    days = [(day, "free", name) for day, name in table.holidays.items()]
    days += [(day, "worked", name) for day, name in table.workdays.items()]
    for day, kind, name in sorted(days):
        if (kind == "free") == (day.weekday() < 5):
            yield f"{day.isoformat()}\t{kind}\t{name}"


def pinyin(name: str) -> str:
    """One syllable without tone for each character; what is no Chinese character stands for itself."""
    return " ".join(lazy_pinyin(name, errors=" ".join))


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    yield from csv.DictReader(text.splitlines())


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_bytes(lzma.compress("\n".join(lines).encode(), filters=FILTERS))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
