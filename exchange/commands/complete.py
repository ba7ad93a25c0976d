"""What an office may leave out of a payload because its own record tells it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import to_builtins

from events.catalogue.movement import Departed, Left
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.errors import Malformed
from events.parts import TIES
from exchange.protocol.comparing.equal import KINDS, different, keeps, stated_in
from exchange.protocol.comparing.stated_ties import ties_held
from exchange.protocol.life.contradictions import case_id
from exchange.protocol.matching import only_stated
from exchange.protocol.questions.enquiry import PURPOSES
from exchange.protocol.record import CaseState, Record, Stay
from exchange.protocol.refusals import NoSuchCase, NoSuchStay, UnknownPerson

Content = dict[str, Any]
Completion = Callable[[Content, str, Record | None], None]  # changes the content in place


CONFIRMED = "case.confirmed"
_REPLYING = ("case.", "enquiry.answered")
_SEEING = frozenset({"case.confirmed", "case.disputed", "enquiry.answered"})
_RECOGNISING = ("name", "born_on", "document.")


def complete(type_: str, content: Mapping[str, Any], office: str, record: Record | None) -> Content:
    """The whole content. Raises NoSuchStay or NoSuchCase where the record does not tell what was left out.

    Raises UnknownPerson where the person was withdrawn, whose record tells nothing.
    """
    found = dict(content)
    step = _STEPS.get(type_)
    if step is not None:
        step(found, office, record)
    if type_.startswith(_REPLYING):
        state = _case(found, office, record, sees=type_ in _SEEING)
        if type_ == CONFIRMED and state is not None and record is not None:
            _compared(found, office, record, state)
    return found


def as_first_said(type_: str, content: Mapping[str, Any], stored: Mapping[str, Any]) -> Content:
    """The content of a repeated request, with what was filled in the first time: the record has moved on since."""
    found = dict(content)
    for field in FILLED:
        if field in stored and field not in found:
            found[field] = stored[field]
    if isinstance(found.get("set"), Mapping) and "fields" in stored:
        filled = {name: value for name, value in stored.get("set", {}).items() if name not in stored["fields"]}
        found["set"] = {**filled, **found["set"]}
    if type_.startswith(_REPLYING) and "case_id" in found:
        held = stored.get("case")
        if held is not None and _id_of(held) == found.pop("case_id"):
            found["case"] = held
    elif isinstance(found.get("case"), Mapping) and isinstance(stored.get("case"), Mapping):
        found["case"] = {**stored["case"], **found["case"]}
    if "deviations" in found and len(found["deviations"]) == len(stored.get("deviations", ())):
        pairs = zip(stored["deviations"], found["deviations"], strict=True)
        found["deviations"] = [{**then, **now} for then, now in pairs]
    return found


FILLED = (
    "stay", "opens", "previous", "sees", "fields", "keeper", "kind", "given", "held", "teller", "revision",
    "deviations",
)  # fmt: skip


def _id_of(case: object) -> str:
    return case_id(msgspec.convert(case, CaseRef))


def _left(content: Content, office: str, record: Record | None) -> None:
    _own_stay(content, office, record)
    _recognise(content, record)


def _recognise(content: Content, record: Record | None) -> None:
    """For the town that is told to expect the person: what it takes to recognise them, and nothing else."""
    content.pop("given", None)
    if given := _recognised(content.get("destination"), record):
        content["given"] = given


def _recognised(destination: object, record: Record | None) -> Content:
    announces = isinstance(destination, Mapping) and destination.get("kind") == "town"
    held = record.particulars.items() if announces and record is not None else ()
    return {field: value for field, value in held if field.startswith(_RECOGNISING)}


def _own_stay(content: Content, office: str, record: Record | None) -> None:
    """The only open stay of the office itself; the main one where there is one of each."""
    if content.get("stay") is None and record is not None:
        content["stay"] = _only(_own(office, record))


def _further_stay(content: Content, office: str, record: Record | None) -> None:
    if content.get("stay") is None and record is not None:
        content["stay"] = _only([s for s in _own(office, record) if s.kind == "further"])


def _own(office: str, record: Record) -> list[Stay]:
    if record.withdrawn:
        raise UnknownPerson
    return [stay for stay in record.open_stays if stay.office == office]


def _only(stays: list[Stay]) -> list[str]:
    mains = [stay for stay in stays if stay.kind == "main"]
    chosen = mains or stays
    if len(chosen) != 1:
        raise NoSuchStay(field="stay", rule="stay.name_it" if chosen else "stay.none", count=len(chosen))
    return [chosen[0].id.author, chosen[0].id.id]


def _departed(content: Content, office: str, record: Record | None) -> None:
    if content.get("stay") is None and record is not None:
        own = [s for s in record.open_stays if s.office == office]
        meant = [s for s in own if s.kind == "main"] or (own if record.keeper != office else [])
        if len(meant) == 1:
            content["stay"] = [meant[0].id.author, meant[0].id.id]
    _recognise(content, record)


def _opens(content: Content, office: str, record: Record | None) -> None:
    """Who was told no more than a question or an announcement knows of nobody who keeps the person, but that another
    takes this office for the keeper.
    """
    content["opens"] = (
        record is None or record.withdrawn or record.keeper is None or (record.keeper == office and only_stated(record))
    )


def _previous(content: Content, _office: str, record: Record | None) -> None:
    if content.get("previous") is None and record is not None:
        links = [link for link in record.chain if not link.from_arrival]
        if links:
            content["previous"] = [links[-1].ref.author, links[-1].ref.id]


def _corrected(content: Content, _office: str, record: Record | None) -> None:
    """The names of what changes; and for the town that is named only now, whom to expect."""
    changes = content.get("set")
    if not isinstance(changes, Mapping):
        return
    content["fields"] = sorted(changes)
    target = record.facts.get(msgspec.convert(content["target"], Ref)) if record is not None else None
    if target is not None and isinstance(target.payload, Departed | Left):
        content["set"] = {**_recognised(changes.get("destination"), record), **changes}


def _keeper(content: Content, office: str, _record: Record | None) -> None:
    content.setdefault("keeper", office)


def _enquiry(content: Content, _office: str, record: Record | None) -> None:
    """What the purpose entitles to; of a person whom the office holds, what it takes to recognise them."""
    purpose = PURPOSES.get(str(content.get("purpose")))
    if not content.get("fields") and purpose is not None:
        content["fields"] = sorted(purpose.fields)
    if not content.get("given") and record is not None:
        held = record.particulars.items()
        content["given"] = {field: value for field, value in held if field.startswith(_RECOGNISING)}


def _answer(content: Content, _office: str, _record: Record | None) -> None:
    content.setdefault("held", bool(content.get("facts")))


def _remark(content: Content, _office: str, _record: Record | None) -> None:
    if content.get("text") is None:
        raise Malformed(field="text", rule="schema.missing")


def _begins_stay(content: Content, _office: str, _record: Record | None) -> None:
    """An address begins a main stay, and says so in the clear: who may not see the address must see the stay."""
    if content.get("address") is not None:
        content.setdefault("kind", "main")


_STEPS: Mapping[str, Completion] = {
    "movement.moved_within": _own_stay,
    "movement.extended": _own_stay,
    "movement.left": _left,
    "movement.main_changed": _further_stay,
    "movement.departed": _departed,
    "movement.arrived": _opens,
    "registration.changed": _previous,
    "event.corrected": _corrected,
    "person.merged": _keeper,
    "person.registered": _begins_stay,
    "case.noted": _remark,
    "enquiry.opened": _enquiry,
    "enquiry.answered": _answer,
}


def _case(content: Content, office: str, record: Record | None, *, sees: bool) -> CaseState | None:
    """The whole reference of the case, and the amendments that the reply knows."""
    if record is None:
        return None
    state = _named(content, office, record)
    opening = record.facts.get(state.ref.opening) if state is not None else None
    if opening is None or state is None:
        return state
    if sees and content.get("sees") is None and opening.corrections:
        content["sees"] = [[ref.author, ref.id] for ref in opening.corrections]
    deviations = content.get("deviations")
    if deviations:
        stated = getattr(opening.payload, "stated", None) or getattr(opening.payload, "particulars", {})
        # What another office holds stands on its paper alone.
        ours = {**record.particulars, TIES: to_builtins(ties_held(record))} if state.ref.asked == office else {}
        content["deviations"] = [_with_values(item, ours, stated) for item in deviations]
    return state


def _compared(content: Content, office: str, record: Record, state: CaseState) -> None:
    """A confirmation that says nothing of deviations names the fields that differ: what was stated is lost else.

    An empty list says that they were looked at, and that what is stated is held to be the same.
    """
    if "deviations" in content or state.ref.asked != office or state.ref.kind not in KINDS or not keeps(record):
        return
    if found := different(record, record.facts.get(state.ref.opening), stated_in(record, state)):
        content["deviations"] = to_builtins(found)


def _with_values(deviation: Mapping[str, Any], ours: Mapping[str, Any], yours: Mapping[str, Any]) -> Content:
    found = dict(deviation)
    for side, held in (("ours", ours), ("yours", yours)):
        if side not in found and deviation["field"] in held:
            found[side] = held[deviation["field"]]
    return found


def _named(content: Content, office: str, record: Record) -> CaseState | None:
    """The case named by its id, or by what its id derives from; None for one that a dispute is about to open."""
    wanted = content.pop("case_id", None)
    given = content.get("case")
    if wanted is None and not isinstance(given, Mapping):
        raise Malformed(field="case", rule="case.missing")
    for state in record.cases.values():
        plain = to_builtins(state.ref)
        if wanted is not None:
            same = case_id(state.ref) == wanted
        else:
            same = isinstance(given, Mapping) and all(_plain(given[k]) == _plain(plain.get(k)) for k in given)
        if same:
            content["case"] = plain
            return state
    if wanted is not None:
        raise NoSuchCase(field="case_id")
    if isinstance(given, Mapping):
        content["case"] = {"asked": office, **given}
    return None


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
