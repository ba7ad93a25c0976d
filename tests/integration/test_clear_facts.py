"""The clear frame never tells of a person: what a reply or a correction may leave in it (DESIGN.md section 6)."""

from typing import Any

import pytest

from events.errors import ExchangeError
from exchange.node import Node
from exchange.protocol.refusals import NothingToSettle
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, town, woman

WORDS = "王小雨住在这里"


@pytest.fixture
def inflow(home: Town, new_home: Town) -> str:
    home.registers(woman())
    new_home.sees_arrive(woman(born_on="1988-06-02"), ZHIFANG)
    return str(home.notice("inflow").case)


def kept(node: Node) -> bytes:
    """All the clear bytes that the node keeps."""
    with node.uow.look() as session:
        return b"\n".join(stored.body for stored in session.log(0, 1000))


def refused(node: Node, act: Any) -> dict[str | None, str | None]:
    before = kept(node)
    with pytest.raises(ExchangeError) as error:
        act()
    assert kept(node) == before
    return {each.field: each.rule for each in error.value.faults}


@pytest.mark.parametrize(
    ("deviation", "field", "rule"),
    [
        ({"field": "mood", "ours": WORDS}, "deviations.0.field", "deviation.no_such_field"),
        ({"field": "born_year", "ours": "1988"}, "deviations.0.field", "deviation.no_such_field"),
        ({"field": "particulars", "ours": {"name": WORDS}}, "deviations.0.field", "deviation.no_such_field"),
        ({"field": "opens", "ours": False}, "deviations.0.field", "deviation.no_such_field"),
        ({"field": "kind", "ours": WORDS}, "deviations.0.ours", "schema.choice"),
        ({"field": "stay_until", "yours": WORDS}, "deviations.0.yours", "date.form"),
        ({"field": "effective_on", "ours": WORDS}, "deviations.0.ours", "date.form"),
        ({"field": "reason", "ours": WORDS}, "deviations.0.ours", "code.unknown"),
        ({"field": "origin", "ours": WORDS}, "deviations.0.ours", "schema.object"),
        ({"field": "origin", "ours": {"name": WORDS}}, "deviations.0.ours.name", "schema.unknown"),
        ({"field": "origin", "yours": {**town(ZHIFANG), "x": 1}}, "deviations.0.yours.x", "schema.unknown"),
        ({"field": "ends", "yours": [{"town": ZHIFANG, "x": WORDS}]}, "deviations.0.yours.0.x", "schema.unknown"),
    ],
)
def test_a_deviation_is_in_a_field_of_the_question_and_holds_what_that_may(node, home, inflow, deviation, field, rule):
    assert refused(node, lambda: home.answers("case.confirmed", inflow, deviations=[deviation])) == {field: rule}


@pytest.mark.parametrize(
    "deviation",
    [
        {"field": "born_on", "ours": "1988-05-02"},
        {"field": "education", "ours": "70"},
        {"field": "effective_on", "ours": "2026-02-01"},
        {"field": "origin", "ours": {"kind": "abroad", "country": "SG"}},
        {"field": "registration", "ours": town(DONGHUAMEN), "yours": town(ZHIFANG)},
        {"field": "kind", "ours": "further"},
        {"field": "address", "ours": "6 Lake Road"},
    ],
)
def test_any_field_of_the_question_may_differ(home, new_home, inflow, deviation):
    home.answers("case.confirmed", inflow, deviations=[deviation])
    assert new_home.notice("reply").fields == (deviation["field"],)


