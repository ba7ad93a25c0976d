"""Where the scenario files are, and a small one of their kind."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))

SMALL = """\
scenario: 1
id: small
title: Somebody leaves B, and A hears of it
story: A registers P1, B records the arrival, then the leaving.
day_zero: 2026-03-02
offices: [A, B]
persons:
  P1: {sex: M, born_on: 1959-05-30}
start:
  - {by: A, event: person.registered, person: P1, day: -900, with: {basis: first_record, registration: A, address: any}}
  - {by: B, event: movement.arrived, person: P1, day: -99, with: {kind: main, registration: A, origin: A, address: any}}
steps:
  - step: leaving
    by: B
    event: movement.left
    person: P1
    day: 0
    with: {stay: B, destination: unknown}
    tells:
      - {to: A, kind: left, expects: nothing}
  - step: leaving-twice
    by: B
    event: movement.left
    person: P1
    with: {destination: unknown}
    outcome: refused
    error: no_such_stay
end:
  A:
    P1: {record: open, roles: [registration], lives_at: unknown}
  B:
    P1: {record: closed, until: 0}
"""
