"""Which fields a reply may name: those of the event that its case asks about, and particulars. Pure.

The names stand in the clear, and so does the value of a field that is no particular: neither may hold anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from events.catalogue.case import Confirmed, Reopened
from events.catalogue.fact import Fact
from events.errors import Malformed
from events.faults import Faults
from events.standing import Standing
from exchange.commands.corrections import fields_of, fit
from exchange.commands.particular import is_particular


def require_named(reply: Fact, opening: Standing | None) -> None:
    """The fields that a confirmation or a reopening names are such fields, and their values fit.

    Raises Malformed for each that is not: deviation.no_such_field, and as the type of the opening event says.
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
