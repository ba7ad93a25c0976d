"""Replies to a case, by its id: each is one event, recorded as any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exchange.access.caller import Caller
from exchange.clock import day_of
from exchange.commands.act import Item, Result
from exchange.commands.record import record

if TYPE_CHECKING:
    from exchange.node import Node


def confirm(
    node: Node,
    caller: Caller,
    case_id: str,
    *,
    deviations: Sequence[Mapping[str, Any]] = (),
    note: str | None = None,
    **how: Any,
) -> Result:
    """The same is held, or what differs: `deviations` name the field; values left out are taken from the record."""
    content = {"deviations": [dict(d) for d in deviations]} if deviations else {}
    return reply(node, caller, "case.confirmed", case_id, {**content, **_given(note=note)}, **how)


def dispute(
    node: Node,
    caller: Caller,
    case_id: str,
    reason: str,
    *,
    place: Mapping[str, Any] | None = None,
    since: str | None = None,
    note: str | None = None,
    **how: Any,
) -> Result:
    """It is not held so."""
    content = {"reason": reason, **_given(place=place, since=since, note=note)}
    return reply(node, caller, "case.disputed", case_id, content, **how)


def redirect(node: Node, caller: Caller, case_id: str, to: str, **how: Any) -> Result:
    """Another office should be asked."""
    return reply(node, caller, "case.redirected", case_id, {"to": to}, **how)


def settle(
    node: Node,
    caller: Caller,
    case_id: str,
    *,
    accepted: Sequence[str] = (),
    insisted: Sequence[str] = (),
    whole: str | None = None,
    **how: Any,
) -> Result:
    """End what a reply left open: fields accepted, fields insisted on, or the whole."""
    content = {"accepted": list(accepted), "insisted": list(insisted), **_given(whole=whole)}
    return reply(node, caller, "case.settled", case_id, content, **how)


def defer(node: Node, caller: Caller, case_id: str, until: str, reason: str, **how: Any) -> Result:
    """Still looking, or an extension."""
    return reply(node, caller, "case.deferred", case_id, {"until": until, "reason": reason}, **how)


def note(node: Node, caller: Caller, case_id: str, text: str, **how: Any) -> Result:
    """A question or remark inside the case."""
    return reply(node, caller, "case.noted", case_id, {"text": text}, **how)


def reopen(node: Node, caller: Caller, case_id: str, reason: str, *, fields: Sequence[str] = (), **how: Any) -> Result:
    """The case is open again."""
    return reply(node, caller, "case.reopened", case_id, {"reason": reason, "fields": list(fields)}, **how)


def withdraw(node: Node, caller: Caller, case_id: str, ground: str, **how: Any) -> Result:
    """The question no longer stands."""
    return reply(node, caller, "case.withdrawn", case_id, {"ground": ground}, **how)


def reply(
    node: Node,
    caller: Caller,
    type_: str,
    case_id: str,
    content: Mapping[str, Any],
    *,
    id: str | None = None,  # noqa: A002 (the wire's name)
    day: str | None = None,
    if_match: str | None = None,
) -> Result:
    """One reply; `day`: today where it is left out. Raises what refused it."""
    on = day or day_of(node.clock()).isoformat()
    item = Item(id=id, type=type_, day=on, content={**content, "case_id": case_id}, if_match=if_match)
    (result,) = record(node, caller, [item])
    if result.error is not None:
        raise result.error
    return result


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
