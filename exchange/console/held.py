"""What was filled in and could not be taken: the page that says so carries it on, and it is sent from there.

Nothing of it is kept on our side or put into an address. Only where the browser itself says that a form came from a
page of ours is it carried on: what somebody else's page sends is not to come back under ours. And only to whoever
speaks for the office for which that page was made: the places of notices are numbered by office.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from events.errors import Malformed
from exchange.access.passes import office_of
from exchange.console.words import Words
from exchange.http.gate import own_form
from exchange.jurisdictions import codes

FORM = "form"  # the field that says for whom the page was made
WRITTEN = ("text", "note")  # fields of free text: these are shown, and can be gone on with
MANY = ("case", "member", "position")  # fields that name whom or what it is about, as often as there are
_CARRIED = "held."  # before the name of a field in the form that asks to sign in


@dataclass(frozen=True, slots=True)
class Held:
    """`action`: where it was sent. `office`: for which the page was made. `written`: what somebody wrote; `fields`:
    everything else.
    """

    action: str
    office: str
    written: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """All of it, as the form that asks to sign in bears it."""
        every = ((FORM, self.office), *self.fields, *self.written)
        return tuple((_CARRIED + name, value) for name, value in every)

    def says(self, words: Words) -> Iterator[str]:
        """What it is, for whoever is to send it: which answer, or of how many."""
        for name, value in self.fields:
            key = next((key for key in (f"reply.{value}", f"held.{value}") if words.has(key)), None)
            if name == "type" and key is not None:
                yield words.say(key)
        names = [name for name, _ in self.fields]
        yield from (words.counted(f"held.{name}", names.count(name)) for name in MANY if name in names)


def sent(action: str) -> Held | None:
    """What this request sent from a page."""
    return _held(action, list(request.form.items(multi=True)))


def carried(action: str) -> Held | None:
    """What the page that asks to sign in carried on."""
    fields = request.form.items(multi=True)
    return _held(action, [(n.removeprefix(_CARRIED), value) for n, value in fields if n.startswith(_CARRIED)])


def _held(action: str, sent: list[tuple[str, str]]) -> Held | None:
    office = next((office_of(value) for name, value in sent if name == FORM), "")
    if not own_form() or not _is_office(office):
        return None
    fields = [(name, value) for name, value in sent if name != FORM]
    written = tuple((name, value) for name, value in fields if name in WRITTEN and value.strip())
    return Held(action, office, written, tuple(each for each in fields if each not in written))


def _is_office(code: str) -> bool:
    """What else stands there no page of this version has put there."""
    try:
        return codes.parse(code) == code
    except Malformed:
        return False
