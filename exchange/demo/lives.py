"""The kinds of lives in the demo's year: who stays, goes, returns, is mistaken for another, dies. Pure."""

from __future__ import annotations

from collections.abc import Callable

from events.documents import resident_number
from exchange.demo.acts import Answer
from exchange.demo.life import Content, Life, place
from exchange.demo.moves import arrives, corrects, goes_away, ordinary, registered, stays_on
from exchange.demo.names import misheard
from exchange.demo.population import ADULT


def at_home(life: Life) -> None:
    """Lives where they are registered; now and then something changes, or was wrong."""
    entry = registered(life)
    if life.chance(0.10):
        life.passes(20, 300)
        life.write("person.changed", life.keeper, {"set": {"education": "60"}, "ground": "reported"})
    if life.chance(0.04):
        life.passes(5, 60)
        corrects(life, life.keeper, entry, {"marital_status": "90"})
    if life.chance(0.10):
        life.passes(5, 60)
        life.write("movement.moved_within", life.keeper, {"address": life.address(life.keeper)})


def moves_away(life: Life) -> None:
    """Goes to live elsewhere; some move on, some come back, some just leave."""
    registered(life)
    town, arrival = goes_away(life)
    stays_on(life, town, arrival)
    draw = life.random.random()
    if draw < 0.22:
        moves_on(life, town)
    elif draw < 0.36:
        returns(life, town)
    elif draw < 0.44:
        leaves(life, town)


def moves_on(life: Life, town: str) -> None:
    """To a third town, which asks the second whether it is so."""
    life.passes(30, 140)
    further = life.town(life.keeper, town)
    if life.chance(0.4):
        content: Content = {"destination": place(further), "basis": "own_word"}
        life.write("movement.left", town, content, answers={**ordinary(life), "outflow": Answer("wait")})
        life.passes(1, 6)
    stays_on(life, further, arrives(life, further, town))


def returns(life: Life, town: str) -> None:
    """Back at the registration place."""
    life.passes(30, 160)
    content: Content = {"address": life.address(life.keeper), "origin": place(town)}
    life.write("movement.returned", life.keeper, content, answers=ordinary(life))


def leaves(life: Life, town: str) -> None:
    """The stay ends, on the person's word or because nobody lives there any more."""
    life.passes(40, 160)
    content: Content = {"destination": {"kind": "unknown"}, "basis": "ex_officio", "ground": "not_found_at_address"}
    if life.chance(0.5):
        content = {"destination": {"kind": "abroad", "country": "SG"}, "basis": "own_word"}
    life.write("movement.left", town, content, answers=ordinary(life))


def was_away_already(life: Life) -> None:
    """Lives elsewhere since before the year: both towns' registers hold the person."""
    registered(life, at_home=False)
    town = life.town(life.keeper)
    content: Content = {
        "particulars": {**life.person.identity(), "sex": life.person.sex},
        "basis": "register",
        "registration": place(life.keeper),
        "kind": "main",
        "address": life.address(town),
    }
    since = life.date_of(-life.random.randint(30, 300))
    entry = life.write("person.registered", town, content, day=max(since, life.person.born_on), opens=True, lag=(0, 0))
    life.passes(5, 30)
    stays_on(life, town, entry, asked=False)
    if life.chance(0.2):
        returns(life, town)


def two_homes(life: Life) -> None:
    """Has a further stay for some months beside the main one."""
    registered(life)
    life.passes(10, 150)
    town = life.town(life.keeper)
    arrives(life, town, life.keeper, kind="further")
    if life.chance(0.6):
        life.passes(60, 150)
        life.write("movement.left", town, {"destination": place(life.keeper)}, answers={"outflow": Answer("confirm")})


def lodges_registration(life: Life) -> None:
    """Brings the household registration along to the new town, which is keeper from then on."""
    registered(life)
    town, _ = goes_away(life)
    life.passes(45, 90)
    content: Content = {
        "from": place(life.keeper),
        "to": place(town),
        "ground": "moved",
        "address": life.address(town),
    }
    old = life.keeper
    life.write("registration.changed", old, content, answers=ordinary(life))
    life.keeper = town
    life.passes(10, 60)
    if life.chance(0.5):
        # Elsewhere the papers still name the old place, which passes the question on.
        further = life.town(old, town)
        redirect = {"inflow": Answer("redirect", "prompt", other=town)}
        arrives(life, further, town, registration=old, answers=redirect)


