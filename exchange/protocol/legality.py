"""Second tier of legality: what the author's own book forbids (DESIGN.md section 5). Pure.

Only a local command faces it. What is at odds with what others know is accepted, and shown as a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryOpened, Rejected, Reply, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import (
    Changed,
    Deceased,
    Held,
    KeptApart,
    Merged,
    Protected,
    Registered,
    Unmerged,
    Unprotected,
)
from events.catalogue.registration import RegistrationChanged
from events.envelope import Ref
from exchange.protocol.giving_up import require_place
from exchange.protocol.life.chain import is_opening
from exchange.protocol.life.lasting import require_longer, require_over
from exchange.protocol.life.particulars import OWNED_BY_MAIN_STAY
from exchange.protocol.life.ties import found, meant, same
from exchange.protocol.questions import answering
from exchange.protocol.questions.requesting import require_addressee, require_amendable, require_fitting
from exchange.protocol.record import Record, Stay
from exchange.protocol.refusals import (
    AlreadyHeld,
    AlreadyHere,
    AlreadyRejected,
    NoSuchEvent,
    NoSuchMerge,
    NoSuchStay,
    NoSuchTie,
    NotAsked,
    NotAuthor,
    NotConcerned,
    NotKeeper,
    NotProtected,
    PersonDied,
    TieInForce,
    TieWithOneself,
    UnknownPerson,
)


def check(fact: Fact, day: str, office: str, record: Record | None, person: str = "", *, deferrals: int = 1) -> None:
    """Raise the Illegal that the office's own record of the person gives reason for; else return.

    `person`: the id that was named, which in a record of several may be one that was given up.
    `deferrals`: how often the office asked may defer its answer.
    """
    if record is None:
        if not isinstance(fact, Registered | Arrived | EnquiryOpened):
            raise UnknownPerson
        if isinstance(fact, EnquiryOpened):
            _request(fact, day, office, None)
        return
    if record.withdrawn and not _opens(fact, record):
        _about_withdrawn(fact, day, office, record, deferrals)
        return
    if isinstance(fact, Merged) and person in record.merged:
        # An id is given up once; whoever else is the same human is joined with the one that survives.
        raise NoSuchMerge(field="person", rule="given_up", survivor=record.person)
    for kinds, rule in RULES.items():
        if isinstance(fact, kinds):
            rule(fact, day, office, record)
    if isinstance(fact, Reply):
        answering.check(fact, day, office, record, deferrals)


def _opens(fact: Fact, record: Record) -> bool:
    """Whether a withdrawn person's dossier stands on the fact, or on what opened it once the fact is in force."""
    if not isinstance(fact, Retracted):
        return isinstance(fact, Registered | Arrived)
    target = record.facts.get(fact.target)
    taken_back = target is not None and isinstance(target.payload, Retracted)
    while target is not None and isinstance(target.payload, Retracted):
        target = record.facts.get(target.payload.target)
    return taken_back and target is not None and is_opening(target)


def _about_withdrawn(fact: Fact, day: str, office: str, record: Record, deferrals: int) -> None:
    """Nothing, but an answer to a question that is still open; one that is over says by its name why it is. And, once
    that question was answered, an amendment of what it is about, which nobody else takes back.
    """
    if isinstance(fact, Corrected | Retracted) and any(
        case.ref.opening == fact.target and case.open and not case.hidden for case in record.cases.values()
    ):
        _amendment(fact, day, office, record)
        return
    if isinstance(fact, Reply) and fact.case in record.cases:
        answering.check(fact, day, office, record, deferrals)
        if record.cases[fact.case].open:
            return
    raise UnknownPerson


def _opening(fact: Fact, day: str, office: str, record: Record) -> None:
    if isinstance(fact, Registered) and not (record.withdrawn or record.only_asked):
        raise AlreadyHeld(office=office)
    if isinstance(fact, Arrived):
        _alive(day, record)
        for stay in _own_stays(office, record):
            named = fact.continues is not None and fact.continues.stay == stay.id
            listed = any(name.stay == stay.id for name in fact.ends)
            if stay.kind == fact.kind and not named and not listed:
                raise AlreadyHere(stay=str(stay.id))


def _own_stays(office: str, record: Record) -> list[Stay]:
    return [stay for stay in record.open_stays if stay.office == office]


def _alive(day: str, record: Record) -> None:
    if record.died_on is not None and day > record.died_on:
        raise PersonDied(field="effective_on", died_on=record.died_on)


def _returned(fact: Fact, day: str, office: str, record: Record) -> None:
    _keeper(office, record)
    _alive(day, record)
    if any(stay.kind == "main" for stay in _own_stays(office, record)):
        raise AlreadyHere(field="person", rule="already_here.returned")


def _keeper(office: str, record: Record) -> None:
    if record.keeper != office:
        raise NotKeeper(keeper_known=record.keeper is not None)


def _registration(fact: Fact, day: str, office: str, record: Record) -> None:
    if isinstance(fact, RegistrationChanged):
        require_place(fact, office, record)


def _departed(fact: Fact, day: str, office: str, record: Record) -> None:
    if not isinstance(fact, Departed):
        return
    _alive(day, record)
    own = _own_stays(office, record)
    if record.keeper != office and not own:
        raise NotConcerned
    if fact.stay is not None:
        _require_stay(fact.stay, day, office, record)
    elif record.keeper != office:
        raise NoSuchStay(field="stay", rule="stay.name_it", count=len(own))


