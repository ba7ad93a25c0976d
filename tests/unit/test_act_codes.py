"""Codes that describe an act stand in the clear: each is of a list, so that no name can be written as one."""

from __future__ import annotations

from datetime import date
from typing import get_args

import msgspec
import pytest

from events.catalogue import TYPES, content_of, fact_of
from events.catalogue.act_codes import LIST_OF, LISTS_OF_ACTS
from events.catalogue.amendment import Retracted
from events.catalogue.case import Reopened, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.person import Protected
from events.catalogue.values import CaseRef, Code
from events.codes import LISTS
from events.envelope import Ref
from events.errors import Malformed
from events.parts import part_of
from exchange.commands.corrections import fit
from exchange.commands.wellformed import wellformed
from exchange.pipeline.sweep import LAPSED

TODAY = date(2026, 3, 2)
TOWN = "420115001000"
TARGET = Ref(TOWN, "0190c6f0-8f1e-7a52-9d6f-2d9b7a3f1c55")
NAME = "zhang.wei_19880502"  # fits the pattern of a code


def holds_code(kind: type[Fact], field: str) -> bool:
    annotation = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}[field]
    return Code in (annotation, *get_args(annotation))


FIELDS = [
    (type_, each.encode_name)
    for type_, kind in TYPES.items()
    for each in msgspec.structs.fields(kind)
    if holds_code(kind, each.encode_name)
]


def refused(type_: str, field: str, value: str) -> str | None:
    try:
        wellformed(type_, "2026-03-01", {field: value}, TODAY)
    except Malformed as error:
        return next((each.rule for each in error.faults if each.field == field), None)
    return None


def test_every_field_that_holds_a_code_has_a_list():
    assert set(FIELDS) == set(LIST_OF)
    assert set(LIST_OF.values()) <= LISTS.keys()
    assert all(part_of(field, type_) is None for (type_, field), name in LIST_OF.items() if name in LISTS_OF_ACTS)


@pytest.mark.parametrize(("type_", "field"), FIELDS, ids=".".join)
def test_a_name_written_as_a_code_is_refused_and_every_code_of_the_list_is_not(type_, field):
    assert refused(type_, field, NAME) == "code.unknown"
    assert [code for code in LISTS[LIST_OF[type_, field]] if refused(type_, field, code) is not None] == []


@pytest.mark.parametrize(
    "target",
    [
        Protected(ground="threat"),
        Retracted(target=TARGET, ground="other"),
        Reopened(case=CaseRef(TARGET, TOWN, "inflow"), reason="doubt"),
    ],
    ids=lambda fact: fact.type,
)
def test_a_correction_and_a_deviation_write_no_other_code_either(target):
    field = "reason" if isinstance(target, Reopened) else "ground"
    with pytest.raises(Malformed) as error:
        fit(target, "2026-03-01", field, NAME)
    assert (error.value.field, error.value.rule) == (field, "code.unknown")
    fit(target, "2026-03-01", field, "other")


def test_what_was_recorded_before_there_were_lists_is_read_as_it_stands():
    old = Withdrawn(case=CaseRef(TARGET, TOWN, "inflow"), ground="answered_by_telephone")
    assert fact_of("case.withdrawn", content_of(old)) == old


@pytest.mark.parametrize(
    ("list_", "code"),
    [
        ("amendment", "cause_taken_back"),
        ("withdrawal", "no_longer_stands"),
        ("reopening", "stands_again"),
        ("protection_ended", LAPSED),
    ],
)
def test_what_the_exchange_itself_records_is_of_the_lists(list_, code):
    assert code in LISTS[list_]
