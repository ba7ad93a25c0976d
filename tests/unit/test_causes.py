"""To whose act it belongs that something follows, and what made somebody keeper."""

from __future__ import annotations

import pytest

from events.catalogue.case import Confirmed, Reminded, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.person import Changed, Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Other, town
from events.envelope import SYSTEM_ACTOR, Ref
from exchange.protocol.life.causes import human_cause, made_keeper, naming_the_keeper
from exchange.protocol.life.ties import same
from exchange.protocol.record import Record, Tie
from tests.unit.test_cases import DUE, HOME, NEW, OTHER, Story


class Acting(Story):
    def follows(self, office: str, fact: Fact, because: Ref, actor: str = SYSTEM_ACTOR, person: str = "P1") -> Ref:
        event = self.world.author(office, person, "2026-03-02", fact, actor=actor, because=because)
        self.world.command(event)
        self.world.drain()
        return event.ref

    @property
    def known(self) -> Record:
        record = self.world.record(HOME, "P1")
        assert record is not None
        return record

    def behind(self, ref: Ref) -> Ref:
        found = human_cause(self.known, ref)
        assert found is not None
        return found.ref


@pytest.fixture
def story() -> Acting:
    return Acting()


class TestTheActBehind:
    """Automatic facts belong to the act of their cause (rule 2 of routing)."""

    def test_what_follows_from_what_followed_is_the_persons_act(self, story):
        first = story.record(HOME, Changed(set={"education": "10"}, ground="other"))
        second = story.follows(HOME, Changed(set={"education": "20"}, ground="other"), first)
        third = story.follows(HOME, Changed(set={"education": "30"}, ground="other"), second)
        assert story.behind(third) == story.behind(second) == first

    def test_of_what_a_person_recorded_it_is_its_own_whatever_it_was_recorded_for(self, story):
        first = story.record(HOME, Changed(set={"education": "10"}, ground="other"))
        second = story.follows(HOME, Changed(set={"education": "20"}, ground="other"), first, actor="clerk")
        assert story.behind(second) == second

    def test_of_what_the_coming_of_a_day_made_it_is_its_own(self, story):
        fact = Reminded(case=story.case, ground="half_time", due_on=DUE)
        reminded = story.follows(NEW, fact, story.case.opening)
        assert story.behind(reminded) == reminded

    def test_of_a_question_that_stands_no_more_it_is_the_last_that_a_person_did(self, story):
        """Its cause names only what it is about: the true one would tell where the person is."""
        last = story.record(HOME, Changed(set={"education": "10"}, ground="other"))
        withdrawn = story.follows(NEW, Withdrawn(case=story.case, ground="no_longer_stands"), story.case.opening)
        assert story.behind(withdrawn) == last

    def test_of_what_the_book_does_not_hold_there_is_none(self, story):
        assert human_cause(story.known, Ref(OTHER, "unheard of")) is None
        cause = Ref(OTHER, "unheard of")
        alone = story.follows(HOME, Changed(set={"education": "10"}, ground="other"), cause)
        assert story.behind(alone) == alone


class TestWhatMadeTheKeeper:
    def made(self, story: Acting) -> Ref:
        found = made_keeper(story.known)
        assert found is not None
        return naming_the_keeper(story.known, found).ref

    def test_is_the_last_move(self, story):
        story.record(HOME, Confirmed(case=story.case))
        moved = RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved")
        assert self.made(story) != (ref := story.record(HOME, moved))
        assert self.made(story) == ref

    def test_or_a_merge_or_what_undid_it(self, story):
        other = story.world.author(HOME, "P2", "2026-03-02", Registered(basis="first_record", registration=town(HOME)))
        story.world.command(other)
        merge = story.follows(HOME, Merged(other="P1", keeper=HOME), other.ref, actor="clerk", person="P2")
        assert self.made(story) == merge
        unmerged = story.follows(HOME, Unmerged(other="P1", merge=merge), merge, actor="clerk", person="P2")
        record = story.world.record(HOME, "P2")
        assert record is not None
        assert getattr(made_keeper(record), "ref", None) == unmerged


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        (Other(stated={"name": "林一"}, at=HOME), Other(stated={"name": "林一"}, at=NEW), False),
        (Other(stated={"name": "林一"}, at=HOME), Other(stated={"name": "林一"}, at=HOME), True),
        (Other(stated={"name": "林一"}, at=HOME), Other(stated={"name": "林一"}), True),
        (Other(stated={"name": "林一"}), Other(stated={"name": "林一"}, at=NEW), True),
        (Other(stated={"name": "林一"}), Other(stated={"name": "王二"}), False),
        (Other(person="p1", at=HOME), Other(person="p1", at=NEW), True),
        (Other(person="p1"), Other(person="p2"), False),
        (Other(person="p1"), Other(stated={"name": "林一"}), False),
    ],
)
def test_who_is_stated_is_the_same_where_nothing_tells_them_apart(one, other, may_be):
    assert same(Tie(tie="spouse", other=one, since="2020-01-01", ref=Ref(HOME, "t")), other) is may_be
