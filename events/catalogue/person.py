"""Facts about a person."""

from __future__ import annotations

from typing import ClassVar, Literal

from events.catalogue.fact import Fact
from events.catalogue.values import Address, Code, Day, Office, Particulars, Place, StayKind, Tied
from events.envelope import Ref


class Registered(Fact, frozen=True, tag="person.registered", kw_only=True):
    """A person enters the exchange; with an address it begins a stay at the author's office."""

    particulars: Particulars = {}
    basis: Literal["birth", "first_record", "naturalised", "restored", "register"]
    registration: Place | None = None
    kind: StayKind | None = None  # given, the fact begins a stay; recording sets it where an address is given
    address: Address | None = None
    ask: bool = False  # an opening balance from a register asks nothing unless this is set


class Stated(Fact, frozen=True, tag="person.stated", kw_only=True):
    """A snapshot of what the keeper holds today."""

    particulars: Particulars = {}
    ties: tuple[Tied, ...] = ()  # those in force
    basis: Literal["confirmed", "hand_over"]


class Changed(Fact, frozen=True, tag="person.changed", kw_only=True):
    """From its day on a particular is different in the world."""

    set: Particulars = {}
    ground: Code | None = None


class Protected(Fact, frozen=True, tag="person.protected", kw_only=True):
    """The address may not be disclosed, until a day or until lifted."""

    ground: Code
    until: Day | None = None


class Unprotected(Fact, frozen=True, tag="person.unprotected", kw_only=True):
    """The protection is lifted."""

    ground: Code


class Deceased(Fact, frozen=True, tag="person.deceased", kw_only=True):
    """Died, or was declared dead by a court; ends every stay."""

    declared: bool = False


class Merged(Fact, frozen=True, tag="person.merged", kw_only=True):
    """The subject and `other` are one human; `other` survives, kept by `keeper`."""

    amendable: ClassVar[bool] = False

    other: str
    keeper: Office


class Unmerged(Fact, frozen=True, tag="person.unmerged", kw_only=True):
    """The two are two, after all; `allotment` gives every event recorded since to one of them."""

    amendable: ClassVar[bool] = False

    other: str
    merge: Ref
    allotment: dict[str, str] = {}  # "author/id" of an event -> person id


class KeptApart(Fact, frozen=True, tag="person.kept_apart", kw_only=True):
    """Examined, and two: the pair is not proposed again."""

    other: str


class Held(Fact, frozen=True, tag="person.held", kw_only=True):
    """May not be erased for now."""

    ground: Code
