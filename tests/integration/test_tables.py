"""The projections: replaced for a person at a time, selected, counted, and read page by page."""

from typing import Any

import msgspec
import pytest

from events.envelope import Ref
from events.errors import Malformed
from events.store.sqlite import IN_MEMORY
from exchange.stores import sqlite_store
from exchange.tables import cases, inbox, records
from exchange.tables.cases import CaseRow
from exchange.tables.inbox import InboxRow
from exchange.tables.records import RecordRow
from tests.contract.story import LIN, OTHER_TOWN, TOWN, WANG, later

COUNTY, PROVINCE = "330110", "33"


@pytest.fixture
def sql():
    store = sqlite_store(IN_MEMORY)
    with store.write() as session:
        yield session.sql
    store.close()


def record(office: str = TOWN, person: str = LIN, **more: object) -> RecordRow:
    row = RecordRow(
        office=office,
        person=person,
        survivor=person,
        state="open",
        roles=("keeper", "stay"),
        version=1,
        sealed=b"sealed",
        digest=b"d",
    )
    return msgspec.structs.replace(row, **more)


def case(id_: str = "c1", office: str = TOWN, **more: object) -> CaseRow:
    row = CaseRow(
        office=office,
        id=id_,
        opening=Ref(OTHER_TOWN, "e1"),
        asked=TOWN,
        asker=OTHER_TOWN,
        kind="inflow",
        status="open",
        person=LIN,
        due_on="2026-12-01",
        opened_at=later(0),
    )
    return msgspec.structs.replace(row, **more)


def notice(position: int = 1, office: str = TOWN, **more: object) -> InboxRow:
    row = InboxRow(
        office=office,
        person=LIN,
        act=f"act{position}",
        kind="inflow",
        expects_reply=True,
        case="c1",
        position=position,
        at=later(position),
    )
    return msgspec.structs.replace(row, **more)


class TestRecords:
    def test_a_row_comes_back_as_it_was_written(self, sql):
        full = record(keeper=OTHER_TOWN, lives_at=TOWN, since="2026-11-01", state="closed", survivor=WANG)
        records.replace(sql, [LIN], [full])
        assert records.one(sql, TOWN, LIN) == full
        assert records.one(sql, OTHER_TOWN, LIN) is None

    def test_all_rows_of_the_persons_are_replaced_and_no_others(self, sql):
        records.replace(sql, [LIN, WANG], [record(), record(OTHER_TOWN), record(person=WANG)])
        records.replace(sql, [LIN], [record(version=2)])
        assert records.of_persons(sql, [WANG, LIN]) == (record(version=2), record(person=WANG))
        records.replace(sql, [LIN, WANG], [])
        assert records.of_persons(sql, [LIN, WANG]) == ()

    @pytest.mark.parametrize(
        ("which", "found"),
        [
            ({}, ["a", "b", "c"]),
            ({"area": TOWN}, ["a", "b"]),
            ({"area": COUNTY}, ["a", "b"]),
            ({"area": PROVINCE}, ["a", "b"]),
            ({"area": "51"}, ["c"]),
            ({"area": "44"}, []),
            ({"state": "closed"}, ["b"]),
            ({"role": "keeper"}, ["a", "c"]),
            ({"role": "keep"}, []),
            ({"role": "%"}, []),
            ({"keeper": OTHER_TOWN}, ["b"]),
            ({"lives_at": TOWN, "state": "open"}, ["a"]),
        ],
    )
    def test_records_are_selected(self, sql, which, found):
        rows = [
            record(person="a", lives_at=TOWN),
            record(person="b", lives_at=TOWN, state="closed", roles=("past",), keeper=OTHER_TOWN),
            record(OTHER_TOWN, person="c"),
        ]
        records.replace(sql, ["a", "b", "c"], rows)
        assert [row.person for row in records.some(sql, records.Which(**which)).rows] == found
        assert records.how_many(sql, records.Which(**which)) == len(found)


