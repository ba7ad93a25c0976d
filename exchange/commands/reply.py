"""A reply to a case: one event, recorded as any other, whose day may be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from events.envelope import Ref
from exchange.access.caller import Caller
from exchange.clock import day_of
from exchange.commands.accepting import SETTLED, with_correction
from exchange.commands.act import ActRefused, Item, Result
from exchange.commands.record import record

if TYPE_CHECKING:
    from exchange.node import Node


def reply(node: Node, caller: Caller, item: Item) -> Result:
    """Record it. Without a day it holds today, or on the day on which the same reply was recorded before.

    What a settlement accepts is corrected in the same act, as far as the own statement says otherwise.
    """
    dated = msgspec.structs.replace(item, day=item.day or _day(node, caller, item))
    items = with_correction(node, caller, dated) if item.type == SETTLED else [dated]
    results = record(node, caller, items)
    refused = [each for each in results if each.error is not None and not isinstance(each.error, ActRefused)]
    return refused[0] if refused else results[-1]


def _day(node: Node, caller: Caller, item: Item) -> str:
    if item.id is not None:  # sent again after midnight it still says what it said first
        with node.look() as session:
            stored = session.event(Ref(caller.office, item.id))
        if stored is not None:
            return stored.frame.effective_on
    return day_of(node.clock()).isoformat()
