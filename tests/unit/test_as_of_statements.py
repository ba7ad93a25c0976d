"""What a keeper's statement says of a day before it was made: what changed only later is as it was before."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.person import Changed, Stated
from events.catalogue.values import Other, Tied
from events.envelope import PARTS, SYSTEM_ACTOR, Ref
from exchange.protocol.as_of import as_of
from exchange.protocol.book import Delivery
from exchange.protocol.view import view
from tests.unit.test_as_of import arrived
from tests.unit.test_sheet import A, B, Told

SPOUSE, CHILD = Other(person="p9"), Other(person="p8")


class Stating:
    """B, where the person lives since 2020, and what A, the keeper, tells it, in the order in which it is recorded."""

    def __init__(self) -> None:
        self.told = Told(B)
        self.told.own(arrived(), "2020-01-01")

    def says(self, day: str, fact: Fact) -> Ref:
        return self.told.hears(A, fact, None, day)

    def states(self, day: str, *ties: Tied, **particulars: str) -> Ref:
        return self.says(day, Stated(particulars=particulars, ties=ties, basis="confirmed"))

    def changes(self, day: str, **values: str) -> Ref:
        return self.says(day, Changed(set=values, ground="own_wish"))

    def held(self, day: str) -> dict[str, Any]:
        [record] = view(as_of(self.told.book, day))
        return dict(record.particulars)

    def ties(self, day: str) -> list[tuple[str, str | None]]:
        [record] = view(as_of(self.told.book, day))
        return [(tie.tie, tie.other.person) for tie in record.ties_in_force]


@pytest.fixture
def keeper() -> Stating:
    return Stating()


class TestAParticular:
    def test_that_changed_later_was_absent_where_nobody_had_stated_it(self, keeper):
        keeper.states("2020-01-02", name="甲")
        keeper.changes("2026-06-01", occupation="nurse")
        keeper.states("2026-06-02", name="甲", occupation="nurse")
        assert keeper.held("2026-05-31") == {"name": "甲"}

    def test_that_changed_twice_before_anything_was_stated_is_what_the_first_change_made_it(self, keeper):
        keeper.changes("2026-02-01", name="乙")
        keeper.changes("2026-06-01", name="丙")
        keeper.states("2026-06-02", name="丙")
        assert keeper.held("2026-05-31") == {"name": "乙"}

    def test_is_on_the_day_of_a_change_already_what_that_made_it(self, keeper):
        keeper.states("2020-01-02", name="甲")
        keeper.changes("2026-02-01", name="乙")
        keeper.changes("2026-06-01", name="丙")
        keeper.states("2026-06-02", name="丙")
        assert [keeper.held(day)["name"] for day in ("2026-01-31", "2026-02-01")] == ["甲", "乙"]

    def test_is_what_was_stated_last_and_not_what_an_older_change_had_made_it(self, keeper):
        """What changed in between the office was not told: it knows it by the statement alone."""
        keeper.changes("2026-02-01", name="乙")
        keeper.states("2026-03-01", name="丁")
        keeper.changes("2026-06-01", name="丙")
        keeper.states("2026-06-02", name="丙")
        assert keeper.held("2026-05-31") == {"name": "丁"}

    def test_is_as_it_was_whatever_else_changed_in_between(self, keeper):
        keeper.states("2020-01-02", name="甲", phone="138")
        keeper.changes("2026-02-01", phone="139")
        keeper.changes("2026-06-01", name="丙")
        keeper.states("2026-06-02", name="丙", phone="139")
        assert keeper.held("2026-05-31") == {"name": "甲", "phone": "139"}

    def test_is_what_was_stated_and_not_what_was_recorded_late_of_an_earlier_day(self, keeper):
        """Whoever states anew says so where it matters; until then the statement counts."""
        keeper.states("2026-03-01", name="甲")
        keeper.changes("2026-02-01", name="乙")
        keeper.changes("2026-06-01", name="丙")
        assert keeper.held("2026-04-01") == {"name": "甲"}

    def test_is_left_as_stated_by_a_tie_from_which_no_marital_status_follows(self, keeper):
        keeper.says("2026-06-01", TieBegan(tie="child", other=CHILD, ground="birth"))
        keeper.states("2026-06-02", Tied(tie="child", other=CHILD, since="2026-06-01"), marital_status="20")
        assert keeper.held("2026-05-31") == {"marital_status": "20"}


class TestATie:
    def test_of_which_only_the_statement_tells_began_on_the_day_that_it_says(self, keeper):
        keeper.states("2026-06-02", Tied(tie="spouse", other=SPOUSE, since="2026-05-20"))
        assert keeper.ties("2026-05-19") == []
        assert keeper.ties("2026-05-20") == [("spouse", "p9")]

    def test_of_which_no_day_is_stated_held_whenever_that_is_asked(self, keeper):
        keeper.states("2026-06-02", Tied(tie="spouse", other=SPOUSE))
        assert keeper.ties("2026-05-19") == [("spouse", "p9")]

    def test_held_from_its_day_until_it_ended_though_nothing_was_stated_in_between(self, keeper):
        keeper.states("2020-01-02")
        keeper.says("2021-05-20", TieBegan(tie="spouse", other=SPOUSE, ground="marriage"))
        keeper.says("2024-02-01", TieEnded(tie="spouse", other=SPOUSE, ground="divorce"))
        keeper.states("2024-02-02")
        days = ("2021-05-19", "2021-05-20", "2024-01-31", "2024-02-01")
        assert [len(keeper.ties(day)) for day in days] == [0, 1, 1, 0]

    @pytest.mark.parametrize("day", ["2021-05-20", "2021-06-01"])
    def test_of_which_only_the_statement_tells_is_not_lost_by_one_that_had_begun_by_then(self, keeper, day):
        keeper.states("2020-01-02")
        keeper.says("2021-05-20", TieBegan(tie="spouse", other=SPOUSE, ground="marriage"))
        keeper.states(
            "2021-05-21", Tied(tie="child", other=CHILD, since="2020-05-20"), Tied(tie="spouse", other=SPOUSE)
        )
        assert keeper.ties(day) == [("child", "p8"), ("spouse", "p9")]

    def test_of_which_only_the_statement_tells_is_not_lost_by_a_name_that_changed_later(self, keeper):
        keeper.states("2020-01-02", name="甲")
        keeper.changes("2026-06-01", name="乙")
        keeper.states("2026-02-01", Tied(tie="child", other=CHILD, since="2020-05-20"), name="乙")
        assert (keeper.ties("2026-05-31"), keeper.held("2026-05-31")) == ([("child", "p8")], {"name": "甲"})


class TestAStatement:
    def test_because_of_a_change_that_was_still_to_come_tells_of_the_days_before(self, keeper):
        """It is a fact that follows from the change, and yet it is not left out with it."""
        keeper.states("2020-01-02", name="甲")
        change = keeper.changes("2026-06-01", name="乙")
        by_itself = keeper.told.event(
            A, Stated(particulars={"name": "乙", "sex": "1"}, basis="confirmed"), "2026-02-01"
        )
        frame = msgspec.structs.replace(by_itself.frame, actor=SYSTEM_ACTOR, because=change)
        delivery = Delivery(ref=by_itself.ref, teller=A, to=B, parts=frozenset(PARTS), ground="statement")
        keeper.told.book.receive(delivery, msgspec.structs.replace(by_itself, frame=frame))
        assert keeper.held("2026-05-31") == {"name": "甲", "sex": "1"}
