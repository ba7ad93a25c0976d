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

HOUSEHOLD = """\
scenario: 1
id: small
title: Two arrive in B together
story: B records the arrival of two, and A answers both at once.
day_zero: 2026-03-02
offices: [A, B]
persons:
  P1: {sex: M, born_on: 1959-05-30}
  P2: {sex: F, born_on: 1961-02-07}
start:
  - {by: A, event: person.registered, person: P1, day: -900, with: {basis: first_record, registration: A, address: any}}
  - {by: A, event: person.registered, person: P2, day: -900, with: {basis: first_record, registration: A, address: any}}
steps:
  - step: arriving
    by: B
    event: movement.arrived
    members: [P1, {person: P2, step: second, with: {reason: work}}]
    with: {kind: main, registration: A, origin: A, address: any}
    tells:
      - {to: A, kind: inflow, about: P1, line: 2}
      - {to: A, kind: inflow, about: P2, line: 2}
  - step: answer
    by: A
    line: arriving.A
    rest: equal
    except: [{person: P2, event: case.disputed, with: {reason: other}}]
    tells:
      - {to: B, kind: reply, about: P1, outcome: confirmed, line: 2}
      - {to: B, kind: reply, about: P2, outcome: disputed, line: 2}
end:
  B:
    P1: {record: open, roles: [main]}
cases: {arriving.A: disputed, second.A: disputed}
"""
