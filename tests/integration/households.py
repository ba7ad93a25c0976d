"""A family of three at one office, and what is said when it moves to another."""

from typing import Any

from events.documents import resident_number
from exchange.ids import new_id
from tests.integration.platform import HOME, NOON, TOWN, Platform

NAMES = ("林一禾", "林小满", "林小雪")
BORN = dict(zip((*NAMES, "林小雨"), ("1990-04-17", "1991-04-17", "1992-04-17", "1993-04-17"), strict=True))


def card(name: str) -> dict[str, str]:
    return {"number": resident_number("420115", BORN[name], 2)}


def who(name: str) -> dict[str, Any]:
    return {"name": {"full": name}, "born_on": BORN[name], "sex": "F", "document.resident": card(name)}


def place(code: str) -> dict[str, str]:
    return {"kind": "town", "code": code}


def recorded(platform: Platform, name: str) -> str:
    content = {"basis": "register", "registration": place(HOME), "particulars": who(name), "address": "6 Lake Road"}
    event = {"type": "person.registered", "effective_on": "2026-01-05", "with": {"kind": "main", **content}}
    found: str = platform.call("POST", "/v1/events", HOME, event).json["person"]
    return found


def departing(*persons: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "movement.departed",
        "effective_on": "2026-03-01",
        "with": {"destination": place(TOWN), "expected_on": "2026-03-09"},
        "members": [{"person": person} for person in persons],
        **more,
    }


def arriving(*names: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "movement.arrived",
        "effective_on": "2026-03-01",
        "with": {"kind": "main", "registration": place(HOME), "origin": place(HOME), "address": "1 Lane"},
        "members": [{"id": new_id(NOON), "with": {"stated": who(name)}} for name in names],
        **more,
    }


def moves(platform: Platform, body: dict[str, Any], office: str = TOWN) -> Any:
    return platform.call("POST", "/v1/events/household", office, body)


def faults(answer: Any) -> dict[str, str]:
    return {each["field"]: each["rule"] for each in answer.json["errors"]}
