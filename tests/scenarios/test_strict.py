"""Nothing that stands in a file is ignored in silence, and nothing in it ends the runner with a fault of ours."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from exchange.scenarios.document import ScenarioInvalid, load
from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import parse, scenario_of
from exchange.scenarios.running import run
from tests.scenarios.stories import FILES

HEAD = """\
scenario: 1
id: small
title: Somebody arrives in B
story: A registers P1, and B records the arrival.
day_zero: 2026-03-02
offices: [A, B]
persons: {P1: {sex: F, born_on: 1988-05-02}}
start:
  - {step: first, by: A, event: person.registered, person: P1, day: -900, with: {basis: first_record, registration: A}}
steps:
  - {step: a, by: B, event: movement.arrived, person: P1, with: {kind: main, registration: A, origin: A, address: any},
     tells: [{to: A, kind: inflow}]}
"""
END = "end: {A: {P1: {record: open}}}\n"


def fault(text: str) -> tuple[str | None, str | None]:
    with pytest.raises(ScenarioInvalid) as caught:
        parse(text, "small")
    return caught.value.field, caught.value.rule


@pytest.mark.parametrize(
    ("step", "place", "rule"),
    [
        ("by: B, event: movement.left, person: P1, error: no_such_stay", "error", "scenario.error_alone"),
        ("by: A, event: case.confirmed, of: a", "of", "scenario.case_name"),
        ("by: A, event: case.confirmed, person: P1", "of", "scenario.missing"),
        ("by: A, event: event.retracted, person: P1", "of", "scenario.missing"),
        ("by: A, event: case.confirmed, of: later.A", "of", "scenario.unknown_label"),
        ("step: b, by: A, event: case.confirmed, of: b.A", "of", "scenario.later_label"),
        ("by: A, line: a", "line", "scenario.case_name"),
        ("by: A, again: b", "again", "scenario.unknown_label"),
        ("step: c, by: A, again: c", "again", "scenario.later_label"),
        ("by: A, send: {to: v1/events, body: 1}", "send.to", "scenario.path"),
        ("by: A, send: {to: 'http://other.example/v1/events', body: 1}", "send.to", "scenario.path"),
        ("by: A, send: {to: //other.example/v1/events, body: 1}", "send.to", "scenario.path"),
        ("by: A, send: {to: /v1//other.example, body: 1}", "send.to", "scenario.path"),
        (
            "by: A, event: case.confirmed, of: a.A, with: {deviations: [{field: born_on, our: 1}]}",
            "with.deviations.our",
            "scenario.unknown_key",
        ),
        (
            "by: A, event: case.confirmed, of: a.A, with: {deviations: [{ours: 1}]}",
            "with.deviations.field",
            "scenario.missing",
        ),
        ("by: B, event: movement.extended, person: P1, with: {stay_until: soon}", "with.stay_until", "scenario.day"),
        ("by: B, event: movement.extended, person: P1, with: {stay: 7}", "with.stay", "scenario.unknown_label"),
        ("by: B, event: movement.left, person: P1, with: {stay: next}", "with.stay", "scenario.unknown_label"),
        (
            "by: B, event: movement.left, person: P1, with: {destination: [A]}",
            "with.destination",
            "scenario.unknown_office",
        ),
        ("by: A, event: person.changed, person: P1, with: {set: 5}", "with.set", "scenario.mapping"),
        ("by: A, event: jurisdiction.succeeded, with: {to: [Z]}", "with.to", "scenario.unknown_office"),
        ("by: A, event: jurisdiction.succeeded, with: {to: B}", "with.to", "scenario.list"),
        ("by: B, looks_up: P9", "looks_up", "scenario.unknown_person"),
        ("by: B, looks_up: {consent: true}", "looks_up.person", "scenario.missing"),
        ("by: B, looks_up: {person: P1, number: 1}", "looks_up.number", "scenario.unknown_key"),
        ("by: B, looks_up: P1, gives: [address]", "gives", "scenario.unknown_key"),
        ("by: B, event: movement.left, person: P1, gives: [name]", "gives", "scenario.unknown_key"),
        (
            "by: B, event: movement.arrived, person: P1, with: {kind: main, stated: {looked_up: a}}",
            "with.stated.looked_up",
            "scenario.later_label",
        ),
        (
            "by: A, event: jurisdiction.succeeded, with: {to: [B], allotment: {P9: B}}",
            "with.allotment",
            "scenario.unknown_person",
        ),
    ],
)
def test_a_step_that_can_mean_nothing_is_named(step, place, rule):
    assert fault(f"{HEAD}  - {{{step}}}\n{END}") == (f"$.steps.1.{place}", rule)


def test_only_an_act_of_an_office_can_be_sent_again():
    text = f"{HEAD}  - {{step: b, pass: {{days: 1}}}}\n  - {{by: A, again: b}}\n{END}"
    assert fault(text) == ("$.steps.2.again", "scenario.again")


@pytest.mark.parametrize(
    ("view", "place", "rule"),
    [
        ("roles: registration", "roles", "scenario.list"),
        ("ties: 3", "ties", "scenario.list"),
        ("further_at: [Z]", "further_at", "scenario.unknown_office"),
        ("deviations: born_on", "deviations", "scenario.list"),
        ("lives_at: [A]", "lives_at", "scenario.unknown_office"),
        ("record: {not: shut}", "record", "scenario.word"),
        ("name: {not: 1, same_as: A}", "name.same_as", "scenario.unknown_key"),
    ],
)
def test_what_no_office_can_show_is_named(view, place, rule):
    assert fault(f"{HEAD}end: {{A: {{P1: {{{view}}}}}}}\n") == (f"$.end.A.P1.{place}", rule)


@pytest.mark.parametrize("label", ["first", "a.A"])
def test_a_moment_is_that_of_a_step(label):
    views = f"views: [{{office: A, person: P1, known_at: {label}, expect: {{record: open}}}}]\n"
    assert fault(HEAD + END + views) == ("$.views.0.known_at", "scenario.known_at")


@pytest.mark.parametrize(
    ("expected", "differs"),
    [
        ("abroad", False),
        ("{abroad: any}", False),
        ("{abroad: TH}", False),
        ("{abroad: TH, last: A}", False),
        ("{abroad: KZ}", True),
        ("{abroad: TH, last: B}", True),
        ("unknown", True),
        ("{not: {abroad: TH}}", True),
        ("{not: {abroad: KZ}}", False),
    ],
)
def test_of_a_place_abroad_all_that_is_written_is_compared(expected, differs):
    step = "{by: A, event: movement.departed, person: P1, with: {stay: A, destination: {abroad: TH, last: A}}}"
    start = HEAD.replace("registration: A}}", "registration: A, address: any}}").partition("steps:")[0]
    story = parse(f"{start}steps:\n  - {step}\nend: {{A: {{P1: {{went_to: {expected}}}}}}}\n", "small")
    with embedded() as ground:
        found = run(story, ground, 1, {})
    assert [each.kind for each in found.differences] == (["view"] if differs else [])


ODD: tuple[Any, ...] = (
    None,
    7,
    -1,
    True,
    "any",
    "soon",
    "",
    [],
    {},
    ["A"],
    {"a": 1},
    [[1]],
    {"same_as": 3},
    "A.A",
    ".",
    "x.",
)


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document: what holds it, and under which key."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield node, key
        yield from places(value)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_whatever_stands_anywhere_is_read_or_named(file):
    random, whole = Random(file.stem), load(file.read_text(encoding="utf-8"))
    for _ in range(40):
        document = copy.deepcopy(whole)
        holder, key = random.choice(list(places(document)))
        holder[key] = random.choice(ODD)
        with suppress(ScenarioInvalid):
            scenario_of(document, file.stem)
