"""The demo, made: a node of its own, keys for every office, a year driven through the API, and what is left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from events.errors import ExchangeError
from exchange.access.caller import Role
from exchange.access.keys import Keys
from exchange.clock import Clock, utcnow
from exchange.demo import keepsake
from exchange.demo.clock import last_worked_day
from exchange.demo.drive import Drive, Outcome
from exchange.demo.example import example, overseen
from exchange.demo.keepsake import DemoKey, Keepsake
from exchange.demo.life import YEAR
from exchange.demo.office import Office
from exchange.demo.report import punctuality
from exchange.demo.stage import Stage, Staged, alone
from exchange.demo.story import Story, story
from exchange.demo.towns import CODES, COUNTY, PROVINCES
from exchange.node import Node
from exchange.settings import Settings

PERSONS, SEED = 1000, 1
OFFICE_ROLES: tuple[Role, ...] = ("clerk", "confirmer")
LOOKING_ON: tuple[Role, ...] = ("supervisor", "auditor")
_WORKSHOP = ".demo"

Tell = Callable[[int], None]


def nobody(done: int) -> None:
    """Nobody watches."""


class DemoOccupied(ExchangeError):
    """The data folder holds other data; a demo never mixes with it."""

    code = "demo_occupied"
    status = 409


def demo_settings(found: Settings) -> Settings:
    """The settings under which the demo's towns are served."""
    return msgspec.structs.replace(found, serves=(*CODES, COUNTY), demo=True)


def ensure_demo(found: Settings, persons: int = PERSONS, seed: int = SEED, tell: Tell = nobody) -> Settings:
    """The settings of a data folder that holds a demo: the one that is there, else one made now.

    It is made beside and moved in whole, so that an interrupted one leaves nothing; so it is in a file, and never in a
    database that may hold anybody's data. Raises DemoOccupied.
    """
    served = demo_settings(found)
    if keepsake.load(found.data) is not None:
        return served
    if found.database_url:
        raise DemoOccupied(field="database_url", rule="demo.own_file")
    if found.database.exists():
        raise DemoOccupied(field="data", rule="demo.occupied", data=found.data)
    workshop = found.data / _WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    with made(msgspec.structs.replace(served, data=workshop), persons, seed, tell=tell):
        pass
    # What says that a demo is here goes last.
    for file in sorted(workshop.iterdir(), key=lambda file: file.name == keepsake.FILE):
        file.replace(found.data / file.name)
    workshop.rmdir()
    return served


@contextmanager
def made(
    served: Settings, persons: int, seed: int, *, tell: Tell = nobody, now: Clock = utcnow, staged: Staged = alone
) -> Iterator[tuple[Node, Outcome]]:
    """A node in an empty data folder after the demo's year, whose last day is over; its clock goes right again.

    `staged`: where the year takes place.
    """
    last_day = last_worked_day(now())
    told = story(persons, seed, last_day)
    with staged(served, told.first_day) as stage:
        node = stage.node
        keys = _keys(node)
        outcome = _driven(stage, told, keys, seed, tell)
        node.clock = now
        late, in_time = punctuality(node, outcome, last_day)
        keepsake.save(
            served.data,
            Keepsake(
                persons=persons,
                seed=seed,
                made_at=now().isoformat(),
                keys=keys,
                shown=example(node, told, outcome),
                overseen=overseen(node, COUNTY, last_day.isoformat()),
                fell_due=late + in_time,
                in_time=in_time,
            ),
        )
        _write_settings(served)
        yield node, outcome


def _driven(stage: Stage, told: Story, keys: tuple[DemoKey, ...], seed: int, tell: Tell) -> Outcome:
    offices = {key.office: Office(stage.http, key.office, key.token) for key in keys if key.role == "office"}
    supervisors = [
        Office(stage.http, key.office, key.token) for key in keys if key.role == "supervisor" and key.office != COUNTY
    ]
    drive = Drive(
        told, offices, supervisors, begin=stage.begin, advance=stage.advance, clock=stage.node.clock, seed=seed
    )
    return drive.run(lambda day: tell(day * len(told.persons) // YEAR))


def _keys(node: Node) -> tuple[DemoKey, ...]:
    """One for each office, and one for each of those who look on."""
    keys = Keys(node.uow, node.clock)
    issued = [DemoKey(code, "office", keys.issue(f"demo {code}", [code], OFFICE_ROLES)[1]) for code in CODES]
    for province in PROVINCES:
        for role in LOOKING_ON:
            code = province.ljust(12, "0")
            issued.append(DemoKey(code, role, keys.issue(f"demo {role} {province}", [code], [role])[1]))
    issued.append(DemoKey(COUNTY, "supervisor", keys.issue("demo county", [COUNTY], ["supervisor"])[1]))
    home = PROVINCES[0].ljust(12, "0")
    issued.append(DemoKey(home, "operator", keys.issue("demo operator", [home], ["operator"])[1]))
    return tuple(issued)


def _write_settings(served: Settings) -> None:
    """So that every later command on this folder serves the same towns."""
    listed = ", ".join(f'"{code}"' for code in served.serves)
    served.file.write_text(f"demo = true\nserves = [{listed}]\n", encoding="utf-8")


__all__ = ["PERSONS", "SEED", "DemoOccupied", "demo_settings", "ensure_demo", "made"]
