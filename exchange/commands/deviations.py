"""What a reply may say of fields: of the event that its case asks about, and of particulars. Pure.

The names stand in the clear, and so does the value of a field that is no particular: neither may hold anything else.
A deviation is a difference between what the office asked holds and what is stated (rule 4 of the catalogue).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from events.catalogue import content_of
from events.catalogue.case import Confirmed, Reopened
from events.catalogue.fact import Fact
from events.catalogue.values import Deviation
from events.errors import Malformed
from events.faults import Faults
from events.parts import CONTAINERS
from events.standing import Standing
from exchange.commands.corrections import fields_of, fit
from exchange.commands.particular import is_particular
from exchange.protocol.comparing.compare import alike


def require_fit(reply: Fact, opening: Standing | None) -> None:
    """The fields that a confirmation or a reopening names are such fields, their values fit, and deviations differ.

    Raises Malformed for each that is not: deviation.no_such_field, and as the type of the opening event says;
    deviation.twice, deviation.holds_nothing, deviation.not_stated, deviation.same.
    """
    faults = Faults()
    for path, name, values in _named(reply):
        with faults:
            if is_particular(name):
                continue
            if opening is None or name not in fields_of(opening.payload):
                raise Malformed(field=path, rule="deviation.no_such_field")
            _fit(path, name, values, opening)
    faults.settle()
    if isinstance(reply, Confirmed) and opening is not None:
        for at, each in enumerate(reply.deviations):
            with faults:
                if each.field in {earlier.field for earlier in reply.deviations[:at]}:
                    raise Malformed(field=f"deviations.{at}.field", rule="deviation.twice")
                _differs(f"deviations.{at}", each, opening if set(reply.sees) == set(opening.corrections) else None)
        faults.settle()


def _differs(path: str, deviation: Deviation, opening: Standing | None) -> None:
    """`opening`: where the reply knew it as it stands, what is stated is compared."""
    if deviation.ours is None:
        raise Malformed(field=f"{path}.ours", rule="deviation.holds_nothing")
    if opening is None:
        return
    said = stated(opening, deviation.field)
    if deviation.yours is not None and (said is None or not alike(deviation.field, deviation.yours, said)):
        raise Malformed(field=f"{path}.yours", rule="deviation.not_stated")
    if said is not None and alike(deviation.field, deviation.ours, said):
        raise Malformed(field=f"{path}.ours", rule="deviation.same")


def stated(opening: Standing, name: str) -> Any:
    """What the event says under this name, as far as this office was told; None where it says nothing."""
    if name == "effective_on":
        return opening.day
    content = content_of(opening.payload)
    within = (content[container] for container in CONTAINERS if name in content.get(container, ()))
    return next((held[name] for held in within), content.get(name))


def _named(reply: Fact) -> Iterator[tuple[str, str, Iterable[tuple[str, object]]]]:
    if isinstance(reply, Confirmed):
        for at, each in enumerate(reply.deviations):
            yield f"deviations.{at}.field", each.field, (("ours", each.ours), ("yours", each.yours))
    elif isinstance(reply, Reopened):
        yield from ((f"fields.{at}", name, ()) for at, name in enumerate(reply.fields))


def _fit(path: str, name: str, values: Iterable[tuple[str, object]], opening: Standing) -> None:
    for side, value in values:
        if value is None:
            continue
        try:
            fit(opening.payload, opening.day, name, value)
        except Malformed as error:
            at = f"{path.removesuffix('field')}{side}{str(error.field).removeprefix(name)}"
            raise Malformed(field=at, rule=error.rule, **error.details) from None