class TestCases:
    def test_a_row_comes_back_as_it_was_written(self, sql):
        full = case(
            status="settled", closed_at=later(9), late=True, escalated=("420115000000", "420000000000"), reason="other"
        )
        cases.replace(sql, [LIN], [full, case(office=OTHER_TOWN)])
        assert cases.one(sql, TOWN, "c1") == full
        assert cases.sides(sql, "c1") == (full, case(office=OTHER_TOWN))
        assert cases.one(sql, TOWN, "c2") is None

    @pytest.mark.parametrize(
        ("which", "found"),
        [
            ({"area": TOWN}, ["soon", "late", "done", "asking"]),
            ({"area": TOWN, "side": "asked"}, ["soon", "late", "done"]),
            ({"area": TOWN, "side": "asker"}, ["asking"]),
            ({"open": True}, ["soon", "late", "asking"]),
            ({"open": False}, ["done"]),
            ({"status": "overdue"}, ["soon"]),
            ({"kind": "outflow"}, ["late"]),
            ({"due_before": "2026-12-01"}, ["soon"]),
            ({"person": WANG}, ["done"]),
            ({"escalated": True}, ["soon"]),
            ({"escalated": False}, ["late", "done", "asking"]),
        ],
    )
    def test_cases_are_selected_the_most_urgent_first(self, sql, which, found):
        rows = [
            case("asking", asked=OTHER_TOWN, asker=TOWN, due_on=None),
            case("done", status="confirmed", person=WANG, due_on="2026-12-09"),
            case("late", kind="outflow", due_on="2026-12-05"),
            case("soon", status="overdue", due_on="2026-11-20", escalated=("420115000000",)),
        ]
        cases.replace(sql, [LIN, WANG], rows)
        assert [row.id for row in cases.some(sql, cases.Which(**which)).rows] == found
        assert cases.how_many(sql, cases.Which(**which)) == len(found)

    def test_whoever_has_still_to_answer_or_to_decide_is_read_page_by_page(self, sql):
        rows = [case(f"c{n}", due_on=f"2026-12-0{n}") for n in range(1, 8)]
        others = [
            case("said", status="confirmed"),
            case("disputed", status="disputed"),
            case("later", due_on="2027-01-01"),
            case("ever", due_on=None, status="deferred"),
        ]
        cases.replace(sql, [LIN], [*rows, *others])
        seen, after = [], None
        while True:
            page = cases.waiting(sql, after, limit=3)
            seen.append([row.id for row in page.rows])
            after = page.next
            if after is None:
                break
        assert seen == [["c1", "disputed", "c2"], ["c3", "c4", "c5"], ["c6", "c7", "later"], ["ever"]]


class TestInbox:
    def test_a_row_comes_back_as_it_was_written(self, sql):
        full = notice(acknowledged=later(5), outcome="confirmed")
        inbox.replace(sql, [LIN], [full, notice(2, case=None)])
        assert inbox.one(sql, TOWN, 1) == full
        assert inbox.one(sql, TOWN, 2) == notice(2, case=None)
        assert inbox.one(sql, TOWN, 3) is None

    def test_the_first_acknowledgement_is_shown(self, sql):
        inbox.replace(sql, [LIN], [notice(1), notice(2)])
        inbox.acknowledge(sql, TOWN, 1, later(7))
        inbox.acknowledge(sql, TOWN, 1, later(8))
        assert inbox.some(sql, inbox.Which(acknowledged=True)).rows == (notice(1, acknowledged=later(7)),)

    @pytest.mark.parametrize(
        ("which", "found"),
        [
            ({}, [4, 3, 2, 1]),
            ({"area": TOWN}, [3, 2, 1]),
            ({"kind": "update"}, [2]),
            ({"expects_reply": False}, [2]),
            ({"acknowledged": False}, [4, 3, 2]),
            ({"settled": True}, [3]),
            ({"settled": False, "area": TOWN}, [2, 1]),
            ({"person": WANG}, [3]),
        ],
    )
    def test_notices_are_selected_the_newest_first(self, sql, which, found):
        rows = [
            notice(1, acknowledged=later(9)),
            notice(2, kind="update", expects_reply=False),
            notice(3, person=WANG, outcome="confirmed"),
            notice(4, office=OTHER_TOWN),
        ]
        inbox.replace(sql, [LIN, WANG], rows)
        assert [row.position for row in inbox.some(sql, inbox.Which(**which)).rows] == found
        assert inbox.how_many(sql, inbox.Which(**which)) == len(found)


