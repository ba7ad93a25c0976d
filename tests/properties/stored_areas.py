"""The county above all offices asks in a stored history, under the key of a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.catalogue.case import EnquiryOpened
from events.catalogue.fact import Fact
from exchange.access.caller import Role
from exchange.protocol.record import Record
from tests.properties.areas import Areas
from tests.properties.world import COUNTY

if TYPE_CHECKING:
    from tests.properties.mirror import Mirror
    from tests.properties.stored import Sent

SPOKE = "an area spoke"
SUPERVISOR: frozenset[Role] = frozenset({"supervisor", "confirmer", "clerk"})


def oversees(seed: int) -> bool:
    """Whether the county speaks in the stored history with this seed."""
    return seed % 10 == 3


class StoredAreas(Areas):
    """As in every history; what is said goes to the node, which refuses what does not fit."""

    def __init__(self, world: Mirror, commands: Sent) -> None:
        super().__init__(world, commands)
        self.sent = commands

    def _says(self, fact: Fact, record: Record | None, person: str, by: str = COUNTY) -> None:
        """Of a stranger the node makes the id."""
        about = None if record is None and isinstance(fact, EnquiryOpened) else person
        said = self.sent.sends(by, about, fact, self.sent.human.get(person, "P1"), roles=SUPERVISOR)
        if said:
            self.sent.counts[SPOKE] = self.sent.counts.get(SPOKE, 0) + 1
