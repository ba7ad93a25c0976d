"""The chain of registrations and what decides who is keeper: to open stays, openers and rivals. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.case import Confirmed, Disputed, Redirected, Reopened, Reply
from events.catalogue.movement import Arrived
from events.catalogue.person import Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.standing import Standing
from exchange.protocol.life.chain import IDENTITY_KINDS, named, openings
from exchange.protocol.naming import town_of
from exchange.protocol.questions.cases import ASKED_BY_KEEPER, ONE_DOCUMENT, RIVAL_DOCUMENT
from exchange.protocol.questions.one_document import one_document
from exchange.protocol.routing_table import CONTESTED, UPDATE, cell_of
from exchange.protocol.telling.due import Due, Sight

BY_DOCUMENT = frozenset({ONE_DOCUMENT, RIVAL_DOCUMENT})


def links_and_disputes(sight: Sight) -> Iterator[Standing]:
    """The links of the chain, and the replies that dispute or restore them."""
    facts = sight.record.facts
    refs = {link.ref for link in sight.record.chain}
    if not named(sight.record.chain, sight.book.offices):  # nobody keeps the registration
        refs |= {standing.ref for standing in openings(facts)}
    for ref in sorted(refs):
        yield facts[ref]
    for standing in facts.of(Disputed, Redirected, Confirmed, Reopened):
        payload = standing.payload
        if isinstance(payload, Reply) and payload.case.opening in refs and payload.case.kind in IDENTITY_KINDS:
            yield standing


def chain_to_open_stays(sight: Sight) -> Iterator[Due]:
    """Each open stay gets the whole chain, with the disputes that decide who is keeper; and, without a notice, whom the
    keeper asks something, while it does: else that office takes another for the one who asks, and has no case.
    """
    if not sight.is_keeper:
        return
    for office in sorted(_asked_as_keeper(sight)):
        for standing in links_and_disputes(sight):
            yield sight.due(standing, office, "chain")
    asked_before = (stay.office for stay in sight.record.open_stays if sight.record.asked_before(stay))
    offices = sorted({*sight.stay_offices, *asked_before})
    told = list(links_and_disputes(sight)) if offices else ()
    for office in offices:
        for standing in told:
            moved = isinstance(standing.payload, RegistrationChanged)
            cell = cell_of(standing.payload.type, "open_stays") if moved else None
            yield sight.due(standing, office, "chain", cell)


def _asked_as_keeper(sight: Sight) -> set[str]:
    """Whom this office asks what no content asks of them, and not for the sake of a document."""
    asked: set[str] = set()
    for ref, state in sight.record.cases.items():
        if ref.kind in ASKED_BY_KEEPER and state.open and sight.mine(state.asker):
            told = sight.told.of(ref.opening, ref.asked)
            if told is not None and told.ground not in BY_DOCUMENT:
                asked.add(ref.asked)
    return asked


def chain_to_openers(sight: Sight) -> Iterator[Due]:
    """Every office that opened the dossier, stands in its chain or kept it by a merge gets chain, disputes and merges.

    Two offices would otherwise both think that they are keeper.
    """
    if not sight.is_keeper:
        return
    keepers = {office for link in sight.record.chain for office in link.named if office not in link.disclaimed}
    told = list(links_and_disputes(sight))
    for office in sorted({*sight.record.openers, *keepers, *sight.merge_keepers, *_self_styled(sight)}):
        for standing in told:
            yield sight.due(standing, office, "opener")
        for standing in sight.merges:
            yield sight.due(standing, office, "opener", UPDATE)


def claim_given_up(sight: Sight) -> Iterator[Due]:
    """Whoever took itself for the keeper by an arrival is told with a notice what that gives way to: the first link of
    the chain. Who entered, moved or merged the person kept them by more than that, and gave them up itself.
    """
    link = next(iter(sight.record.chain), None)
    standing = sight.record.facts[link.ref] if link is not None else None
    if standing is not None and (sight.is_keeper or sight.mine(standing.author)):
        kept = {s.author for s in sight.of(Registered, RegistrationChanged, Merged)}
        for office in sorted({*_self_styled(sight)} - kept):
            yield sight.due(standing, office, "claim_given_up", UPDATE)


def _self_styled(sight: Sight) -> Iterator[str]:
    """Offices that take themselves for the keeper by an arrival: asked about it they agreed, whoever had named them; or
    it is their own, and states that the person is registered with them.
    """
    for standing in sight.of(Arrived):
        yield from (c.ref.asked for c in sight.inflow_cases(standing.ref) if c.recognised)
        if isinstance(standing.payload, Arrived) and town_of(standing.payload.registration) == standing.author:
            yield standing.author


def chain_after_retraction(sight: Sight) -> Iterator[Due]:
    """Who was told a link that was taken back is told the chain as it is now: a false keeper else."""
    if not sight.is_keeper:
        return
    told: set[str] = set()
    for standing in sight.record.facts.of(Registered, RegistrationChanged):
        if standing.void:
            told.update(sight.told.to(standing.ref))
    for office in sorted(told):
        for standing in links_and_disputes(sight):
            yield sight.due(standing, office, "chain_retracted")


def rival_registrations(sight: Sight) -> Iterator[Due]:
    """Two first registrations are a contradiction: both tell each other their chain and replies."""
    facts = sight.record.facts
    for contradiction in sight.record.contradictions:
        if contradiction.kind != "two_registrations":
            continue
        events = [facts[ref] for ref in contradiction.events]
        if not any(sight.mine(e.author) for e in events):
            continue
        highest = max(events, key=lambda e: e.stamp)
        for other in events:
            if sight.mine(other.author):
                continue
            for standing in links_and_disputes(sight):
                asks = standing.ref == highest.ref and sight.mine(highest.author)
                yield sight.due(standing, other.author, "two_registrations", CONTESTED if asks else None)


def rival_documents(sight: Sight) -> Iterator[Due]:
    """Who holds two persons with one document and recorded the later event asks the author of the other."""
    facts, book = sight.record.facts, sight.book
    for contradiction in one_document(sight.record.contradictions):
        events = [book.event(ref) for ref in contradiction.events]
        highest = max(events, key=lambda e: (e.frame.stamp, e.ref)).ref
        if highest not in facts or not sight.mine(facts[highest].author):
            continue
        for event in events:
            author = book.offices.successor(event.author, event.person)
            if not sight.mine(author):
                yield sight.due(facts[highest], author, RIVAL_DOCUMENT, CONTESTED)
