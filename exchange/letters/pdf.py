"""A letter as a page of PDF: A4, one embedded font for both languages, the same bytes for the same letter and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTCollection
from fpdf import FPDF

from exchange.clock import SHANGHAI
from exchange.letters.letter import Letter, Line
from exchange.translations import CHINESE, DEFAULT, text

_FONT, _FILE = "WenQuanYi Micro Hei", "fonts/wqy-microhei.ttc"
_LABEL, _ROW, _GAP = 62, 6.5, 3  # mm


def pdf(letters: Iterable[Letter]) -> bytes:
    """One document, each letter on a page of its own or more."""
    page = _Page()
    for each in letters:
        page.write(each)
    return bytes(page.output())


def drawable(value: str) -> str:
    """The text with every sign that the font does not have named by its code point: no sign of a name gets lost.

    Lines end where they ended; what a tabulator sets apart stays apart.
    """
    signs = value.expandtabs(4)
    return "".join(sign if sign == "\n" or ord(sign) in _signs() else f"[U+{ord(sign):04X}]" for sign in signs)


@cache
def _font() -> Path:
    return Path(str(files("paperang_p2_fonts_cjk") / _FILE))


@cache
def _signs() -> frozenset[int]:
    with TTCollection(_font()) as fonts:
        return frozenset(fonts.fonts[0].getBestCmap())


class _Page(FPDF):
    def __init__(self) -> None:
        super().__init__(format="A4")
        self.set_margins(22, 20, 22)
        self.set_auto_page_break(True, 18)
        self.add_font(_FONT, "", _font(), collection_font_number=0)
        self.set_title("Letter")

    def write_both(self, key: str, size: float) -> None:
        self._say(" ".join(text(f"letter.{key}", language) for language in (CHINESE, DEFAULT)), size)

    def write(self, letter: Letter) -> None:  # type: ignore[override]  # a letter is what is written here
        self.set_creation_date(datetime.fromisoformat(letter.written_on).replace(tzinfo=SHANGHAI))
        self.add_page()
        self.write_both("title", 15)
        self.ln(_GAP)
        self._table(letter.head)
        for sentence in letter.question:
            self._say(sentence, 11)
        self._section("about", letter.about)
        self._section("facts", letter.facts)
        for sentence in letter.closing:
            self._say(sentence, 9)
        self._slip(letter)

    def _section(self, key: str, lines: Iterable[Line]) -> None:
        self.ln(_GAP)
        self.write_both(key, 11)
        self._table(lines)

    def _table(self, lines: Iterable[Line]) -> None:
        self.set_font(_FONT, size=10)
        for line in lines:
            top, page = self.get_y(), self.page_no()
            self.multi_cell(_LABEL, _ROW, drawable(line.label), align="L", new_x="RIGHT", new_y="NEXT")
            after = self.get_y()
            self.set_xy(self.l_margin + _LABEL, top if page == self.page_no() else self.t_margin)
            self.multi_cell(0, _ROW, drawable(line.value), align="L", new_x="LMARGIN", new_y="NEXT")
            self.set_y(max(after, self.get_y()))
        self.ln(_GAP)

    def _slip(self, letter: Letter) -> None:
        self.ln(_GAP)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.write_both("slip", 11)
        self._say(letter.reference, 10)
        for answer in letter.answers:
            self._say(f"□ {answer}", 10)
        self.ln(_GAP)
        self.write_both("stamp", 10)

    def _say(self, sentence: str, size: float) -> None:
        self.set_font(_FONT, size=size)
        self.multi_cell(0, size * 0.55, drawable(sentence), align="L", new_x="LMARGIN", new_y="NEXT")
