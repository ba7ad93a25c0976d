"""For each rule a planted fault: the rule left out, and the histories that find it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

import events.standing
import exchange.protocol.duties
import exchange.protocol.life.chain
import tests.properties.world
from events.event import Event
from exchange.protocol.comparing.agreement import findings
from exchange.protocol.duties import RULES
from exchange.protocol.view import view
from tests.properties import checks
from tests.properties.another_order import NOWHERE, differing_fields
from tests.properties.documents import document_faults
from tests.properties.given_up import given_up_faults
from tests.properties.histories import again, history, shape
from tests.properties.world import World

MOST = 900
# Where to begin with what few histories find: all others are drawn after them, so only time hangs on these numbers.
RARE = {
    "announcer": 264,
    "chain_after_retraction": 120,
    "keeper_tells_announced": 582,
    "rival_documents": 45,
    "thread_of_case": 9,
    "thread_of_merges": 16,
    "thread_of_tie": 40,
}


def faults_without_duties(world: World) -> list[str]:
    """E1, E4 and the direct consequences: E3 would only say that the left out rule was left out."""
    return [*checks.ledger_faults(world), *checks.agreement_faults(world), *checks.direct_faults(world)]


def found_by(
    make: Callable[[int], World], judge: Callable[[World], list[str]] = faults_without_duties, *, first: int = 0
) -> bool:
    """Whether one of the histories shows a fault."""
    for seed in (*range(first, MOST), *range(first)):
        try:
            if judge(make(seed)):
                return True
        except (AssertionError, RuntimeError, KeyError):
            return True  # it does not drain or not settle: found as well
    return False


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_of_telling_left_out_is_found(rule: str) -> None:
    """No rule is there for nothing: without it something due is not delivered (E3), or views differ."""
    rules = {name: code for name, code in RULES.items() if name != rule}
    first = RARE.get(rule, 0)
    found = found_by(lambda seed: history(seed, rules=rules, **shape(seed))[0], all_faults, first=first)
    assert found, f"no history misses {rule}"


def test_whoever_gives_up_a_claim_hears_so_with_a_notice() -> None:
    """In as many histories of one node as those above begin with."""
    assert [fault for seed in range(0, 200, 4) for fault in given_up_faults(history(seed, **shape(seed))[0])] == []


def all_faults(world: World) -> list[str]:
    """With E3, which recomputes what is due by all rules; and by the notice, where another rule tells the same."""
    return [*faults_without_duties(world), *given_up_faults(world), *checks.entitlement_faults(world)]


@pytest.mark.parametrize(
    ("rules", "first"),
    [
        (["author_tells"], 0),
        (["keeper_tells_ends", "keeper_tells_rivals", "keeper_tells_open_stays", "keeper_tells_statement"], 0),
        (["thread_of_case", "thread_of_stay", "thread_of_merges", "reply_to_other_side"], 0),
        (["hand_over"], 68),
    ],
    ids=["T1", "T2", "T3", "T4"],
)
def test_the_views_themselves_miss_t1_to_t4(rules: list[str], first: int) -> None:
    """Found without asking the duties: by what both sides show, or by who should have heard and did not."""
    kept = {name: code for name, code in RULES.items() if name not in rules}
    assert found_by(lambda seed: history(seed, rules=kept, **shape(seed))[0], first=first)


def test_the_family_left_out_is_found() -> None:
    """Without asking the duties: the keeper of a spouse never hears of the tie."""
    rules = {name: code for name, code in RULES.items() if name != "keeper_tells_family"}
    assert found_by(lambda seed: history(seed, rules=rules, **shape(seed))[0], tie_unheard, first=18)


def test_a_death_that_widows_nobody_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.protocol.automatic.parted_by_death", lambda _sight: iter(()))
    assert found_by(lambda seed: history(seed, **shape(seed))[0], not_widowed, first=469)


def test_a_statement_without_ties_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with a later stay hears of earlier ties by the keeper's statement alone."""
    monkeypatch.setattr("exchange.protocol.automatic.ties_held", lambda _record: ())

    def ties_differ(world: World) -> list[str]:
        return [fault for fault in checks.agreement_faults(world) if "ties" in fault]

    assert found_by(lambda seed: history(seed, **shape(seed))[0], ties_differ, first=13)


def tie_unheard(world: World) -> list[str]:
    return [fault for fault in checks.direct_faults(world) if fault.startswith("tie unheard")]


def not_widowed(world: World) -> list[str]:
    return [fault for fault in checks.direct_faults(world) if fault.startswith("not widowed")]


def test_matching_left_out_is_found() -> None:
    left_out = frozenset({"matching"})
    assert found_by(lambda seed: history(seed, left_out=left_out, **shape(seed))[0], all_faults)


def test_k6_rivals_left_out_of_the_view_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds two persons with one document must see it in both records."""
    monkeypatch.setattr("exchange.protocol.basis.rivals", lambda groups, _office: [frozenset()] * len(groups))
    assert found_by(lambda seed: history(seed, **shape(seed))[0], document_faults, first=18)


def test_rivals_left_out_of_the_matching_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keeper of the person who had the document first must hear of the second."""
    monkeypatch.setattr("exchange.protocol.matching._to_other_keepers", lambda _records: iter(()))
    assert found_by(lambda seed: history(seed, **shape(seed))[0], document_faults, first=58)


