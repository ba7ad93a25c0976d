"""Offices merge, split, are renamed and close; codes in events stay, and someone always answers for them."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Malformed
from exchange.jurisdictions.served import Serving
from exchange.jurisdictions.succession import Closed, Fact, Opened, Renamed, Succeeded, Succession

A, B, C, D = (f"42011500{number}000" for number in (1, 2, 3, 4))


def on(year: int) -> date:
    return date(year, 1, 1)


def test_without_facts_an_office_answers_for_itself():
    assert Succession([]).successor(A) == A
    assert Succession([]).name_of(A) is None
    assert not Succession([]).is_open(A)


def test_a_chain_is_followed_as_far_as_the_day_asked():
    chain = Succession([Succeeded((A,), (B,), on(2010)), Succeeded((B,), (C,), on(2015))])
    assert [chain.successor(A, day) for day in (date(2009, 12, 31), on(2010), date(2014, 12, 31), on(2015), None)] == [
        A, B, B, C, C,
    ]  # fmt: skip


def test_a_chain_within_one_day_is_followed_in_whatever_order_it_is_told():
    facts = [Succeeded((A,), (B,), on(2010)), Succeeded((B,), (C,), on(2010)), Succeeded((C,), (D,), on(2010))]
    assert {Succession(order).successor(A) for order in permutations(facts)} == {D}


def test_a_merger_leads_all_to_the_same_office():
    merged = Succession([Succeeded((A, B), (C,), on(2010))])
    assert [merged.successor(code) for code in (A, B, C)] == [C, C, C]


def test_a_split_leads_to_the_first_office_unless_the_allotment_names_the_dossier():
    split = Succession([Succeeded((A,), (B, C), on(2010), {"dossier-1": C})])
    assert split.successor(A) == B
    assert split.successor(A, dossier="dossier-1") == C
    assert split.successor(A, dossier="dossier-2") == B


def test_a_merger_that_was_undone_leads_back():
    ring = Succession([Succeeded((A,), (B,), on(2010)), Succeeded((B,), (A,), on(2015))])
    assert ring.successor(A, on(2012)) == B
    assert ring.successor(A) == A
    assert ring.successor(B) == A


def test_a_ring_within_one_day_ends():
    ring = Succession(
        [Succeeded((A,), (B,), on(2010)), Succeeded((B,), (C,), on(2010)), Succeeded((C,), (A,), on(2010))]
    )
    assert ring.successor(A) == A
    assert Succession([Succeeded((A,), (A,), on(2010))]).successor(A) == A


def test_a_code_that_opens_anew_stands_for_itself_again():
    anew = Succession([Opened(A, "甲镇", on(2000)), Succeeded((A,), (B,), on(2010)), Opened(A, "甲街道", on(2020))])
    assert anew.successor(A, on(2019)) == B
    assert anew.successor(A) == A


def test_a_name_holds_from_its_day_and_outlives_the_office():
    named = Succession([Opened(A, "甲乡", on(2000)), Closed(A, on(2020)), Renamed(A, "甲镇", on(2010))])
    assert [named.name_of(A, on(year)) for year in (1999, 2000, 2009, 2010, 2021)] == [
        None,
        "甲乡",
        "甲乡",
        "甲镇",
        "甲镇",
    ]


def test_an_office_is_open_until_it_closes_or_passes_to_others():
    facts = Succession([Opened(A, "甲", on(2000)), Succeeded((A,), (B, C), on(2010)), Closed(C, on(2020))])
    assert [facts.is_open(A, on(year)) for year in (1999, 2000, 2010)] == [False, True, False]
    assert facts.is_open(B)
    assert facts.is_open(C, on(2019))
    assert not facts.is_open(C)


def test_an_office_that_takes_in_others_and_keeps_its_code_stays_open():
    facts = Succession([Opened(A, "甲", on(2000)), Succeeded((A, B), (A,), on(2010))])
    assert facts.is_open(A)
    assert facts.successor(B) == A


CODES = st.sampled_from([A, B, C, D])
LISTS = st.lists(CODES, min_size=1, max_size=3).map(tuple)
FACTS = st.lists(
    st.one_of(
        st.builds(Succeeded, LISTS, LISTS, st.integers(2000, 2004).map(on)),
        st.builds(Opened, CODES, st.just("镇"), st.integers(2000, 2004).map(on)),
    ),
    max_size=12,
)


@given(FACTS, CODES)
def test_any_tangle_of_facts_has_an_answer_among_its_offices(facts: list[Fact], code: str):
    assert Succession(facts).successor(code) in {A, B, C, D}


def test_the_narrowest_area_decides_who_serves_an_office():
    serving = Serving(["42", "430102"], peers=["43", "4201"])
    assert serving.standing("429004001000") == "served"
    assert serving.standing("420115001000") == "peer"
    assert serving.standing("430102001000") == "served"
    assert serving.standing("430103001000") == "peer"
    assert serving.standing("110101001000") == "outside"
    assert serving.standing("430000000000") == "peer"
    assert serving.serves("420000000000")
    assert serving.areas == ("420000000000", "430102000000")


@pytest.mark.parametrize(("served", "rule"), [("42", "serving.twice"), ("4", "division.length")])
def test_areas_that_make_no_sense_are_refused(served: str, rule: str):
    with pytest.raises(Malformed) as refused:
        Serving([served], peers=["420000"])
    assert refused.value.rule == rule
