"""What was filled in and could not be taken: the page that says so carries it on, and it is sent from there.

Nothing of it is kept on our side or put into an address. Only where the browser itself says that a form came from a
page of ours is it carried on: what somebody else's page sends is not to come back under ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from exchange.http.gate import own_form

WRITTEN = ("text", "note")  # fields of free text: these are shown, and can be gone on with
_CARRIED = "held."  # before the name of a field in the form that asks to sign in


@dataclass(frozen=True, slots=True)
class Held:
    """`action`: where it was sent. `written`: what somebody wrote; `fields`: everything else."""

    action: str
    written: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """All of it, as the form that asks to sign in bears it."""
        return tuple((_CARRIED + name, value) for name, value in (*self.fields, *self.written))


def sent(action: str) -> Held | None:
    """What this request sent from a page, without what says for whom that page was made."""
    return _held(action, [(name, value) for name, value in request.form.items(multi=True) if name != "form"])


def carried(action: str) -> Held | None:
    """What the page that asks to sign in carried on."""
    fields = request.form.items(multi=True)
    return _held(action, [(n.removeprefix(_CARRIED), value) for n, value in fields if n.startswith(_CARRIED)])


def _held(action: str, fields: list[tuple[str, str]]) -> Held | None:
    if not fields or not own_form():
        return None
    written = tuple((name, value) for name, value in fields if name in WRITTEN and value.strip())
    return Held(action, written, tuple((name, value) for name, value in fields if (name, value) not in written))