def test_a_rival_who_is_never_asked_is_found() -> None:
    """Who recorded the later fact, and holds both persons, must ask."""
    rules = {name: code for name, code in RULES.items() if name != "rival_documents"}
    assert found_by(lambda seed: history(seed, rules=rules, **shape(seed))[0], document_faults, first=231)


def test_t3_amendments_told_only_to_those_now_named_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.protocol.duties, "follow_amendments", lambda _owed, _sight: None)
    assert found_by(lambda seed: history(seed, **shape(seed))[0])


def test_k3_stamps_by_the_clock_alone_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with a slow clock would correct or answer before what it has seen."""
    monkeypatch.setattr(tests.properties.world, "next_stamp", lambda now, _seen: now)

    def effects_before_causes(world: World) -> list[str]:
        events = {e.ref: e for book in world.books.values() for e in book.recorded.values()}
        return [
            f"{e.ref} before {cause}"
            for e in events.values()
            for cause in (e.frame.target, e.frame.because)
            if cause in events and e.frame.stamp <= events[cause].frame.stamp
        ] + faults_without_duties(world)

    assert found_by(lambda seed: history(seed, **shape(seed))[0], effects_before_causes)


def test_k3_the_chain_by_day_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain of registrations sorts by stamp alone: a move entered late must not come before the one it follows."""
    kept = exchange.protocol.life.chain.chain

    def by_day(facts, dossier):
        return tuple(sorted(kept(facts, dossier), key=lambda link: (link.day, link.stamp)))

    def moved_back(world: World) -> list[str]:
        found = faults_without_duties(world)
        for office, book in world.books.items():
            for record in view(book):
                moves = [s for s in record.facts.values() if s.payload.type == "registration.changed" and not s.void]
                links = [link for link in record.chain if not link.from_arrival]
                if moves and links and links[-1].stamp < max(link.stamp for link in links):
                    found.append(f"{office} shows an earlier link as the last")
        return found

    monkeypatch.setattr("exchange.protocol.basis.chain", by_day)
    assert found_by(lambda seed: history(seed, **shape(seed))[0], moved_back)


def test_k4_amendments_that_act_though_they_are_void_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A retraction that was itself retracted must act on nothing."""
    kept = events.standing.stand

    def blind(all_events, heir=events.standing.its_author):
        stand = kept(all_events, heir)
        facts = dict(stand.facts)
        for standing in stand.facts.values():
            target = getattr(standing.payload, "target", None)
            if standing.payload.type == "event.retracted" and target in facts:
                facts[target] = msgspec.structs.replace(facts[target], void=True)
        return msgspec.structs.replace(stand, facts=events.standing.Facts(facts))

    from tests.properties.test_histories import p7_undone  # noqa: PLC0415 (the property that must find it)

    monkeypatch.setattr("exchange.protocol.basis.stand", blind)
    assert found_by(lambda seed: history(seed, **shape(seed))[0], p7_undone)


def test_k4_a_correction_that_is_never_applied_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.standing.apply", lambda payload, day, _changes: (payload, day))
    assert found_by(lambda seed: corrected_here(history(seed, **shape(seed))[0]), corrections_unseen)


def corrected_here(world: World) -> World:
    """The world as it is; its corrections are judged."""
    return world


def corrections_unseen(world: World) -> list[str]:
    """Corrections of a day that the record does not show."""
    faults: list[str] = []
    for book in world.books.values():
        for record in view(book):
            for standing in record.facts.values():
                for ref in standing.corrections:
                    changes = record.facts[ref].payload.set  # type: ignore[attr-defined]
                    last = ref == standing.corrections[-1]
                    if last and standing.day != changes.get("effective_on", standing.day):
                        faults.append(f"{standing.ref} ignores {ref}")
    return faults


@pytest.mark.parametrize(("about", "first"), [("", 65), (NOWHERE, 85)])
def test_p4_an_order_of_arrival_that_decides_is_found(monkeypatch: pytest.MonkeyPatch, about: str, first: int) -> None:
    """Facts sorted by the order in which they came would end differently in another order of deliveries, also where
    nobody registered the person.
    """

    def unsorted(all_events, heir=events.standing.its_author):
        ordered: list[Event] = list(all_events)
        swapped = [
            msgspec.structs.replace(e, frame=msgspec.structs.replace(e.frame, effective_on="2026-01-01"))
            for e in ordered
        ]
        stamped = [
            msgspec.structs.replace(e, frame=msgspec.structs.replace(e.frame, stamp=index))
            for index, e in enumerate(swapped)
        ]
        return kept(stamped, heir)

    kept = events.standing.stand
    monkeypatch.setattr("exchange.protocol.basis.stand", unsorted)

    def differs(world: World) -> list[str]:
        other = again(world, world.seed + 7, 2)
        return [fault for fault in differing_fields(world, other) if about in fault] if other is not None else []

    assert found_by(lambda seed: history(seed, nodes=2, steps=20, persons=1)[0], differs, first=first)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_found_where_nothing_is_left_out(seed: int) -> None:
    world, _ = history(seed, **shape(seed))
    assert faults_without_duties(world) == []
    assert all(f.state != "different" for f in findings({o: view(b) for o, b in world.books.items()}))
