"""What whoever was taken for the keeper by an error said as keeper: it shares the error's fate, as what followed from a
fact that was taken back shares that fact's. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Redirected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Returned
from events.catalogue.person import Registered, Stated
from events.catalogue.registration import RegistrationChanged
from events.standing import Facts, Standing
from exchange.protocol.life.chain import IDENTITY_KINDS, is_opening, named
from exchange.protocol.naming import asked_by, named_ever
from exchange.protocol.offices import Offices
from exchange.protocol.record import Link

_SAY = (Registered, RegistrationChanged, Redirected)  # who keeps the registration, or once did
_AS_KEEPER = "inflow"  # of an arrival, which names offices as other things, too
_OF_LINKS = frozenset(IDENTITY_KINDS) - {_AS_KEEPER}
_BY_KEEPER = (Departed, Returned)  # of which nobody but the keeper may record some, and all


def without_false_statements(
    facts: Facts, links: Sequence[Link], openers: Collection[str], keeper: str | None, offices: Offices
) -> Facts:
    """The facts, with what those said as keeper void whom nothing that stands names as that, and something once did.

    `links`: the chain. Who opened the dossier kept the person where no link names anybody. Whoever is keeper says it
    rightly, though no link names it: it stands in for a place outside, or by a merge.
    """
    statements = [*facts.in_force(Stated), *(s for s in facts.in_force(*_BY_KEEPER) if _as_keeper(s))]
    if not statements or not facts.of(Corrected, Retracted):
        return facts
    rightly = {keeper, *(() if named(links, offices) else openers)}
    # An arrival's word makes nobody keeper for what was said before it.
    before_word = rightly - {keeper} if named(links, offices) and all(link.from_arrival for link in links) else rightly
    out = [
        said
        for said in statements
        if said.author not in (before_word if _as_keeper(said) else rightly) and _false(said, facts, links)
    ]
    if not out:
        return facts
    return Facts({**facts, **{s.ref: msgspec.structs.replace(s, void=True) for s in out}})


def _as_keeper(said: Standing) -> bool:
    """Whether nobody but the keeper may have recorded it: who is back where the keeper is, and a departure that names
    no stay, as whoever has the stay does.
    """
    payload = said.payload
    return isinstance(payload, Returned) or (isinstance(payload, Departed) and payload.stay is None)


def _false(said: Standing, facts: Facts, chain: Sequence[Link]) -> bool:
    """Whether something once named its author as keeper, and nothing that stands does; also who kept the person only
    until the registration moved on stated it rightly.

    What arrivals state names nobody while the chain has an entry or a move: those all hold who must agree, and an
    arrival is told to few. A merge names whom its author takes for the keeper: it has that from such a link, and
    shares its error.
    """
    says = (*_SAY, Arrived) if all(link.from_arrival for link in chain) else _SAY
    author, person = said.author, said.event.person if _as_keeper(said) else None
    once = _naming(author, facts, says if _as_keeper(said) else (*_SAY, Arrived), person)
    fallen = [each for each in once if not _names(each, author)] + _opened_in_error(said, facts)
    return any(_led_to(said, each, facts) for each in fallen) and not any(
        _names(each, author) and not _only_later(said, each) for each in _naming(author, facts, says, person)
    )


def _only_later(said: Standing, link: Standing) -> bool:
    """Whether it is no more than the word of an arrival that came after what only the keeper may say."""
    return isinstance(link.payload, Arrived) and _as_keeper(said) and link.stamp > said.stamp


def _opened_in_error(said: Standing, facts: Facts) -> list[Standing]:
    """By what its author opened the dossier, and kept the person whom nobody else did, that was taken back since."""
    if not _as_keeper(said):
        return []
    own = (s for s in facts.of(Registered, Arrived) if s.void and is_opening(s) and s.author == said.author)
    return [each for each in own if each.event.person == said.event.person]


def _led_to(said: Standing, link: Standing, facts: Facts) -> bool:
    """Whether its author may have said it because of the link: it came before, and its author had not itself taken it
    back or corrected it by then.
    """
    mended = [facts[ref].stamp for ref in (link.retraction, *link.corrections) if ref is not None and ref in facts]
    by_then = link.author == said.author and bool(mended) and max(mended) < said.stamp
    return link.stamp < said.stamp and not by_then


def said_of_keeper(said: Standing, facts: Facts) -> list[Standing]:
    """By what is judged that only the keeper may record, where any of it was taken back or corrected: who is told the
    one is told the other, or two offices would judge it otherwise.

    Nothing of it where it stands for another reason, an arrival or who opened the dossier: whoever is not told that
    would find it false.
    """
    if not _as_keeper(said) or not facts.of(Corrected, Retracted):
        return []
    naming = _naming(said.author, facts, _SAY, said.event.person, sent_on=IDENTITY_KINDS)
    ever = list({each.ref: each for each in (*naming, *_opened_in_error(said, facts))}.values())
    if not said.void and not any(_names(each, said.author) for each in ever):
        return []
    return ever if any(each.void or each.corrections for each in ever) else []


def _naming(
    office: str,
    facts: Facts,
    kinds: tuple[type[Fact], ...],
    person: str | None,
    sent_on: Collection[str] = (),
) -> Iterator[Standing]:
    """What named the office as keeper, as it was recorded, or as any correction of it says.

    `sent_on`: the questions whose redirects do; one about an arrival says no more than the arrival.
    """
    sent_on = sent_on or (IDENTITY_KINDS if Arrived in kinds else _OF_LINKS)
    for each in facts.of(*kinds):
        if isinstance(each.payload, Redirected) and each.payload.case.kind not in sent_on:
            continue  # nobody is keeper because an enquiry, say, was sent on
        if person in {None, each.event.person} and office in named_ever(each, facts, _AS_KEEPER):
            yield each


def _names(link: Standing, office: str) -> bool:
    return not link.void and office in asked_by(link.payload, _AS_KEEPER)