class TestLines:
    """What one office told by one act is one line."""

    def test_the_newest_that_is_selected_stands_for_its_line(self, sql):
        rows = [
            notice(1, act="move", person=LIN),
            notice(2, act="other", person=LIN),
            notice(3, act="move", person=WANG, outcome="confirmed"),
            notice(4, act="move", person=WANG, office=OTHER_TOWN),
            notice(5, act="move", person="third", teller=OTHER_TOWN),
        ]
        inbox.replace(sql, [LIN, WANG, "third"], rows)

        def found(**which: Any) -> list[int]:
            return [row.position for row in inbox.lines(sql, inbox.Which(area=TOWN, **which)).rows]

        assert found() == [5, 3, 2]
        assert found(settled=False) == [5, 2, 1]
        assert found(person=LIN) == [2, 1]
        assert found(act="move") == [5, 3]
        [lead] = inbox.lines(sql, inbox.Which(area=TOWN, settled=True)).rows
        told = inbox.in_lines(sql, [lead], inbox.Which(settled=True))
        assert [(row.position, chosen) for row, chosen in told] == [(1, False), (3, True)]

    def test_pages_count_lines(self, sql):
        people = [f"p{number}" for number in range(12)]
        rows = [notice(n, act=f"act{n % 5}", person=person, at=later(n // 4)) for n, person in enumerate(people)]
        inbox.replace(sql, people, rows)
        seen, after = [], None
        while True:
            page = inbox.lines(sql, inbox.Which(area=TOWN), after, limit=2)
            seen.append([row.position for row in page.rows])
            after = page.next
            if after is None:
                break
        assert seen == [[11, 10], [9, 8], [7]]
        [_, second] = inbox.lines(sql, inbox.Which(area=TOWN), None, limit=2).rows
        assert inbox.lines(sql, inbox.Which(area=TOWN), None, limit=2).next == inbox.place(second)


class TestPages:
    def test_pages_follow_each_other_without_gap_or_repeat(self, sql):
        inbox.replace(sql, [LIN], [notice(position, at=later(position // 3)) for position in range(1, 12)])
        seen, after = [], None
        while True:
            page = inbox.some(sql, inbox.Which(area=TOWN), after, limit=4)
            seen += [row.position for row in page.rows]
            after = page.next
            if after is None:
                break
        assert seen == list(range(11, 0, -1))

    def test_a_page_begins_behind_the_last_row_whatever_came_in_between(self, sql):
        inbox.replace(sql, [LIN], [notice(position) for position in (1, 2, 3)])
        first = inbox.some(sql, inbox.Which(), None, limit=2)
        inbox.replace(sql, [WANG], [notice(9, person=WANG)])
        second = inbox.some(sql, inbox.Which(), first.next, limit=2)
        assert [row.position for row in (*first.rows, *second.rows)] == [3, 2, 1]
        assert second.next is None

    def test_what_is_due_at_no_time_comes_last_page_by_page(self, sql):
        cases.replace(sql, [LIN], [case("a", due_on=None), case("b"), case("c", due_on=None)])
        first = cases.some(sql, cases.Which(), None, limit=2)
        second = cases.some(sql, cases.Which(), first.next, limit=2)
        assert [row.id for row in (*first.rows, *second.rows)] == ["b", "a", "c"]

    @pytest.mark.parametrize("after", ["", "x", "{}", "[]", "[1, 2]", '["a", 1]', '["a", "b", "c"]'])
    def test_a_position_that_is_none_is_refused(self, sql, after):
        with pytest.raises(Malformed) as refused:
            records.some(sql, records.Which(), after)
        assert refused.value.rule == "cursor.form"

    def test_counting_stops_where_it_was_told_to(self, sql):
        inbox.replace(sql, [LIN], [notice(position) for position in range(1, 10)])
        assert inbox.how_many(sql, inbox.Which(), most=5) == 6
