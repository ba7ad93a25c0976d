"""How the store in SQLite keeps what waits for a place."""

from tests.contract.story import NOON, event, fresh_id


def test_an_event_that_came_alone_takes_no_place_in_the_index_of_acts(sqlite):
    act, *ids = [fresh_id() for _ in range(4)]
    alone = [event(1, person=fresh_id(), id_=id_, submission=id_) for id_ in ids]
    sqlite.append_alone(alone[0])
    with sqlite.write() as session:
        session.append([alone[1]])
        session.append([alone[2], event(1, id_=act, submission=act), event(2, submission=act)])
        marks = session.driver.execute("SELECT submission FROM pending ORDER BY position").fetchall()
        assert marks == [("",)] * 3 + [(act,)] * 2
        assert [frame.submission for frame in session.sequence(9, NOON)] == [*ids, act, act]


def test_what_waits_is_found_by_index(sqlite):
    asked: list[str] = []
    with sqlite.write() as session:
        session.driver.set_trace_callback(asked.append)
        session.sequence(1, NOON)
        session.driver.set_trace_callback(None)
        (waiting,) = [statement for statement in asked if "FROM pending" in statement]
        plan = [step for *_, step in session.driver.execute(f"EXPLAIN QUERY PLAN {waiting}")]
    assert [step for step in plan if "USING INDEX ix_pending_author_submission" in step]
    assert [step for step in plan if step.startswith("SCAN pending")] == ["SCAN pending"], "the first ones, in order"