def is_entered_twice(life: Life) -> None:
    """A mistyped number makes a second entry of one human; the registration place joins the two."""
    registered(life)
    life.passes(10, 200)
    town = life.town(life.keeper)
    number = life.person.number
    wrong = {"document.resident": {"number": _neighbour(number)}}
    held = {"number": number}
    answer = Answer("duplicate", "prompt", field="document.resident", other=life.person.handle, ours=held)
    arrives(life, town, life.keeper, stated=wrong, answers={"inflow": answer, "moved-on": answer})


def was_recorded_in_error(life: Life) -> None:
    """An arrival that never happened is taken back."""
    registered(life)
    town, arrival = goes_away(life)
    life.passes(4, 20)
    life.write("event.retracted", town, {"target": arrival, "ground": "recording_error"})


def never_came(life: Life) -> None:
    """Announced to a town that never saw the person; the announcing town lets it rest."""
    registered(life)
    life.passes(10, 250)
    town = life.town(life.keeper)
    content: Content = {"destination": place(town), "expected_on": life.date_of(life.day + 14)}
    life.write("movement.departed", life.keeper, content, answers={"outflow": Answer("not_come", "prompt")})


def is_claimed_twice(life: Life) -> None:
    """Two towns record the arrival on one day; one of them finds out that it erred."""
    registered(life)
    life.passes(20, 200)
    one = life.town(life.keeper)
    other = life.town(life.keeper, one)
    day = life.day
    arrives(life, one, life.keeper)
    life.day = day
    second = arrives(life, other, life.keeper)
    if life.chance(0.6):
        life.passes(6, 12)
        life.write("event.retracted", other, {"target": second, "ground": "recording_error"})


def is_protected(life: Life) -> None:
    """The address may not be told to anybody for a while."""
    registered(life)
    town, _ = goes_away(life)
    life.passes(5, 60)
    content: Content = {"ground": "threat", "until": life.date_of(life.day + 400)}
    life.write("person.protected", town, content)
    if life.chance(0.3):
        life.passes(30, 90)
        life.write("person.unprotected", town, {"ground": "no_longer_needed"})


def dies(life: Life) -> None:
    """At home or away."""
    registered(life)
    office = life.keeper
    if life.chance(0.4):
        office, _ = goes_away(life)
    life.passes(20, 150)
    life.write("person.deceased", office, {}, answers=ordinary(life))


def is_mistyped(life: Life) -> None:
    """Clerks try what cannot be right, and are told so; then they get it right."""
    registered(life)
    life.passes(5, 200)
    town = life.town(life.keeper)
    bad = {**life.person.identity(), "document.resident": {"number": _wrong_digit(life.person.number)}}
    content: Content = {"kind": "main", "registration": place(life.keeper), "stated": bad}
    life.write("movement.arrived", town, content, opens=True, refused="malformed")
    arrives(life, town, life.keeper)
    content = {"kind": "main", "registration": place(life.keeper), "stated": life.person.identity()}
    life.write("movement.arrived", town, content, opens=True, refused="already_here")
    life.write("person.changed", town, {"set": {"name": misheard(life.random, life.person.name)}}, refused="not_keeper")


def _neighbour(number: str) -> str:
    """A valid number that differs in its sequence: another person's, for all that its digits tell."""
    born_on = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return resident_number(number[:6], born_on, (int(number[14:17]) + 2) % 1000)


def _wrong_digit(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


LIVES: tuple[tuple[Callable[[Life], None], int, int], ...] = (
    # Each kind of life, how often it is led, and the least age.
    (at_home, 300, 0),
    (moves_away, 420, 0),
    (was_away_already, 60, 0),
    (two_homes, 30, 10),
    (lodges_registration, 35, 0),
    (is_entered_twice, 20, 0),
    (was_recorded_in_error, 20, 0),
    (never_came, 20, 0),
    (is_claimed_twice, 8, 0),
    (is_protected, 15, 10),
    (dies, 140, 60),
    (is_mistyped, 20, ADULT),
)
