"""What a caller hands in, and what comes back: the items of one act, and a result for each."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from events.envelope import Ref
from events.errors import ExchangeError, Illegal

Status = Literal["recorded", "repeated", "refused"]


class ActRefused(Illegal):
    """Nothing is wrong with this item; another item of the same act was refused, and the act is all or nothing."""

    code = "act_refused"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One event to record.

    `id`: a UUIDv7 chosen by the client, which makes the request repeatable; made here where it is left out.
    `person`: an id; `#n`, the person of item n of this act, counted from 0; or any other word, a handle of the
    client's own, which the item that opens the dossier introduces. None, or a new handle, lets an opening find or
    make the person. `content`: the payload as in the catalogue; what follows from the office's own book may be left
    out. `if_match`: the `etag` of the record that the decision rests on.
    """

    type: str
    day: str
    content: dict[str, Any] = {}
    id: str | None = None
    person: str | None = None
    because: Ref | None = None
    submission: str | None = None
    if_match: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item. `version`: of the event in its stream; `stamp`: microseconds."""

    id: str
    person: str | None
    status: Status
    version: int | None = None
    stamp: int | None = None
    error: ExchangeError | None = None
