"""What docs/registers.md says of the columns is what the code takes."""

from exchange.registers.columns import COLUMNS
from exchange.translations import text
from tests.conventions.sources import ROOT


def test_every_column_stands_in_the_document_with_its_headings_and_meaning():
    told = (ROOT / "docs" / "registers.md").read_text(encoding="utf-8")
    for column in COLUMNS:
        meaning = text(f"register.column.{column.field}", "en")
        assert f"| {column.chinese} | {column.english} | {'、'.join(column.also)} | {meaning} |" in told


def test_every_column_has_a_meaning_in_both_languages():
    for language in ("en", "zh-CN"):
        for column in COLUMNS:
            assert not text(f"register.column.{column.field}", language).startswith("register.")
