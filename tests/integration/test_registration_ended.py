"""Where a registration ended and nobody else keeps one, the office that ended it still answers for the person."""

import pytest

from exchange.console.sheet_rows import sheet_rows
from exchange.console.words import Words
from exchange.node import Node
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, town, woman

STILL = {
    "en": ("closed; this office still answers for the person", "former registration or residence place"),
    "zh-CN": ("已关闭，仍由本单位负责答复", "曾户籍地或曾居住地"),
}
OVER = {"en": "closed", "zh-CN": "已关闭"}


def said(office: Town, person: str, language: str) -> tuple[str, ...]:
    """What a clerk reads of the record: its state, and what the office is to the person."""
    rows = dict(sheet_rows(Words(language), office.sheet(person)))  # type: ignore[arg-type]  # one of the two
    return tuple(rows[label] for label in {"en": ("Record", "This office is"), "zh-CN": ("记录", "本单位为")}[language])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_clerk_reads_so_until_another_town_restores_it(node: Node, home: Town, language: str):
    person = str(home.registers(woman()).person)
    abroad = {"destination": {"kind": "abroad", "country": "NZ"}}
    home.records("movement.departed", "2021-03-01", abroad, person)
    ended = {"from": town(ZHIFANG), "to": None, "ground": "settled_abroad"}
    home.records("registration.changed", "2022-05-01", ended, person)
    assert (home.sheet(person)["state"], home.sheet(person)["keeper"]) == ("closed", ZHIFANG)
    assert said(home, person, language) == STILL[language]
    home.records("person.changed", "2022-06-01", {"set": {"name": "王晓宇"}, "ground": "own_wish"}, person)
    Town(node, DONGHUAMEN).registers(woman(), "2025-06-01", basis="restored")
    assert home.sheet(person)["keeper"] == DONGHUAMEN
    assert said(home, person, language)[0] == OVER[language]


def test_of_whoever_died_nothing_is_said_of_that(home: Town):
    person = str(home.registers(woman()).person)
    home.records("person.deceased", "2026-03-01", {}, person)
    assert said(home, person, "en")[0] == "closed"
