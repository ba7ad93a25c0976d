"""T2. As keeper: to every other office what the routing table gives its role. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Reply
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Changed, Deceased, Protected, Stated, Unprotected
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Standing
from exchange.protocol.life.kinship import GROUND as FAMILY_GROUND
from exchange.protocol.life.particulars import latest_statement
from exchange.protocol.naming import named_but_for_retracted, town_of
from exchange.protocol.questions.redirecting import asked_otherwise, put_by_author
from exchange.protocol.record import CaseState, Stay
from exchange.protocol.routing_table import CONTESTED, MATCHED, UPDATE, Cell, cell_of
from exchange.protocol.telling.due import IDENTITY, NO_PARTS, PARTICULAR_PARTS, Due, Sight

# What is said of a tie or inside its case makes nobody hold the person.
_OF_A_TIE = (TieBegan, TieEnded, Corrected, Retracted, Reply)
_AT_ALL_TIMES = (Deceased, Protected, Unprotected)
_HAPPENS = (*_AT_ALL_TIMES, Changed, TieBegan, TieEnded, Departed, Left)


def keeper_tells_ends(sight: Sight) -> Iterator[Due]:
    """To a stay's office what ended it, or made it further."""
    if not sight.is_keeper:
        return
    for stay in sight.record.stays:
        for end in (stay.ended_by, stay.demoted_by):
            standing = sight.record.facts.get(end) if end is not None else None
            if standing is not None and not _asked_by_author(standing, stay):
                case = CaseRef(standing.ref, stay.office, "moved-on")
                cell = end_cell(sight, standing, stay)
                cause = sight.amended_after(standing, _since_answered(sight, case))
                if cell.asks and (_asked_by_name(sight, standing, case) or _answered_another(sight, case)):
                    cell = UPDATE
                yield sight.due(standing, stay.office, "ended", cell, trigger=cause)


def _since_answered(sight: Sight, case: CaseRef) -> int | None:
    """The stamp of what was first said in a case that is answered: what was amended since is not why the office is
    told, and whoever answered another keeper has no new notice of the same.
    """
    known = _answered(sight, case)
    return sight.record.facts[known.thread[0]].stamp if known is not None and known.thread else None


def _answered(sight: Sight, case: CaseRef) -> CaseState | None:
    """How the case stands where it is over by an answer, or by what answers it; else None."""
    known = sight.record.cases.get(case)
    return None if known is None or known.open or known.status == "withdrawn" else known


def _asked_by_name(sight: Sight, standing: Standing, case: CaseRef) -> bool:
    """Whether the author asks the office whether the person moved on, or asked it by an error, and was answered."""
    facts = sight.record.facts
    if put_by_author(standing, facts, case) and not asked_otherwise(standing, sight.record.cases, case):
        return True
    named = case.asked in named_but_for_retracted(standing, facts, "moved-on")
    return named and _answered(sight, case) is not None


def _answered_another(sight: Sight, case: CaseRef) -> bool:
    """Whether it answered whoever kept the person before and asked it: nobody is asked the same again."""
    known = sight.record.cases.get(case)
    told = sight.told.of(case.opening, case.asked)
    put = told is not None and any(question.kind == case.kind for question in told.asked)
    return known is not None and known.status in {"confirmed", "settled"} and not put


def _asked_by_author(standing: Standing, stay: Stay) -> bool:
    """The author asks the registration place, by the inflow notice, about the same arrival."""
    payload = standing.payload
    return isinstance(payload, Arrived) and town_of(payload.registration) == stay.office


def end_cell(sight: Sight, standing: Standing, stay: Stay) -> Cell:
    """Moved on? Or matched, where the stay's office had announced just this arrival."""
    announced = any(a.author == stay.office and a.arrival == standing.ref for a in sight.record.announcements)
    if announced:
        return MATCHED
    return cell_of(standing.payload.type, "place_left") or UPDATE


def keeper_tells_rivals(sight: Sight) -> Iterator[Due]:
    """To a stay's office what rivals it: each event of a contradiction to the authors of the others."""
    facts = sight.record.facts
    for contradiction in sight.record.contradictions:
        events = [facts[ref] for ref in contradiction.events if ref in facts]
        if len(events) < 2 or contradiction.kind in {"two_registrations", "one_document"}:
            continue
        for one in events:
            for other in events:
                if one.author == other.author or not (sight.is_keeper or _speaks(sight, one, events)):
                    continue
                if sight.is_keeper or other.author == sight.keeper:
                    yield sight.due(one, other.author, "rival", CONTESTED)


