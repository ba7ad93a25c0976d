"""What the examples of the documents speak of: one synthetic person and two offices."""

from __future__ import annotations

from typing import Any

HOME, TOWN = "420115002000", "330106005000"
PERSON = "3f0d6c1e-9a55-4d0b-8c52-1d2f7a8b9a10"
EVENT = "01936b5e-7c40-7cc3-98c4-dc0c0c07398f"
REPLY = "01936b61-0a10-7d21-8f3e-5a1f6a0c2b77"
CASE = "5b7cbb0e-6d51-5a5e-9b0a-2f5a51c3e1d4"
CURSOR = "MTppbmJveDo0Mg"

REGISTERED: dict[str, Any] = {
    "id": EVENT,
    "type": "person.registered",
    "effective_on": "2026-03-02",
    "with": {
        "basis": "register",
        "registration": {"kind": "town", "code": HOME},
        "kind": "main",
        "address": "和平路8号3幢201室",
        "particulars": {
            "name": {"full": "林一禾"},
            "sex": "F",
            "born_on": "1991-04-17",
            "document.resident": {"number": "110105199104170025"},
        },
    },
}
_MOVE = {
    "kind": "main",
    "registration": {"kind": "town", "code": HOME},
    "origin": {"kind": "town", "code": HOME},
    "address": "文三路90号2幢1单元502室",
}
_STATED = {"name": {"full": "林一禾"}, "document.resident": {"number": "110105199104170025"}}
ARRIVED: dict[str, Any] = {
    "id": EVENT,
    "type": "movement.arrived",
    "effective_on": "2026-03-02",
    "with": {**_MOVE, "reason": "work", "stated": _STATED},
}
HOUSEHOLD: dict[str, Any] = {
    "type": "movement.arrived",
    "effective_on": "2026-03-02",
    "with": {**_MOVE, "reason": "family"},
    "members": [
        {"id": EVENT, "with": {"reason": "work", "stated": _STATED}},
        {"id": REPLY, "with": {"stated": {"name": {"full": "林小满"}, "born_on": "2019-05-21"}}},
    ],
}
LEFT: dict[str, Any] = {
    "id": REPLY,
    "type": "movement.left",
    "person": PERSON,
    "effective_on": "2026-09-01",
    "with": {"destination": {"kind": "town", "code": HOME}, "basis": "own_word"},
}
MARRIED: dict[str, Any] = {
    "id": REPLY,
    "type": "tie.began",
    "person": PERSON,
    "effective_on": "2026-05-20",
    "with": {
        "tie": "spouse",
        "other": {"at": TOWN, "stated": {"name": {"full": "周文"}, "born_on": "1990-02-11"}},
        "ground": "marriage",
    },
}
ENQUIRED: dict[str, Any] = {
    "id": EVENT,
    "type": "enquiry.opened",
    "effective_on": "2026-03-02",
    "with": {
        "to": HOME,
        "purpose": "registration",
        "consent": True,
        "given": {"name": "林一禾", "document.resident": {"number": "110105199104170025"}},
        "fields": ["born_on", "ethnic_group", "registration"],
    },
}
ANSWERED: dict[str, Any] = {
    "id": REPLY,
    "type": "enquiry.answered",
    "effective_on": "2026-03-03",
    "with": {"case_id": CASE, "held": True, "facts": {"born_on": "1991-04-17", "ethnic_group": "01"}},
}
RECORDED: dict[str, Any] = {
    "id": EVENT,
    "person": PERSON,
    "status": "recorded",
    "version": 1,
    "stamp": 1772409600000000,
    "error": None,
}
STAY: dict[str, Any] = {"id": [TOWN, EVENT], "office": TOWN, "kind": "main", "began": "2026-03-02", "open": True}
CASE_ROW: dict[str, Any] = {
    "id": CASE,
    "office": HOME,
    "kind": "inflow",
    "opening": [TOWN, EVENT],
    "asked": HOME,
    "asker": TOWN,
    "person": PERSON,
    "status": "open",
    "due_on": "2026-03-23",
    "due_provisional": False,
    "decide_by": None,
    "decide_provisional": False,
    "late": False,
    "opened_at": "2026-03-02T03:04:05Z",
    "answered_at": None,
    "closed_at": None,
    "reason": None,
}
SHEET: dict[str, Any] = {
    "office": TOWN,
    "person": PERSON,
    "persons": [PERSON],
    "state": "open",
    "roles": ["main"],
    "keeper": HOME,
    "registration": {"kind": "town", "code": HOME},
    "lives_at": {"kind": "town", "code": TOWN},
    "came_from": {"kind": "town", "code": HOME},
    "went_to": None,
    "since": "2026-03-02",
    "until": None,
    "further_at": [],
    "particulars": {"name": {"full": "林一禾"}},
    "address": "文三路90号2幢1单元502室",
    "insisted": {},
    "objected": [],
    "ties": [],
    "protection": {"state": "none"},
    "died_on": None,
    "stays": [STAY],
    "announcements": [],
    "cases": [],
    "matters": 1,
    "contradictions": [],
    "rejections": [],
    "incomplete": [],
    "version": 2,
    "as_of": None,
    "known_at": None,
}
