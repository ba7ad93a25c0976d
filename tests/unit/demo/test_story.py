"""The demo's year: repeatable, in order, and rich enough to show every kind of movement."""

from collections import Counter
from datetime import date
from typing import ClassVar

import pytest

from events.catalogue import TYPES, fact_of
from exchange.demo.acts import Mention, Step, mentions, resolved
from exchange.demo.life import YEAR, Life, YearOver
from exchange.demo.names import surname
from exchange.demo.population import ADULT, population
from exchange.demo.story import story
from exchange.demo.towns import TOWNS

TODAY = date(2026, 11, 24)
STORY = story(300, 3, TODAY)


def test_the_same_seed_tells_the_same_story():
    assert story(300, 3, TODAY) == STORY


def test_another_seed_tells_another():
    assert story(300, 4, TODAY).steps != STORY.steps


def test_the_year_ends_today():
    assert STORY.last_day == TODAY
    assert {step.on for step in STORY.steps} <= set(range(YEAR))


def test_steps_come_in_the_order_of_their_days():
    assert [step.on for step in STORY.steps] == sorted(step.on for step in STORY.steps)


def test_nothing_is_recorded_before_it_holds():
    early = [s for s in STORY.steps if date.fromisoformat(s.day).toordinal() > STORY.first_day.toordinal() + s.on]
    assert not early


def test_a_step_refers_only_to_steps_before_it():
    told: set[str] = set()
    for step in STORY.steps:
        assert mentions(step.content) <= told
        told.add(step.label)


def test_every_content_fits_the_catalogue():
    events = {step.label: (step.office, "0199b6c1-0000-7000-8000-000000000000") for step in STORY.steps}
    for step in STORY.steps:
        content = resolved(step.content, events)
        if step.type in {"movement.moved_within", "movement.extended", "movement.left"}:
            content["stay"] = [step.office, events[step.label][1]]  # the exchange fills in the only open stay
        assert fact_of(step.type, content).type == step.type


@pytest.mark.parametrize(
    "type_",
    [
        "person.registered",
        "movement.arrived",
        "movement.departed",
        "movement.extended",
        "movement.moved_within",
        "movement.left",
        "movement.returned",
        "registration.changed",
        "person.changed",
        "person.deceased",
        "person.protected",
        "event.corrected",
        "event.retracted",
    ],
)
def test_the_year_shows(type_):
    assert type_ in TYPES
    assert Counter(step.type for step in STORY.steps)[type_] > 0


def test_offices_answer_in_every_manner():
    manners = {answer.manner for step in STORY.steps for answer in step.answers.values()}
    assert manners >= {"confirm", "deviate", "not_ours", "redirect", "duplicate", "not_come", "wait"}
    assert {a.patience for s in STORY.steps for a in s.answers.values()} == {"prompt", "late", "never"}


def test_some_steps_are_to_be_refused():
    assert {step.refused for step in STORY.steps} == {None, "malformed", "already_here", "not_keeper"}


def test_the_smallest_demo_shows_every_way_to_be_refused_and_merged():
    small = story(60, 1, TODAY)
    assert {a.manner for s in small.steps for a in s.answers.values()} >= {"duplicate", "not_ours", "redirect"}


def test_a_life_ends_with_the_year():
    life = Life(population(1, 1, TODAY)[0], STORY.first_day, "test")
    life.day = YEAR + 1
    with pytest.raises(YearOver):
        life.write("person.changed", life.keeper, {})


def test_a_mention_of_what_was_not_recorded_is_found():
    with pytest.raises(KeyError):
        resolved({"target": Mention("p1-0")}, {})


class TestHouseholds:
    """Some move together by one act, whoever stays behind at first joins by the same, and some wait at the end."""

    ACTS: ClassVar[dict[str, list[Step]]] = {}
    for each in STORY.steps:
        ACTS.setdefault(each.act, []).append(each)
    OF_SEVERAL: ClassVar[list[list[Step]]] = [
        steps for steps in ACTS.values() if len({step.person for step in steps}) > 1
    ]

    def test_they_leave_and_arrive_by_one_act_each_from_one_home_to_one_town(self):
        assert {steps[0].type for steps in self.OF_SEVERAL} == {"movement.departed", "movement.arrived"}
        homes = {person.handle: person.home for person in STORY.persons}
        for steps in self.OF_SEVERAL:
            assert len({step.office for step in steps}) == 1
            assert len({homes[step.person] for step in steps}) == 1
            assert len(steps) == len({step.person for step in steps})

    def test_some_join_later_by_the_act_of_the_first(self):
        later = [steps for steps in self.OF_SEVERAL if len({step.on for step in steps}) == 2]
        assert later
        assert all(steps[-1].on - steps[0].on >= 25 for steps in later)

    def test_some_arrive_in_the_last_days_so_that_their_line_waits(self):
        lately = [steps for steps in self.OF_SEVERAL if min(step.on for step in steps) >= YEAR - 4]
        assert lately
        assert TOWNS[0].code in {content["registration"]["code"] for s in lately for content in [s[0].content]}

    def test_children_bear_the_heads_surname(self):
        persons = {person.handle: person for person in STORY.persons}
        children = 0
        for steps in self.OF_SEVERAL:
            head, *others = [persons[step.person] for step in steps]
            for each in others:
                if each.age(STORY.first_day) < ADULT:
                    children += 1
                    assert surname(each.name) == surname(head.name)
        assert children

    @pytest.mark.parametrize("size", [30, 60, 300])
    def test_even_the_smallest_demo_has_one_that_waits_and_one_whom_somebody_joins(self, size):
        acts: dict[str, set[tuple[int, str]]] = {}
        for step in story(size, 1, TODAY).steps:
            acts.setdefault(step.act, set()).add((step.on, step.person))
        several = [entries for entries in acts.values() if len({person for _, person in entries}) > 1]
        assert any(min(on for on, _ in entries) >= YEAR - 4 for entries in several)
        assert any(len({on for on, _ in entries}) > 1 for entries in several)
