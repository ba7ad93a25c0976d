"""Every text that the pages name is there, also of what no test has come to."""

import re
from typing import get_args

import pytest

from events.catalogue.case import DisputeReason, Refusal
from events.catalogue.values import NoteKind
from exchange.console.case import ORDER, REASONS
from exchange.console.inbox import TABS
from exchange.console.rows import SEALS
from exchange.protocol.comparing.equal import Compared
from exchange.protocol.record import CaseStatus
from exchange.translations import known
from schemas.v1.contents import RECORDABLE
from tests.conventions.sources import ROOT

CONSOLE = ROOT / "exchange" / "console"
NAMED = re.compile(r"""words\.(say|counted)\(\s*["']([a-z_.-]+)["'](?!\s*~)""")
OF_CODES = [
    *(f"{table}.{kind}" for table in ("notice", "told") for kind in get_args(NoteKind)),
    *(f"status.{status}" for status in (*get_args(CaseStatus), "told")),
    *(f"compared.{found}" for found in get_args(Compared)),
    *(f"reason.{reason}" for reason in get_args(DisputeReason)),
    *(f"reply.{type_}" for type_ in ORDER),
    *(f"reply.refused.{refusal}" for refusal in get_args(Refusal)),
    *(f"inbox.{table}.{tab}" for table in ("tab", "lede", "empty", "empty_why") for tab in TABS),
]


def named() -> list[tuple[str, str]]:
    files = [*CONSOLE.glob("*.py"), *CONSOLE.glob("templates/console/*.html")]
    return sorted({found for file in files for found in NAMED.findall(file.read_text(encoding="utf-8"))})


@pytest.mark.parametrize(("how", "key"), named())
def test_a_text_that_a_page_names_is_there(how, key):
    for name in [f"{key}.one", f"{key}.many"] if how == "counted" else [key]:
        assert known(f"console.{name}"), name


@pytest.mark.parametrize("key", OF_CODES)
def test_so_is_the_text_of_every_code_that_it_may_have_to_show(key):
    assert known(f"console.{key}")


@pytest.mark.parametrize("type_", [each for each in RECORDABLE if not each.startswith("jurisdiction.")])
def test_every_event_is_called_something(type_):
    assert any(known(f"console.event.{type_}{end}") for end in ("", ".plain", ".entry", ".accepted"))


def test_every_kind_of_notice_has_its_seal():
    assert set(SEALS) == set(get_args(NoteKind))
    assert set(REASONS) <= set(ORDER)


def test_the_texts_are_found_where_pages_name_them():
    assert ("counted", "done.confirmed") not in named(), "which is put together"
    assert {("say", "inbox.back"), ("counted", "inbox.confirm_line")} <= set(named())
