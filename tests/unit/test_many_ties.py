"""Ties of a person who has very many, a guardian of hundreds: found by who they are with, as a look at all would."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.values import Other, TieKind
from events.standing import Standing, as_recorded
from exchange.protocol.life import ties
from exchange.protocol.life.ties import found, meant
from exchange.protocol.record import Tie
from tests.unit.made_up import event

KINDS: tuple[TieKind, ...] = ("spouse", "child", "child", "ward")
OTHERS = [
    *(Other(person=person, at=at) for person in ("p1", "p2", "p3") for at in (None, "A")),
    *(Other(at=at, stated=stated) for at in (None, "A", "B") for stated in ({}, {"born_on": "1990"}, {"name": "林一"})),
    Other(at="A", stated={"name": "林 一", "born_on": "1990-05"}),
    Other(at="A", stated={"name": {"full": "Lin Yi", "other": ["林一"]}, "born_on": "1991"}),
    Other(stated={"name": "王二"}),
]


def facts(seed: int) -> list[Standing]:
    draw = random.Random(seed)
    said: list[Standing] = []
    for stamp in range(1, draw.randrange(2, 30)):
        kind, other = draw.choice(KINDS), draw.choice(OTHERS)
        began = TieBegan(tie=kind, other=other, ground="other")
        fact: Fact = began if draw.random() < 0.6 else TieEnded(tie=kind, other=other, ground="other")
        day = f"2026-01-{draw.randrange(1, 9):02}"
        said.append(as_recorded(event(fact, "A", "P", stamp, day=day)))
    return said


def by_a_look_at_all(said: list[Standing]) -> list[Tie]:
    """As the invariant says it: a tie is in force from the fact that began it until one that ended it."""
    began: list[Tie] = []
    for standing in sorted(said, key=lambda s: s.order):
        fact, held = standing.payload, [tie for tie in began if tie.until is None]
        held.sort(key=lambda tie: (tie.tie, tie.since, tie.ref, tie.other.person or ""))
        if isinstance(fact, TieBegan) and found(held, fact.tie, fact.other) is None:
            began.append(Tie(tie=fact.tie, other=fact.other, since=standing.day, ref=standing.ref))
        elif isinstance(fact, TieEnded):
            ended = meant([tie for tie in held if tie.since <= standing.day], fact.tie, fact.other)
            if ended is not None:
                began[began.index(ended)] = replace(ended, until=standing.day, ended_by=standing.ref)
    return began


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_they_are_those_that_a_look_at_all_of_them_finds(first):
    for seed in range(first, first + 100):
        said = facts(seed)
        fold = ties.ties(said, None)
        assert fold.began == by_a_look_at_all(said), seed
        kinds = {tie.tie for tie in fold.in_force}
        assert {kind for kind in ("spouse", "child", "ward", "parent") if fold.goes_on(kind)} == kinds


@pytest.mark.parametrize("named", [True, False], ids=["by id", "stated"])
def test_each_is_compared_with_few_of_the_others(named, monkeypatch):
    compared: list[Tie] = []

    def counted(tie: Tie, other: Other) -> bool:
        compared.append(tie)
        return same(tie, other)

    same = ties.same
    monkeypatch.setattr(ties, "same", counted)
    others = [
        Other(person=f"p{n}") if named else Other(at="A", stated={"name": f"Lin {chr(97 + n // 26)}{chr(97 + n % 26)}"})
        for n in range(300)
    ]
    said: list[Fact] = [TieBegan(tie="ward", other=other, ground="appointment") for other in others]
    said += [TieEnded(tie="ward", other=other, ground="of_age") for other in others]
    standing = [as_recorded(event(f, "A", "P", n, day="2026-01-02")) for n, f in enumerate(said, 1)]
    fold = ties.ties(standing, None)
    assert (len(fold.began), len(fold.in_force)) == (300, 0)
    assert len(compared) <= len(said)
