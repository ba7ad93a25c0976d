"""Which list the code that describes an act is from: the fields that hold codes, and the list of each.

A code stands in the clear, so whatever could be written there all could read who hold the event. What was recorded
under other codes before there were lists is read as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping

LIST_OF: Mapping[tuple[str, str], str] = {
    ("event.corrected", "ground"): "amendment",
    ("event.retracted", "ground"): "amendment",
    ("person.changed", "ground"): "change",
    ("person.protected", "ground"): "protection",
    ("person.unprotected", "ground"): "protection_ended",
    ("person.held", "ground"): "hold",
    ("movement.left", "ground"): "leaving",
    ("movement.arrived", "reason"): "reason",
    ("case.deferred", "reason"): "deferral",
    ("case.reopened", "reason"): "reopening",
    ("case.withdrawn", "ground"): "withdrawal",
    ("enquiry.opened", "purpose"): "purpose",
}
LISTS_OF_ACTS = tuple(dict.fromkeys(name for name in LIST_OF.values() if name != "reason"))