def _speaks(sight: Sight, one: Standing, events: list[Standing]) -> bool:
    """The author of the event with the highest stamp asks the keeper, whom nobody else would ask."""
    return sight.mine(one.author) and one.stamp == max(e.stamp for e in events)


def keeper_tells_open_stays(sight: Sight) -> Iterator[Due]:
    """To each open stay, once confirmed: the other stays that go on, and what happens from then on."""
    if not sight.is_keeper:
        return
    for stay in sight.record.open_stays:
        if not sight.record.confirmed(stay):
            continue
        for other in sight.record.open_stays:
            if other.id != stay.id:
                yield from _tell_stay(sight, other, stay)
        for standing in sight.of(*_HAPPENS):
            cell = cell_of(standing.payload.type, "open_stays")
            if cell is not None and _happens_to(standing, stay):
                parts = PARTICULAR_PARTS if isinstance(standing.payload, Changed | TieBegan | TieEnded) else NO_PARTS
                cause = sight.since(stay, standing)
                yield sight.due(standing, stay.office, "open_stay", cell, parts=parts, trigger=cause)


def _happens_to(standing: Standing, stay: Stay) -> bool:
    """What concerns the person at all times; of what happens on the way, only what came after the stay began, and of
    stays that were left none that was over by then.
    """
    earlier = isinstance(standing.payload, Departed | Left) and standing.day < stay.began
    return isinstance(standing.payload, _AT_ALL_TIMES) or (standing.stamp > stay.stamp and not earlier)


def _tell_stay(sight: Sight, other: Stay, stay: Stay) -> Iterator[Due]:
    """Another stay that goes on: its beginning, and what made it main or further."""
    facts = sight.record.facts
    refs: list[Ref | None] = [other.id, other.demoted_by, *other.touched_by]
    for ref in refs:
        standing = facts.get(ref) if ref is not None else None
        cell = cell_of(standing.payload.type, "open_stays") if standing is not None else None
        # A registration that began a stay is no news to the others as such, but under an id given up no chain has it.
        if standing is not None and (cell is not None or ref == other.id):
            yield sight.due(standing, stay.office, "other_stay", cell, trigger=sight.since(stay, standing))


def keeper_tells_statement(sight: Sight) -> Iterator[Due]:
    """The keeper's statement to each open stay that was confirmed."""
    if not sight.is_keeper:
        return
    statement = latest_statement(sight.own_of(Stated), sight.me)
    if statement is None:
        return
    for stay in sight.record.open_stays:
        if sight.record.confirmed(stay):
            cause = sight.since(stay, statement) or statement.event.frame.because
            cell = cell_of(statement.payload.type, "open_stays")
            yield sight.due(statement, stay.office, "statement", cell, parts=PARTICULAR_PARTS, trigger=cause)


def keeper_tells_announced(sight: Sight) -> Iterator[Due]:
    """To a town that still waits for the person: what it needs to recognise them."""
    if not sight.is_keeper:
        return
    for announcement in sight.record.announcements:
        if not announcement.waits:
            continue
        for standing in sight.in_force:
            newer = standing.stamp > announcement.ref_stamp(sight.record.facts)
            if newer and cell_of(standing.payload.type, "announced") == UPDATE:
                parts = IDENTITY if isinstance(standing.payload, Changed) else NO_PARTS
                yield sight.due(standing, announcement.to, "announced", UPDATE, parts=parts)


def keeper_tells_protection(sight: Sight) -> Iterator[Due]:
    """Protection holds everywhere at once: every office that holds or held a stay, waits for the person, kept them, or
    was told anything.
    """
    record = sight.record
    protections = sight.of(Protected, Unprotected) if sight.is_keeper else ()
    if not protections:
        return
    told = {*_told_of_the_person(sight), *(stay.office for stay in record.stays)}
    told |= {announcement.to for announcement in record.announcements if announcement.waits}
    told |= {office for link in record.chain for office in link.named if office not in link.disclaimed}
    for standing in protections:
        cell = cell_of(standing.payload.type, "place_left")
        for to in sorted(told) if cell is not None else ():
            yield sight.due(standing, to, "protection", cell)


def _told_of_the_person(sight: Sight) -> Iterator[str]:
    """Whoever was told anything; whom only ties and the family concern is told by that column."""
    facts, told = sight.record.facts, sight.told.all()
    for to in sight.told_anything():
        refs = (ref for ref in facts if (ref, to) in told and not isinstance(facts[ref].payload, _OF_A_TIE))
        if any(told[ref, to].ground not in {FAMILY_GROUND, "stay_of_change"} for ref in refs):
            yield to
