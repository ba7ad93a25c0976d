"""What offices record as people come, go and stay: the parts out of which the demo's lives are made. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.demo.acts import Answer, Mention
from exchange.demo.life import Content, Life, place

Answers = Mapping[str, Answer]


def registered(life: Life, *, at_home: bool = True) -> Mention:
    """The opening balance: a person of the town's register."""
    content: Content = {
        "particulars": life.person.particulars(),
        "basis": "register",
        "registration": place(life.person.home),
        **({"address": life.address(life.person.home)} if at_home else {}),
    }
    return life.write("person.registered", life.person.home, content, day=life.person.born_on, opens=True, lag=(0, 0))


def patience(life: Life) -> Answer:
    """Most answers come in time, some late, a few never."""
    draw = life.random.random()
    return Answer(patience="never" if draw < 0.03 else "late" if draw < 0.11 else "prompt")


def ordinary(life: Life) -> Answers:
    """Everybody who is asked agrees, each in its own time."""
    return {kind: patience(life) for kind in ("inflow", "moved-on", "outflow", "registration", "update", "contested")}


def arrives(
    life: Life,
    town: str,
    origin: str,
    *,
    kind: str = "main",
    registration: str | None = None,
    stated: Content | None = None,
    answers: Answers | None = None,
) -> Mention:
    """The person comes to live in a town."""
    person = life.person
    content: Content = {
        "kind": kind,
        "registration": place(registration or life.keeper),
        "origin": place(origin),
        "address": life.address(town),
        "reason": life.reason(),
        "stay_until": life.date_of(life.day + 365),
        "stated": {**person.identity(), "sex": person.sex, **(stated or {})},
    }
    told = {**ordinary(life), **(answers or {})}
    return life.write("movement.arrived", town, content, opens=True, answers=told)


def departs(life: Life, town: str) -> str:
    """The home town announces that the person leaves; now and then for another town than the one reached."""
    announced = life.town(life.keeper, town) if life.chance(0.12) else town
    content: Content = {"destination": place(announced), "expected_on": life.date_of(life.day + 10)}
    wait = {"outflow": Answer("wait")}
    life.write("movement.departed", life.keeper, content, answers={**ordinary(life), **wait})
    life.passes(3, 12)
    return announced


def goes_away(life: Life) -> tuple[str, Mention]:
    """From home to another town, announced or not; how the statement fits the record decides the answer."""
    life.passes(4, 250)
    town = life.town(life.keeper)
    if life.chance(0.55):
        departs(life, town)
    draw = life.random.random()
    if draw < 0.06:
        return town, states_wrongly(life, town)
    if draw < 0.10:
        return town, names_the_wrong_home(life, town)
    return town, arrives(life, town, life.keeper)


def states_wrongly(life: Life, town: str) -> Mention:
    """The birth place was written down otherwise than the record has it."""
    wrong = life.sibling(life.person.home)[:6].ljust(12, "0")
    if wrong == life.person.birth_place:
        wrong = "420100000000"
    answer = Answer("deviate", patience(life).patience, field="birth_place", insists=life.chance(0.35))
    return arrives(life, town, life.keeper, stated={"birth_place": wrong}, answers={"inflow": answer})


def names_the_wrong_home(life: Life, town: str) -> Mention:
    """The arrival names a neighbouring town as registration place; it says so, and the mistake is mended."""
    wrong = life.sibling(life.keeper, town)
    answer = Answer("not_ours", "prompt", other=life.keeper)
    return arrives(life, town, life.keeper, registration=wrong, answers={"inflow": answer})


def corrects(life: Life, office: str, target: Mention, right: Content) -> None:
    """Something was written down wrongly."""
    life.write("event.corrected", office, {"target": target, "set": right, "ground": "recording_error"})


def stays_on(life: Life, town: str, arrival: Mention, *, asked: bool = True) -> None:
    """What happens to a stay that goes on. `asked`: whether the keeper was asked about it, and so learns everything."""
    if life.chance(0.12):
        life.passes(1, 2)
        corrects(life, town, arrival, {"address": life.address(town)})
    if life.chance(0.25):
        life.passes(15, 120)
        life.write("movement.moved_within", town, {"address": life.address(town)})
    if life.chance(0.25):
        life.passes(20, 150)
        life.write("movement.extended", town, {"stay_until": life.date_of(life.day + 540)})
    if asked and life.chance(0.10):
        life.passes(5, 60)
        life.write("person.changed", town, {"set": {"occupation": "个体经营"}, "ground": "reported"})
