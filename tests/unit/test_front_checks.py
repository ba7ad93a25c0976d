"""What the root page says of the checks: which, of when, where something was found, and what is still under way."""

from datetime import UTC, datetime

import msgspec
import pytest

from exchange.console.checks import checks_of
from exchange.console.result import Result
from exchange.console.words import Words
from exchange.queries.status import Status
from exchange.reconcile.finding import Check, Checked, Difference
from exchange.reconcile.ledgers import Ledgers

NIGHT = datetime(2026, 11, 26, 18, 40, tzinfo=UTC)  # 02:40 of the day after in China
NOW = Status(
    at=NIGHT, offices=(), holding=2, events=90, pending=0, set_aside=0, deliveries=1200, notices=5, persons=40,
    open_cases=0, dirty=0, stuck=0, lag_events=0, lag_seconds=0.0,
)  # fmt: skip
NONE: dict[Check, int] = dict.fromkeys(("ledger", "view", "entitlement", "agreement"), 0)
EQUAL = Checked(at=NIGHT, persons=40, waiting=0, pairs={"equal": 9}, checks=NONE, consequences=NONE, differences=())
FAULT = Difference(check="view", office="420982100000", person="p")
FAULTY = msgspec.structs.replace(EQUAL, checks={**NONE, "view": 1}, differences=(FAULT,))
TREE = Ledgers(
    one="", other="", at=NIGHT, shared=2400, trips=1, exchanged=0, read=0, differing=(), differing_in_all=0, forged=0
)


def said(result: Result, language="en", **more):
    found = checks_of(Words(language), result, NOW, 77, fresh=True, begun=more.get("begun"))
    assert found is not None
    return found


def test_what_the_page_finds_itself_has_the_four_checks_and_its_moment():
    found = said(Result(EQUAL, whole=True))
    assert [row.name for row in found.rows] == ["Ledger", "View", "Entitlement", "Agreement"]
    assert (found.at, found.beside, found.differences) == ("Checked 27 Nov 2026 02:40.", (), 0)


@pytest.mark.parametrize(
    ("language", "name", "result", "at"),
    [
        ("en", "Whole tree", "2,400 entries in common, none lacking", "By the check of 27 Nov 2026 02:40."),
        ("zh-CN", "总账", "共有2,400条，无一缺失", "依据2026年11月27日 02:40的核对。"),
    ],
)
def test_the_nightly_check_has_the_ledger_of_the_whole_tree_besides(language, name, result, at):
    found = said(Result(EQUAL, whole=True, nightly=True, ledger=TREE), language)
    assert (found.rows[-1].name, found.rows[-1].result, found.rows[-1].passed, found.at) == (name, result, True, at)


@pytest.mark.parametrize("wrong", [{"differing_in_all": 2, "differing": (FAULT,)}, {"forged": 2}])
def test_what_the_tree_alone_finds_is_a_difference_and_no_agreement(wrong):
    found = said(Result(EQUAL, whole=True, nightly=True, ledger=msgspec.structs.replace(TREE, **wrong)))
    assert (found.differences, found.rows[-1].passed) == (2, False)
    assert found.rows[-1].result == "2 entries lacking or altered, 2,400 in common"


def test_where_something_was_found_is_named_by_office_and_how_to_see_all_of_it():
    found = said(Result(FAULTY, whole=True))
    [row] = [row for row in found.rows if not row.passed]
    assert (row.name, row.where) == ("View", "Zhaopeng Town, Anlu City")
    assert "exchange reconcile --latest" in found.beside[-1]


def test_who_was_left_out_and_what_is_under_way_is_said():
    waiting = msgspec.structs.replace(EQUAL, waiting=3)
    assert said(Result(waiting, whole=True), begun=NIGHT).beside == (
        "3 persons were left out, of whom work was under way.",
        "A check begun 27 Nov 2026 02:40 is under way.",
    )
