"""What a decision looked at of what was told: nothing else that is told makes anybody decide anew."""

import pytest

from events.envelope import Ref
from exchange.protocol.book import Delivery
from exchange.protocol.telling.told import Told

A, B, C = "110101001000", "110101002000", "110101003000"
ARRIVAL, DEPARTURE = Ref(A, "arrival"), Ref(A, "departure")


def delivery(ref: Ref, to: str) -> Delivery:
    return Delivery(ref=ref, teller=A, to=to, parts=frozenset(), ground="keeper")


@pytest.mark.parametrize(
    ("look", "borne_on_by"),
    [
        (lambda told: told.of(ARRIVAL, B), {(ARRIVAL, B)}),
        (lambda told: told.to(ARRIVAL), {(ARRIVAL, B), (ARRIVAL, C)}),
        (lambda told: told.all(), {(ARRIVAL, B), (ARRIVAL, C), (DEPARTURE, B)}),
        (lambda told: told.besides({}), set()),
    ],
)
def test_only_what_was_looked_at_bears_on_a_decision(look, borne_on_by):
    told = Told({})
    look(told)
    every = [(ARRIVAL, B), (ARRIVAL, C), (DEPARTURE, B)]
    assert {each for each in every if told.bears_on([delivery(*each)])} == borne_on_by
    assert not told.bears_on([])