def _on_stay(fact: Fact, day: str, office: str, record: Record) -> None:
    _alive(day, record)
    if isinstance(fact, MovedWithin | Extended | Left | MainChanged):
        stay = _require_stay(fact.stay, day, office, record, of_others=False)
        if isinstance(fact, Left) and fact.basis == "lapsed":
            require_over(day, stay)
        elif isinstance(fact, Extended):
            require_longer(fact, day, record, stay)


def _require_stay(ref: Ref, day: str, office: str, record: Record, *, of_others: bool = True) -> Stay:
    """An open stay of the office that began by that day. `of_others`: where it is the keeper, anybody's."""
    stay = record.stay(ref)
    if stay is None or not stay.open or not (stay.office == office or (of_others and record.keeper == office)):
        raise NoSuchStay(field="stay")
    if day < stay.began:
        raise NoSuchStay(field="effective_on", rule="before_stay", began=stay.began)
    return stay


def _changed(fact: Fact, day: str, office: str, record: Record) -> None:
    if isinstance(fact, Changed) and record.keeper != office:
        here = any(stay.kind == "main" for stay in _own_stays(office, record))
        foreign = sorted(field for field in fact.set if field not in OWNED_BY_MAIN_STAY)
        if foreign or not here:
            raise NotKeeper(field=f"set.{foreign[0]}" if foreign else "set", keeper_known=record.keeper is not None)


def _protection(fact: Fact, day: str, office: str, record: Record) -> None:
    if isinstance(fact, Protected) == (record.protected is not None):
        raise NotProtected(in_force=record.protected is not None)


def _deceased(fact: Fact, day: str, office: str, record: Record) -> None:
    if record.died_on is not None:
        raise PersonDied(field="effective_on", died_on=record.died_on)
    if record.keeper != office and not _own_stays(office, record):
        raise NotConcerned


def _identity(fact: Fact, day: str, office: str, record: Record) -> None:
    if isinstance(fact, Merged | Held) and record.keeper != office:
        raise NotKeeper(keeper_known=record.keeper is not None)
    if isinstance(fact, Merged | KeptApart) and fact.other in record.persons:
        raise NoSuchMerge(field="other", rule="already_merged")
    if isinstance(fact, Unmerged):
        merge = record.facts.get(fact.merge)
        if merge is None or not isinstance(merge.payload, Merged):
            raise NoSuchMerge(field="merge")
        if merge.author != office:
            raise NotAuthor(field="merge")
        if fact.other not in record.persons:
            raise NoSuchMerge(field="other")


def _amendment(fact: Fact, day: str, office: str, record: Record) -> None:
    if not isinstance(fact, Corrected | Retracted):
        return
    target = record.facts.get(fact.target)
    if target is None:
        raise NoSuchEvent(field="target")
    if target.author != office:
        raise NotAuthor(field="target")
    require_amendable(target, "target")
    require_fitting(fact, office, record)


def _request(fact: Fact, day: str, office: str, record: Record | None) -> None:
    if isinstance(fact, RequestOpened | EnquiryOpened) and fact.to == office:
        raise NotAsked(field="to")
    if isinstance(fact, RequestOpened) and record is not None:
        require_addressee(fact, office, record)


def _tie(fact: Fact, day: str, office: str, record: Record) -> None:
    if not isinstance(fact, TieBegan | TieEnded):
        return
    if fact.other.person in record.persons:
        raise TieWithOneself
    if isinstance(fact, TieEnded):
        ended = meant(record.ties_in_force, fact.tie, fact.other)
        if (ended is None or day < ended.since) and not _ended_by_itself(fact, day, record):
            raise NoSuchTie
        return
    _alive(day, record)
    held = found(record.ties_in_force, fact.tie, fact.other)
    if held is not None:
        raise TieInForce(since=held.since)
    spouse = next((tie for tie in record.ties_in_force if fact.tie == tie.tie == "spouse"), None)
    if spouse is not None:
        raise TieInForce(rule="spouse_in_force", since=spouse.since)


def _ended_by_itself(fact: TieEnded, day: str, record: Record) -> bool:
    """Whether the tie was in force on that day, and only what the exchange derived ended it later: divorced before the
    death that would have widowed. What people recorded they correct.
    """
    return any(
        tie.since <= day < (tie.until or day) and tie.ended_by is not None and _derived(record, tie.ended_by)
        for tie in record.ties
        if tie.tie == fact.tie and same(tie, fact.other)
    )


def _derived(record: Record, ref: Ref) -> bool:
    standing = record.facts.get(ref)
    return standing is not None and standing.event.frame.automatic


def _rejection(fact: Fact, day: str, office: str, record: Record) -> None:
    if not isinstance(fact, Rejected):
        return
    message = record.facts.get(fact.notification)
    if message is None or message.author == office:
        raise NoSuchEvent(field="notification")
    for known in record.rejections:
        standing = record.facts[known.ref].payload
        same = (known.notification, known.by, known.teller) == (fact.notification, office, fact.teller)
        if same and known.ended is None and isinstance(standing, Rejected) and standing.revision >= fact.revision:
            raise AlreadyRejected


Rule = Callable[[Fact, str, str, Record], None]
RULES: Mapping[tuple[type[Fact], ...], Rule] = {
    (Registered, Arrived): _opening,
    (RegistrationChanged,): _registration,
    (Returned,): _returned,
    (Departed,): _departed,
    (MovedWithin, Extended, Left, MainChanged): _on_stay,
    (Changed,): _changed,
    (Protected, Unprotected): _protection,
    (Deceased,): _deceased,
    (Merged, Unmerged, Held, KeptApart): _identity,
    (Corrected, Retracted): _amendment,
    (RequestOpened, EnquiryOpened): _request,
    (TieBegan, TieEnded): _tie,
    (Rejected,): _rejection,
}