@pytest.mark.parametrize(
    ("deviations", "faults"),
    [
        ([{"field": "kind", "ours": "main"}], {"deviations.0.ours": "deviation.same"}),
        ([{"field": "effective_on", "ours": "2026-03-01"}], {"deviations.0.ours": "deviation.same"}),
        ([{"field": "registration", "ours": town(ZHIFANG)}], {"deviations.0.ours": "deviation.same"}),
        ([{"field": "name", "ours": "王小雨"}], {"deviations.0.ours": "deviation.same"}),
        ([{"field": "phone"}], {"deviations.0.ours": "deviation.holds_nothing"}),
        ([{"field": "stay_until", "yours": "2027-01-01"}], {"deviations.0.ours": "deviation.holds_nothing"}),
        ([{"field": "kind", "ours": "further", "yours": "further"}], {"deviations.0.yours": "deviation.not_stated"}),
        (
            [{"field": "born_on", "ours": "1988-05-02", "yours": "1988-05-04"}],
            {"deviations.0.yours": "deviation.not_stated"},
        ),
        ([{"field": "kind", "ours": "further"}] * 2, {"deviations.1.field": "deviation.twice"}),
    ],
)
def test_a_deviation_is_a_difference_from_what_is_stated(node, home, inflow, deviations, faults):
    assert refused(node, lambda: home.answers("case.confirmed", inflow, deviations=deviations)) == faults


def test_a_case_is_opened_again_for_fields_of_the_question(node, home, inflow):
    home.answers("case.confirmed", inflow, deviations=[])
    again = {"reason": "doubt", "fields": ["born_on", WORDS]}
    assert refused(node, lambda: home.answers("case.reopened", inflow, **again)) == {
        "fields.1": "deviation.no_such_field"
    }
    home.answers("case.reopened", inflow, reason="doubt", fields=["born_on", "origin"])


@pytest.mark.parametrize(
    ("said", "field", "rule"),
    [
        ({"accepted": ["born_on", WORDS], "insisted": ["education"]}, "accepted", "settled.no_deviation"),
        ({"insisted": ["sex"]}, "insisted", "settled.no_deviation"),
        ({"accepted": ["born_on"]}, "accepted", "settled.undecided"),
    ],
)
def test_what_is_settled_are_the_deviations_each_of_them(node, home, new_home, inflow, said, field, rule):
    home.answers("case.confirmed", inflow, deviations=[{"field": "born_on"}, {"field": "education", "ours": "70"}])
    assert refused(node, lambda: new_home.answers("case.settled", inflow, **said)) == {field: rule}
    new_home.answers("case.settled", inflow, accepted=["born_on"], insisted=["education"])
    assert {c.status for c in new_home.cases()} == {"settled"}


def test_a_dispute_is_settled_as_a_whole(home, new_home, inflow):
    home.answers("case.disputed", inflow, reason="identity_mismatch")
    with pytest.raises(NothingToSettle) as refusal:
        new_home.answers("case.settled", inflow, accepted=["born_on"])
    assert (refusal.value.field, refusal.value.rule) == ("whole", "settled.whole")
    new_home.answers("case.settled", inflow, whole="accepted")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"origin": {**town(ZHIFANG), "name": WORDS}}, {"set.origin.name": "schema.unknown"}),
        ({"ends": [{"town": ZHIFANG, "name": WORDS}]}, {"set.ends.0.name": "schema.unknown"}),
        ({"opens": False}, {"set.opens": "correction.no_such_field"}),
    ],
)
def test_a_correction_brings_in_nothing_beside_its_fields(node, home, new_home, changes, rule):
    arrival = new_home.sees_arrive(woman(), ZHIFANG)
    target = [DONGHUAMEN, arrival.id]

    def correct() -> None:
        new_home.records("event.corrected", "2026-03-02", {"target": target, "set": changes}, arrival.person)

    assert refused(node, correct) == rule


def test_a_correction_of_a_reply_names_its_case_and_nothing_beside(node, home, inflow):
    reply = home.answers("case.disputed", inflow, reason="other")
    case = {"opening": [DONGHUAMEN, reply.id], "asked": ZHIFANG, "kind": "inflow", "name": WORDS}

    def correct() -> None:
        home.records(
            "event.corrected", "2026-03-02", {"target": [ZHIFANG, reply.id], "set": {"case": case}}, reply.person
        )

    assert refused(node, correct) == {"set.case.name": "schema.unknown"}
