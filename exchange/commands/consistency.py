"""What the fields of one event say together: each may be right by itself, and the whole never. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from events.errors import Malformed
from events.faults import Faults

Content = Mapping[str, Any]
Rule = Callable[[Content, str], None]


def together(type_: str, content: Content, day: str) -> None:
    """Raises Malformed for each rule of the type that the content breaks. `day`: of the event."""
    faults = Faults()
    for rule in RULES.get(type_, ()):
        with faults:
            rule(content, day)
    faults.settle()


def _not_before(field: str) -> Rule:
    def rule(content: Content, day: str) -> None:
        until = content.get(field)
        if until is not None and until < day:
            raise Malformed(field=field, rule="date.before_event", value=until, day=day)

    return rule


def _moves(content: Content, _: str) -> None:
    if content.get("from") == content.get("to"):
        raise Malformed(field="to", rule="registration.no_move")


def _ex_officio(content: Content, _: str) -> None:
    if content.get("basis") == "ex_officio" and content.get("ground") is None:
        raise Malformed(field="ground", rule="left.ex_officio")


def _sets(content: Content, _: str) -> None:
    if not content.get("set"):
        raise Malformed(field="set", rule="change.empty")


def _asks(content: Content, _: str) -> None:
    wanted = _WANTED.get(content.get("asks", ""))
    if wanted is not None and not content.get(wanted):
        raise Malformed(field=wanted, rule="request.wants_nothing")


_WANTED = {"amendment": "about", "stay": "about", "change": "wanted"}


def _settles(content: Content, _: str) -> None:
    accepted, insisted = (content.get(field) or () for field in ("accepted", "insisted"))
    if both := sorted(set(accepted) & set(insisted)):
        raise Malformed(field="insisted", rule="settled.both", value=both[0])
    if bool(accepted or insisted) == (content.get("whole") is not None):
        raise Malformed(field="whole", rule="settled.whole")


def _answers(content: Content, _: str) -> None:
    if content.get("refused") is not None and content.get("facts"):
        raise Malformed(field="facts", rule="enquiry.refused_with_facts")


RULES: Mapping[str, tuple[Rule, ...]] = {
    "registration.changed": (_moves,),
    "person.changed": (_sets,),
    "person.protected": (_not_before("until"),),
    "movement.arrived": (_not_before("stay_until"),),
    "movement.extended": (_not_before("stay_until"),),
    "movement.departed": (_not_before("expected_on"),),
    "movement.left": (_ex_officio,),
    "request.opened": (_asks,),
    "case.settled": (_settles,),
    "case.confirmed": (_not_before("received_on"),),
    "case.disputed": (_not_before("received_on"),),
    "enquiry.answered": (_answers, _not_before("received_on")),
}
